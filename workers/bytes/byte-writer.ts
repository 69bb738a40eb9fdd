/**
 * byte-writer — append integers (big-endian) and bytes to a growing buffer
 */
import { assert } from './assert.ts';
import { allocate } from './slab.ts';

/**
 * A growing byte buffer. `finish()` returns a copy-free view of what was written; the writer is then done.
 */
export class ByteWriter {
  #bytes: Uint8Array;
  #length = 0;

  constructor(bytesInitial = 512) {
    this.#bytes = allocate(bytesInitial);
  }
  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }
  u8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }
  u16(value: number): void {
    this.u8(value >>> 8);
    this.u8(value & 0xff);
  }
  u32(value: number): void {
    this.u16(value >>> 16);
    this.u16(value & 0xffff);
  }
  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }
  /** Overwrites the two bytes at `offset`, written before. */
  u16At(offset: number, value: number): void {
    assert(offset + 2 <= this.#length, `u16At(${offset}) beyond ${this.#length}`);
    this.#bytes[offset] = value >>> 8;
    this.#bytes[offset + 1] = value & 0xff;
  }
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = allocate(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
