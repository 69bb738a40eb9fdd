/**
 * settle — lets time pass for what was typed, where the clock stands or goes line by line
 *
 * A command of a shell takes some milliseconds: nobody who looks at mail in slow motion, or has stopped the clock,
 * wants to wait for a prompt. Where more than that is needed (a network, a timer), the clock goes on as it was.
 */
import type { VirtualTime } from '../../workers/api.ts';

import type { Session } from '../sim/session.svelte.ts';

import { TerminalsFold, type Terminal } from './fold.ts';

const stepUs = 10_000;
/** while it prints */
const printingUsMax = 1_000_000;

/** Lets the typed lines of a session settle, one after the other. */
export class Settling {
  readonly #session: Session;
  #last: Promise<void> = Promise.resolve();

  constructor(session: Session) {
    this.#session = session;
  }

  /** @param sentAt the stamp of the input */
  after(sentAt: VirtualTime, terminal: () => Terminal | null): Promise<void> {
    this.#last = this.#last.then(() => this.#settle(sentAt, terminal)).catch(() => {});
    return this.#last;
  }

  async #settle(sentAt: VirtualTime, terminal: () => Terminal | null): Promise<void> {
    const session = this.#session;
    const goOn = session.playing;
    await this.#skip(sentAt, terminal);
    // What was said of the clock at the end of one skip may come after the next has begun.
    if (goOn && !session.playing && !session.isPast && session.failure === null) await session.play();
  }

  async #skip(sentAt: VirtualTime, terminal: () => Terminal | null): Promise<void> {
    const session = this.#session;
    for (let until = sentAt + stepUs; until <= sentAt + printingUsMax; until += stepUs) {
      if (session.isPast || session.failure !== null || !this.#isSlow) return;
      const before = printed(session, terminal());
      if (session.now < until && !(await session.skipTo(until))) return;
      const after = terminal();
      const isDone = after !== null && TerminalsFold.runningAt(after, session.now) === null;
      if (isDone || printed(session, after) === before) return;
    }
  }

  get #isSlow(): boolean {
    const { playing, speed } = this.#session;
    return !playing || speed.pace.mode === 'lines';
  }
}

function printed(session: Session, terminal: Terminal | null): number {
  return session.read(TerminalsFold).terminals.length + (terminal?.pieces.length ?? 0);
}
