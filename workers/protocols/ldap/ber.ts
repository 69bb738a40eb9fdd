/**
 * ber — the Basic Encoding Rules as LDAP restricts them: definite lengths, low tag numbers, primitive strings
 *
 *  +-----------+--------------------------+-------------+
 *  | tag       | length                   | contents    |    X.690 §8.1
 *  | 1 octet   | 0–127, or 0x80+n and     |             |
 *  |           | n octets, big-endian     |             |
 *  +-----------+--------------------------+-------------+
 *
 * STANDARDS  X.690 §8, RFC 4511 §5.1
 * ERRORS     DecodeError(offset, rule)
 */
import { assert } from '../../bytes/assert.ts';
import { DecodeError } from '../../bytes/byte-reader.ts';
import * as utf8 from '../../bytes/utf8.ts';

/** Universal tags (X.680 §8.4); constructed ones have bit 0x20. */
export const BOOLEAN = 0x01;
export const INTEGER = 0x02;
export const OCTET_STRING = 0x04;
export const ENUMERATED = 0x0a;
export const SEQUENCE = 0x30;
export const SET = 0x31;

const lengthOctetsMax = 4;
const integerOctetsMax = 4; // RFC 4511 §4.1.1: maxInt is 2^31 - 1

/** A cursor over the elements in bytes[offset, end). */
export class BerReader {
  readonly bytes: Uint8Array;
  offset: number;
  readonly end: number;

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length) {
    this.bytes = bytes;
    this.offset = offset;
    this.end = end;
  }
  get atEnd(): boolean {
    return this.offset >= this.end;
  }
  /** The tag of the next element; -1 at the end. */
  get tag(): number {
    return this.offset < this.end ? this.bytes[this.offset]! : -1;
  }
  /** Enters the next element, which must have this tag: a reader over its contents. */
  enter(tag: number): BerReader {
    const found = this.tag;
    if (found !== tag)
      throw new DecodeError(
        this.offset,
        `expected tag ${hex(tag)}, found ${found < 0 ? 'nothing' : hex(found)}`,
      );
    return this.any();
  }
  /** Enters the next element, whatever its tag. */
  any(): BerReader {
    const at = this.offset;
    const head = readHead(this.bytes, at, this.end);
    if (head === null || head.end > this.end) throw new DecodeError(at, 'truncated element');
    if (head.end < 0) throw new DecodeError(at, 'length that is indefinite or longer than four octets');
    this.offset = head.end;
    return new BerReader(this.bytes, head.contents, head.end);
  }
  /** The contents of a primitive element; a view, not a copy. */
  octets(tag = OCTET_STRING): Uint8Array {
    const contents = this.enter(tag);
    return this.bytes.subarray(contents.offset, contents.end);
  }
  /** An octet string as UTF-8 text (RFC 4511 §4.1.2). */
  text(tag = OCTET_STRING): string {
    return utf8.decode(this.octets(tag));
  }
  /** A signed integer of at most 32 bits. */
  integer(tag = INTEGER): number {
    const at = this.offset;
    const octets = this.octets(tag);
    if (octets.length === 0 || octets.length > integerOctetsMax) {
      throw new DecodeError(at, `integer of ${octets.length} octets`);
    }
    let value = octets[0]! & 0x80 ? -1 : 0;
    for (const octet of octets) value = (value << 8) | octet;
    return value;
  }
  boolean(tag = BOOLEAN): boolean {
    const at = this.offset;
    const octets = this.octets(tag);
    if (octets.length !== 1) throw new DecodeError(at, `boolean of ${octets.length} octets`);
    return octets[0] !== 0;
  }
}

/**
 * Builds an encoding from its last element to its first, so that every length is known when it is written
 * and nothing is copied twice: within an element, write the fields in reverse order.
 */
export class BerWriter {
  #bytes: Uint8Array;
  #start: number;

  constructor(bytesInitial = 256) {
    this.#bytes = new Uint8Array(bytesInitial);
    this.#start = bytesInitial;
  }
  /** A mark for `wrap`: what is written after it goes into the element. */
  get mark(): number {
    return this.#bytes.length - this.#start;
  }
  /** Makes all that was written since `mark` the contents of an element. */
  wrap(tag: number, mark: number): void {
    this.#head(tag, this.mark - mark);
  }
  octets(value: Uint8Array, tag = OCTET_STRING): void {
    this.#reserve(value.length);
    this.#start -= value.length;
    this.#bytes.set(value, this.#start);
    this.#head(tag, value.length);
  }
  text(value: string, tag = OCTET_STRING): void {
    this.octets(utf8.encode(value), tag);
  }
  integer(value: number, tag = INTEGER): void {
    assert((value | 0) === value, `BER integer out of range: ${value}`);
    const mark = this.mark;
    let rest = value;
    do {
      this.#octet(rest & 0xff);
      rest >>= 8;
      // X.690 §8.3.2: the fewest octets whose first bit is the sign.
    } while ((rest !== 0 && rest !== -1) || (rest === 0) !== this.#bytes[this.#start]! < 0x80);
    this.#head(tag, this.mark - mark);
  }
  boolean(value: boolean, tag = BOOLEAN): void {
    this.#octet(value ? 0xff : 0);
    this.#head(tag, 1);
  }
  /** What was written; the writer is then done. */
  finish(): Uint8Array {
    return this.#bytes.subarray(this.#start);
  }
  #head(tag: number, length: number): void {
    if (length < 0x80) this.#octet(length);
    else {
      let count = 0;
      for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) {
        this.#octet(rest & 0xff);
        count++;
      }
      this.#octet(0x80 | count);
    }
    this.#octet(tag);
  }
  #octet(value: number): void {
    this.#reserve(1);
    this.#bytes[--this.#start] = value;
  }
  #reserve(count: number): void {
    if (count <= this.#start) return;
    const used = this.#bytes.length - this.#start;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, used + count));
    grown.set(this.#bytes.subarray(this.#start), grown.length - used);
    this.#start = grown.length - used;
    this.#bytes = grown;
  }
}

/**
 * Frames LDAPMessages on a connection (RFC 4511 §4.1.1: each is a SEQUENCE).
 * @param bytesMax what is announced to be longer can never become a frame: it is refused at its length octets
 */
export function makeLdapFramer(bytesMax: number): (buffer: Uint8Array, length: number) => number {
  return (buffer, length) => {
    if (length > 0 && buffer[0] !== SEQUENCE) return -1;
    const head = readHead(buffer, 0, length);
    if (head === null) return 0;
    if (head.end < 0 || head.end > bytesMax) return -1;
    return head.end <= length ? head.end : 0;
  };
}

/** @returns null when more octets are needed; end -1 for a form of length that LDAP does not allow */
function readHead(bytes: Uint8Array, at: number, end: number): { contents: number; end: number } | null {
  if (end - at < 2) return null;
  const first = bytes[at + 1]!;
  if (first < 0x80) return { contents: at + 2, end: at + 2 + first };
  const count = first & 0x7f;
  if (count === 0 || count > lengthOctetsMax) return { contents: at, end: -1 };
  if (end - at < 2 + count) return null;
  let length = 0;
  for (let i = 0; i < count; i++) length = length * 256 + bytes[at + 2 + i]!;
  return { contents: at + 2 + count, end: at + 2 + count + length };
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`;
}
