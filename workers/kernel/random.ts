/**
 * random — deterministic random numbers, one generator per host
 *
 * sfc32 (Chris Doty-Humphrey's Small Fast Counting generator), 32-bit integer arithmetic only, seeded from
 * the run's seed and the host's name, so that a host draws the same numbers whichever worker runs it.
 */
import { assert } from '../bytes/assert.ts';

export class HostRandom {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, name: string) {
    this.#a = seed | 0;
    this.#b = hash32(name) | 0;
    this.#c = 0x9e3779b9 | 0;
    for (let i = 0; i < 12; i++) this.u32();
  }

  /** Uniform unsigned 32-bit integer. */
  u32(): number {
    const t = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t;
    this.#c |= 0;
    return t >>> 0;
  }

  /** Uniform integer in [0, bound), bound ≤ 2^32; by rejection, so without bias. */
  below(bound: number): number {
    if (bound <= 0 || bound > 0x100000000) assert(false, `below(${bound})`);
    const limit = 0x100000000 - (0x100000000 % bound);
    for (;;) {
      const value = this.u32();
      if (value < limit) return value % bound;
    }
  }

  /** Shuffles in place (Fisher–Yates). */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const k = this.below(i + 1);
      [items[i], items[k]] = [items[k]!, items[i]!];
    }
    return items;
  }
}

/** FNV-1a over the UTF-16 code units; unsigned. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
