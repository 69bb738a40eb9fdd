/** axis — ticks of a time axis from microseconds to days, and a stretch of time that grows in steps */
import type { VirtualTime } from '../../../workers/api.ts';

import type { Clock } from '../../decode/clock.ts';

export interface Tick {
  at: VirtualTime;
  label: string;
}

export interface Stretch {
  from: VirtualTime;
  to: VirtualTime;
}

const second = 1_000_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const steps = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((ms) => ms * 1000),
  ...[1, 2, 5, 10, 20, 30].map((s) => s * second),
  ...[1, 2, 5, 10, 20, 30].map((min) => min * minute),
  ...[1, 2, 3, 6, 12].map((h) => h * hour),
  ...[1, 2, 5, 10, 30, 100, 365].map((d) => d * day),
];

/** Ticks at round times. Below a second they count from `origin`; above, they are the clock's own. */
export function ticksOf(stretch: Stretch, ticksMax: number, origin: VirtualTime, clock: Clock): Tick[] {
  const length = stretch.to - stretch.from;
  const step = steps.find((one) => length / one <= Math.max(1, ticksMax)) ?? steps.at(-1)!;
  const offset = step < second ? origin : 0;
  const ticks: Tick[] = [];
  for (let i = Math.ceil((stretch.from - offset) / step); offset + i * step <= stretch.to; i++) {
    const at = offset + i * step;
    if (at >= 0) ticks.push({ at, label: labelOf(at, step, offset, clock) });
  }
  return ticks;
}

function labelOf(at: VirtualTime, step: number, origin: VirtualTime, clock: Clock): string {
  if (step < second) {
    const digits = step >= 100_000 ? 1 : step >= 10_000 ? 2 : 3;
    return `${((at - origin) / second).toFixed(digits)} s`;
  }
  if (step < minute) return clock.time(at);
  if (step < day) return clock.time(at).slice(0, 5);
  return clock.date(at).split(' ').slice(1, 3).join(' ');
}

const growth = 1.5;
const shortest = 50_000;

/**
 * The stretch that is drawn for something that has lasted from `from` to `to`: it leaves room for what comes, and grows
 * in steps, so that the picture does not slide all the time.
 */
export function stretchFor(from: VirtualTime, to: VirtualTime, share: number): Stretch {
  let length = shortest;
  while (length * share < to - from) length *= growth;
  const before = length * 0.04;
  return { from: from - before, to: from + length };
}
