/**
 * session — one world on the page: its simulation, its trace, the cursor, the selection, and the folds over them
 *
 * Live, the page shows the clock of the simulation. In the past it shows the trace up to a cursor; looking back never
 * changes the run. All views read `at`, `selection` and `read(Fold)`; all acts go through `send`.
 */
import {
  engineVersion,
  type CompletionQuestion,
  type EventId,
  type InputCommand,
  type Pace,
  type Placement,
  type Run,
  type TraceEvent,
  type TraceMessage,
  type VirtualTime,
  type World,
} from '../../workers/api.ts';

import { clockOf, type Clock } from '../decode/clock.ts';
import { namesOf, type Names } from '../decode/names.ts';

import { startSimulation, type SimulationClient } from './client.ts';
import type { Fold, FoldClass } from './fold.ts';
import { ClockOrders } from './clock-orders.ts';
import { Frames } from './frames.ts';
import { FoldReader } from './fold-reader.ts';
import { forgetRun, isSameWorld, keepRun, type KeptRun } from './kept-work.ts';
import { nextInPast, PastClock } from './past.ts';
import type { Selection } from './selection.ts';
import { defaultSpeed, paceWith, speeds, type Speed } from './speeds.ts';
import { TraceStore } from './trace-store.ts';

export interface SessionOptions {
  /** under which name the work is kept over a reload; '' = it is not */
  keepAs: string;
  world: World;
  placement?: Placement;
  seed?: number;
  /** how far a new run is computed before it is shown */
  bootUs?: number;
}

/** A run to go on from, and until when it is computed anew. */
export type Start = Pick<KeptRun, 'run' | 'until' | 'speed'>;

const keepEveryMs = 3000;
const keepSoonMs = 200;
const stepsMax = 5000;

/** One open world: what the page knows of it, and all that can be done in it. */
export class Session {
  readonly world: World;
  readonly names: Names;
  readonly clock: Clock;
  readonly store = new TraceStore();
  readonly keepAs: string;

  /** the simulation's clock */
  now = $state<VirtualTime>(0);
  /** in the past: what is shown; null = live */
  cursor = $state<VirtualTime | null>(null);
  /** bumped when events came; folds are then ahead */
  revision = $state(0);
  playing = $state(false);
  /** when something happens next; null = never again */
  nextEventAt = $state<VirtualTime | null>(null);
  speed = $state.raw<Speed>(defaultSpeed);
  selection = $state.raw<Selection | null>(null);
  /** why the run is over; null = it is not */
  failure = $state<string | null>(null);
  notice = $state<string | null>(null);
  placement = $state<Placement>('host');
  /** wall time when the work was last kept; null = not yet, false = this browser keeps nothing */
  keptAt = $state<number | null | false>(null);
  /** true while a kept or opened run is computed anew */
  replaying = $state(false);
  /** true once the run is loaded: commands are taken */
  ready = $state(false);
  /** true while a learner predicts: views cover what is known to come */
  veiled = $state(false);
  /** letters under way now: at the slow speeds they share the lines that are shown */
  letters = $state(0);
  /** false where another tab keeps this work: what is done here is a copy, and not kept */
  keepsWork = $state(true);

  /** what all views show */
  readonly at = $derived(this.cursor ?? this.now);
  readonly isPast = $derived(this.cursor !== null);

