/**
 * receive-buffer — bytes received in order and not yet read
 *
 * What is handed out are views that stay valid: bytes are only ever appended behind them, never overwritten.
 */
import { allocate } from './slab.ts';

const noBytes = new Uint8Array(0);

export class ReceiveBuffer {
  #bytes: Uint8Array = noBytes;
  #start = 0;
  #end = 0;
  /** whether #bytes is ours to append to (else it is a received payload, shared with the trace) */
  #owned = false;
  /** absolute index up to which no line feed was found */
  #searched = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  append(payload: Uint8Array): void {
    if (this.#start === this.#end) {
      this.#bytes = payload;
      this.#start = 0;
      this.#end = payload.length;
      this.#owned = false;
      this.#searched = 0;
      return;
    }
    const needed = this.length + payload.length;
    if (!this.#owned || this.#end + payload.length > this.#bytes.length) {
      const grown = allocate(Math.max(1024, needed * 2));
      grown.set(this.#bytes.subarray(this.#start, this.#end));
      this.#searched = Math.max(0, this.#searched - this.#start);
      this.#bytes = grown;
      this.#end -= this.#start;
      this.#start = 0;
      this.#owned = true;
    }
    this.#bytes.set(payload, this.#end);
    this.#end += payload.length;
  }

  /** All that is there, as a view, without taking it. */
  peek(): Uint8Array {
    if (this.#end - this.#start === this.#bytes.length) return this.#bytes;
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** Takes at most `bytesMax` bytes. */
  take(bytesMax: number): Uint8Array {
    const count = Math.min(bytesMax, this.length);
    if (count === this.#bytes.length) {
      this.#start = this.#end;
      return this.#bytes;
    }
    const view = this.#bytes.subarray(this.#start, this.#start + count);
    this.#start += count;
    return view;
  }

  /** Distance to the next line feed, or −1. */
  lineFeedAt(): number {
    const from = Math.max(this.#searched, this.#start);
    const at = this.#bytes.indexOf(10, from);
    if (at === -1 || at >= this.#end) {
      this.#searched = this.#end;
      return -1;
    }
    this.#searched = at;
    return at - this.#start;
  }
}
