/**
 * clock-orders — what the clock was told to do, counted, and those who wait until it is somewhere
 *
 * A skip must know whether something else was asked of the clock before it got there.
 */
import type { VirtualTime } from '../../workers/api.ts';

export class ClockOrders {
  /** number of the last order */
  last = 0;
  #waiting: { at: VirtualTime; order: number; resolve: () => void }[] = [];

  /** A new order: what waited for the one before goes on at the next settle(). @returns its number */
  give(): number {
    return ++this.last;
  }

  /**
   * Resolves when the clock is at `at`, when another order was given, and when the run failed.
   * @param look called once it waits: the clock may be there already
   */
  reached(at: VirtualTime, look: () => void): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ at, order: this.last, resolve });
      look();
    });
  }

  /** Lets go on who need not wait any longer. @returns whether there was anyone */
  settle(now: VirtualTime, failed: boolean): boolean {
    const isOver = ({ at, order }: { at: VirtualTime; order: number }): boolean =>
      failed || now >= at || order !== this.last;
    const over = this.#waiting.filter(isOver);
    if (over.length === 0) return false;
    this.#waiting = this.#waiting.filter((waiter) => !over.includes(waiter));
    for (const { resolve } of over) resolve();
    return true;
  }
}
