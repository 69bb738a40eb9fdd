/** spans — things that last from … until: which of them are there at the cursor, without looking at all of them */
import type { VirtualTime } from '../../../workers/api.ts';

export interface Span {
  readonly from: VirtualTime;
  /** Infinity = still there */
  until: VirtualTime;
}

const looksMax = 20_000;

/** Append-only: a span begins, and later ends; ends come in order of time. */
export class Spans<T extends Span> {
  readonly #open = new Set<T>();
  /** in order of `until` */
  readonly #ended: T[] = [];

  begin(span: T): void {
    this.#open.add(span);
  }

  end(span: T, at: VirtualTime): void {
    if (!this.#open.delete(span)) return;
    span.until = at;
    this.#ended.push(span);
  }

  /** Those with from <= at < until, in order of `from`. In the far past of a long run at most some thousands are looked at. */
  at(at: VirtualTime): T[] {
    return this.during(at, at);
  }

  /** Those that were there at some time in after … at. */
  during(after: VirtualTime, at: VirtualTime): T[] {
    const found: T[] = [];
    const first = this.#firstEndedAfter(after);
    for (let i = first; i < this.#ended.length && i < first + looksMax; i++)
      if (this.#ended[i]!.from <= at) found.push(this.#ended[i]!);
    for (const span of this.#open) if (span.from <= at) found.push(span);
    return found.sort((a, b) => a.from - b.from);
  }

  #firstEndedAfter(at: VirtualTime): number {
    let low = 0;
    let high = this.#ended.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ended[middle]!.until <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
