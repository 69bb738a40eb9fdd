/**
 * event-heap — what happens next: a binary heap of typed keys with a stable, total order
 *
 * Order key: (time, destination host, source host, source sequence); see ARCHITECTURE.md. Entries can be
 * removed, so that a timer which is no longer needed leaves nothing behind.
 */
import { assert } from '../bytes/assert.ts';

/** Names an entry until it is popped or removed. */
export type Slot = number;

/** A heap of T ordered by (time, destination * 2^16 + source + 1, sequence). */
export class EventHeap<T> {
  #time = new Float64Array(64);
  #hosts = new Float64Array(64);
  #sequence = new Float64Array(64);
  #position = new Int32Array(64);
  #payload: (T | null)[] = [];
  #heap = new Int32Array(64);
  #free: number[] = [];
  #size = 0;
  #slots = 0;

  get size(): number {
    return this.#size;
  }

  /** Time of the next entry; Infinity when empty. */
  get nextTime(): number {
    return this.#size === 0 ? Infinity : this.#time[this.#heap[0]!]!;
  }

  /** @param source −1 for inputs, which sort before all else that concerns the host at that instant */
  push(payload: T, time: number, destination: number, source: number, sequence: number): Slot {
    const slot = this.#free.pop() ?? this.#newSlot();
    this.#time[slot] = time;
    this.#hosts[slot] = destination * 65536 + source + 1;
    this.#sequence[slot] = sequence;
    this.#payload[slot] = payload;
    this.#place(this.#size++, slot);
    this.#up(this.#size - 1);
    return slot;
  }

  /** Takes the next entry out. The heap must not be empty. */
  pop(): T {
    assert(this.#size > 0, 'pop of an empty heap');
    const slot = this.#heap[0]!;
    return this.remove(slot);
  }

  /** Takes the entry out, wherever it is, and returns its payload. */
  remove(slot: Slot): T {
    const at = this.#position[slot]!;
    const payload = this.#payload[slot]!;
    assert(at >= 0, `slot ${slot} is not in the heap`);
    const last = --this.#size;
    const moved = this.#heap[last]!;
    this.#position[slot] = -1;
    this.#payload[slot] = null;
    this.#free.push(slot);
    if (at !== last) {
      this.#place(at, moved);
      if (!this.#up(at)) this.#down(at);
    }
    return payload;
  }

  /** Takes out all entries that `match` accepts (a host crashed). */
  removeWhere(match: (payload: T) => boolean): void {
    const slots: Slot[] = [];
    for (let i = 0; i < this.#size; i++)
      if (match(this.#payload[this.#heap[i]!]!)) slots.push(this.#heap[i]!);
    for (const slot of slots) this.remove(slot);
  }

  #less(a: Slot, b: Slot): boolean {
    const byTime = this.#time[a]! - this.#time[b]!;
    if (byTime !== 0) return byTime < 0;
    const byHosts = this.#hosts[a]! - this.#hosts[b]!;
    if (byHosts !== 0) return byHosts < 0;
    return this.#sequence[a]! < this.#sequence[b]!;
  }

  #place(at: number, slot: Slot): void {
    this.#heap[at] = slot;
    this.#position[slot] = at;
  }

  #up(start: number): boolean {
    let at = start;
    const slot = this.#heap[at]!;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const other = this.#heap[parent]!;
      if (!this.#less(slot, other)) break;
      this.#place(at, other);
      at = parent;
    }
    this.#place(at, slot);
    return at !== start;
  }

  #down(start: number): void {
    let at = start;
    const slot = this.#heap[at]!;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#less(this.#heap[child + 1]!, this.#heap[child]!)) child++;
      const other = this.#heap[child]!;
      if (!this.#less(other, slot)) break;
      this.#place(at, other);
      at = child;
    }
    this.#place(at, slot);
  }

  #newSlot(): Slot {
    const slot = this.#slots++;
    if (slot === this.#time.length) {
      this.#time = grown(this.#time, new Float64Array(slot * 2));
      this.#hosts = grown(this.#hosts, new Float64Array(slot * 2));
      this.#sequence = grown(this.#sequence, new Float64Array(slot * 2));
      this.#position = grown(this.#position, new Int32Array(slot * 2));
      this.#heap = grown(this.#heap, new Int32Array(slot * 2));
    }
    return slot;
  }
}

function grown<A extends Float64Array | Int32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
