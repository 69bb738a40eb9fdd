import { expect, test } from 'vitest';

import {
  matchesPattern,
  parseAddressPattern,
} from '../../../../workers/daemons/postfix/smtpd/address-pattern.ts';

const matches = (pattern: string, address: string): boolean | string => {
  const parsed = parseAddressPattern(pattern);
  return typeof parsed === 'string' ? parsed : matchesPattern(parsed, address);
};

test.each([
  ['127.0.0.2', '127.0.0.2', true],
  ['127.0.0.2', '127.0.0.20', false],
  ['127.0.0.[2;4..6]', '127.0.0.5', true],
  ['127.0.0.[2;4..6]', '127.0.0.3', false],
  ['[127.0.[0..1].[0..255]]', '127.0.1.9', true],
  ['[1..9].0.0.1', '5.0.0.1', true],
])('the pattern %s and the answer %s: %s', (pattern, address, answer) => {
  expect(matches(pattern, address)).toBe(answer);
});

// The words of ip_match(3) of Postfix, where > < hold what is wrong.
test.each([
  ['', 'empty address pattern'],
  ['[127.0.0.2', 'missing "]" character'],
  ['127.0.0', 'need "." at "127.0.0><"'],
  ['127.0.0.256', 'need decimal number 0..255 or "[" at "127.0.0.>256<"'],
  ['127.0.0.2.5', 'garbage after pattern at "127.0.0.2>.<5"'],
  ['127.0.0.[4..2]', 'numeric range error at "127.0.0.[4..>2<]"'],
  ['127.0.0.[2,4]', 'need ";" or "]" at "127.0.0.[2>,<4]"'],
  ['127.0.0.[]', 'need decimal number 0..255 at "127.0.0.[>]<"'],
  ['a.b.c.d', 'need decimal number 0..255 or "[" at ">a<.b.c.d"'],
])('the pattern "%s" is wrong: %s', (pattern, problem) => {
  expect(parseAddressPattern(pattern)).toBe(problem);
});
