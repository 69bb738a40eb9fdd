import { expect, test } from 'vitest';

import {
  Scheduler,
  type Entry,
  type TransportLimits,
} from '../../../../workers/daemons/postfix/qmgr/scheduler.ts';

const second = 1_000_000;
const trouble = { dsn: '4.4.1', reason: 'connect to mx[192.0.2.1]:25: Connection refused' };

const hasAgent = (): boolean => true;

function limits(changes: Partial<TransportLimits> = {}): TransportLimits {
  return {
    initial_destination_concurrency: 5,
    destination_concurrency_limit: 20,
    destination_concurrency_failed_cohort_limit: 1,
    destination_recipient_limit: 50,
    destination_rate_delay: 0,
    transport_rate_delay: 0,
    delivery_slot_cost: 5,
    delivery_slot_discount: 50,
    delivery_slot_loan: 3,
    minimum_delivery_slots: 3,
    positive_feedback: { base: 1, per: 'delivery' },
    negative_feedback: { base: 1, per: 'delivery' },
    ...changes,
  };
}

function filled(count: number, changes: Partial<TransportLimits> = {}): Scheduler<number> {
  const scheduler = new Scheduler<number>({
    limitsOf: () => limits(changes),
    hasAgent,
    suspendUs: 4 * second,
  });
  for (let message = 0; message < count; message++) {
    const destination = scheduler.destination(scheduler.transport('smtp'), 'a.example', 'a.example');
    scheduler.add([{ message, destination, recipients: [0] }], 0);
  }
  return scheduler;
}

function takeAll(scheduler: Scheduler<number>, now = 0): Entry<number>[] {
  const entries: Entry<number>[] = [];
  for (let entry = scheduler.next(now); entry !== null; entry = scheduler.next(now)) entries.push(entry);
  return entries;
}

test('the window goes 5, 10, 20 for deliveries of equal length', () => {
  const scheduler = filled(60);
  const sizes: number[] = [];
  let running = takeAll(scheduler);
  while (running.length > 0 && sizes.length < 4) {
    sizes.push(running.length);
    const started: Entry<number>[] = [];
    for (const entry of running) {
      scheduler.finish(entry, null, 0);
      started.push(...takeAll(scheduler));
    }
    running = started;
  }
  expect(sizes).toEqual([5, 10, 20, 20]);
});

test('one refusal does not make a destination dead, the third in a row does: its window went from 5 to 3 to 2', () => {
  const scheduler = filled(8);
  const running = takeAll(scheduler);
  expect(running).toHaveLength(5);
  const suspended: number[] = [];
  for (const entry of running) suspended.push(scheduler.finish(entry, trouble, second).length);
  expect(suspended).toEqual([0, 0, 3, 0, 0]);
  expect(scheduler.next(4 * second)).toBeNull();
  expect(scheduler.wakeAt()).toBe(5 * second);
});

test('after it was dead the window is back to the initial value', () => {
  const scheduler = filled(8);
  for (const entry of takeAll(scheduler)) scheduler.finish(entry, trouble, second);
  const destination = scheduler.destination(scheduler.transport('smtp'), 'a.example', 'a.example');
  expect(destination.dead).toEqual(trouble);
  for (let message = 0; message < 8; message++) scheduler.add([{ message, destination, recipients: [0] }], 0);
  expect(takeAll(scheduler, 2 * second)).toHaveLength(0);
  expect(takeAll(scheduler, 5 * second)).toHaveLength(5);
});

test('a rate delay means one delivery, then a pause', () => {
  const scheduler = filled(3, { destination_rate_delay: 2 * second });
  const first = takeAll(scheduler);
  expect(first).toHaveLength(1);
  scheduler.finish(first[0]!, null, second);
  expect(takeAll(scheduler, second)).toHaveLength(0);
  expect(scheduler.wakeAt()).toBe(3 * second);
  expect(takeAll(scheduler, 3 * second)).toHaveLength(1);
});

test('nothing is remembered of a destination without mail', () => {
  const scheduler = filled(3);
  for (const entry of takeAll(scheduler)) scheduler.finish(entry, null, 0);
  expect(scheduler.transport('smtp').destinations.size).toBe(0);
});

test('a small job overtakes a big one at the same destination, and is not overtaken by its debt', () => {
  const scheduler = new Scheduler<string>({
    limitsOf: () => limits({ destination_concurrency_limit: 2 }),
    hasAgent,
    suspendUs: second,
  });
  const destination = scheduler.destination(scheduler.transport('smtp'), 'a.example', 'a.example');
  const big = Array.from({ length: 150 }, () => ({ message: 'big', destination, recipients: [0, 1] }));
  scheduler.add(big, 0);
  let running = [scheduler.next(0)!, scheduler.next(0)!];
  scheduler.add([{ message: 'small', destination, recipients: [0] }], 0);
  for (const entry of running) scheduler.finish(entry, null, 0);
  running = [scheduler.next(0)!, scheduler.next(0)!];
  expect(running.map((entry) => entry.message)).toContain('small');
});

test('100,000 messages for one destination take their turn in order', () => {
  const scheduler = filled(100_000);
  let expected = 0;
  const running: Entry<number>[] = takeAll(scheduler);
  while (running.length > 0) {
    const entry = running.shift()!;
    if (entry.message !== expected++) throw new Error(`out of order at ${expected}`);
    scheduler.finish(entry, null, 0);
    running.push(...takeAll(scheduler));
  }
  expect(expected).toBe(100_000);
});
