// Messages parsed by mailparser and mapped to plain data, in Node as in the mail worker.
import { describe, expect, test } from 'vitest';

import { parseMail } from '../../src/decode/parse-mail.ts';
import type { MimePart, ParsedMail } from '../../src/decode/parsed-mail.ts';
import * as ascii from '../../workers/bytes/ascii.ts';
import * as utf8 from '../../workers/bytes/utf8.ts';

const nested = [
  'Return-Path: <alice@far.example>',
  'Received: from ws-alice.far.example (ws-alice.far.example [203.0.113.10])',
  '\tby mx.far.example (Postfix) with ESMTPSA id 4XabcD',
  '\tfor <bob@acme.example>; Tue, 3 Mar 2026 09:00:01 +0000 (UTC)',
  'From: =?UTF-8?Q?Alice_J=C3=A4ger?= <alice@far.example>',
  'To: "Bob" <bob@acme.example>, Team: carol@acme.example, dave@acme.example;',
  'Subject: =?UTF-8?B?R3LDvMOfZSwgQm9iISDinIk=?=',
  'Message-ID: <1@far.example>',
  'In-Reply-To: <0@acme.example>',
  'Date: Tue, 3 Mar 2026 09:00:00 +0000',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary="outer"',
  '',
  'For readers of 1992.',
  '--outer',
  'Content-Type: multipart/alternative; boundary=inner',
  '',
  '--inner',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'Gr=C3=BC=C3=9Fe!',
  '--inner',
  'Content-Type: text/html; charset=utf-8',
  '',
  '<p onclick="alert(1)">Gr&uuml;&szlig;e!<script>alert(2)</script></p>',
  '--inner--',
  '--outer',
  'Content-Type: application/pdf',
  "Content-Disposition: attachment; filename*=UTF-8''%C3%9Cbersicht.pdf",
  'Content-Transfer-Encoding: base64',
  '',
  'SGVsbG8hIQ==',
  '--outer--',
  '',
].join('\r\n');

const parse = (text: string) => parseMail(utf8.encode(text));
const outline = (part: MimePart): unknown[] => [part.type, ...part.children.map(outline)];

describe('a message with parts', () => {
  const parsed = parse(nested);

  test('its tree is the nesting of its parts, and each has its bytes', async () => {
    const { root, bytes } = await parsed;
    expect(outline(root)).toEqual([
      'multipart/mixed',
      ['multipart/alternative', ['text/plain'], ['text/html']],
      ['application/pdf'],
    ]);
    const [alternative, pdf] = root.children as [MimePart, MimePart];
    const slice = (part: MimePart) => nested.slice(part.bodyStart, part.end);
    expect([root.start, root.end]).toEqual([0, bytes]);
    expect(slice(alternative.children[0]!)).toBe('Gr=C3=BC=C3=9Fe!'); // RFC 2046 §5.1.1: the line end belongs to the boundary
    expect(slice(pdf)).toBe('SGVsbG8hIQ==');
    expect(nested.slice(pdf.start, pdf.bodyStart)).toMatch(
      /^Content-Type: application\/pdf\r\n[^]*\r\n\r\n$/,
    );
    expect(alternative.end).toBeGreaterThanOrEqual(alternative.children[1]!.end);
    expect(alternative.children[0]).toMatchObject({
      charset: 'utf-8',
      encoding: 'quoted-printable',
      number: '1.1',
    });
    expect(pdf).toMatchObject({ filename: 'Übersicht.pdf', disposition: 'attachment', encoding: 'base64' });
  });

  test('its text is decoded, its HTML is source', async () => {
    const { text, htmlSource } = await parsed;
    expect(text.trim()).toBe('Grüße!');
    expect(htmlSource).toContain('<script>');
  });

  test('its headers are in order, with their bytes, encoded words decoded', async () => {
    const { headers, bodyStart } = await parsed;
    expect(headers.map(({ name }) => name).slice(0, 3)).toEqual(['Return-Path', 'Received', 'From']);
    const received = headers[1]!;
    expect(nested.slice(received.start, received.end)).toMatch(/^Received: from ws-alice[^]*\(UTC\)\r\n$/);
    const subject = headers.find(({ name }) => name === 'Subject')!;
    expect(subject).toMatchObject({
      value: '=?UTF-8?B?R3LDvMOfZSwgQm9iISDinIk=?=',
      decoded: 'Grüße, Bob! ✉',
    });
    expect(nested.slice(bodyStart)).toMatch(/^For readers/);
  });

  test('addresses, groups, ids, date and attachments are plain', async () => {
    const mail = await parsed;
    expect(mail).toMatchObject({
      subject: 'Grüße, Bob! ✉',
      from: [{ name: 'Alice Jäger', address: 'alice@far.example' }],
      messageId: '<1@far.example>',
      inReplyTo: '<0@acme.example>',
      date: Date.UTC(2026, 2, 3, 9),
      attachments: [{ part: '2', type: 'application/pdf', filename: 'Übersicht.pdf', bytes: 7 }],
    });
    expect(mail.to.map(({ address }) => address)).toEqual([
      'bob@acme.example',
      '',
      'carol@acme.example',
      'dave@acme.example',
    ]);
    expect(structuredClone(mail)).toEqual(mail);
  });
});

describe('what is not as it should be', () => {
  const cases: [string, string, Partial<ParsedMail>][] = [
    ['nothing at all', '', { subject: '', text: '', bytes: 0, date: null }],
    ['a body without a header', '\r\nHello\r\n', { text: 'Hello\n', headers: [] }],
    ['a date that is none', 'Date: yesterday\r\n\r\nx', { date: null }],
    ['an unknown character set', 'Content-Type: text/plain; charset=x-none\r\n\r\nabc', { text: 'abc' }],
  ];
  for (const [name, message, expected] of cases)
    test(`${name} is parsed as far as it goes`, async () => {
      expect(await parse(message)).toMatchObject(expected);
    });

  test('a boundary that never comes leaves one part', async () => {
    const { root } = await parse('Content-Type: multipart/mixed; boundary=x\r\n\r\nno part\r\n');
    expect(outline(root)).toEqual(['multipart/mixed']);
  });

  test('bytes that are no UTF-8 do not stop it', async () => {
    const bytes = ascii.encode(
      'Subject: \xe9\xff\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\ncaf\xe9\r\n',
    );
    expect((await parseMail(bytes)).text.trim()).toBe('café');
  });
});
