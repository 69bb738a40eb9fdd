import { expect, test } from 'vitest';

import {
  formatCompactStamp,
  formatDate,
  formatDateTime,
  parseDate,
} from '../../../workers/protocols/message/date.ts';

const start = 1_772_528_400_000_000; // 2026-03-03T09:00:00Z

test('formats as Postfix prints', () => {
  expect(formatDate(start)).toBe('Tue, 3 Mar 2026 09:00:00 +0000 (UTC)');
  expect(formatDateTime(0)).toBe('Thu, 1 Jan 1970 00:00:00 +0000');
  expect(formatCompactStamp(start)).toBe('20260303090000');
});

test('parses what it formats, with comments, folding and zones', () => {
  expect(parseDate(formatDate(start))).toBe(start);
  expect(parseDate('Tue, 3 Mar 2026\r\n 10:00:00 +0100 (CET (winter))')).toBe(start);
  expect(parseDate('3 Mar 26 04:00 EST')).toBe(start);
  expect(parseDate('Mon, 05 Jan 2015 10:00:00 +0000')).toBe(1_420_452_000_000_000);
});

test('round-trips a day of every month over centuries', () => {
  for (let day = -200_000; day < 200_000; day += 997) {
    const epochUs = day * 86_400_000_000 + 12_345_000_000;
    expect(parseDate(formatDate(epochUs))).toBe(epochUs);
  }
});

test('refuses what is no date', () => {
  for (const text of [
    '',
    'yesterday',
    '31 Feb 2026 09:00:00 +0000',
    '3 Mar 2026 24:00:00 +0000',
    '3 Mar 2026 09:00 +0060',
  ])
    expect(parseDate(text)).toBeNull();
});
