import { expect, test } from 'vitest';

import { isCostly } from '../../../../workers/daemons/postfix/maps/pattern-cost.ts';

test.each([
  '(a+)+$',
  '^(.*)*x',
  '((a+))+',
  '(?:a*b?)*c',
  '([a-z]+|x)*!',
  '(a{1,})+',
  '(x(a+)+)y',
  '(\\w+\\s?)*$',
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
