import { describe, expect, test } from 'vitest';

import { concat } from '../../workers/bytes/concat.ts';
import { allocate, detached } from '../../workers/bytes/slab.ts';

describe('slab', () => {
  test('every array has the length asked for, is zero, and shares no byte with another', () => {
    const lengths = [0, 1, 64, 65, 1460, 8192, 8193, 40000];
    const arrays = Array.from({ length: 200 }, (_, i) => allocate(lengths[i % lengths.length]!));
    for (const [i, array] of arrays.entries()) {
      expect(array.length).toBe(lengths[i % lengths.length]);
      expect(array.every((byte) => byte === 0)).toBe(true);
      array.fill(1 + (i % 250));
    }
    for (const [i, array] of arrays.entries())
      expect(array.every((byte) => byte === 1 + (i % 250))).toBe(true);
  });

  test('detached bytes have a buffer of their own size', () => {
    const view = allocate(100).fill(7);
    const own = detached(view);
    expect(own.buffer.byteLength).toBe(100);
    expect(own).toEqual(view);
    expect(detached(own)).toBe(own);
  });

  test('concat joins pieces and does not copy a single one', () => {
    const one = Uint8Array.of(1, 2);
    expect(concat([])).toEqual(new Uint8Array(0));
    expect(concat([one])).toBe(one);
    expect(concat([one, Uint8Array.of(3), one])).toEqual(Uint8Array.of(1, 2, 3, 1, 2));
  });
});
