import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import * as ascii from '../../../workers/bytes/ascii.ts';
import { DecodeError } from '../../../workers/bytes/byte-reader.ts';
import { literalAtEnd, parseArguments, parseCommandName } from '../../../workers/protocols/imap/command.ts';
import { parseAddresses } from '../../../workers/protocols/imap/envelope.ts';
import { parseFetchItems, parseSection } from '../../../workers/protocols/imap/fetch.ts';
import { formatString } from '../../../workers/protocols/imap/format.ts';
import { fetchItems, parseResponse } from '../../../workers/protocols/imap/response.ts';
import { parseSearch } from '../../../workers/protocols/imap/search.ts';
import {
  formatSequenceSet,
  inSequenceSet,
  parseSequenceSet,
} from '../../../workers/protocols/imap/sequence-set.ts';

const args = (text: string): unknown => parseArguments(ascii.encode(text));
const atom = (text: string): unknown => ({ kind: 'atom', text });
const string = (text: string, literal = false): unknown => ({ kind: 'string', text, literal });

/** Whatever comes, the answer is a value or a DecodeError. */
function survives(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
}

describe('commands', () => {
  test('atoms, quoted strings, literals and lists', () => {
    expect(args('one "t\\"w\\\\o" {5}\r\nth ee (a (b "c") ())')).toEqual([
      atom('one'),
      string('t"w\\o'),
      string('th ee', true),
      {
        kind: 'list',
        items: [atom('a'), { kind: 'list', items: [atom('b'), string('c')] }, { kind: 'list', items: [] }],
      },
    ]);
  });

  test('a section is one atom, with its list and partial', () => {
    expect(args('1:* (UID BODY.PEEK[HEADER.FIELDS (From "To")]<0.10>)')).toEqual([
      atom('1:*'),
      { kind: 'list', items: [atom('UID'), atom('BODY.PEEK[HEADER.FIELDS (From "To")]<0.10>')] },
    ]);
  });

  test.each(['(', ')', '"x', '{3}\r\nab', '{x}', 'BODY[', 'a\x00b', `${'('.repeat(50)}`, '"a\rb"'])(
    '%j is refused',
    (text) => {
      expect(() => args(text)).toThrow(DecodeError);
    },
  );

  test('tag and name', () => {
    expect(parseCommandName(ascii.encode('a1 uid fetch 1 x'))).toEqual({
      tag: 'a1',
      name: 'UID FETCH',
      offset: 12,
    });
    expect(parseCommandName(ascii.encode('a1 select INBOX'))).toEqual({
      tag: 'a1',
      name: 'SELECT',
      offset: 9,
    });
    expect(parseCommandName(ascii.encode('a1'))).toEqual({ tag: 'a1', name: '', offset: 2 });
    for (const text of ['', ' a1 NOOP', '(a) NOOP', '\xff NOOP'])
      expect(parseCommandName(ascii.encode(text))).toBeNull();
  });

  test('the literal at the end of a line', () => {
    expect(literalAtEnd(ascii.encode('a LOGIN {5}'))).toEqual({ bytes: 5, unasked: false });
    expect(literalAtEnd(ascii.encode('a LOGIN {5+}'))).toEqual({ bytes: 5, unasked: true });
    for (const text of ['a {5} ', 'a {-5}', 'a {}', 'a {99999999999}', 'a 5}'])
      expect(literalAtEnd(ascii.encode(text))).toBeNull();
  });

  test('truncated at every byte and mutated, a command is parsed or refused', () => {
    const whole = 'a1 UID SEARCH OR (SEEN "x\\"y") NOT {4}\r\nab)( BODY[1.2.HEADER.FIELDS (A B)]<1.2>';
    for (let end = 0; end <= whole.length; end++) survives(() => args(whole.slice(0, end)));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => survives(() => parseArguments(bytes))),
    );
    const token = fc.constantFrom(
      '(',
      ')',
      '"',
      '{3}\r\n',
      'abc',
      ' ',
      '\\',
      '[',
      ']',
      'BODY',
      '\r\n',
      '{3+}',
      '\xff',
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 60 }), (parts) => survives(() => args(parts.join('')))),
    );
  });
});

