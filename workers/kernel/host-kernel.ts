/**
 * host-kernel — runs the procs of one host: wakes, timers, deadlines, causes, spawn and kill
 *
 * A proc that becomes ready is put in a first-in-first-out queue and resumed, synchronously, before the event
 * that woke it ends. Everything here belongs to the host, so that the result does not depend on which worker
 * runs it.
 */
import { assert } from '../bytes/assert.ts';

import type { EventId, TraceFact, VirtualTime } from '../trace/event.ts';

import { Timer, type Alarm, type LazyAlarm } from './alarm.ts';
import type { Partition } from './partition.ts';
import { Call, OneWait, type Proc, type Request, type Syscall, type Waiter } from './proc.ts';
import { HostRandom } from './random.ts';

export class HostKernel {
  readonly index: number;
  readonly name: string;
  readonly partition: Partition;
  readonly random: HostRandom;
  /** false while crashed or stopped: nothing runs, nothing answers */
  up = false;
  /** what made happen what happens now */
  cause: EventId = 0;
  /** the running proc's pid; 0 = the kernel */
  pid = 0;
  /** called when all procs have settled at the end of an event (the network sends its acknowledgements) */
  onSettled: () => void = () => {};
  #pidLast = 400;
  #sequence = 0;
  readonly #procs = new Map<number, RunningProc>();
  #ready: { proc: RunningProc; value: unknown; cause: EventId }[] = [];
  #draining = false;
  /** why the event happens in which a proc waits for code; null = none does */
  #stoppedIn: EventId | null = null;

  constructor(options: { index: number; name: string; seed: number; partition: Partition }) {
    this.index = options.index;
    this.name = options.name;
    this.partition = options.partition;
    this.random = new HostRandom(options.seed, options.name);
  }

  get now(): VirtualTime {
    return this.partition.now;
  }

  /** The next number of this host's own event sequence (part of the order key). */
  nextSequence(): number {
    return ++this.#sequence;
  }

  emit(fact: TraceFact, cause: EventId = this.cause): EventId {
    return this.partition.tracer.emit(fact, this.partition.now, this.index, this.pid, cause);
  }

  /** Rings the alarm at `at` (not before now), with the cause of this moment. */
  schedule(at: VirtualTime, alarm: Alarm): Timer {
    const { now, heap } = this.partition;
    const timer = new Timer(this, this.cause, alarm);
    timer.slot = heap.push(timer, at > now ? at : now, this.index, this.index, this.nextSequence());
    return timer;
  }

  cancel(timer: Timer): void {
    if (timer.slot < 0) return;
    this.partition.heap.remove(timer.slot);
    timer.slot = -1;
  }

  /** Something happens to this host now. `end` comes after it. */
  begin(cause: EventId): void {
    this.cause = cause;
    this.pid = 0;
  }

  /** Runs all procs that were woken since `begin`. Where one waits for code, `goOn` does the rest. */
  end(cause: EventId): void {
    if (!this.#drain()) {
      this.#stoppedIn = cause;
      return;
    }
    this.cause = cause;
    this.onSettled();
    this.cause = 0;
  }

  /** The running proc waits for code, and all else with it. */
  stopFor(part: string): void {
    this.partition.stopFor(part, this);
  }

  /** Goes on with the proc that waited for code. */
  goOn(): void {
    const cause = this.#stoppedIn;
    assert(cause !== null, 'no proc waits for code');
    this.#stoppedIn = null;
    this.end(cause);
  }

  /** @param group where the proc is listed while it runs */
  spawn(
    name: string,
    body: (pid: number) => Proc<unknown>,
    group: Set<RunningProc> | null = null,
  ): RunningProc {
    const pid = ++this.#pidLast;
    const proc = new RunningProc(this, pid, name, group);
    group?.add(proc);
    proc.generator = body(pid);
    this.#procs.set(pid, proc);
    this.emit({ kind: 'process.started', pid, name });
    this.makeReady(proc, undefined);
    return proc;
  }

  makeReady(proc: RunningProc, value: unknown, cause: EventId = this.cause): void {
    this.#ready.push({ proc, value, cause });
  }

