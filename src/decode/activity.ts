/** activity — which conversation was the one in which something was last said, at any time */
import type { VirtualTime } from '../../workers/api.ts';

/** Grows only when another conversation takes over or a while passes; two numbers a turn. */
export class Activity {
  #times: number[] = [];
  #numbers: number[] = [];

  note(at: VirtualTime, conversation: number): void {
    const last = this.#times.length - 1;
    if (last >= 0 && this.#numbers[last] === conversation && this.#times[last] === at) return;
    this.#times.push(at);
    this.#numbers.push(conversation);
    if (this.#times.length > turnsMax) this.#forget();
  }

  at(cursor: VirtualTime): { at: VirtualTime; conversation: number } | null {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#times[middle]! <= cursor) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? null : { at: this.#times[low - 1]!, conversation: this.#numbers[low - 1]! };
  }

  // Of the older half every second turn: the far past is found less exactly.
  #forget(): void {
    const half = this.#times.length >> 1;
    const keeps = (_: number, i: number) => i >= half || i % 2 === 0;
    this.#times = this.#times.filter(keeps);
    this.#numbers = this.#numbers.filter(keeps);
  }
}

const turnsMax = 200_000;
