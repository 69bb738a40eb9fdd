/**
 * alarm — what rings at a time: timers in the heap, and alarms that are set again and again
 */
import type { EventId, VirtualTime } from '../trace/event.ts';

import type { Slot } from './event-heap.ts';
import type { HostKernel } from './host-kernel.ts';

const NO_TIME = -1;

/** What a timer calls when its time has come. */
export interface Alarm {
  fire(): void;
}

/** A pending call at a time; cancel it when it is no longer needed. */
export class Timer {
  slot: Slot = -1;
  readonly host: HostKernel;
  readonly cause: EventId;
  readonly alarm: Alarm;

  constructor(host: HostKernel, cause: EventId, alarm: Alarm) {
    this.host = host;
    this.cause = cause;
    this.alarm = alarm;
  }
}

/**
 * An alarm that is set anew again and again, mostly to a later time: it stays where it is in the heap and
 * looks again when it rings there.
 */
export class LazyAlarm implements Alarm {
  readonly #host: HostKernel;
  readonly #ring: () => void;
  #due: VirtualTime = NO_TIME;
  #cause: EventId = 0;
  #pendingAt: VirtualTime = NO_TIME;
  #timer: Timer | null = null;

  constructor(host: HostKernel, ring: () => void) {
    this.#host = host;
    this.#ring = ring;
  }
  get isSet(): boolean {
    return this.#due !== NO_TIME;
  }
  /** Rings at `at`, with the cause of this moment. */
  set(at: VirtualTime): void {
    this.#due = at;
    this.#cause = this.#host.cause;
    if (this.#timer === null) this.#arm(at);
    else if (at < this.#pendingAt) {
      this.#host.cancel(this.#timer);
      this.#arm(at);
    }
  }
  /** Does not ring. */
  unset(): void {
    this.#due = NO_TIME;
  }
  /** Does not ring, and leaves nothing behind: for who will not set it again. */
  clear(): void {
    this.#due = NO_TIME;
    if (this.#timer !== null) this.#host.cancel(this.#timer);
    this.#timer = null;
  }
  fire(): void {
    this.#timer = null;
    if (this.#due === NO_TIME) return;
    if (this.#due > this.#host.now) return this.#arm(this.#due);
    this.#due = NO_TIME;
    this.#host.cause = this.#cause;
    this.#ring();
  }
  #arm(at: VirtualTime): void {
    this.#pendingAt = at;
    this.#timer = this.#host.schedule(at, this);
  }
}
