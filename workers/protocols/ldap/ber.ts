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
import { allocate } from '../../bytes/slab.ts';
import * as utf8 from '../../bytes/utf8.ts';

import type { TextTable } from './text-table.ts';

/** Universal tags (X.680 §8.4); constructed ones have bit 0x20. */
export const BOOLEAN = 0x01;
export const INTEGER = 0x02;
export const OCTET_STRING = 0x04;
export const ENUMERATED = 0x0a;
export const SEQUENCE = 0x30;
export const SET = 0x31;

const lengthOctetsMax = 4;
const headOctetsMax = 2 + lengthOctetsMax;
const integerOctetsMax = 4; // RFC 4511 §4.1.1: maxInt is 2^31 - 1
const shortOctets = 32; // up to here a loop is faster than a call that copies
const incomplete = -2; // more octets are needed to know

/**
 * A cursor over the elements in bytes[offset, end). Within an element it is the same reader with a nearer
 * end: what `enter` returned brings it back, so that no reader is made for each element.
 */
export class BerReader {
  readonly bytes: Uint8Array;
  offset: number;
  end: number;
  /** where texts that come again and again are found instead of decoded; null = nowhere */
  readonly #texts: TextTable | null;

  constructor(bytes: Uint8Array, texts: TextTable | null = null) {
    this.bytes = bytes;
    this.offset = 0;
    this.end = bytes.length;
    this.#texts = texts;
  }
  get atEnd(): boolean {
    return this.offset >= this.end;
  }
  /** The tag of the next element; -1 at the end. */
  get tag(): number {
    return this.offset < this.end ? this.bytes[this.offset]! : -1;
  }
  /**
   * Enters the next element, which must have this tag: what is read next are its contents.
   * @returns what `leave` wants
   */
  enter(tag: number): number {
    const outer = this.end;
    this.end = this.#open(tag);
    return outer;
  }
  /** Enters the next element, whatever its tag. */
  enterAny(): number {
    const outer = this.end;
    this.end = this.#openAny();
    return outer;
  }
  /** Goes on behind the element that was entered; what is left of its contents is not looked at. */
  leave(outer: number): void {
    this.offset = this.end;
    this.end = outer;
  }
  /** Passes over the next element. */
  skip(): void {
    this.offset = this.#openAny();
  }
  /** The contents of a primitive element; a view, not a copy. */
  octets(tag = OCTET_STRING): Uint8Array {
    const end = this.#open(tag);
    const start = this.offset;
    this.offset = end;
    return this.bytes.subarray(start, end);
  }
  /** An octet string as UTF-8 text (RFC 4511 §4.1.2). */
  text(tag = OCTET_STRING): string {
    const end = this.#open(tag);
    const start = this.offset;
    this.offset = end;
    if (start === end) return '';
    if (this.#texts !== null) return this.#texts.find(this.bytes, start, end);
    return utf8.decode(this.bytes.subarray(start, end));
  }
  /** A signed integer of at most 32 bits. */
  integer(tag = INTEGER): number {
    const { bytes, offset: at } = this;
    if (at + 3 <= this.end && bytes[at] === tag && bytes[at + 1] === 1) {
      this.offset = at + 3; // one octet: the usual case
      return (bytes[at + 2]! << 24) >> 24;
    }
    const end = this.#open(tag);
    const count = end - this.offset;
    if (count === 0 || count > integerOctetsMax) throw new DecodeError(at, `integer of ${count} octets`);
    let value = bytes[this.offset]! & 0x80 ? -1 : 0;
    while (this.offset < end) value = (value << 8) | bytes[this.offset++]!;
    return value;
  }
  boolean(tag = BOOLEAN): boolean {
    const at = this.offset;
    const end = this.#open(tag);
    const count = end - this.offset;
    if (count !== 1) throw new DecodeError(at, `boolean of ${count} octets`);
    return this.bytes[this.offset++] !== 0;
  }
  #open(tag: number): number {
    const found = this.tag;
    if (found === tag) {
      const { bytes, offset: at } = this;
      const length = at + 1 < this.end ? bytes[at + 1]! : 0x80;
      if (length >= 0x80 || at + 2 + length > this.end) return this.#openAny();
      this.offset = at + 2; // a short element that is all there: the usual case
      return at + 2 + length;
    }
    const what = found < 0 ? 'nothing' : hex(found);
    throw new DecodeError(this.offset, `expected tag ${hex(tag)}, found ${what}`);
  }
  /** Moves to the contents of the next element. @returns where they end */
  #openAny(): number {
    const at = this.offset;
    const end = elementEnd(this.bytes, at, this.end);
    if (end === incomplete || end > this.end) throw new DecodeError(at, 'truncated element');
    if (end < 0) throw new DecodeError(at, 'length that is indefinite or longer than four octets');
    const first = this.bytes[at + 1]!;
    this.offset = first < 0x80 ? at + 2 : at + 2 + (first & 0x7f);
    return end;
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
    this.#bytes = allocate(bytesInitial);
    this.#start = bytesInitial;
  }
  /** A mark for `wrap`: what is written after it goes into the element. */
  get mark(): number {
    return this.#bytes.length - this.#start;
  }
  /** Makes all that was written since `mark` the contents of an element. */
  wrap(tag: number, mark: number): void {
    this.#reserve(headOctetsMax);
    this.#head(tag, this.mark - mark);
  }
  /** Elements that are encoded already. */
  encoded(elements: Uint8Array): void {
    this.#reserve(elements.length);
    this.#start -= elements.length;
    this.#bytes.set(elements, this.#start);
  }
  octets(value: Uint8Array, tag = OCTET_STRING): void {
    const count = value.length;
    this.#reserve(count + headOctetsMax);
    const start = this.#start - count;
    if (count > shortOctets) this.#bytes.set(value, start);
    else for (let i = 0; i < count; i++) this.#bytes[start + i] = value[i]!;
    this.#start = start;
    this.#head(tag, count);
  }
  text(value: string, tag = OCTET_STRING): void {
    const count = value.length;
    this.#reserve(count + headOctetsMax);
    const bytes = this.#bytes;
    const start = this.#start - count;
    for (let i = 0; i < count; i++) {
      const code = value.charCodeAt(i);
      if (code >= 0x80) return this.octets(utf8.encode(value), tag);
      bytes[start + i] = code;
    }
    this.#start = start; // ASCII: the usual case
    this.#head(tag, count);
  }
  integer(value: number, tag = INTEGER): void {
    assert((value | 0) === value, `BER integer out of range: ${value}`);
    this.#reserve(integerOctetsMax + headOctetsMax);
    const end = this.#start;
    let rest = value;
    do {
      this.#bytes[--this.#start] = rest & 0xff;
      rest >>= 8;
      // X.690 §8.3.2: the fewest octets whose first bit is the sign.
    } while ((rest !== 0 && rest !== -1) || (rest === 0) !== this.#bytes[this.#start]! < 0x80);
    this.#head(tag, end - this.#start);
  }
  boolean(value: boolean, tag = BOOLEAN): void {
    this.#reserve(1 + headOctetsMax);
    this.#bytes[--this.#start] = value ? 0xff : 0;
    this.#head(tag, 1);
  }
  /** What was written; the writer is then done. */
  finish(): Uint8Array {
    return this.#bytes.subarray(this.#start);
  }
  /** Room for it is there. */
  #head(tag: number, length: number): void {
    const bytes = this.#bytes;
    let at = this.#start;
    if (length < 0x80) bytes[--at] = length;
    else {
      const end = at;
      for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes[--at] = rest & 0xff;
      bytes[at - 1] = 0x80 | (end - at);
      at--;
    }
    bytes[--at] = tag;
    this.#start = at;
  }
  #reserve(count: number): void {
    if (count <= this.#start) return;
    const used = this.#bytes.length - this.#start;
    const grown = allocate(Math.max(this.#bytes.length * 2, used + count));
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
    const end = elementEnd(buffer, 0, length);
    if (end === incomplete) return 0;
    if (end < 0 || end > bytesMax) return -1;
    return end <= length ? end : 0;
  };
}

/** Where the element at `at` ends, be it beyond `end`; -1 for a form of length that LDAP does not allow. */
function elementEnd(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 2) return incomplete;
  const first = bytes[at + 1]!;
  if (first < 0x80) return at + 2 + first;
  const count = first & 0x7f;
  if (count === 0 || count > lengthOctetsMax) return -1;
  if (end - at < 2 + count) return incomplete;
  let length = 0;
  for (let i = 0; i < count; i++) length = length * 256 + bytes[at + 2 + i]!;
  return at + 2 + count + length;
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`;
}
