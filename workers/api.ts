/**
 * api — the one typed contract between the page and the simulation worker
 *
 * Commands only; results come as trace on a MessagePort of its own. Everything survives structured clone.
 * Nothing here has code but the version: the page does not load the engine.
 */
import type { Completion, CompletionQuestion } from './commands/shell/complete.ts';
import type { Run, InputCommand } from './input.ts';
import type { World } from './hosts/world.ts';
import type { VirtualTime } from './trace/event.ts';
import type { TraceChunk } from './trace/batch.ts';

export type { Run, Input, InputCommand, LinkFault } from './input.ts';
export type { World, WorldHost, WorldLink, WorldPerson } from './hosts/world.ts';
export { engineVersion } from './input.ts';
export type { Completion, CompletionQuestion } from './commands/shell/complete.ts';
export type { TraceChunk } from './trace/batch.ts';
export type { TraceEvent, TraceFact, TraceKind, EventId, VirtualTime, QueueName } from './trace/event.ts';

export type Placement = 'host' | 'site' | 'one';

/**
 * How fast virtual time goes.
 * rate: `speed` virtual seconds per wall second (1 = real time, 86400 = a day a second, 0.01 = slow motion).
 * lines: one instant at which something happens per `intervalMs` of wall time; empty time is skipped.
 * fast: as fast as the machine can.
 */
export type Pace = { mode: 'rate'; speed: number } | { mode: 'lines'; intervalMs: number } | { mode: 'fast' };

export interface LoadedRun {
  world: World;
  placement: Placement;
  seed: number;
  /** set when the run was made by another version of the engine */
  notice: string | null;
}

export interface SimulationApi {
  /** Boots the world of the run; replays its inputs as time passes. Replaces what was loaded before. */
  load(options: { run: Run; placement?: Placement; replayUntil?: VirtualTime }): Promise<LoadedRun>;
  /** Enters the log, stamped with the first instant not yet granted. @returns the stamp */
  input(command: InputCommand): Promise<VirtualTime>;
  /**
   * Runs until paused, or until virtual time `until`. Resolves at once; progress is reported on the trace
   * port.
   */
  play(options: { pace: Pace; until?: VirtualTime }): Promise<void>;
  pause(): Promise<VirtualTime>;
  /** Runs to the next instant at which anything happens, and stops. */
  step(): Promise<VirtualTime>;
  /**
   * What the end of a command line may become, as the host is now: no input, and nothing changes. null while
   * a command runs at that terminal.
   */
  complete(question: CompletionQuestion): Promise<Completion | null>;
  /** The whole run so far, to be kept or replayed. */
  save(): Promise<Run>;
  /** The same as the text of a file (run-file.ts). */
  saveFile(): Promise<string>;
  /** Reads such a text. Rejects with a message for a person when it is damaged or no run. */
  readFile(text: string): Promise<Run>;
  /** 16 hex digits over everything that happened so far. */
  hash(): Promise<string>;
  connectTrace(port: MessagePort): Promise<void>;
}

/** What comes over the trace port, in order. */
export type TraceMessage =
  /**
   * Events in order of (time, host, n); all events before `clock` have been sent. Buffers are transferred.
   */
  | { type: 'chunk'; chunk: TraceChunk }
  /** now: the clock shown; nextEventAt: when something happens next (null = never); state of the player. */
  | { type: 'clock'; now: VirtualTime; nextEventAt: VirtualTime | null; playing: boolean; eventCount: number }
  /** A worker or a daemon failed: the run is over. */
  | { type: 'failed'; text: string };
