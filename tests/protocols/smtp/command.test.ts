import { expect, test } from 'vitest';

import { isHeaderName, tokenize } from '../../../workers/protocols/smtp/command.ts';

const words = (line: string): string[] => tokenize(line).map((token) => token.text);

test.each([
  ['EHLO client.example', ['EHLO', 'client.example']],
  [' EHLO\tclient.example  ', ['EHLO', 'client.example']],
  ['MAIL FROM:<a@x>', ['MAIL', 'FROM:', '<a@x>']],
  ['MAIL FROM: <a@x> SIZE=1', ['MAIL', 'FROM:', '<a@x>', 'SIZE=1']],
  ['RCPT to:a@x', ['RCPT', 'to:', 'a@x']],
  ['MAIL FROM:<"a b"@x>', ['MAIL', 'FROM:', '<"a b"@x>']],
  ['MAIL FROM:<"a>b"@x> RET=FULL', ['MAIL', 'FROM:', '<"a>b"@x>', 'RET=FULL']],
  ['MAIL FROM:<a\\>b@x>', ['MAIL', 'FROM:', '<a\\>b@x>']],
  ['RCPT TO:<<a@x>>', ['RCPT', 'TO:', '<<a@x>>']],
  ['Subject: x', ['Subject:', 'x']],
  ['', []],
  [' \t ', []],
])('%j is cut into %j', (line, expected) => {
  expect(words(line)).toEqual(expected);
});

test.each(['MAIL FROM:<a@x', 'MAIL FROM:<"a@x>', 'NOOP "a'])(
  '%j has a token that is never closed',
  (line) => {
    expect(tokenize(line).at(-1)!.malformed).toBe(true);
  },
);

test('a header name is a word with a colon at its end', () => {
  expect(isHeaderName('Subject:')).toBe(true);
  expect(isHeaderName('MAIL')).toBe(false);
  expect(isHeaderName(':')).toBe(false);
});

test('a backslash at the end of the line is no trap', () => {
  expect(words('NOOP a\\')).toEqual(['NOOP', 'a\\']);
  expect(words('MAIL FROM:<a\\')).toEqual(['MAIL', 'FROM:', '<a\\']);
});
