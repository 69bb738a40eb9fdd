/** past — playing over what is recorded: where the cursor goes next */
import type { Pace, VirtualTime } from '../../workers/api.ts';

import type { TraceStore } from './trace-store.ts';

const gapUsMax = 1_000_000; // slow motion skips shorter waits, as the player does

/**
 * The cursor's next place after `elapsedMs` of wall time, or one `interval` (ms) of slow motion.
 * @returns Infinity when nothing more is recorded
 */
export function nextInPast(
  store: TraceStore,
  cursor: VirtualTime,
  { pace, elapsedMs, interval }: { pace: Pace; elapsedMs: number; interval: number },
): VirtualTime {
  if (pace.mode === 'rate') return cursor + elapsedMs * 1000 * pace.speed;
  const found = store.find(store.countUntil(cursor), 1, () => true);
  const next = found < 0 ? Infinity : store.time(found);
  return next - cursor > gapUsMax ? Math.min(next, cursor + interval * 1000) : next;
}

/** Wall time for a cursor that plays in the past. */
export class PastClock {
  #timer = 0;

  /** Calls `advance` again and again, with the wall time since it was called last. */
  start(pace: Pace, advance: (elapsedMs: number, interval: number) => void): void {
    this.stop();
    const interval = pace.mode === 'lines' ? pace.intervalMs : 16;
    let last = performance.now();
    this.#timer = window.setInterval(() => {
      const wall = performance.now();
      const elapsed = Math.min(wall - last, elapsedMsMax);
      last = wall;
      advance(elapsed, interval);
    }, interval);
  }

  stop(): void {
    window.clearInterval(this.#timer);
    this.#timer = 0;
  }
}

/** A tab that was hidden does not jump ahead when it is shown again. */
const elapsedMsMax = 250;
