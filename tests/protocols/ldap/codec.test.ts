import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { DecodeError } from '../../../workers/bytes/byte-reader.ts';
import * as hex from '../../../workers/bytes/hex.ts';
import * as utf8 from '../../../workers/bytes/utf8.ts';
import { BerReader, BerWriter, makeLdapFramer } from '../../../workers/protocols/ldap/ber.ts';
import { TextTable } from '../../../workers/protocols/ldap/text-table.ts';
import { formatDn, normaliseDn, parseDn } from '../../../workers/protocols/ldap/dn.ts';
import { FilterError, formatFilter, parseFilter } from '../../../workers/protocols/ldap/filter-text.ts';
import { filterDepthMax } from '../../../workers/protocols/ldap/filter.ts';
import { LdifError, parseLdif } from '../../../workers/protocols/ldap/ldif.ts';
import {
  decodeMessage,
  encodeMessage,
  type LdapMessage,
  type LdapOperation,
} from '../../../workers/protocols/ldap/message.ts';

const bytes = utf8.encode;
const result = { code: 32, matchedDn: 'dc=example', text: 'no', referral: [] };

const operations: LdapOperation[] = [
  {
    kind: 'bind-request',
    version: 3,
    name: 'cn=x',
    authentication: { method: 'simple', password: bytes('pw') },
  },
  {
    kind: 'bind-request',
    version: 3,
    name: '',
    authentication: { method: 'sasl', mechanism: 'PLAIN', credentials: null },
  },
  { kind: 'unbind-request' },
  {
    kind: 'search-request',
    base: 'dc=acme,dc=example',
    scope: 2,
    derefAliases: 0,
    sizeLimit: 5,
    timeLimit: -1,
    typesOnly: true,
    filter: parseFilter(
      '(&(|(mail=bob@acme.example)(cn=B*o*b)(cn=*x))(!(a>=1))(b<=2)(c~=d)(e=*)(f:dn:2.5.13.2:=g)(:h:=i))',
    ),
    attributes: ['*', '+'],
  },
  {
    kind: 'modify-request',
    dn: 'cn=x',
    changes: [{ operation: 2, type: 'sn', values: [bytes('y'), bytes('z')] }],
  },
  { kind: 'add-request', dn: 'cn=x', attributes: [{ type: 'cn', values: [bytes('x')] }] },
  { kind: 'delete-request', dn: 'cn=x' },
  { kind: 'modify-dn-request', dn: 'cn=x', newRdn: 'cn=y', deleteOldRdn: true, newSuperior: 'dc=z' },
  { kind: 'compare-request', dn: 'cn=x', attribute: 'cn', value: bytes('x') },
  { kind: 'abandon-request', target: 300 },
  { kind: 'extended-request', oid: '1.2.3', value: bytes('v') },
  { kind: 'bind-response', result, saslCredentials: null },
  {
    kind: 'search-result-entry',
    dn: 'cn=x',
    attributes: [
      { type: 'cn', values: [bytes('x'), bytes('ß')] },
      { type: 'e', values: [] },
    ],
  },
  { kind: 'search-result-reference', uris: ['ldap://a/', 'ldap://b/'] },
  { kind: 'search-result-done', result: { ...result, referral: ['ldap://a/'] } },
  { kind: 'compare-response', result },
  { kind: 'extended-response', result, oid: '1.3.6.1.4.1.1466.20036', value: bytes('v') },
];
const messages: LdapMessage[] = operations.map((operation, i) => ({
  id: i * 1000,
  operation,
  controls:
    i % 2 === 0
      ? []
      : [
          { oid: '1.2.3', critical: true, value: bytes('c') },
          { oid: '4.5', critical: false, value: null },
        ],
}));

