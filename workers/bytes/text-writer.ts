/**
 * text-writer — texts one after another as UTF-8, for output that is longer than a string should be
 *
 * Joining many short strings and encoding the result costs several times what writing each does.
 */
import * as utf8 from './utf8.ts';

const bytesInitial = 4096;

/** Collects texts; `take` hands over their bytes and begins anew. */
export class TextWriter {
  #bytes = new Uint8Array(bytesInitial);
  /** bytes since the last `take` */
  length = 0;

  add(text: string): void {
    const { length } = text;
    if (this.length + length > this.#bytes.length) this.#grow(length);
    const bytes = this.#bytes;
    const start = this.length;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) return this.addBytes(utf8.encode(text));
      bytes[start + i] = code;
    }
    this.length = start + length;
  }

  /** What was encoded before and comes again and again. */
  addBytes(bytes: Uint8Array): void {
    if (this.length + bytes.length > this.#bytes.length) this.#grow(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  take(): Uint8Array {
    const bytes = this.#bytes.slice(0, this.length);
    this.length = 0;
    return bytes;
  }

  #grow(count: number): void {
    const grown = new Uint8Array(Math.max(this.length + count, 2 * this.#bytes.length));
    grown.set(this.#bytes.subarray(0, this.length));
    this.#bytes = grown;
  }
}
