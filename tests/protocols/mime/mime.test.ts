import fc from 'fast-check';
import { expect, test } from 'vitest';

import * as ascii from '../../../workers/bytes/ascii.ts';
import * as utf8 from '../../../workers/bytes/utf8.ts';
import { formatBodyStructure, formatEnvelope } from '../../../workers/protocols/imap/envelope.ts';
import { parseSection } from '../../../workers/protocols/imap/fetch.ts';
import { extractSection } from '../../../workers/protocols/imap/section.ts';
import { parseParameterized } from '../../../workers/protocols/mime/content-type.ts';
import { decodeText, encodeText } from '../../../workers/protocols/mime/encoded-word.ts';
import { parseMessage } from '../../../workers/protocols/mime/part.ts';
import { encodeQuotedPrintable } from '../../../workers/protocols/mime/quoted-printable.ts';

// A message with parts in parts, and one whose boundary never comes.
const nested = [
  'From: m@example.test', 'Content-Type: multipart/mixed; boundary="outer"', '', 'preamble',
  '--outer', 'Content-Type: multipart/alternative; boundary=inner', '',
  '--inner', 'Content-Type: text/plain; charset=utf-8', '', 'plain', '--inner', 'Content-Type: text/html', '', '<p>', '--inner--', '',
  '--outer', 'Content-Type: message/rfc822', '', 'Subject: inner', '', 'inner body', '--outer--', '',
].join('\r\n'); // prettier-ignore

function section(message: string, name: string): string {
  const bytes = ascii.encode(message);
  return ascii.decode(extractSection(bytes, parseMessage(bytes), parseSection(name)!));
}

test('parts by number, and what they have of HEADER, TEXT and MIME', () => {
  expect(section(nested, '1.1')).toBe('plain');
  expect(section(nested, '1.2.MIME')).toBe('Content-Type: text/html\r\n\r\n');
  expect(section(nested, '2.HEADER')).toBe('Subject: inner\r\n\r\n');
  expect(section(nested, '2.TEXT')).toBe('inner body');
  expect(section(nested, '2.1')).toBe('inner body');
  expect(section(nested, '3')).toBe('');
  expect(section('Subject: x\r\n\r\nbody', '1')).toBe('body');
  expect(section('Subject: x\r\n\r\nbody', '2')).toBe('');
  expect(section('Subject: x\r\nTo: y\r\n\r\nbody', 'HEADER.FIELDS (TO)')).toBe('To: y\r\n\r\n');
});

test('BODYSTRUCTURE of a tree', () => {
  const bytes = ascii.encode(nested);
  expect(formatBodyStructure(bytes, parseMessage(bytes), false)).toBe(
    '((("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 5 0)("text" "html" ("charset" "us-ascii") NIL NIL "7bit" 3 0) "alternative")' +
      '("message" "rfc822" NIL NIL NIL "7bit" 28 (NIL "inner" NIL NIL NIL NIL NIL NIL NIL NIL) ("text" "plain" ("charset" "us-ascii") NIL NIL "7bit" 10 0) 2) "mixed")',
  );
});

test('a message truncated at every byte, and any bytes, have a structure', () => {
  for (let end = 0; end <= nested.length; end++) {
    const bytes = ascii.encode(nested.slice(0, end));
    const tree = parseMessage(bytes);
    formatBodyStructure(bytes, tree, true);
    formatEnvelope(tree);
  }
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      (bytes) => void formatBodyStructure(bytes, parseMessage(bytes), true),
    ),
  );
});

test('depth and number of parts are bounded', () => {
  const deep = 'Content-Type: message/rfc822\r\n\r\n'.repeat(5000);
  const bytes = ascii.encode(deep);
  let depth = 0;
  for (let part = parseMessage(bytes); part.message !== null; part = part.message) depth++;
  expect(depth).toBe(100);
  const wide = ascii.encode(
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(20_000)}`,
  );
  expect(parseMessage(wide).children.length).toBeLessThan(10_001);
});

test('parameters: quotes, comments, blanks, rubbish', () => {
  expect(parseParameterized('text/plain (x;y) ; charset = "utf-8; \\"q\\"" ; name=a b; =x; flag')).toEqual({
    value: 'text/plain',
    parameters: [
      ['charset', 'utf-8; "q"'],
      ['name', 'a b'],
    ],
  });
  fc.assert(fc.property(fc.string(), (text) => void parseParameterized(text)));
});

test('RFC 2047: words of at most 75 characters, whole characters, and back', () => {
  expect(encodeText('Hello')).toBe('Hello');
  expect(encodeText('Grüße')).toBe('=?UTF-8?B?R3LDvMOfZQ==?=');
  const decodable = fc
    .string({ unit: 'grapheme', maxLength: 120 })
    .filter((text) => !/^[\x20-\x7e]*$/.test(text));
  fc.assert(
    fc.property(decodable, (text) => {
      const encoded = encodeText(text);
      for (const line of encoded.split('\r\n ')) expect(line.length).toBeLessThanOrEqual(75);
      expect(decodeText(encoded.replaceAll('\r\n', ''))).toBe(text);
    }),
  );
  expect(decodeText('a =?iso-8859-1?Q?=E4_b?= =?utf-8?q?=C3=A9?= c =?x?Q?y?= =?utf-8?B?!?=')).toBe(
    'a ä bé c =?x?Q?y?= =?utf-8?B?!?=',
  );
});

test('quoted-printable: lines of at most 76 characters that decode to the same bytes', () => {
  expect(encodeQuotedPrintable(utf8.encode('ä=\t\r\nend '))).toBe('=C3=A4=3D=09\r\nend=20');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const encoded = encodeQuotedPrintable(bytes);
      for (const line of encoded.split('\r\n')) expect(line.length).toBeLessThanOrEqual(76);
      const decoded = encoded
        .replace(/=\r\n/g, '')
        .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
      expect(decoded).toBe(ascii.decode(bytes));
    }),
  );
});
