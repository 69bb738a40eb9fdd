import { expect, test } from 'vitest';

import * as ascii from '../../../workers/bytes/ascii.ts';
import { arePlainLines } from '../../../workers/protocols/smtp/plain-lines.ts';

// The same at every place in a word: four bytes are looked at together.
function judge(text: string): boolean {
  const verdicts = [0, 1, 2, 3].map((shift) => {
    const bytes = ascii.encode(`${'.'.repeat(shift)}${text}\n.`).subarray(shift);
    return arePlainLines(bytes, text.length);
  });
  expect(new Set(verdicts).size, JSON.stringify(text)).toBe(1);
  return verdicts[0]!;
}

test.each(['\r\n', 'a\r\n', 'abc\r\n', 'a.b\r\n\r\nc\rd\r\n', `${'x'.repeat(100)}\r\ny\r\n`])(
  '%j is plain',
  (text) => expect(judge(text)).toBe(true),
);

test.each([
  '',
  'a',
  '\n',
  'a\n',
  'a\r\r\n',
  '.\r\n',
  '.a\r\n',
  'a\r\n.b\r\n',
  'a\nb\r\n',
  `${'x'.repeat(99)}\r\n.\r\n`,
])('%j is not', (text) => expect(judge(text)).toBe(false));

test('short texts of what matters are judged as by a pattern', () => {
  const letters = ['a', '.', '\r', '\n'];
  let texts = [''];
  for (let length = 1; length <= 6; length++) {
    texts = texts.flatMap((text) => letters.map((letter) => text + letter));
    for (const text of texts) {
      const plain = /^(?:(?!\.)(?:[^\r\n]|\r(?!\r?\n))*\r\n)+$/.test(text);
      if (judge(text) !== plain) expect([text, plain]).toEqual([text, judge(text)]);
    }
  }
});
