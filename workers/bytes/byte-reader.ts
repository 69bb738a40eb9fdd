/**
 * byte-reader — read integers (big-endian) and bytes; running past the end is a DecodeError
 *
 * ERRORS  DecodeError(offset, rule): malformed or truncated input, a protocol outcome and never a bug.
 */

/** Malformed wire data: where, and which rule it breaks. */
export class DecodeError extends Error {
  override name = 'DecodeError';
  offset: number;
  rule: string;
  constructor(offset: number, rule: string) {
    super(`byte ${offset}: ${rule}`);
    this.offset = offset;
    this.rule = rule;
  }
}

/** A cursor over bytes[offset, end). */
export class ByteReader {
  readonly bytes: Uint8Array;
  offset: number;
  readonly end: number;

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length) {
    this.bytes = bytes;
    this.offset = offset;
    this.end = end;
  }
  get remaining(): number {
    return this.end - this.offset;
  }
  u8(): number {
    if (this.offset >= this.end) throw new DecodeError(this.offset, 'truncated: expected one more byte');
    return this.bytes[this.offset++]!;
  }
  u16(): number {
    return (this.u8() << 8) | this.u8();
  }
  u32(): number {
    return this.u16() * 0x10000 + this.u16();
  }
  /** A view (no copy) of the next `count` bytes. */
  take(count: number): Uint8Array {
    if (count < 0 || count > this.remaining)
      throw new DecodeError(this.offset, `truncated: expected ${count} bytes, found ${this.remaining}`);
    const view = this.bytes.subarray(this.offset, this.offset + count);
    this.offset += count;
    return view;
  }
}
