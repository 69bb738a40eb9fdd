import { expect, test } from 'vitest';

import { domainOf, parseEnvelopeAddress, quoteLocalPart } from '../../../workers/protocols/smtp/address.ts';

test.each([
  ['<a@x.example>', 'a@x.example', true],
  ['<>', '', true],
  ['a@x.example', 'a@x.example', false],
  ['<"a b"@x.example>', 'a b@x.example', true],
  ['<"a\\"b"@x.example>', 'a"b@x.example', true],
  ['<a\\b@x.example>', 'ab@x.example', true],
  ['<@r.example,@s.example:a@x.example>', 'a@x.example', true],
  ['<a@[192.0.2.1]>', 'a@[192.0.2.1]', true],
  ['<a@x.example.>', 'a@x.example.', true],
  ['<a%b@x.example>', 'a%b@x.example', true],
  ["<o'brien@x.example>", "o'brien@x.example", true],
  ['<jörg@x.example>', 'jörg@x.example', true],
  ['(home)a@x.example', 'a@x.example', false],
  ['<a @x.example>', 'a@x.example', true],
  ['<a@x.example>>', 'a@x.example', true],
  ['a@x.example>', 'a@x.example', false],
  ['<Friends:a@x.example;>', 'a@x.example', false],
  ['<a@b@x.example>', 'a@b@x.example', true],
])('%s is the address %s', (token, address, strict) => {
  expect(parseEnvelopeAddress(token)).toEqual({ address, strict });
});

test.each(['<a b@x.example>', '<a@x.example>x', '<a@x.example,b@x.example>'])(
  '%s holds two addresses',
  (token) => {
    expect(parseEnvelopeAddress(token)).toBeNull();
  },
);

test('no text, however odd, makes the parser hang or throw', () => {
  const alphabet = '<>()[]"\\:;,@. ab';
  let state = 1;
  for (let round = 0; round < 3000; round++) {
    let text = '';
    for (let i = 0; i < 12; i++) {
      state = (state * 48271) % 0x7fffffff;
      text += alphabet[state % alphabet.length];
    }
    const found = parseEnvelopeAddress(text);
    if (found !== null) expect(typeof found.address).toBe('string');
  }
});

test('a local part that is no dot-atom is quoted for a header', () => {
  expect(quoteLocalPart('a.b@x')).toBe('a.b@x');
  expect(quoteLocalPart('a b@x')).toBe('"a b"@x');
  expect(quoteLocalPart('a"b@x')).toBe('"a\\"b"@x');
  expect(quoteLocalPart('.a@x')).toBe('".a"@x');
  expect(quoteLocalPart('postmaster')).toBe('postmaster');
  expect(quoteLocalPart('a@b@x')).toBe('"a@b"@x');
  expect(quoteLocalPart('@x')).toBe('""@x');
  expect(quoteLocalPart('@r:a b@x')).toBe('@r:"a b"@x');
});

test('the domain stands behind the last @', () => {
  expect(domainOf('a@b@c')).toBe('c');
  expect(domainOf('a')).toBe('');
});