describe('messages', () => {
  test.each(messages.map((message) => [message.operation.kind, message] as const))(
    '%s survives the round trip',
    (_, message) => {
      expect(decodeMessage(encodeMessage(message))).toEqual(message);
    },
  );

  test('a bind request, octet for octet', () => {
    const message: LdapMessage = { id: 1, operation: operations[0]!, controls: [] };
    expect(hex.encode(encodeMessage(message))).toBe(
      '3012' + '020101' + '600d' + '020103' + '0404636e3d78' + '80027077',
    );
  });

  test('cut at every octet: the framer waits, the decoder says DecodeError', () => {
    const framer = makeLdapFramer(10_000);
    for (const message of messages) {
      const whole = encodeMessage(message);
      expect(framer(whole, whole.length)).toBe(whole.length);
      for (let length = 0; length < whole.length; length++) {
        expect(framer(whole.subarray(0, length), length)).toBe(0);
        expect(() => decodeMessage(whole.subarray(0, length))).toThrow(DecodeError);
      }
    }
  });

  test('any octets decode or are a DecodeError, and nothing else', () => {
    const wholes = messages.map(encodeMessage);
    const mutated = fc
      .tuple(
        fc.constantFrom(...wholes),
        fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      )
      .map(([whole, changes]) => {
        const copy = whole.slice();
        for (const [at, value] of changes) copy[at % copy.length] = value;
        return copy;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), (octets) => {
        try {
          decodeMessage(octets);
        } catch (error) {
          if (!(error instanceof DecodeError)) throw error;
        }
      }),
      { seed: 1, numRuns: 3000 },
    );
  });

  test('integers take the fewest octets, with their sign', () => {
    const encoded = (value: number): string => {
      const writer = new BerWriter();
      writer.integer(value);
      return hex.encode(writer.finish());
    };
    const table: [number, string][] = [
      [0, '020100'], [127, '02017f'], [128, '02020080'], [256, '02020100'], [-1, '0201ff'], [-128, '020180'], [-129, '0202ff7f'],
      [2147483647, '02047fffffff'],
    ]; // prettier-ignore
    for (const [value, octets] of table) {
      expect(encoded(value)).toBe(octets);
      expect(new BerReader(hex.decode(octets)!).integer()).toBe(value);
    }
  });
});

describe('the table of texts', () => {
  test('finds for any octets what they decode to, however often and in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 70 }), { maxLength: 40 }), (all) => {
        const table = new TextTable();
        for (const octets of [...all, ...all])
          expect(table.find(octets, 0, octets.length)).toBe(utf8.decode(octets));
      }),
      { seed: 1 },
    );
  });
});

describe('the framer', () => {
  const framer = makeLdapFramer(1000);
  const frame = (octets: string): number => framer(hex.decode(octets)!, octets.length / 2);
  test('refuses at once what can never become a message', () => {
    for (const octets of ['ff', '04', '3080', '30847fffffff', '308203e9', '3085'])
      expect(frame(octets)).toBe(-1);
  });
  test('waits for the length, then for the contents', () => {
    for (const octets of ['', '30', '3082', '308203', '300502']) expect(frame(octets)).toBe(0);
    expect(frame('3003020101ff')).toBe(5);
  });
});

describe('filters as text', () => {
  test.each([
    '(mail=bob@acme.example)',
    '(&(objectClass=person)(|(cn=B*)(cn=*x*y*))(!(sn=*)))',
    '(cn=\\2A\\28\\29\\5C)',
    '(&)',
    '(|)',
    '(cn:caseExactMatch:=x)',
    '(ou:dn:=people)',
    '(:dn:2.4.6.8.10:=Dino)',
    '(o~=Ümläut)',
  ])('%s is read and written back', (text) => {
    expect(formatFilter(parseFilter(text))).toBe(text);
  });
  test('the outer parentheses may be left out', () => {
    expect(parseFilter('uid=bob')).toEqual(parseFilter('(uid=bob)'));
  });
  test.each([
    '',
    '(',
    '()',
    '(uid)',
    '(uid=x',
    '(uid=x))',
    '(!)',
    '(uid=\\g0)',
    '(&(uid=x)',
    '(=x)',
    '(uid=(x)',
  ])('"%s" is an error', (text) => {
    expect(() => parseFilter(text)).toThrow(FilterError);
  });
  test('nesting is bounded', () => {
    const deep = (n: number): string => '(!'.repeat(n) + '(a=b)' + ')'.repeat(n);
    expect(() => parseFilter(deep(filterDepthMax))).toThrow(FilterError);
    expect(parseFilter(deep(500)).kind).toBe('not');
  });
  test('any octets in a value come back as they were', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (value) => {
        const back = parseFilter(formatFilter({ kind: 'equality', attribute: 'cn', value }));
        expect(back).toEqual({ kind: 'equality', attribute: 'cn', value });
      }),
      { seed: 1 },
    );
  });
});