  /** Ends a proc: its finally blocks run. */
  kill(proc: RunningProc): void {
    if (!proc.running) return;
    proc.stopWaiting();
    const { pid } = this;
    this.pid = proc.pid;
    try {
      proc.return();
      this.#ended(proc, 'killed', '');
    } catch (error) {
      this.#failed(proc, error);
    }
    this.pid = pid;
  }

  /** What runs, in order of pid. */
  processes(): { pid: number; name: string }[] {
    return [...this.#procs.values()].map(({ pid, name }) => ({ pid, name }));
  }

  /** Kills all procs, youngest first (clean stop). */
  killAll(): void {
    for (const proc of [...this.#procs.values()].reverse()) this.kill(proc);
  }

  /** A crash: procs vanish, their finally blocks do not run; timers of the host are gone. */
  forgetAll(): void {
    for (const proc of this.#procs.values()) proc.running = false;
    this.#procs.clear();
    this.#ready = [];
    this.partition.heap.removeWhere((entry) => entry instanceof Timer && entry.host === this);
  }

  /** @returns false when a proc waits for code: it stays the first of those that are ready */
  #drain(): boolean {
    if (this.#draining) return true;
    this.#draining = true;
    for (let i = 0; i < this.#ready.length; i++) {
      const { proc, value, cause } = this.#ready[i]!;
      if (proc.running && !this.#resume(proc, value, cause)) {
        this.#ready.splice(0, i + 1, { proc, value: undefined, cause: this.cause });
        this.#draining = false;
        return false;
      }
      if (i > 1024) {
        this.#ready.splice(0, i + 1);
        i = -1;
      }
    }
    this.#ready.length = 0;
    this.#draining = false;
    return true;
  }

  /** @returns false when it waits for code */
  #resume(proc: RunningProc, first: unknown, cause: EventId): boolean {
    this.cause = cause;
    this.pid = proc.pid;
    let value = first;
    try {
      for (;;) {
        const step = proc.next(value);
        if (step.done === true) {
          this.#ended(proc, 'returned', '');
          break;
        }
        const request = step.value;
        if (request.begin(proc)) {
          if (proc.running) proc.request = request;
          break;
        }
        value = request.result;
      }
    } catch (error) {
      this.#failed(proc, error);
    }
    this.pid = 0;
    return this.partition.waitsFor === null;
  }

  #failed(proc: RunningProc, error: unknown): void {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    this.partition.failures.push({
      host: this.name,
      proc: proc.name,
      why,
      stack: error instanceof Error ? (error.stack ?? '') : '',
    });
    this.#ended(proc, 'failed', why);
  }

  #ended(proc: RunningProc, how: 'returned' | 'killed' | 'failed', why: string): void {
    proc.running = false;
    this.#procs.delete(proc.pid);
    proc.group?.delete(proc);
    this.emit({ kind: 'process.stopped', pid: proc.pid, name: proc.name, how, why });
    if (proc.joiners.size > 0) for (const wait of [...proc.joiners]) wait.settle();
  }
}

/** A proc with its generator and what it waits for. */
export class RunningProc implements Waiter {
  readonly host: HostKernel;
  readonly pid: number;
  readonly name: string;
  generator: Proc<unknown> | null = null;
  request: Request | null = null;
  running = true;
  readonly group: Set<RunningProc> | null;
  readonly joiners = new Set<Wait>();
  /** who waits for `generator` to end, outermost first (proc.ts: call) */
  readonly #callers: Proc<unknown>[] = [];

  constructor(host: HostKernel, pid: number, name: string, group: Set<RunningProc> | null) {
    this.host = host;
    this.pid = pid;
    this.name = name;
    this.group = group;
  }
  /** Runs on until it waits for something or ends. */
  next(value: unknown): IteratorResult<Request, unknown> {
    let step = this.#enter(value);
    for (;;) {
      if (step.done === true) {
        const caller = this.#callers.pop();
        if (caller === undefined) return step;
        this.generator = caller;
        step = this.#enter(step.value);
      } else if (step.value instanceof Call) {
        this.#callers.push(this.generator!);
        this.generator = step.value.body;
        step = this.#enter(undefined);
      } else return step;
    }
  }