  readonly #options: SessionOptions;
  #client: SimulationClient | null = null;
  readonly #folds: FoldReader;
  readonly #pastClock = new PastClock();
  #keepTimer = 0;
  #dirty = false;
  #closed = false;
  #skips = 0;
  /** its kept work was given up: nothing is kept from here on */
  #forgotten = false;
  /** what the simulation said last of its clock, and whether the trace grew since it was shown */
  #clockAt: { now: VirtualTime; nextEventAt: VirtualTime | null } = { now: 0, nextEventAt: null };
  #grew = false;
  readonly #frames = new Frames(() => this.#show());
  readonly #orders = new ClockOrders();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.world = options.world;
    this.keepAs = options.keepAs;
    this.names = namesOf(options.world);
    this.clock = clockOf(options.world.startsAt);
    this.#folds = new FoldReader(options.world, this.names, this.store);
  }

  /**
   * Starts the simulation: of the run that `reading` gives, or of a new one.
   * @returns false when that run is of another world: this session is then closed, and another one has to be made
   */
  async open(reading: Promise<Start | null> | Start | null = null): Promise<boolean> {
    const client = startSimulation(
      (message) => this.#receive(message),
      (why) => this.#fail(why),
    );
    // A new run is asked for at once, before the page is drawn.
    const kept = reading instanceof Promise ? await reading : reading;
    if (kept !== null && !isSameWorld(kept.run.world, this.world)) this.close();
    if (this.#closed) {
      client.close();
      return kept === null || isSameWorld(kept.run.world, this.world);
    }
    this.#client = client;
    const start = kept?.run ?? this.newRun();
    const replayUntil = kept?.until ?? this.#options.bootUs ?? 0;
    this.speed = speeds.find(({ id }) => id === kept?.speed) ?? this.speed;
    this.replaying = (kept?.until ?? 0) > 0;
    const { placement } = this.#options;
    try {
      const loaded = await client.api.load({
        run: start,
        ...(placement === undefined ? {} : { placement }),
        ...(replayUntil > 0 ? { replayUntil } : {}),
      });
      this.placement = loaded.placement;
      this.notice = loaded.notice;
      this.#frames.now();
      this.ready = true;
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
    }
    this.replaying = false;
    if (this.keepAs !== '' && !this.#closed)
      this.#keepTimer = window.setInterval(() => void this.keep(), keepEveryMs);
    return true;
  }

  /** The run of this world in which nothing was done yet. */
  newRun(): Run {
    return { version: engineVersion, world: this.world, seed: this.#options.seed ?? 1, inputs: [] };
  }

  /** Ends the simulation and its workers. */
  close(): void {
    this.#closed = true;
    window.clearInterval(this.#keepTimer);
    this.#pastClock.stop();
    this.#frames.cancel();
    this.#client?.close();
    this.#client = null;
  }

  /** The model of a fold, as far as the trace has come. Reading it in a derived value follows the trace. */
  read<F extends Fold>(foldClass: FoldClass<F>): F {
    void this.revision;
    return this.#folds.read(foldClass);
  }

  /** @returns null when it is not in memory */
  event(id: EventId): TraceEvent | null {
    return this.store.byId(id);
  }

  /** Does something in the world, now. In the past the page first returns to live. */
  async send(command: InputCommand): Promise<VirtualTime> {
    if (this.cursor !== null) this.goLive();
    const at = await (await this.#api()).input(command);
    this.#dirty = true;
    window.setTimeout(() => void this.keep(), keepSoonMs);
    return at;
  }

  /** Selects for all views; null = nothing. */
  select(selection: Selection | null): void {
    this.selection = selection;
  }

  // ---- time -------------------------------------------------------------------------------------------

  /** Lets the clock run at the chosen speed; in the past the cursor, which goes on live when it arrives there. */
  async play(until?: VirtualTime): Promise<void> {
    if (this.cursor !== null) return this.#playPast();
    this.#orders.give();
    this.#wake();
    this.playing = true;
    await (await this.#api()).play({ pace: this.#pace, ...(until === undefined ? {} : { until }) });
  }

  /** Stops the clock; a skip that is under way ends here. */
  async pause(): Promise<void> {
    this.#pastClock.stop();
    this.playing = false;
    this.#orders.give();
    this.#wake();
    await (await this.#api()).pause();
  }

  /** Play when it stands, pause when it runs. */
  async toggle(): Promise<void> {
    await (this.playing ? this.pause() : this.play());
  }

  /** Changes the pace, also while it plays. */
  async setSpeed(speed: Speed): Promise<void> {
    this.speed = speed;
    this.#dirty = true;
    if (!this.playing || this.failure !== null) return;
    if (this.cursor !== null) this.#playPast();
    else await this.play();
  }

  /** So many letters are under way: the pace follows, unless time is skipped. */
  async share(letters: number): Promise<void> {
    if (letters === this.letters) return;
    this.letters = letters;
    if (this.speed.pace.mode === 'lines' && this.#skips === 0) await this.setSpeed(this.speed);
  }

  /**
   * Runs the simulation at full speed to `until`, then stops, or plays on if it was playing.
   * @returns false when something else was asked of the clock before it got there
   */
  async skipTo(until: VirtualTime): Promise<boolean> {
    if (this.cursor !== null) this.goLive();
    const goOn = this.playing;
    const order = this.#orders.give();
    this.#wake();
    this.playing = true;
    this.#skips++;
    await this.#frames
      .during(async () => {
        await (await this.#api()).play({ pace: { mode: 'fast' }, until });
        await this.#orders.reached(until, () => this.#wake());
      })
      .finally(() => this.#skips--);
    if (order !== this.#orders.last || this.failure !== null) return false;
    this.playing = false;
    if (goOn) await this.play();
    return true;
  }

  /** To the next instant at which an event is `wanted`; live, the simulation runs on until there is one. */
  async stepForward(wanted: (event: TraceEvent) => boolean = () => true): Promise<void> {
    await this.pause();
    const from = this.store.countUntil(this.at);
    const found = this.store.find(from, 1, wanted);
    if (found >= 0) return this.seek(this.store.time(found));
    if (this.cursor !== null) this.goLive();
    const api = await this.#api();
    for (let tries = 0; tries < stepsMax; tries++) {
      const before = this.store.length;
      const order = this.#orders.last;
      const at = await api.step();
      await this.#orders.reached(at, () => this.#wake());
      if (order !== this.#orders.last) return;
      if (this.store.find(before, 1, wanted) >= 0 || this.nextEventAt === null) return;
    }
  }

  /** To the instant before the last one at which an event is `wanted`. */
  async stepBack(wanted: (event: TraceEvent) => boolean = () => true): Promise<void> {
    await this.pause();
    const found = this.store.find(this.store.countUntil(this.at - 1) - 1, -1, wanted);
    this.seek(found < 0 ? 0 : this.store.time(found));
  }

  /** Shows the world as it was, and stops the clock; at or after the live clock: live. */
  seek(at: VirtualTime): void {
    if (at >= this.now) return this.goLive();
    if (this.cursor === null && this.playing) void this.pause();
    this.cursor = Math.max(0, at);
  }

  /** Back to the present, where the clock stands as it was left. */
  goLive(): void {
    if (this.cursor === null) return;
    this.#pastClock.stop();
    this.playing = false;
    this.cursor = null;
  }

  /** Keeps the run in this browser, when something was done since. */
  async keep(): Promise<void> {
    if (!this.#dirty || !this.keepsWork || this.keepAs === '' || this.failure !== null || this.replaying)
      return;
    if (this.#forgotten) return;
    this.#dirty = false;
    const run = await (await this.#api()).save();
    if (run.inputs.length === 0 || this.#forgotten) return; // nothing was done yet, or it was given up meanwhile
    const kept = { run, until: this.#clockAt.now, speed: this.speed.id, keptAt: Date.now() };
    this.keptAt = (await keepRun(this.keepAs, kept)) ? kept.keptAt : false;
  }

  /** Gives up what is kept; the session is to be closed next. */
  async forget(): Promise<void> {
    this.#forgotten = true;
    window.clearInterval(this.#keepTimer);
    await forgetRun(this.keepAs);
  }

  /** What a command line may become, as its host is now; nothing happens by it. */
  complete = async (question: CompletionQuestion) => (await this.#api()).complete(question);

  /** The run so far, to go on from elsewhere. */
  async save(): Promise<Run> {
    return (await this.#api()).save();
  }

  /** Reads a run file. Rejects with a message for a person when it is damaged or no run. */
  async readFile(text: string): Promise<Run> {
    return (await this.#api()).readFile(text);
  }

  /** The run as the text of a file. */
  async saveFile(): Promise<string> {
    return (await this.#api()).saveFile();
  }

  // ---- inside -----------------------------------------------------------------------------------------

  get #pace(): Pace {
    return paceWith(this.speed, this.letters);
  }

  async #api(): Promise<SimulationClient['api']> {
    if (this.#client === null) throw new Error('the session is not open');
    return this.#client.api;
  }

  #receive(message: TraceMessage): void {
    switch (message.type) {
      case 'chunk':
        this.store.append(message.chunk);
        this.#grew = true;
        this.#frames.soon();
        return;
      case 'clock':
        if (message.now !== this.#clockAt.now) this.#dirty = true;
        this.#clockAt = message;
        if (this.cursor === null) this.playing = message.playing;
        this.#frames.soon();
        this.#wake();
        return;
      case 'failed':
        this.#fail(message.text);
    }
  }

  #show(): void {
    if (this.#grew) this.revision++;
    this.#grew = false;
    this.now = this.#clockAt.now;
    this.nextEventAt = this.#clockAt.nextEventAt;
  }

  #fail(why: string): void {
    this.#frames.now();
    this.failure ??= why;
    this.playing = false;
    this.#wake();
  }

  /** Those who wait for the clock go on when it is there, when it was told something else, or the run failed. */
  #wake(): void {
    if (this.#orders.settle(this.#clockAt.now, this.failure !== null)) this.#frames.now();
  }

  #playPast(): void {
    this.playing = true;
    this.#pastClock.start(this.#pace, (elapsedMs, interval) => this.#advancePast(elapsedMs, interval));
  }

  #advancePast(elapsedMs: number, interval: number): void {
    if (this.cursor === null) return this.#pastClock.stop();
    const next = nextInPast(this.store, this.cursor, { pace: this.#pace, elapsedMs, interval });
    if (next < this.now) return void (this.cursor = next);
    this.goLive();
    void this.play();
  }
}
