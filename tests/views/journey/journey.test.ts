import { beforeAll, describe, expect, test } from 'vitest';

import { clockOf } from '../../../src/decode/clock.ts';
import { stretchFor, ticksOf } from '../../../src/views/journey/axis.ts';
import { journeyOf, type Journey } from '../../../src/views/journey/layout.ts';
import { MailsFold } from '../../../src/views/mails/fold.ts';
import { ComingFold } from '../../../src/time/coming.ts';
import { playWorld, type Played } from '../played.ts';

const second = 1_000_000;
const day = 86_400 * second;
const clock = clockOf('2026-03-03T09:00:00Z');

describe('the journey graph', () => {
  let arrived: Played;
  let waits: Played;
  beforeAll(async () => {
    arrived = await playWorld('two-islands', 3 * second);
    waits = await playWorld('two-islands', 33 * second);
  });

  function journey(played: Played, number: number, now: number): Journey {
    const coming = played.fold(ComingFold);
    return journeyOf({
      mail: played.fold(MailsFold).mails[number]!,
      report: null,
      names: played.names,
      at: now,
      now,
      planned: (host, queueId) => ({
        next: coming.waitOf(host, queueId, now)?.due ?? null,
        scan: coming.nextScan(host, now),
      }),
    });
  }

  test('has a lane for each stop in the order of the journey', () => {
    expect(journey(arrived, 0, 3 * second).lanes.map(({ label }) => label)).toEqual([
      'ws-alice',
      'mx',
      'mta1',
      'mbox1',
    ]);
  });

  test('a slope goes down one lane for each carriage, and time never runs back', () => {
    const { runs, stretch } = journey(arrived, 0, 3 * second);
    const slopes = runs.filter(({ kind }) => kind === 'slope');
    expect(slopes.map(({ fromLane, toLane }) => `${fromLane}>${toLane}`)).toEqual(['0>1', '1>2', '2>3']);
    for (const { from, until } of runs) {
      expect(until).toBeGreaterThanOrEqual(from);
      expect(from).toBeGreaterThanOrEqual(stretch.from);
    }
  });

  test('ends with the mark of delivery, and no run lasts longer than the clock', () => {
    const { marks, runs, coming } = journey(arrived, 0, 3 * second);
    expect(marks.at(-1)).toMatchObject({ kind: 'delivered', lane: 3 });
    expect(Math.max(...runs.map(({ until }) => until))).toBeLessThanOrEqual(3 * second);
    expect(coming).toEqual([]);
  });

  test('a mail that waits shows its failed try and the next one, which is inside the picture', () => {
    const { marks, coming, stretch } = journey(waits, 2, 33 * second);
    expect(marks.find(({ kind }) => kind === 'failed')).toMatchObject({ lane: 1 });
    const next = coming.find(({ kind }) => kind === 'try')!;
    expect(next.at).toBeGreaterThan(300 * second);
    expect(next.at).toBeLessThan(stretch.to);
  });

  test('long after it arrived the picture still shows the journey, not the wait after it', () => {
    const { stretch } = journey(arrived, 0, 3000 * second);
    expect(stretch.to - stretch.from).toBeLessThan(2 * second);
  });
});

describe('the time axis', () => {
  test('has round ticks, as many as fit, from milliseconds to days', () => {
    const labels = (length: number) =>
      ticksOf({ from: 0, to: length }, 6, 0, clock).map(({ label }) => label);
    expect(labels(second / 2)).toEqual(['0.0 s', '0.1 s', '0.2 s', '0.3 s', '0.4 s', '0.5 s']);
    expect(labels(10 * second)).toEqual([
      '09:00:00',
      '09:00:02',
      '09:00:04',
      '09:00:06',
      '09:00:08',
      '09:00:10',
    ]);
    expect(labels(1200 * second)).toEqual(['09:00', '09:05', '09:10', '09:15', '09:20']);
    expect(labels(5 * day)[1]).toBe('4 Mar');
  });

  test('below a second it counts from the start of the mail', () => {
    const ticks = ticksOf({ from: 7.95 * second, to: 8.3 * second }, 4, 8 * second, clock);
    expect(ticks.map(({ at, label }) => `${at} ${label}`)).toEqual([
      '8000000 0.0 s',
      '8100000 0.1 s',
      '8200000 0.2 s',
      '8300000 0.3 s',
    ]);
  });

  test('grows in steps, so that the picture stands still between them', () => {
    const lengths = [100, 120, 140, 160, 180].map((ms) => {
      const { from, to } = stretchFor(0, ms * 1000, 0.66);
      return to - from;
    });
    expect(new Set(lengths).size).toBeLessThan(lengths.length);
    for (const [i, length] of lengths.entries())
      expect(length).toBeGreaterThan([100, 120, 140, 160, 180][i]! * 1000);
  });
});
