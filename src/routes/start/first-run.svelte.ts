/**
 * first-run — what the start page does in the world: sends, lets Bob look into his mailbox, cuts and mends the cable
 *
 * Everything is an input of the run like any other; what is shown comes from the trace.
 */
import type { Session } from '../../sim/session.svelte.ts';
import { speeds } from '../../sim/speeds.ts';
import { ComingFold, type Wait } from '../../time/coming.ts';
import { StateFold } from '../../views/inspector/fold.ts';
import { MailsFold } from '../../views/mails/fold.ts';

import { earlierAt, storyAt, type Cast, type Earlier, type Story } from './story.ts';

/** the cable between the two islands */
export const cable: [string, string] = ['mx.far.example', 'mta1.acme.example'];
const skipUs = 500_000;
const skipsMax = 240;
const storySpeed = speeds.find((speed) => speed.id === 'story')!;

/** The acts of the start page, and how far the letter has come. */
export class FirstRun {
  readonly #session: Session;
  readonly #cast: Cast;
  /** letters sent here in this visit, by the instant of the input */
  readonly #sent: number[] = [];
  readonly #fetched: number[] = [];
  #rested = -1;
  skipping = $state(false);
  /** when the letter sent last enters the world; Infinity = not known yet */
  #sentAt = $state(0);
  #handedIn: Promise<void> = Promise.resolve();

  constructor(session: Session) {
    this.#session = session;
    const [alice, bob] = session.world.people;
    this.#cast = { from: alice!.address, to: bob!.address, toHost: session.names.indexOf(bob!.host) };
  }

  readonly story = $derived.by((): Story | null =>
    storyAt(this.#session.read(MailsFold).mails, this.#session.at, this.#cast),
  );
  /** as it stands now, also while looking back */
  readonly latest = $derived.by((): Story | null =>
    storyAt(this.#session.read(MailsFold).mails, this.#session.now, this.#cast),
  );
  /** letters that came to Bob before it */
  readonly earlier = $derived.by((): Earlier[] => {
    const { at } = this.#session;
    const story = this.story ?? this.latest;
    return story === null ? [] : earlierAt(this.#session.read(MailsFold).mails, at, this.#cast, story);
  });
  /** the letter lies in a deferred queue */
  readonly wait = $derived.by((): Wait | null => {
    const file = this.story?.queueFile ?? null;
    if (file === null) return null;
    return this.#session.read(ComingFold).waitOf(file.hostIndex, file.queueId, this.#session.at);
  });
  /** the cable is cut now, also while looking back: what can be done is done now */
  readonly cut = $derived.by(() => {
    const { names, now } = this.#session;
    const [a, b] = cable;
    return this.#session.read(StateFold).link(names.indexOf(a), names.indexOf(b), now).fault !== '';
  });
  /** what the button that mends the cable says: it acts on the present, whatever is looked at */
  get mendWords(): string {
    return this.#session.isPast ? 'Mend it now, in the present' : 'Mend the cable';
  }
  /** from Send until the letter is in the world */
  readonly sending = $derived.by(() => this.#sentAt > 0 && (this.latest?.sentAt ?? -1) < this.#sentAt);
  readonly #isOver = $derived.by(() => {
    const { latest } = this;
    if (latest === null) return true;
    const { read, failed, elsewhere, queueFile } = latest;
    if (read !== null || failed !== null || elsewhere !== null) return true;
    const coming = this.#session.read(ComingFold);
    return (
      queueFile !== null && coming.waitOf(queueFile.hostIndex, queueFile.queueId, this.#session.now) !== null
    );
  });
  /** the last letter is neither read nor lost, nor does it wait: as of now, also while looking back */
  readonly underWay = $derived.by(() => this.sending || !this.#isOver);

  send(text: string, to: string): Promise<void> {
    this.#sentAt = Infinity;
    this.#handedIn = this.#send(text, to);
    return this.#handedIn;
  }

  async #send(text: string, to: string): Promise<void> {
    const session = this.#session;
    const [alice] = session.world.people;
    const { host, address: user } = alice!;
    const subject = text.split('\n')[0]!.slice(0, 200);
    session.select(null);
    const at = await session.send({ kind: 'mua.send', host, user, to: to.trim(), subject, text });
    this.#sent.push(at);
    this.#sentAt = at;
    await session.setSpeed(storySpeed);
    await session.play();
  }

  async cutAndSend(text: string, to: string): Promise<void> {
    await this.#session.send({ kind: 'link.set', between: cable, fault: 'down' });
    await this.send(text, to);
  }

  async mend(): Promise<void> {
    await this.#session.send({ kind: 'link.set', between: cable, fault: '' });
    if (!this.#session.playing) await this.#session.play();
  }

  /** Back to just before the last letter was sent, and on from there. */
  async rewind(): Promise<void> {
    const { story } = this;
    if (story === null) return;
    this.#session.select(null);
    this.#session.seek(Math.max(0, story.sentAt - 1));
    await this.#session.setSpeed(storySpeed);
    await this.#session.play();
  }

  /** Once the letter lies in his mailbox, Bob looks into it and opens the letter. */
  async lookIntoMailbox(): Promise<void> {
    const { story } = this;
    if (story === null || story.arrived === null || story.read !== null || this.#session.isPast) return;
    if (!this.#sent.includes(story.sentAt) || this.#fetched.includes(story.sentAt)) return;
    const appended = this.#session.event(story.arrived.event);
    if (appended?.kind !== 'mailbox.message-appended') return;
    this.#fetched.push(story.sentAt);
    const bob = this.#session.world.people[1]!;
    await this.#session.send({ kind: 'mua.fetch', host: bob.host, user: bob.address, uid: appended.uid });
  }

  /** The letter was read: the clock stops, and there is time to look. */
  async rest(): Promise<void> {
    const { story } = this;
    if (story === null || this.#session.isPast || this.#rested === story.sentAt) return;
    if (!this.#sent.includes(story.sentAt)) return;
    this.#rested = story.sentAt;
    await this.#session.pause();
  }

  /** To the end of what is under way, without slow motion. */
  async skip(): Promise<void> {
    if (this.skipping) return;
    this.skipping = true;
    await this.#handedIn;
    if (this.#session.isPast) this.#session.goLive();
    await this.#session.pause();
    let reached = true;
    for (let i = 0; i < skipsMax && this.underWay && this.#session.failure === null; i++) {
      reached = await this.#session.skipTo(this.#session.now + skipUs);
      if (!reached) break; // the learner paused
      await this.lookIntoMailbox();
    }
    this.skipping = false;
    if (reached && this.wait !== null) await this.#session.play();
  }
}
