import { expect, test } from 'vitest';

import {
  expiresAt,
  isDue,
  nextAttemptAt,
  scanAtOrAfter,
} from '../../../../workers/daemons/postfix/qmgr/backoff.ts';

const second = 1_000_000;

test.each([
  { min: 4, max: 20, scan: 2, created: 1, expected: [1, 4, 8, 14, 26, 46, 66] },
  { min: 3, max: 12, scan: 5, created: 2, expected: [2, 5, 10, 20, 35, 50, 65] },
  {
    min: 300,
    max: 4000,
    scan: 300,
    created: 1,
    expected: [1, 300, 600, 1200, 2400, 4800, 9000, 13200, 17400],
  },
  { min: 300, max: 4000, scan: 300, created: 150, expected: [150, 600, 1200, 2400, 4800, 9000] },
])('min $min max $max scan $scan: attempts as measured', ({ min, max, scan, created, expected }) => {
  const params = { minimal_backoff_time: min * second, maximal_backoff_time: max * second };
  const attempts = [created];
  while (attempts.length < expected.length) {
    const next = nextAttemptAt(params, {
      created: created * second,
      now: attempts.at(-1)! * second + 400_000,
    });
    let at = attempts.at(-1)! + 1;
    while (at % scan !== 0 || !isDue(next, at * second + 10_000)) at++;
    attempts.push(at);
    expect(scanAtOrAfter(next - second, { start: 0, delay: scan * second })).toBe(at * second);
  }
  expect(attempts).toEqual(expected);
});

test('bounces have a lifetime of their own, never longer than that of mail', () => {
  const params = { maximal_queue_lifetime: 60 * second, bounce_queue_lifetime: 90 * second };
  expect(expiresAt(params, { sender: '', created: 1_300_000 })).toBe(61 * second);
  expect(expiresAt({ ...params, bounce_queue_lifetime: 5 * second }, { sender: '', created: 0 })).toBe(
    5 * second,
  );
  expect(expiresAt(params, { sender: 'a@b.example', created: 0 })).toBe(60 * second);
});
