/**
 * der — a cursor over ASN.1 values in the Distinguished Encoding Rules, for certificates and keys
 *
 *  +-----------+--------------------------+-------------+
 *  | tag       | length                   | contents    |    X.690 §8.1, §10.1
 *  | 1 octet   | 0–127, or 0x80+n and     |             |
 *  |           | n octets, big-endian     |             |
 *  +-----------+--------------------------+-------------+
 *
 * STANDARDS  X.690; tags of more than 30 do not occur in X.509
 * ERRORS     DecodeError(offset, rule)
 * SEE ALSO   certificate.ts; ../ldap/ber.ts is the hot path of LDAP and knows nothing of large integers
 */
import { ByteReader, DecodeError } from '../../bytes/byte-reader.ts';

/** Universal tags (X.680 §8.4); constructed ones have bit 0x20. */
export const derTag = Object.freeze({
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
});

const lengthOctetsMax = 3; // 16 MB: nothing here is longer

export class DerReader {
  readonly #reader: ByteReader;

  constructor(bytes: Uint8Array) {
    this.#reader = new ByteReader(bytes);
  }

  get atEnd(): boolean {
    return this.#reader.remaining === 0;
  }

  /** The tag of the next element; -1 at the end. */
  get tag(): number {
    return this.atEnd ? -1 : this.#reader.bytes[this.#reader.offset]!;
  }

  /** The next element with its head, as a view. */
  element(): Uint8Array {
    const start = this.#reader.offset;
    this.contents(this.tag);
    return this.#reader.bytes.subarray(start, this.#reader.offset);
  }

  /** The contents of the next element, which must have this tag; a view. */
  contents(tag: number): Uint8Array {
    const at = this.#reader.offset;
    const found = this.#reader.u8();
    if (found !== tag) throw new DecodeError(at, `expected tag ${tag}, found ${found}`);
    let length = this.#reader.u8();
    if (length >= 0x80) {
      const count = length - 0x80;
      if (count === 0 || count > lengthOctetsMax) throw new DecodeError(at, `length of ${count} octets`);
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + this.#reader.u8();
    }
    return this.#reader.take(length);
  }

  /** A reader over the contents of the next element, which must have this tag. */
  enter(tag: number): DerReader {
    return new DerReader(this.contents(tag));
  }

  boolean(): boolean {
    return (this.contents(derTag.boolean)[0] ?? 0) !== 0;
  }

  /** The octets of a bit string of whole octets. */
  bitString(): Uint8Array {
    const octets = this.contents(derTag.bitString);
    if (octets[0] !== 0) throw new DecodeError(this.#reader.offset, 'bit string of no whole octets');
    return octets.subarray(1);
  }

  /** "1.2.840.113549.1.1.1" */
  objectIdentifier(): string {
    const arcs: number[] = [];
    let arc = 0;
    for (const octet of this.contents(derTag.objectIdentifier)) {
      arc = arc * 128 + (octet & 0x7f);
      if (arc > 0xffffffff) throw new DecodeError(this.#reader.offset, 'object identifier with a huge arc');
      if ((octet & 0x80) !== 0) continue;
      if (arcs.length > 0) arcs.push(arc);
      else {
        const first = Math.min(2, Math.floor(arc / 40)); // X.690 §8.19.4
        arcs.push(first, arc - 40 * first);
      }
      arc = 0;
    }
    return arcs.join('.');
  }
}
