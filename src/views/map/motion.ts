/**
 * motion — what moves on the map at one frame: letters and packets on cables, at the shown time
 *
 * The session's clock jumps from instant to instant; the shown time runs after it over the wall time of one jump.
 * Nothing crosses a cable in less than `travelMsMin`, however fast the clock goes; scrubbing shows places at once.
 */
import type { VirtualTime } from '../../../workers/api.ts';

export const travelMsMin = 250;
export const travelMsMax = 1500;
const seenMax = 4096;
const leapUsMax = 60_000_000; // a longer jump is a skip: only what moves at its end is shown

/** The time that is shown, between jumps of the session's clock. */
export class ShownClock {
  #from: VirtualTime = 0;
  #to: VirtualTime = 0;
  #startMs = 0;
  #lengthMs = 0;

  /** The session's clock jumped. `overMs` 0 = show it at once. */
  jump(to: VirtualTime, wallMs: number, overMs: number): void {
    const shown = this.at(wallMs);
    const isLeap = to < shown || to - shown > leapUsMax;
    this.#from = isLeap ? to : shown;
    this.#to = to;
    this.#startMs = wallMs;
    this.#lengthMs = isLeap ? 0 : Math.min(overMs, travelMsMax);
  }

  at(wallMs: number): VirtualTime {
    if (this.#lengthMs <= 0) return this.#to;
    const part = Math.min(1, (wallMs - this.#startMs) / this.#lengthMs);
    return this.#from + (this.#to - this.#from) * part;
  }

  isRunning(wallMs: number): boolean {
    return this.#lengthMs > 0 && wallMs < this.#startMs + this.#lengthMs;
  }
}

/** A stretch of time on a cable. */
export interface Traveller {
  /** the same thing has the same key in every frame */
  key: number;
  from: VirtualTime;
  until: VirtualTime;
}

interface Seen {
  firstMs: number;
  /** farthest place shown, 0 … 1 */
  reached: number;
  lastFrame: number;
}

/** How far each traveller has come, with the least travelling time kept. */
export class Travel {
  readonly #seen = new Map<number, Seen>();
  #frame = 0;

  /** A new frame begins; what was not placed in the last one is forgotten. */
  begin(): void {
    if (this.#seen.size > 0)
      for (const [key, seen] of this.#seen) if (seen.lastFrame < this.#frame) this.#seen.delete(key);
    this.#frame++;
  }

  /** @returns 0 … 1, or 2 when it has arrived and is no more on the way */
  place(traveller: Traveller, shown: VirtualTime, wallMs: number, isAnimated: boolean): number {
    const { key, from, until } = traveller;
    const whole = until - from;
    const due = whole > 0 && until !== Infinity ? (shown - from) / whole : shown >= from ? 0.5 : -1;
    if (!isAnimated) return due < 0 || due >= 1 ? 2 : due;
    let seen = this.#seen.get(key);
    if (seen === undefined) {
      if (due >= 1 || this.#seen.size >= seenMax)
        seen = { firstMs: wallMs, reached: 0, lastFrame: this.#frame };
      else seen = { firstMs: wallMs - Math.max(0, due) * travelMsMin, reached: 0, lastFrame: this.#frame };
      if (this.#seen.size < seenMax) this.#seen.set(key, seen);
    }
    seen.lastFrame = this.#frame;
    const allowed = (wallMs - seen.firstMs) / travelMsMin;
    seen.reached = Math.max(seen.reached, Math.min(due, allowed));
    return seen.reached >= 1 ? 2 : Math.max(0, seen.reached);
  }

  /** Whether the least travelling time alone holds it back from where it should be. */
  hasWayToGo({ key, from, until }: Traveller, shown: VirtualTime): boolean {
    const whole = until - from;
    const due = whole > 0 && until !== Infinity ? Math.min(1, (shown - from) / whole) : 0.5;
    return (this.#seen.get(key)?.reached ?? 1) < due;
  }

  forget(): void {
    this.#seen.clear();
  }
}
