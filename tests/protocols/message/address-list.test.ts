import { expect, test } from 'vitest';

import { findAddresses } from '../../../workers/protocols/message/address-list.ts';

const found = (text: string): string[] => findAddresses(text).map(({ start, end }) => text.slice(start, end));

test.each([
  [' joe', ['joe']],
  [' bob, carol@host', ['bob', 'carol@host']],
  [' "Jones, Bob" <bob@a.example> (home, (sweet) home)', ['bob@a.example']],
  [' Team: dave@b.example, Erin <erin>; , x@y', ['dave@b.example', 'erin', 'x@y']],
  [' A B\r\n\t< a@b >,\r\n c@d', ['a@b', 'c@d']],
  [' "a b"@x.example', ['"a b"@x.example']],
  [' u@[192.0.2.1], u@[IPv6:2001:db8::1]', ['u@[192.0.2.1]', 'u@[IPv6:2001:db8::1]']],
  [' <>', []],
  [' undisclosed-recipients:;', []],
  [' no address here', []],
  [' <unclosed@x', ['unclosed@x']],
  [' (unclosed', []],
  [' "unclosed', ['"unclosed']],
  ['', []],
])('%j', (text, addresses) => {
  expect(found(text)).toEqual(addresses);
});

test('100,000 characters of anything are read once', () => {
  for (const part of ['(', '<', '"', '\\', ',', ':', 'a@', '[', ')>'])
    expect(findAddresses(part.repeat(100_000 / part.length)).length).toBeLessThanOrEqual(100_000);
});
