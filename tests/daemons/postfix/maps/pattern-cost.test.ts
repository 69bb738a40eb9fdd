import { expect, test } from 'vitest';

import { isCostly, keyCharactersFor } from '../../../../workers/daemons/postfix/maps/pattern-cost.ts';

test.each([
  '(a+)+$',
  '^(.*)*x',
  '((a+))+',
  '(?:a*b?)*c',
  '([a-z]+|x)*!',
  '(a{1,})+',
  '(x(a+)+)y',
  '(\\w+\\s?)*$',
  '(a|a)*b',
  '(ab|a.)+c',
  '(x(a|aa)y)*',
  '(a+){30}',
  'a?'.repeat(20),
])('%s may take time without end', (pattern) => {
  expect(isCostly(pattern)).toBe(true);
});

test.each([
  '^Subject: (.*)spam',
  '^([a-z0-9-]+\\.)+example$',
  '^x(\\.[a-z]+)*$',
  '(a|b)+',
  '[(+]+',
  '\\(a+\\)+',
  'a)b',
  '(a?)+b',
])('%s does not', (pattern) => {
  expect(isCostly(pattern)).toBe(false);
});

test('many loops in a row see less of a key', () => {
  expect(keyCharactersFor('^Subject: (.*)spam', 4096)).toBe(4096);
  const seen = keyCharactersFor('.*a.*a.*a.*b', 4096);
  expect(seen).toBeGreaterThan(15);
  expect(seen ** 5).toBeLessThan(1e8);
});
