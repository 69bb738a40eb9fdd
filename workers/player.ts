/**
 * player — keeps virtual time in step with the wall clock at a chosen pace, and publishes the trace
 *
 * The simulation never runs past the clock shown: what is on screen is all that has happened. In slow motion
 * ("lines") each instant at which something happens is shown for a while and the empty time between is
 * skipped, up to a second; longer waits pass in real time, so that nobody misses that there was one.
 */
import type { Completion, CompletionQuestion, LoadedRun, Pace, Placement, Run, TraceMessage } from './api.ts';
import { versionNotice, type InputCommand } from './input.ts';
import type { PartitionPort, PartitionSpec } from './partition-port.ts';
import { defaultPlacement, Simulation } from './simulation.ts';
import { chunkBuffers, isLivelyAt, type TraceChunk } from './trace/batch.ts';
import type { VirtualTime } from './trace/event.ts';

/** What the player needs of the world outside virtual time. */
export interface Wall {
  /** milliseconds, monotonic */
  now(): number;
  sleep(ms: number): Promise<void>;
}

export interface PlayerOptions {
  wall: Wall;
  start: (spec: PartitionSpec, name: string, placement: Placement) => PartitionPort | Promise<PartitionPort>;
  publish: (message: TraceMessage, transfer: ArrayBuffer[]) => void;
}

const frameMs = 16;
const sliceEvents = 4000; // a slice of work between two looks at the wall clock
const sliceEventsFast = 250; // short: what happened is published while the rest is computed
const gapUsMax = 1_000_000; // slow motion skips shorter waits

export class Player {
  readonly #options: PlayerOptions;
  #simulation: Simulation | null = null;
  #clock: VirtualTime = 0;
  #until: VirtualTime = Number.MAX_SAFE_INTEGER;
  #pace: Pace = { mode: 'rate', speed: 1 };
  #playing = false;
  /** what runs the simulation, one thing at a time; a new one waits for it */
  #loop: Promise<void> = Promise.resolve();
  /** goes up with whatever ends what is under way */
  #generation = 0;
  #loads = 0;
  #linger: (() => void) | null = null;

  constructor(options: PlayerOptions) {
    this.#options = options;
  }

  /** A replay ends early when a pause or another load comes. */
  async load(options: { run: Run; placement?: Placement; replayUntil?: VirtualTime }): Promise<LoadedRun> {
    const load = ++this.#loads;
    await this.pause();
    this.#simulation?.close();
    this.#simulation = null;
    const { run, replayUntil } = options;
    const placement = options.placement ?? defaultPlacement(run.world);
    const loaded = { world: run.world, placement, seed: run.seed, notice: versionNotice(run) };
    const simulation = await Simulation.boot({
      run,
      placement,
      keepTrace: true,
      start: (spec, name) => this.#options.start(spec, name, placement),
    });
    if (load !== this.#loads) {
      simulation.close();
      return loaded;
    }
    this.#clock = 0;
    this.#simulation = simulation;
    if (replayUntil === undefined) this.#publish();
    else await this.#alone((generation) => this.#replay(replayUntil, generation));
    return loaded;
  }

