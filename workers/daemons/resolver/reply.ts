/**
 * reply — an answer as it was sent, to be sent again to who asks the same: id, question and TTLs are put in
 *
 * Everything else is the same as long as the entry of the cache that it came from is. Only plain queries get one,
 * as stub resolvers send them: recursion desired and no other flag, one question, nothing more.
 *
 * STANDARDS  RFC 1035 §4.1, §4.1.2 (the question is echoed, in the letters it was asked in)
 */
import { allocate } from '../../bytes/slab.ts';

import { headerBytes, ttlOffsets } from '../../protocols/dns/message.ts';

//  the octets of a plain query from the flags to ARCOUNT
const plainHeader = Object.freeze([0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0]);
const typeAndClassBytes = 4;

export class Reply {
  readonly #bytes: Uint8Array;
  readonly #ttlOffsets: readonly number[];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#ttlOffsets = ttlOffsets(bytes);
  }

  /** The reply to a plain query with the same question; no record lives longer than `seconds`. */
  to(query: Uint8Array, seconds: number): Uint8Array {
    const reply = allocate(this.#bytes.length);
    reply.set(this.#bytes);
    reply[0] = query[0]!;
    reply[1] = query[1]!;
    for (let i = headerBytes; i < query.length; i++) reply[i] = query[i]!;
    for (const at of this.#ttlOffsets) limitTtl(reply, at, seconds);
    return reply;
  }
}

function limitTtl(bytes: Uint8Array, at: number, seconds: number): void {
  const ttl = ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  if (ttl <= seconds) return;
  bytes[at] = seconds >>> 24;
  bytes[at + 1] = seconds >>> 16;
  bytes[at + 2] = seconds >>> 8;
  bytes[at + 3] = seconds;
}

/** Whether a query that could be decoded is plain: its name uncompressed and the last thing in it, class IN. */
export function isPlain(query: Uint8Array): boolean {
  for (let i = 0; i < plainHeader.length; i++) if (query[i + 2] !== plainHeader[i]) return false;
  let at = headerBytes;
  for (let length = query[at]!; length !== 0; length = query[at]!) {
    if (length > 63) return false;
    at += length + 1;
  }
  return at + 1 + typeAndClassBytes === query.length && query[at + 3] === 0 && query[at + 4] === 1;
}
