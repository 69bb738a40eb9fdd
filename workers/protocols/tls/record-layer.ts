/**
 * record-layer — cut a byte stream into records and protect them
 *
 *  +------+---------+--------+-------------------------------------------+
 *  | type | version | length | fragment, or once there are keys:         |    RFC 8446 §5.1
 *  | 1    | 0x0303  | 2      | AEAD(content, true type, zeros), tag      |    RFC 8446 §5.2
 *  +------+---------+--------+-------------------------------------------+
 *
 * ERRORS     TlsFailure(alert, reason)
 */
import { concat } from '../../bytes/concat.ts';

import { tagBytes, type CipherSuite } from './cipher-suite.ts';
import { trafficKeys } from './key-schedule.ts';
import { contentType, TlsFailure } from './terms.ts';

const headBytes = 5;
const plaintextBytesMax = 16384; // RFC 8446 §5.1
const ciphertextBytesMax = plaintextBytesMax + 256; // RFC 8446 §5.2

export interface TlsRecord {
  type: number;
  content: Uint8Array;
  /** Whether it came encrypted. */
  isProtected: boolean;
}

/** The keys of one direction and phase. */
class Protection {
  readonly suite: CipherSuite;
  readonly #key: Uint8Array;
  readonly #iv: Uint8Array;
  #sequence = 0;

  constructor(suite: CipherSuite, secret: Uint8Array) {
    this.suite = suite;
    const { key, iv } = trafficKeys(suite, secret);
    this.#key = key;
    this.#iv = iv;
  }

  get sequence(): number {
    return this.#sequence;
  }

  seal(type: number, content: Uint8Array): Uint8Array {
    const head = recordHead(contentType.applicationData, content.length + 1 + tagBytes);
    const inner = new Uint8Array(content.length + 1);
    inner.set(content);
    inner[content.length] = type;
    return concat([head, this.#aead(head).encrypt(inner)]);
  }

  /** @returns null when the tag is wrong */
  open(head: Uint8Array, fragment: Uint8Array): Uint8Array | null {
    const aead = this.#aead(head);
    try {
      return aead.decrypt(fragment);
    } catch {
      return null; // the library throws a plain error for a wrong tag
    }
  }

  // RFC 8446 §5.3: the sequence number, padded on the left, xor the iv.
  #aead(head: Uint8Array) {
    const nonce = this.#iv.slice();
    let rest = this.#sequence++;
    for (let i = nonce.length - 1; rest > 0; i--) {
      nonce[i]! ^= rest % 256;
      rest = Math.floor(rest / 256);
    }
    return this.suite.aead(this.#key, nonce, head);
  }
}

/** Records out of a byte stream. Keeps at most one record's bytes. */
export class RecordReader {
  #input: Uint8Array = new Uint8Array(0);
  #protection: Protection | null = null;
  #isFirst = true;

  /** The keys for all records that follow. */
  setKeys(suite: CipherSuite, secret: Uint8Array): void {
    this.#protection = new Protection(suite, secret);
  }

  /** Takes bytes in; call `next` until it returns null before the next bytes. */
  feed(bytes: Uint8Array): void {
    this.#input = this.#input.length === 0 ? bytes : concat([this.#input, bytes]);
  }

  /** The next whole record. @returns null when more bytes are needed */
  next(): TlsRecord | null {
    const input = this.#input;
    if (this.#isFirst && input.length > 0) expectTls(input);
    if (input.length < headBytes) return this.#keep();
    const type = input[0]!;
    const length = (input[3]! << 8) | input[4]!;
    if (input[1] !== 3) {
      if (this.#isFirst) throw new TlsFailure(null, 'wrong version number');
      throw new TlsFailure('protocol_version', 'wrong version number');
    }
    const isProtected = this.#protection !== null && type === contentType.applicationData;
    if (length > (isProtected ? ciphertextBytesMax : plaintextBytesMax))
      throw new TlsFailure(
        'record_overflow',
        isProtected ? 'encrypted length too long' : 'data length too long',
      );
    const end = headBytes + length;
    if (input.length < end) return this.#keep();
    this.#isFirst = false;
    this.#input = input.subarray(end);
    const fragment = input.subarray(headBytes, end);
    if (isProtected) return this.#open(input.subarray(0, headBytes), fragment);
    this.#expectPlain(type);
    return { type, content: fragment, isProtected: false };
  }

  #keep(): null {
    this.#input = this.#input.slice();
    return null;
  }

  #open(head: Uint8Array, fragment: Uint8Array): TlsRecord {
    const inner = this.#protection!.open(head, fragment);
    if (inner === null) throw new TlsFailure('bad_record_mac', 'decryption failed or bad record mac');
    if (inner.length > plaintextBytesMax + 1) throw new TlsFailure('record_overflow', 'data length too long');
    let end = inner.length - 1;
    while (end >= 0 && inner[end] === 0) end--;
    if (end < 0) throw new TlsFailure('unexpected_message', 'bad record type');
    return { type: inner[end]!, content: inner.subarray(0, end), isProtected: true };
  }

  // With keys, only ChangeCipherSpec comes unprotected, and the alert of a peer that could not take our keys.
  #expectPlain(type: number): void {
    if (this.#protection === null || type === contentType.changeCipherSpec) return;
    if (type === contentType.alert && this.#protection.sequence === 0) return;
    throw new TlsFailure('unexpected_message', 'bad record type');
  }
}

/** Records of one direction, on the way out. */
export class RecordWriter {
  #protection: Protection | null = null;
  /** RFC 8446 §5.1: the first ClientHello may say 0x0301, as OpenSSL does. */
  version = 0x0303;

  setKeys(suite: CipherSuite, secret: Uint8Array): void {
    this.#protection = new Protection(suite, secret);
  }

  /** Cuts content into as many records as it takes, and appends them to `out`. */
  write(type: number, content: Uint8Array, out: Uint8Array[]): void {
    let at = 0;
    do {
      const fragment = content.subarray(at, at + plaintextBytesMax);
      if (this.#protection !== null && type !== contentType.changeCipherSpec)
        out.push(this.#protection.seal(type, fragment));
      else out.push(recordHead(type, fragment.length, this.version), fragment);
      at += plaintextBytesMax;
    } while (at < content.length);
  }
}

function recordHead(type: number, length: number, version = 0x0303): Uint8Array {
  return Uint8Array.of(type, version >> 8, version & 0xff, length >> 8, length & 0xff);
}

// The first bytes decide whether this is TLS at all, before a whole head is there: a client that speaks
// another protocol may wait for an answer.
function expectTls(input: Uint8Array): void {
  const type = input[0]!;
  const isRecord = type >= contentType.changeCipherSpec && type <= contentType.applicationData;
  if (!isRecord || (input.length > 1 && input[1] !== 3)) throw new TlsFailure(null, 'wrong version number');
}
