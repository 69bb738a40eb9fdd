// A short part of the fuzzing with a fixed seed, and the fuzzer itself. CI goes on with seeds of its own: npm run fuzz
import { describe, expect, test } from 'vitest';

import { Fuzzer } from './fuzz.ts';
import type { Target } from './target.ts';

test('1,200 inputs of one seed: nothing throws, hangs, or loses mail', () => {
  const fuzzer = new Fuzzer(20_261_125);
  for (let input = 0; input < 1200; input++) expect(fuzzer.play(input)).toBeNull();
  expect([...fuzzer.counts].filter(([, { inputs }]) => inputs === 0)).toEqual([]);
});

describe('a target that fails', () => {
  const target: Target = {
    name: 'no colons',
    share: 1,
    make: (dice) => Array.from({ length: 5 }, () => Uint8Array.from({ length: 20 }, () => dice.below(128))),
    check: (pieces) => {
      if (pieces.some((piece) => piece.includes(0x3a))) throw new Error('a colon');
    },
  };

  test('is found, and its input made as small as it can be', () => {
    const fuzzer = new Fuzzer(1, [target]);
    const findings = Array.from({ length: 50 }, (_, input) => fuzzer.play(input)).filter(
      (one) => one !== null,
    );
    expect(findings.length).toBeGreaterThan(5);
    for (const { smallest } of findings) expect(smallest).toEqual([Uint8Array.of(0x3a)]);
  });

  test('fails again for the same seed and number', () => {
    const input = Array.from({ length: 50 }, (_, i) => i).find(
      (i) => new Fuzzer(1, [target]).play(i) !== null,
    )!;
    expect(new Fuzzer(1, [target]).make(input)).toEqual(new Fuzzer(1, [target]).make(input));
  });
});