  /** Ends it: finally blocks run, the innermost first. */
  return(): void {
    for (let frame = this.generator; frame !== null; frame = this.#callers.pop() ?? null) {
      const last = frame.return(undefined);
      assert(last.done === true, `proc ${this.name} yielded in a finally block`);
    }
  }

  #enter(value: unknown): IteratorResult<Request, unknown> {
    try {
      return this.generator!.next(value);
    } catch (error) {
      return this.#throw(error);
    }
  }

  /** What a body throws is thrown where it was called. */
  #throw(thrown: unknown): IteratorResult<Request, unknown> {
    let error = thrown;
    for (let caller = this.#callers.pop(); caller !== undefined; caller = this.#callers.pop()) {
      this.generator = caller;
      try {
        return caller.throw(error);
      } catch (next) {
        error = next;
      }
    }
    throw error;
  }

  resume(value: unknown): void {
    if (!this.running) return;
    this.request = null;
    this.host.makeReady(this, value);
  }
  stopWaiting(): void {
    this.request?.cancel(this);
    this.request = null;
  }
}

/** What a proc can wait for. */
export interface WaitSource {
  /** @returns the result when it is there already, else undefined */
  poll(): unknown;
  /** Remembers who waits, to call its `settle` when there may be a result; null = nobody any more. */
  enlist(wait: Wait | null): void;
}

/**
 * A wait with a deadline: the request of every blocking syscall, and that syscall (`yield*` it). One class
 * for all sources, so that the kernel's hottest code sees one shape.
 */
export class Wait extends OneWait implements Request, Alarm {
  result: unknown = undefined;
  readonly #host: HostKernel;
  readonly #source: WaitSource;
  readonly #deadline: VirtualTime;
  readonly #onTimeout: unknown;
  readonly #alarm: LazyAlarm | null;
  #waiter: Waiter | null = null;
  #timer: Timer | null = null;

  /** @param alarm rings at the deadline and calls `fire`, for who waits for the same thing again and again */
  constructor(
    host: HostKernel,
    source: WaitSource,
    deadline: VirtualTime,
    onTimeout: unknown = 'timeout',
    alarm: LazyAlarm | null = null,
  ) {
    super();
    this.#host = host;
    this.#source = source;
    this.#deadline = deadline;
    this.#onTimeout = onTimeout;
    this.#alarm = alarm;
  }

  begin(waiter: Waiter): boolean {
    const result = this.#source.poll();
    if (result !== undefined) {
      this.result = result;
      return false;
    }
    if (this.#deadline <= this.#host.now) {
      this.result = this.#onTimeout;
      return false;
    }
    this.#waiter = waiter;
    this.#source.enlist(this);
    if (this.#deadline === Number.MAX_SAFE_INTEGER) return true;
    if (this.#alarm !== null) this.#alarm.set(this.#deadline);
    else this.#timer = this.#host.schedule(this.#deadline, this);
    return true;
  }

  /** Looks again; resumes the waiter when the result is there. Returns whether it was. */
  settle(): boolean {
    const result = this.#source.poll();
    if (result === undefined) return false;
    this.#source.enlist(null);
    this.#finish(result);
    return true;
  }

  /** The deadline has come. */
  fire(): void {
    this.#timer = null;
    this.#source.enlist(null);
    this.#finish(this.#onTimeout);
  }

  cancel(): void {
    this.#source.enlist(null);
    this.#clear();
    this.#waiter = null;
  }

  #finish(value: unknown): void {
    const waiter = this.#waiter;
    this.#waiter = null;
    this.#clear();
    waiter?.resume(value);
  }

  #clear(): void {
    this.#alarm?.unset();
    if (this.#timer !== null) this.#host.cancel(this.#timer);
    this.#timer = null;
  }
}

/** Waits until `source` has a result or the deadline comes. */
export function waitFor<T>(
  host: HostKernel,
  source: WaitSource,
  deadline: VirtualTime,
): Syscall<T | 'timeout'> {
  return new Wait(host, source, deadline) as Syscall<unknown> as Syscall<T | 'timeout'>;
}
