/**
 * tarpit — answers, but later and later
 *
 * A wait before the greeting as Sendmail's greet_pause, before each reply as Exim's delay modifier, growing
 * with each reply of the connection; with `stutter` a reply comes byte by byte, as from OpenBSD's spamd.
 *
 * The state has a row for each client: how many connections it made, how many are held now, how long the
 * next reply will be kept back, and what it has lost here in all.
 */
import { MILLISECOND, type Proc } from '../../os/os.ts';

import { number, type Values } from './conf.ts';
import type { StateTable } from './state-table.ts';
import type { Occasion, Personality, Talk, Verdict } from './talk.ts';

interface Held {
  connections: number;
  now: number;
  delayUs: number;
  replies: number;
  heldUs: number;
}

/** The personality. */
export class Tarpit implements Personality {
  readonly #values: Values;
  readonly #table: StateTable;
  /** replies of each connection that is open */
  readonly #replies = new Map<Talk, number>();

  constructor(values: Values, table: StateTable) {
    this.#values = values;
    this.#table = table;
  }

  *judge(talk: Talk, { at }: Occasion): Proc<Verdict | null> {
    if (at === 'connect') return null;
    const held = this.#held(talk);
    if (at === 'greeting') {
      held.connections++;
      held.now++;
    }
    const replies = this.#replies.get(talk) ?? 0;
    const delayUs = at === 'greeting' ? number(this.#values, 'greeting') : this.#delay(replies - 1);
    this.#replies.set(talk, replies + 1);
    talk.stutterUs = number(this.#values, 'stutter');
    held.delayUs = this.#delay(replies);
    held.replies++;
    held.heldUs += delayUs;
    yield* this.#save(talk, held);
    return { delayUs };
  }

  *ended(talk: Talk): Proc<void> {
    if (!this.#replies.delete(talk)) return;
    const held = this.#held(talk);
    held.now = Math.max(0, held.now - 1);
    held.delayUs = this.#delay(0);
    yield* this.#save(talk, held);
  }

  /** @param replies after the greeting, so far */
  #delay(replies: number): number {
    const grown = number(this.#values, 'command') + replies * number(this.#values, 'growth');
    return Math.min(grown, number(this.#values, 'longest'));
  }

  #held({ client }: Talk): Held {
    const cells = this.#table.get([client.address]) ?? [];
    const [connections, now, delay, replies, held] = cells.map((cell) => parseFloat(cell) || 0);
    return {
      connections: connections ?? 0,
      now: now ?? 0,
      delayUs: inUs(delay ?? 0),
      replies: replies ?? 0,
      heldUs: inUs(held ?? 0),
    };
  }

  *#save({ os, client }: Talk, { connections, now, delayUs, replies, heldUs }: Held): Proc<void> {
    const cells = [String(connections), String(now), inSeconds(delayUs), String(replies), inSeconds(heldUs)];
    yield* this.#table.set(os, [client.address], cells);
  }
}

function inSeconds(us: number): string {
  return `${Math.round(us / MILLISECOND) / 1000}s`;
}

function inUs(seconds: number): number {
  return Math.round(seconds * 1000) * MILLISECOND;
}