describe('distinguished names', () => {
  test('RFC 4514 §4: escapes, several pairs, spaces', () => {
    expect(parseDn('CN=James \\"Jim\\" Smith\\, III,DC=example')).toEqual([
      [{ type: 'CN', value: 'James "Jim" Smith, III' }],
      [{ type: 'DC', value: 'example' }],
    ]);
    expect(parseDn('OU=Sales+CN=J.  Smith , DC = example')).toHaveLength(2);
    expect(parseDn('CN=Lu\\C4\\8Di\\C4\\87')).toEqual([[{ type: 'CN', value: 'Lučić' }]]);
    expect(parseDn('')).toEqual([]);
  });
  test.each(['alice', 'this is not a dn', '=x', 'cn=x,', ',cn=x', 'cn=a\\', 'cn=<x>', 'c n=x'])(
    '"%s" is none',
    (text) => {
      expect(parseDn(text)).toBeNull();
    },
  );
  test('equal names are equal when normalised', () => {
    const normalise = (text: string): string => normaliseDn(parseDn(text)!);
    expect(normalise('UID=Bob,  ou=The  People,DC=acme')).toBe(normalise('uid=bob,OU=the people,dc=ACME'));
    expect(normalise('a=1+b=2')).toBe(normalise('B=2+A=1'));
    expect(normalise('cn=a\\,b')).not.toBe(normalise('cn=a,b=c'));
  });
  test('any value survives being written and read', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (value) => {
        expect(parseDn(formatDn([[{ type: 'cn', value }]]))).toEqual([[{ type: 'cn', value }]]);
      }),
      { seed: 1 },
    );
  });
});

describe('LDIF', () => {
  test('folded lines, comments, base64 and several values', () => {
    const text =
      'version: 1\n# a comment\n that goes on\ndn: cn=x,dc=exa\n mple\ncn: x\nsn: one\nsn:: dHdv\n\n\ndn: cn=y\r\ncn: y\r\n';
    expect(
      parseLdif(text, 'f').map(({ dn, line, attributes }) => [
        dn,
        line,
        attributes.map(({ type, values }) => [type, values.map(utf8.decode)]),
      ]),
    ).toEqual([
      [
        'cn=x,dc=example',
        4,
        [
          ['cn', ['x']],
          ['sn', ['one', 'two']],
        ],
      ],
      ['cn=y', 11, [['cn', ['y']]]],
    ]);
  });
  test.each([
    ['cn: x\n', 'f:1: expected "dn: …" at the start of a record, found "cn"'],
    ['dn: cn=x\ncn: x\nnonsense\n', 'f:3: expected "attribute: value", found "nonsense"'],
    ['dn: cn=x\ncn:: %%\n', 'f:2: expected base64 after "cn::"'],
    ['dn: cn=x\nchangetype: delete\n', 'f:2: expected changetype add, found "delete"'],
    ['dn: cn=x\ndn: cn=y\n', 'f:2: expected an empty line before the next "dn:"'],
  ])('an error names the line: %j', (text, message) => {
    expect(() => parseLdif(text, 'f')).toThrow(new LdifError(message));
  });
});
