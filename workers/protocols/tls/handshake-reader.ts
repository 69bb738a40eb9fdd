/**
 * handshake-reader — handshake messages out of records: several in one, one over several
 *
 * STANDARDS  RFC 8446 §5.1
 * ERRORS     TlsFailure(alert, reason)
 */
import { TlsFailure } from './terms.ts';

const headBytes = 4;
const messageBytesMax = 65536; // OpenSSL: 100 kB for certificates, less for all else

export interface HandshakeMessage {
  type: number;
  body: Uint8Array;
  /** with its head, as the transcript takes it */
  whole: Uint8Array;
}

/** Collects fragments. Keeps at most one message's bytes and a record's. */
export class HandshakeReader {
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;

  /** Whether a message began that has not ended. */
  get isPartial(): boolean {
    return this.#end > this.#start;
  }

  feed(fragment: Uint8Array): void {
    if (!this.isPartial) {
      this.#bytes = fragment;
      this.#start = 0;
      this.#end = fragment.length;
      return;
    }
    const needed = this.#end - this.#start + fragment.length;
    if (this.#end + fragment.length > this.#bytes.length || this.#start > 0) {
      const grown = new Uint8Array(Math.max(needed, 2 * (this.#end - this.#start)));
      grown.set(this.#bytes.subarray(this.#start, this.#end));
      this.#end -= this.#start;
      this.#start = 0;
      this.#bytes = grown;
    }
    this.#bytes.set(fragment, this.#end);
    this.#end += fragment.length;
  }

  /** The next whole message. @returns null when more is needed */
  next(): HandshakeMessage | null {
    const length = this.#end - this.#start;
    if (length < headBytes) return this.#keep();
    const head = this.#bytes.subarray(this.#start, this.#start + headBytes);
    const total = headBytes + ((head[1]! << 16) | (head[2]! << 8) | head[3]!);
    if (total > messageBytesMax) throw new TlsFailure('illegal_parameter', 'excessive message size');
    if (length < total) return this.#keep();
    const whole = this.#bytes.subarray(this.#start, this.#start + total);
    this.#start += total;
    return { type: head[0]!, body: whole.subarray(headBytes), whole };
  }

  /** What stays over a record is ours, not a view of the input. */
  #keep(): null {
    if (this.#start > 0 || this.#end === 0 || this.#end === this.#bytes.length) {
      this.#bytes = this.#bytes.slice(this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    return null;
  }
}
