import fc from 'fast-check';
import { expect, test } from 'vitest';

import * as ascii from '../../../workers/bytes/ascii.ts';
import { encodeContent } from '../../../workers/daemons/clients/smtp-content.ts';
import { isMailbox, parseCommandLine, parsePathArgument } from '../../../workers/protocols/lmtp/command.ts';
import { ContentReceiver, joinContent } from '../../../workers/protocols/lmtp/content.ts';

/** Feeds a stream in segments of the given sizes, as a connection would; returns the message and what was left. */
function receive(
  stream: Uint8Array,
  sizes: number[],
  bytesMax = 1e6,
): { message: string; rest: string; tooBig: boolean } {
  const content = new ContentReceiver(bytesMax);
  let start = 0;
  let end = 0;
  for (let i = 0; ; i++) {
    const view = stream.subarray(start, end);
    const length = view.length === 0 ? 0 : content.framer(view, view.length);
    if (length > 0) {
      start += length;
      if (content.take(view.subarray(0, length))) break;
    } else if (end === stream.length)
      throw new Error(`no end of message in ${JSON.stringify(ascii.decode(stream))}`);
    else end = Math.min(stream.length, end + (sizes[i % sizes.length] ?? 1));
  }
  const message = content.tooBig
    ? ''
    : ascii.decode(joinContent(content.pieces.length === 0 ? [new Uint8Array(0)] : content.pieces));
  return { message, rest: ascii.decode(stream.subarray(start)), tooBig: content.tooBig };
}

test('whatever the segments, the message and what follows it come apart', () => {
  const lines = fc.array(fc.constantFrom('', '.', '..', '.x', 'text', 'a.b', '\x00\xff\x80', '\r'), {
    maxLength: 30,
  });
  const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(lines, sizes, (texts, segments) => {
      const message = texts.map((text) => `${text}\r\n`).join('');
      const pieces = encodeContent([ascii.encode(message)], ascii.encode('.\r\nQUIT\r\n.\r\n'));
      const stream = ascii.encode(pieces.map((piece) => ascii.decode(piece)).join(''));
      expect(receive(stream, segments)).toEqual({ message, rest: 'QUIT\r\n.\r\n', tooBig: false });
    }),
  );
});

test('a line without an end in 65,536 bytes is passed on in pieces', () => {
  const long = 'x'.repeat(200_000);
  expect(receive(ascii.encode(`${long}\r\n.\r\n`), [1460]).message).toBe(`${long}\r\n`);
});

test('a dot after a piece that ended within a line does not end the message', () => {
  const long = 'x'.repeat(65_536);
  expect(receive(ascii.encode(`${long}.\r\n.\r\n`), [1460]).message).toBe(`${long}.\r\n`);
});

test('what is too big is thrown away, and the end is found all the same', () => {
  expect(receive(ascii.encode(`${'x\r\n'.repeat(1000)}.\r\nQUIT`), [100], 500)).toEqual({
    message: '',
    rest: 'QUIT',
    tooBig: true,
  });
});

test('bare line feeds become line ends', () => {
  expect(receive(ascii.encode('a\nb\r\n\n.\r\n'), [100]).message).toBe('a\r\nb\r\n\r\n');
});

test('commands and paths', () => {
  expect(parseCommandLine(ascii.encode('mail  FROM:<a@b> '))).toEqual({ verb: 'MAIL', rest: 'FROM:<a@b>' });
  expect(parsePathArgument('from: <@r:"a>b"@c> BODY=8BITMIME X', 'FROM')).toEqual({
    address: '"a>b"@c',
    parameters: [
      ['BODY', '8BITMIME'],
      ['X', null],
    ],
  });
  for (const text of ['', 'FROM', 'FROM:', 'FROM:a@b', 'FROM:<a@b', 'TO:<a@b>', 'FROM:<a> =x'])
    expect(parsePathArgument(text, 'FROM'), text).toBeNull();
  expect(['a@b', '"a b"@c', 'a@[192.0.2.1]'].map(isMailbox)).toEqual([true, true, true]);
  expect(['', 'a', 'a b@c', 'a@', '@b', 'a@b c', 'a@b>'].map(isMailbox)).toEqual(Array(7).fill(false));
});