  async input(command: InputCommand): Promise<VirtualTime> {
    const simulation = this.#loaded();
    const at = simulation.input(command, this.#clock);
    this.#linger?.();
    // While paused the clock stands, but what the input does at once is shown.
    if (!this.#playing) await this.#alone((generation) => this.#runTo(at, generation));
    return at;
  }

  async play(options: { pace: Pace; until?: VirtualTime }): Promise<void> {
    await this.pause();
    this.#loaded();
    this.#pace = options.pace;
    this.#until = options.until ?? Number.MAX_SAFE_INTEGER;
    this.#playing = true;
    const generation = ++this.#generation;
    this.#loop = this.#play(generation).catch((error: unknown) => this.#failed(error));
  }

  async pause(): Promise<VirtualTime> {
    this.#playing = false;
    this.#generation++;
    this.#linger?.();
    for (let loop: Promise<void> | null = null; loop !== this.#loop;) {
      loop = this.#loop;
      await loop;
    }
    if (this.#simulation !== null) this.#publishClock();
    return this.#clock;
  }

  async step(): Promise<VirtualTime> {
    await this.pause();
    const { nextTime } = this.#loaded();
    if (nextTime !== Infinity) await this.#alone((generation) => this.#runTo(nextTime, generation));
    return this.#clock;
  }

  async complete(question: CompletionQuestion): Promise<Completion | null> {
    return this.#loaded().complete(question);
  }

  async save(): Promise<Run> {
    const { run } = this.#loaded();
    return { ...run, inputs: [...run.inputs] };
  }

  async hash(): Promise<string> {
    return this.#loaded().hash();
  }

  /** Runs the simulation for a moment and publishes, when what is under way has ended. */
  #alone(work: (generation: number) => Promise<void>): Promise<void> {
    const generation = this.#generation;
    this.#loop = this.#loop
      .then(async () => {
        if (generation !== this.#generation) return;
        await work(generation);
        this.#publish();
      })
      .catch((error: unknown) => this.#failed(error));
    return this.#loop;
  }

  async #play(generation: number): Promise<void> {
    while (this.#playing && generation === this.#generation && this.#clock < this.#until) {
      if (this.#pace.mode === 'fast') await this.#playFast(generation);
      else if (this.#pace.mode === 'lines') await this.#playLines(this.#pace.intervalMs);
      else await this.#playRate(this.#pace.speed, generation);
    }
    if (generation === this.#generation) this.#playing = false;
    this.#publish();
  }

  async #playRate(speed: number, generation: number): Promise<void> {
    const { wall } = this.#options;
    let last = wall.now();
    while (this.#playing && generation === this.#generation && this.#clock < this.#until) {
      await this.#wait(frameMs);
      const now = wall.now();
      // A hidden tab or a slow machine must not be followed by a leap: at most 250 ms of wall time count.
      const target = Math.min(
        this.#until,
        this.#clock + Math.round(Math.min(now - last, 250) * 1000 * speed),
      );
      last = now;
      await this.#runTo(target, generation, wall.now() + 200);
      this.#publish();
    }
  }

  async #playLines(intervalMs: number): Promise<void> {
    const simulation = this.#loaded();
    const next = simulation.nextTime;
    if (next > this.#until || next - this.#clock > gapUsMax) {
      await this.#runTo(Math.min(this.#until, next - 1, this.#clock + frameMs * 1000));
      this.#publishClock();
      await this.#wait(frameMs);
      return;
    }
    const before = this.#clock;
    await this.#runTo(next);
    if (this.#publish()) await this.#wait(intervalMs);
    else if (next - before > frameMs * 1000) await this.#wait(frameMs); // an alarm that was set anew: no leap
  }

  async #playFast(generation: number): Promise<void> {
    const { wall } = this.#options;
    const simulation = this.#loaded();
    let shown = wall.now();
    while (this.#playing && generation === this.#generation) {
      const next = simulation.nextTime;
      if (next > this.#until) {
        this.#clock = Math.min(this.#until, Number.MAX_SAFE_INTEGER);
        this.#playing = false;
        return;
      }
      await simulation.window(Math.min(this.#until, next + gapUsMax), sliceEventsFast);
      this.#clock = Math.max(this.#clock, Math.min(this.#until, simulation.granted - 1));
      if (wall.now() - shown < frameMs) continue;
      this.#publish();
      await wall.sleep(0);
      shown = wall.now();
    }
  }

  async #replay(until: VirtualTime, generation: number): Promise<void> {
    const { wall } = this.#options;
    while (this.#clock < until && generation === this.#generation) {
      await this.#runTo(until, generation, wall.now() + 100);
      this.#publish();
      await wall.sleep(0); // so that a pause or another load is heard of
    }
  }

  /**
   * Runs everything up to and including `target`; gives up at the wall deadline with the clock where it got.
   */
  async #runTo(target: VirtualTime, generation = this.#generation, wallDeadline = Infinity): Promise<void> {
    const simulation = this.#loaded();
    while (await simulation.window(target, sliceEvents)) {
      if (this.#options.wall.now() > wallDeadline || generation !== this.#generation) {
        this.#clock = Math.max(this.#clock, Math.min(target, simulation.granted - 1));
        return;
      }
    }
    this.#clock = Math.max(this.#clock, target);
  }

  /** Sends what happened and the clock. @returns whether anything worth a look happened */
  #publish(): boolean {
    const chunk = this.#simulation?.takeTrace() ?? null;
    const lively = chunk !== null && isLively(chunk);
    if (chunk !== null) this.#options.publish({ type: 'chunk', chunk }, chunkBuffers(chunk));
    const failure = this.#simulation?.failures.shift();
    if (failure !== undefined) {
      this.#options.publish(
        { type: 'failed', text: `${failure.host}, ${failure.proc}: ${failure.why}\n${failure.stack}` },
        [],
      );
    }
    this.#publishClock();
    return lively;
  }

  #publishClock(): void {
    const simulation = this.#loaded();
    const next = simulation.nextTime;
    this.#options.publish(
      {
        type: 'clock',
        now: this.#clock,
        nextEventAt: next === Infinity ? null : next,
        playing: this.#playing,
        eventCount: simulation.eventCount,
      },
      [],
    );
  }

  /** Sleeps, unless an input or a pause comes. */
  async #wait(ms: number): Promise<void> {
    await Promise.race([
      this.#options.wall.sleep(ms),
      new Promise<void>((resolve) => {
        this.#linger = resolve;
      }),
    ]);
    this.#linger = null;
  }

  #failed(error: unknown): void {
    this.#playing = false;
    const text = error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error);
    this.#options.publish({ type: 'failed', text }, []);
  }

  #loaded(): Simulation {
    if (this.#simulation === null) throw new Error('no run is loaded: call load first');
    return this.#simulation;
  }
}

/** Whether a chunk holds more than pure acknowledgements and process bookkeeping. */
function isLively(chunk: TraceChunk): boolean {
  for (let i = 0; i < chunk.count; i++) if (isLivelyAt(chunk, i)) return true;
  return false;
}
