/**
 * layout — the buckets in pixels: incoming over the funnel of active, the pool of deferred with one lane per
 * destination, where the height of a float is the time to its next try on a square-root scale
 */
import { scaleSqrt } from 'd3';

import type { VirtualTime } from '../../../workers/api.ts';

import type { Box } from '../map/placing.ts';

/** A letter in a queue, as it is drawn. */
export interface Letter {
  key: string;
  mail: number;
  letter: string;
  paper: string;
  destination: string;
  /** deferred: when it is tried next; null = unknown */
  nextAt: VirtualTime | null;
}

export interface Float {
  key: string;
  x: number;
  y: number;
  letter: Letter;
}

export interface Row {
  y: number;
  label: string;
}

export interface Lane {
  destination: string;
  x: number;
  width: number;
  count: number;
  floats: Float[];
}

export interface Pool {
  lanes: Lane[];
  rows: Row[];
  /** letters that do not fit are told as a number */
  more: number;
}

export interface Vessels {
  width: number;
  height: number;
  incoming: Box;
  active: Box;
  deferred: Box;
  hold: Box;
  corrupt: Box;
}

export const float = { width: 26, height: 18 };
const lanesMax = 6;
const poolFloatsMax = 400;

/** The vessels side by side, or one under the other where it is narrow. */
export function vesselsFor(width: number): Vessels {
  const isNarrow = width < 560;
  const left = isNarrow ? Math.max(120, Math.floor(width * 0.44)) : Math.min(200, Math.floor(width * 0.28));
  const gap = isNarrow ? 30 : 64;
  const shelf = isNarrow ? width - left - gap - 20 : 110;
  const x = 16;
  const incoming = { x, y: 34, width: left - 32, height: 56 };
  const active = { x, y: 126, width: left, height: 112 };
  if (isNarrow) {
    const hold = { x: x + left + gap - 16, y: 34, width: shelf, height: 40 };
    const corrupt = { x: hold.x, y: 126, width: shelf, height: 40 };
    return {
      width,
      height: 540,
      incoming,
      active,
      hold,
      corrupt,
      deferred: { x: 52, y: 312, width: width - 68, height: 200 },
    };
  }
  const hold = { x: x + left + gap, y: 34, width: shelf, height: 40 };
  const corrupt = { x: hold.x, y: 126, width: shelf, height: 40 };
  const deferred = { x: hold.x + shelf + 76, y: 34, width: 0, height: 232 };
  deferred.width = Math.max(120, width - deferred.x - 16);
  return { width, height: 312, incoming, active, hold, corrupt, deferred };
}

/** Letters lying in a vessel: side by side, closer together the more there are, then rows, then a number. */
export function piled(
  letters: readonly Letter[],
  box: Box,
  rowsMax: number,
): { floats: Float[]; more: number } {
  const perRow = Math.max(1, Math.floor((box.width - 8) / (float.width + 3)));
  const shown = letters.slice(0, perRow * rowsMax);
  const floats = shown.map((letter, i) => ({
    key: letter.key,
    letter,
    x: box.x + 5 + (i % perRow) * (float.width + 3),
    y: box.y + box.height - 4 - float.height - Math.floor(i / perRow) * (float.height + 3),
  }));
  return { floats, more: letters.length - shown.length };
}

const minute = 60_000_000;
const marks = [1, 4, 14, 29, 44, 64, 120, 360, 1440, 7200]; // minutes

/** The pool: each float as high as the time to its next try. */
export function poolOf(letters: readonly Letter[], box: Box, at: VirtualTime): Pool {
  const waits = letters.map(({ nextAt }) => (nextAt === null ? 0 : Math.max(0, nextAt - at)));
  const longest = Math.max(5 * minute, ...waits);
  const floor = box.y + box.height - 4 - float.height;
  const height = scaleSqrt([0, longest], [floor, box.y + 6]);
  const byDestination = new Map<string, Letter[]>();
  for (const letter of letters) {
    const key =
      byDestination.has(letter.destination) || byDestination.size < lanesMax ? letter.destination : 'others';
    byDestination.set(key, [...(byDestination.get(key) ?? []), letter]);
  }
  const groups = [...byDestination].sort((a, b) => b[1].length - a[1].length);
  const weight = (count: number) => Math.max(1.4, Math.sqrt(count));
  const whole = groups.reduce((sum, [, group]) => sum + weight(group.length), 0);
  let x = box.x;
  let drawn = 0;
  const lanes = groups.map(([destination, group]): Lane => {
    const width = (box.width * weight(group.length)) / Math.max(whole, 3);
    const shown = group.slice(0, Math.max(0, poolFloatsMax - drawn));
    drawn += shown.length;
    const lane = {
      destination,
      x,
      width,
      count: group.length,
      floats: floatsIn(shown, x, width, at, height),
    };
    x += width;
    return lane;
  });
  const rows = marks
    .filter((mark) => mark * minute <= longest)
    .map((mark) => ({
      y: height(mark * minute) + float.height,
      label: mark < 60 ? `${mark} min` : mark < 1440 ? `${mark / 60} h` : `${mark / 1440} d`,
    }));
  return { lanes, rows: apart(rows), more: letters.length - drawn };
}

/** Floats of about the same height lie side by side, overlapped like filed cards when there are many. */
function floatsIn(
  group: readonly Letter[],
  x: number,
  width: number,
  at: VirtualTime,
  height: (wait: number) => number,
): Float[] {
  const strata = new Map<number, Letter[]>();
  for (const letter of group) {
    const y = Math.round(height(letter.nextAt === null ? 0 : Math.max(0, letter.nextAt - at)));
    const stratum = [...strata.keys()].find((one) => Math.abs(one - y) < 3) ?? y;
    strata.set(stratum, [...(strata.get(stratum) ?? []), letter]);
  }
  return [...strata].flatMap(([y, letters]) => {
    const room = Math.max(0, width - 14 - float.width);
    const step = Math.min(float.width + 3, letters.length < 2 ? 0 : room / (letters.length - 1));
    return letters.map((letter, i) => ({ key: letter.key, letter, y, x: x + 7 + i * step }));
  });
}

/** Leaves out rows whose words would touch. */
function apart(rows: readonly Row[]): Row[] {
  const kept: Row[] = [];
  for (const row of rows) if (kept.length === 0 || kept.at(-1)!.y - row.y >= 16) kept.push(row);
  return kept;
}
