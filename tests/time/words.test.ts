import { expect, test } from 'vitest';

import { worldNamed } from '../../lessons/worlds/index.ts';
import { namesOf } from '../../src/decode/names.ts';
import { offset, sinceStart, skipOver } from '../../src/time/words.ts';

const second = 1_000_000;
const names = namesOf(worldNamed('two-islands')!);

test('a wait is told with its end and can be skipped to just before it', () => {
  const scan = { at: 300 * second, hostIndex: 1, kind: 'scan', queueId: '' } as const;
  expect(skipOver(48 * second, scan, 300 * second, names)).toEqual({
    says: 'Nothing happens for 4 min 12 s.',
    act: 'Skip to the queue scan on mx',
    to: 300 * second - 1,
  });
  const retry = { ...scan, kind: 'retry' } as const;
  expect(skipOver(0, retry, 300 * second, names)?.act).toBe('Skip to the next try on mx');
});

test('while things happen there is nothing to skip', () => {
  const scan = { at: 300 * second, hostIndex: 1, kind: 'scan', queueId: '' } as const;
  expect(skipOver(0, scan, 1000, names)).toBeNull();
  expect(skipOver(0, null, null, names)).toBeNull();
  expect(skipOver(0, null, 10 * second, names), 'a timer of no letter').toBeNull();
});

test('offsets and spans since the start read as clocks do', () => {
  expect(offset(412_000)).toBe('0.412 s');
  expect(offset(134 * second)).toBe('02:14');
  expect(offset(3840 * second)).toBe('1:04:00');
  expect(sinceStart(768 * second)).toBe('+00:12:48');
  expect(sinceStart(86_400 * second + 61 * second)).toBe('+1 d 00:01:01');
});
