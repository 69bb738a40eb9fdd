// A small seeded generator for tests: what one seed gives, it gives again, on every machine.

/** mulberry32 */
export class Dice {
  #state: number;

  /** @param seeds whole numbers; each combination gives numbers of its own */
  constructor(...seeds: number[]) {
    let state = 0x9e3779b9;
    for (const seed of seeds) {
      state = Math.imul(state ^ seed, 0x85ebca6b);
      state = Math.imul((state ^ (state >>> 13)) + Math.floor(seed / 0x100000000), 0xc2b2ae35);
      state ^= state >>> 16;
    }
    this.#state = state >>> 0;
  }
  /** A whole number from 0 to bound − 1. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % bound;
  }
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
  /** True once in so many times. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }
}
