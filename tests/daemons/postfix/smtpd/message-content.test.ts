import { expect, test } from 'vitest';

import * as ascii from '../../../../workers/bytes/ascii.ts';
import { DataFramer, MessageContent } from '../../../../workers/daemons/postfix/smtpd/message-content.ts';

// The content that comes of a stream cut into pieces of `size` bytes.
function receive(
  stream: string,
  { size, standard = false, limit = 0 }: { size: number; standard?: boolean; limit?: number },
): string {
  const framer = new DataFramer(limit === 0 ? 2048 : limit, standard);
  const content = new MessageContent(new Uint8Array(0), 0);
  let buffer = '';
  for (let at = 0; at < stream.length && !framer.ended; at += size) {
    buffer += stream.slice(at, at + size);
    for (;;) {
      const length = buffer.length === 0 ? 0 : framer.frame(ascii.encode(buffer), buffer.length);
      if (length === 0) break;
      const text = buffer.slice(0, framer.ended ? length - framer.endBytes : length);
      content.addLines(ascii.encode(text), { dots: true, standard });
      buffer = buffer.slice(length);
      if (framer.ended) break;
    }
  }
  return (framer.ended ? '' : 'unended ') + content.pieces.map((piece) => ascii.decode(piece)).join('');
}

const sizes = [1, 2, 3, 7, 1000];

test.each(sizes)('dots are taken off in pieces of %i bytes', (size) => {
  expect(receive('a\r\n..b\r\n.c\r\n...\r\n.\r\n', { size })).toBe('a\r\n.b\r\nc\r\n..\r\n');
  expect(receive('.\r\n', { size })).toBe('');
});

test.each(sizes)('bare LF and doubled CR become CRLF in pieces of %i bytes', (size) => {
  expect(receive('a\nb\r\r\nc\r\n.\r\n', { size })).toBe('a\r\nb\r\nc\r\n');
  expect(receive('a\rb\r\n.\r\n', { size })).toBe('a b\r\n');
});

test.each(sizes)('LF dot LF ends the message unless only CRLF counts, pieces of %i bytes', (size) => {
  expect(receive('a\n.\nb\r\n.\r\n', { size })).toBe('a\r\n');
  expect(receive('a\n.\nb\r\n.\r\n', { size, standard: true })).toBe('a\r\nb\r\n');
  expect(receive('a\n.\r\nb\r\n.\r\n', { size, standard: true })).toBe('a\r\nb\r\n');
});

test.each(sizes)('a line longer than the limit goes through whole, pieces of %i bytes', (size) => {
  const line = `${'x'.repeat(5000)}.y`;
  expect(receive(`${line}\r\n.\r\n`, { size, limit: 10 })).toBe(`${line}\r\n`);
});

test('a dot that starts a piece of a long line is no line start', () => {
  expect(receive(`${'x'.repeat(10)}.z\r\n.\r\n`, { size: 10, limit: 10 })).toBe(`${'x'.repeat(10)}.z\r\n`);
});

test('a first line that starts with white space is kept apart from the Received: field', () => {
  expect(receive(' x\r\n.\r\n', { size: 1000 })).toBe('\r\n x\r\n');
  expect(receive('From joe Mon\r\nSubject: x\r\n.\r\n', { size: 1000 })).toBe(
    'X-Mailbox-Line: From joe Mon\r\nSubject: x\r\n',
  );
});

test('nothing is kept past the size limit', () => {
  const content = new MessageContent(new Uint8Array(10), 12);
  content.addLines(ascii.encode('12345678\r\n'), { dots: true, standard: false });
  expect([content.size, content.tooBig]).toEqual([10, false]);
  content.addLines(ascii.encode('x\r\n'), { dots: true, standard: false });
  expect([content.tooBig, content.pieces.length]).toEqual([true, 0]);
});
