import { expect, test } from 'vitest';

import { TextWriter } from '../../workers/bytes/text-writer.ts';
import * as utf8 from '../../workers/bytes/utf8.ts';

test('texts come out as UTF-8 in the order of writing, also when they outgrow the buffer', () => {
  const writer = new TextWriter();
  const texts = ['', 'plain', 'Grüße €', 'x'.repeat(5000), 'ü'.repeat(6000), 'end'];
  for (const text of texts) writer.add(text);
  writer.addBytes(utf8.encode('!'.repeat(40_000)));
  const whole = `${texts.join('')}${'!'.repeat(40_000)}`;
  expect(writer.length).toBe(utf8.encode(whole).length);
  expect(utf8.decode(writer.take())).toBe(whole);
});

test('what was taken stays as it is, and writing begins anew', () => {
  const writer = new TextWriter();
  writer.add('first');
  const taken = writer.take();
  writer.add('other');
  expect(utf8.decode(taken)).toBe('first');
  expect(utf8.decode(writer.take())).toBe('other');
});
