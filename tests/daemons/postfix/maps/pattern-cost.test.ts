import { expect, test } from 'vitest';

import { isCostly } from '../../../../workers/daemons/postfix/maps/pattern-cost.ts';

test.each([
  '(a+)+$',
  '^(.*)*x',
  '((a+))+',
  '(?:a*b?)*c',
  '(a|a)*b',
  '(.a+)+$',
  '(a+){30}',
  'a?'.repeat(20),
  '.*a.*b',
  '(.*)\\1',
])('%s may take long', (pattern) => {
  expect(isCostly(pattern)).toBe(true);
});

test.each(['^Subject: (.*)spam', '^x[a-z]+\\.[a-z]+$', 'viagra', '(a|b)c+', 'https?://', '^(?:a|b):'])(
  '%s does not',
  (pattern) => {
    expect(isCostly(pattern)).toBe(false);
  },
);
