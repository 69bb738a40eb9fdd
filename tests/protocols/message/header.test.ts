import { expect, test } from 'vitest';

import * as utf8 from '../../../workers/bytes/utf8.ts';
import {
  findField,
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

test('findField finds what getField finds in the parsed header', () => {
  const texts = [
    '', '\r\n', 'just text\nSubject: a\n', 'Subject: a', 'SUBJECT: a\r\n b\r\n\tc\r\nSubject: d\r\n\r\n',
    'A: 1\r\n\r\nSubject: in the body\r\n', 'Subjects: x\nSubjec: y\nsubject \t: z : z\n', 'Subject:\r\n\r\n',
    'A: 1\nno field\nSubject: a\n', 'Subject: \r\n  \r\n a \r\n', 'Subject: Grüße\n\n', ': x\nSubject: a\n',
  ]; // prettier-ignore
  for (const text of texts) {
    const bytes = utf8.encode(text);
    expect(findField(bytes, 'subject'), text).toBe(getField(parseHeader(bytes), 'subject'));
  }
});

test('a message may be empty, without header, or without body', () => {
  expect(parseHeader(new Uint8Array(0))).toEqual({ fields: [], end: 0, bodyStart: 0 });
  expect(parseHeader(utf8.encode('just text\n'))).toEqual({ fields: [], end: 0, bodyStart: 0 });
  expect(parseHeader(utf8.encode('\r\n')).bodyStart).toBe(2);
  const headerOnly = parseHeader(utf8.encode('A: 1\nB: 2'));
  expect(headerOnly.fields.map((field) => field.value)).toEqual(['1', '2']);
});
