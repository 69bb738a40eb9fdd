import { beforeAll, describe, expect, test } from 'vitest';

import { ComingFold } from '../../../src/time/coming.ts';
import { MailsFold } from '../../../src/views/mails/fold.ts';
import { QueuesFold } from '../../../src/views/queues/fold.ts';
import { piled, poolOf, vesselsFor, type Letter } from '../../../src/views/queues/layout.ts';
import { queueRows } from '../../../src/views/queues/rows.ts';
import { playWorld, type Played } from '../played.ts';

const second = 1_000_000;
const minute = 60 * second;

describe('the queues of two-islands', () => {
  let played: Played;
  let queues: QueuesFold;
  let mx: number;
  beforeAll(async () => {
    played = await playWorld('two-islands', 60 * second);
    queues = played.fold(QueuesFold);
    mx = played.names.indexOf('mx.far.example');
  });

  test('a mail that cannot be delivered lies in deferred with the time of its next try and the real reason', () => {
    const rows = queueRows(queues, played.fold(MailsFold), played.fold(ComingFold), mx, 32 * second);
    expect(rows).toMatchObject([
      { queue: 'deferred', letter: 'C', recipients: ['sales@acme.example'], destination: 'acme.example' },
    ]);
    expect(rows[0]!.reason).toContain('No route to host');
    expect(rows[0]!.nextAt).toBeGreaterThanOrEqual(300 * second);
  });

  test('looking back, it lies in active before it lies in deferred', () => {
    expect(queues.countsAt(mx, 1.2 * second)).toMatchObject({ active: 1, deferred: 0 });
    expect(queues.countsAt(mx, 32 * second)).toMatchObject({ active: 0, deferred: 1 });
    expect(queues.lyingAt(mx, 8 * second)).toEqual([]);
  });

  test('hosts without queues have none', () => expect(queues.hostsAt(60 * second)).not.toContain(0));
});

const letter = (key: string, nextAt: number | null, destination = 'a.example'): Letter => ({
  key,
  mail: 0,
  letter: 'A',
  paper: '',
  destination,
  nextAt,
});

describe('the pool', () => {
  const box = { x: 100, y: 0, width: 400, height: 200 };

  test('a float sinks with the clock and lies on the floor when its time has come', () => {
    const y = (at: number) => poolOf([letter('1', 4 * minute)], box, at).lanes[0]!.floats[0]!.y;
    expect(y(0)).toBeLessThan(y(2 * minute));
    expect(y(4 * minute)).toBe(box.y + box.height - 4 - 18);
  });

  test('height is the square root of the time to go', () => {
    const floor = box.height - 4 - 18;
    const height = (wait: number) =>
      floor - poolOf([letter('1', wait), letter('2', 16 * minute)], box, 0).lanes[0]!.floats[0]!.y;
    expect(height(16 * minute) / height(4 * minute)).toBeCloseTo(2, 1);
  });

  test('each destination has its lane, the fullest first, and none leaves the pool', () => {
    const letters = [...Array(30)].map((_, i) =>
      letter(`${i}`, 5 * minute, i < 3 ? 'few.example' : 'many.example'),
    );
    const { lanes } = poolOf(letters, box, 0);
    expect(lanes.map(({ destination, count }) => `${destination} ${count}`)).toEqual([
      'many.example 27',
      'few.example 3',
    ]);
    for (const lane of lanes)
      for (const { x } of lane.floats) {
        expect(x).toBeGreaterThanOrEqual(lane.x);
        expect(x + 26).toBeLessThanOrEqual(box.x + box.width);
      }
  });

  test('thousands are drawn as some hundreds, and a number', () => {
    const { lanes, more } = poolOf(
      [...Array(5000)].map((_, i) => letter(`${i}`, i * second)),
      box,
      0,
    );
    expect(lanes.reduce((sum, lane) => sum + lane.floats.length, 0) + more).toBe(5000);
    expect(more).toBeGreaterThan(4000);
  });
});

test('a vessel holds as many rows as fit, the rest is a number', () => {
  const { incoming } = vesselsFor(1000);
  const { floats, more } = piled(
    [...Array(40)].map((_, i) => letter(`${i}`, null)),
    incoming,
    2,
  );
  expect(floats.length + more).toBe(40);
  for (const { x, y } of floats) {
    expect(x + 26).toBeLessThanOrEqual(incoming.x + incoming.width);
    expect(y).toBeGreaterThanOrEqual(incoming.y - 2);
  }
});

test('vessels never overlap, wide or narrow', () => {
  for (const width of [330, 390, 560, 700, 1400]) {
    const v = vesselsFor(width);
    const boxes = [v.incoming, v.active, v.hold, v.corrupt, v.deferred];
    for (const [i, a] of boxes.entries()) {
      expect(a.x + a.width).toBeLessThanOrEqual(width);
      for (const b of boxes.slice(i + 1))
        expect(
          a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height,
        ).toBe(false);
    }
  }
});
