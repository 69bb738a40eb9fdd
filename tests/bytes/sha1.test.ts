import { createHash } from 'node:crypto';

import { expect, test } from 'vitest';

import * as hex from '../../workers/bytes/hex.ts';
import { sha1 } from '../../workers/bytes/sha1.ts';

test('gives the digests of another implementation, for every length around the ends of blocks', () => {
  const bytes = Uint8Array.from({ length: 200 }, (_, i) => (i * 37) & 0xff);
  for (let length = 0; length <= bytes.length; length++) {
    const input = bytes.subarray(0, length);
    expect(hex.encode(sha1(input)), `${length} bytes`).toBe(createHash('sha1').update(input).digest('hex'));
  }
});

test('gives the digest of RFC 3174 for "abc"', () => {
  expect(hex.encode(sha1(Uint8Array.of(97, 98, 99)))).toBe('a9993e364706816aba3e25717850c26c9cd0d89d');
});
