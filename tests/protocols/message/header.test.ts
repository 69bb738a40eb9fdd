import { expect, test } from 'vitest';

import * as utf8 from '../../../workers/bytes/utf8.ts';
import {
  findHeaderEnd,
  getField,
  getFields,
  parseHeader,
} from '../../../workers/protocols/message/header.ts';

const message = utf8.encode(
  'Received: by a\r\n\tid 1;\r\n  now\r\nreceived: by b\r\nSubject : Grüße\r\n\r\nbody: no\r\n',
);

test('splits, unfolds and finds fields whatever their case', () => {
  const section = parseHeader(message);
  expect(getFields(section, 'Received')).toEqual(['by a\tid 1;  now', 'by b']);
  expect(getField(section, 'subject')).toBe('Grüße');
  expect(getField(section, 'body')).toBeNull();
  expect(utf8.decode(message.subarray(section.bodyStart))).toBe('body: no\r\n');
  expect(section.end).toBe(findHeaderEnd(message));
});

test('a message may be empty, without header, or without body', () => {
  expect(parseHeader(new Uint8Array(0))).toEqual({ fields: [], end: 0, bodyStart: 0 });
  expect(parseHeader(utf8.encode('just text\n'))).toEqual({ fields: [], end: 0, bodyStart: 0 });
  expect(parseHeader(utf8.encode('\r\n')).bodyStart).toBe(2);
  const headerOnly = parseHeader(utf8.encode('A: 1\nB: 2'));
  expect(headerOnly.fields.map((field) => field.value)).toEqual(['1', '2']);
});
