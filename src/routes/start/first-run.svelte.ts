/**
 * first-run — what the start page does in the world: sends, lets Bob look into his mailbox, cuts and mends the cable
 *
 * Everything is an input of the run like any other; what is shown comes from the trace.
 */
import type { Session } from '../../sim/session.svelte.ts';
import { defaultSpeed } from '../../sim/speeds.ts';
import { ComingFold, type Wait } from '../../time/coming.ts';
import { StateFold } from '../../views/inspector/fold.ts';

import { StoryFold, type Letter } from './story.ts';

/** the cable between the two islands */
export const cable: [string, string] = ['mx.far.example', 'mta1.acme.example'];
const skipUs = 500_000;
const skipsMax = 240;

export class FirstRun {
  readonly #session: Session;
  /** letters sent here in this visit, by the instant of the input */
  readonly #sent = new Set<number>();
  readonly #fetched = new Set<number>();
  skipping = $state(false);

  constructor(session: Session) {
    this.#session = session;
  }

  readonly letter = $derived.by((): Letter | null => this.#session.read(StoryFold).lastAt(this.#session.at));
  /** the last letter lies in a deferred queue */
  readonly wait = $derived.by((): Wait | null => {
    const file = this.letter?.queueFiles.findLast((one) => one.at <= this.#session.at);
    if (file === undefined) return null;
    return this.#session.read(ComingFold).waitOf(file.hostIndex, file.queueId, this.#session.at);
  });
  readonly cut = $derived.by(() => {
    const { names, at } = this.#session;
    const [a, b] = cable;
    return this.#session.read(StateFold).link(names.indexOf(a), names.indexOf(b), at).fault !== '';
  });
  readonly read = $derived.by(() => {
    const read = this.letter?.read ?? null;
    return read !== null && read.at <= this.#session.at;
  });
  readonly underWay = $derived(
    this.letter !== null && !this.read && this.wait === null && this.letter.failed === null,
  );

  /** Boots the world, so that its machines are up before anyone looks. */
  async wake(): Promise<void> {
    if (this.#session.now === 0 && this.#session.failure === null) await this.#session.skipTo(bootUs);
  }

  async send(text: string): Promise<void> {
    const [alice, bob] = this.#session.world.people;
    const at = await this.#session.send({
      kind: 'mua.send',
      host: alice!.host,
      user: alice!.address,
      to: bob!.address,
      subject: text.split('\n')[0]!.slice(0, 200) || '(no subject)',
      text,
    });
    this.#sent.add(at);
    this.#session.select(null);
    await this.#session.setSpeed(defaultSpeed);
    await this.#session.play();
  }

  async cutAndSend(text: string): Promise<void> {
    await this.#session.send({ kind: 'link.set', between: cable, fault: 'down' });
    await this.send(text);
  }

  async mend(): Promise<void> {
    await this.#session.send({ kind: 'link.set', between: cable, fault: '' });
  }

  /** Back to just before the last letter was sent, in slow motion. */
  async rewind(): Promise<void> {
    const { letter } = this;
    if (letter === null) return;
    this.#session.select(null);
    this.#session.seek(Math.max(0, letter.sentAt - 1));
    await this.#session.setSpeed(defaultSpeed);
    await this.#session.play();
  }

  /** Once the letter lies in his mailbox, Bob looks into it and opens the letter. */
  async lookIntoMailbox(): Promise<void> {
    const { letter } = this;
    if (letter === null || letter.arrived === null || letter.read !== null || this.#session.isPast) return;
    if (!this.#sent.has(letter.sentAt) || this.#fetched.has(letter.sentAt)) return;
    this.#fetched.add(letter.sentAt);
    const bob = this.#session.world.people[1]!;
    const fetch = { kind: 'mua.fetch', host: bob.host, user: bob.address } as const;
    await this.#session.send({ ...fetch, uid: letter.arrived.uid });
  }

  /** To the end of what is under way, without slow motion. */
  async skip(): Promise<void> {
    if (this.skipping) return;
    this.skipping = true;
    if (this.#session.isPast) this.#session.goLive();
    await this.#session.pause();
    for (let i = 0; i < skipsMax && this.underWay && this.#session.failure === null; i++) {
      await this.#session.skipTo(this.#session.now + skipUs);
      await this.lookIntoMailbox();
    }
    this.skipping = false;
    if (!this.read) await this.#session.play();
  }
}

const bootUs = 100_000;