describe('what commands ask for', () => {
  test('sequence sets', () => {
    const has = (text: string, number: number, last = 9): boolean =>
      inSequenceSet(parseSequenceSet(text)!, number, last);
    expect([1, 2, 3, 4, 9].map((n) => has('2:3,9', n))).toEqual([false, true, true, false, true]);
    expect(has('*', 9)).toBe(true);
    expect(has('*', 8)).toBe(false);
    expect(has('12:*', 9)).toBe(true); // RFC 3501 §9: the last one is always in it
    expect(has('3:1', 2)).toBe(true);
    for (const text of ['', '0', 'x', '1:', ':1', '1:2:3', '4294967296', '1,'])
      expect(parseSequenceSet(text)).toBeNull();
    expect(formatSequenceSet([1, 2, 3, 7, 9, 10])).toBe('1:3,7,9:10');
  });

  test('fetch items', () => {
    expect(
      parseFetchItems(parseArguments(ascii.encode('(flags BODY.PEEK[1.mime]<5.10> rfc822.size)'))[0]),
    ).toEqual([
      { kind: 'FLAGS' },
      {
        kind: 'section',
        label: 'BODY[1.MIME]',
        section: { part: [1], text: 'MIME', fields: [] },
        peek: true,
        partial: { offset: 5, bytes: 10 },
      },
      { kind: 'RFC822.SIZE' },
    ]);
    for (const text of [
      'FOO',
      'BODY[FOO]',
      'BODY[0]',
      'BODY[1.]',
      'BODY[MIME]',
      'BODY[]<1>',
      '()',
      'BODY[HEADER.FIELDS]',
    ])
      expect(() => parseFetchItems(parseArguments(ascii.encode(text))[0]), text).toThrow(DecodeError);
    fc.assert(fc.property(fc.string(), (text) => void parseSection(text)));
  });

  test('search keys; a deep nest is refused', () => {
    const search = (text: string): unknown => parseSearch(parseArguments(ascii.encode(text)));
    expect(search('UNSEEN FROM "a" 1:2')).toMatchObject({
      kind: 'and',
      keys: [
        { kind: 'flag', flag: '\\Seen', set: false },
        { kind: 'header', field: 'from', text: 'a' },
        { kind: 'numbers' },
      ],
    });
    for (const text of [
      '',
      'FOO',
      'FROM',
      'NOT',
      'OR SEEN',
      'SINCE yesterday',
      'LARGER x',
      `${'NOT '.repeat(100)}SEEN`,
      'CHARSET KOI8-R ALL',
    ])
      expect(() => search(text), text).toThrow(DecodeError);
  });

  test('addresses of every kind, and of none', () => {
    expect(parseAddresses('"Baker, Bob" <bob@x>, (c) carol@y, Friends: a@z;, <@relay:d@w>')).toEqual([
      { name: 'Baker, Bob', mailbox: 'bob', host: 'x' },
      { name: 'c', mailbox: 'carol', host: 'y' },
      { name: null, mailbox: 'Friends', host: null },
      { name: null, mailbox: 'a', host: 'z' },
      { name: null, mailbox: null, host: null },
      { name: null, mailbox: 'd', host: 'w' },
    ]);
    fc.assert(fc.property(fc.string(), (text) => void parseAddresses(text)));
  });
});

describe('responses', () => {
  test('status, untagged data and continuation', () => {
    const parse = (text: string): unknown => parseResponse(ascii.encode(text));
    expect(parse('a1 OK [READ-WRITE] Select completed')).toEqual({
      kind: 'status',
      tag: 'a1',
      status: 'OK',
      code: 'READ-WRITE',
      text: 'Select completed',
    });
    expect(parse('* 3 EXISTS')).toEqual({ kind: 'untagged', name: 'EXISTS', number: 3, data: [] });
    expect(parse('+ go on')).toEqual({ kind: 'continuation', text: 'go on' });
    expect(() => parse('HTTP/1.1 200 OK')).toThrow(DecodeError);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => survives(() => parseResponse(bytes))),
    );
  });

  test('a body of any bytes comes back as it was', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = ascii.decode(bytes);
        const response = parseResponse(
          ascii.encode(`* 1 FETCH (UID 7 BODY[] {${bytes.length}}\r\n${text} FLAGS (\\Seen))`),
        );
        expect(fetchItems(response).get('BODY[]')).toEqual(string(text, true));
        const whole = parseResponse(ascii.encode(`* 1 FETCH (X ${formatString(text)})`));
        expect(fetchItems(whole).get('X')).toMatchObject({ text });
      }),
    );
  });
});
