/**
 * reply — answers as they were sent, to be sent again to who asks the same
 *
 * Only id, question and TTLs are put in: all else is the same as long as the entry of the cache that the
 * answer came from is. Only plain queries (question-only.ts) are remembered. A question is found by its
 * octets: no name is read, nothing is decoded.
 *
 * STANDARDS  RFC 1035 §4.1.2 (the question is echoed, in the letters it was asked in)
 */
import { allocate } from '../../bytes/slab.ts';

import { ttlOffsets } from '../../protocols/dns/message.ts';
import { asksTheSame, hashQuestion, headerBytes, isPlainQuery } from '../../protocols/dns/question-only.ts';

import type { VirtualTime } from '../../os/os.ts';

import { secondsLeft, type CacheEntry } from './cache.ts';

const questionsMax = 10_000;

/** An encoded answer, and where its TTLs are. */
export class Reply {
  readonly bytes: Uint8Array;
  readonly #ttlOffsets: readonly number[];

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#ttlOffsets = ttlOffsets(bytes);
  }

  /** The reply to a plain query with the same question; no record lives longer than `seconds`. */
  to(query: Uint8Array, seconds: number): Uint8Array {
    const reply = allocate(this.bytes.length);
    reply.set(this.bytes);
    reply[0] = query[0]!;
    reply[1] = query[1]!;
    for (let i = headerBytes; i < query.length; i++) reply[i] = query[i]!;
    for (const at of this.#ttlOffsets) limitTtl(reply, at, seconds);
    return reply;
  }
}

/** The replies that can be sent again, by question. */
export class Replies {
  readonly #entries = new Map<number, CacheEntry>();

  /** The reply to a query; null = none is remembered that still holds. */
  to(query: Uint8Array, now: VirtualTime): Uint8Array | null {
    if (!isPlainQuery(query)) return null;
    const entry = this.#entries.get(hashQuestion(query));
    if (entry === undefined || entry.reply === null || entry.expiresAt <= now) return null;
    return asksTheSame(entry.reply.bytes, query) ? entry.reply.to(query, secondsLeft(entry, now)) : null;
  }

  /** Remembers what was answered to a plain query, for as long as the entry is in the cache. */
  add(query: Uint8Array, entry: CacheEntry, reply: Uint8Array): void {
    if (this.#entries.size >= questionsMax) this.#entries.clear();
    this.#entries.set(hashQuestion(query), entry);
    entry.reply = new Reply(reply.slice()); // kept for long: not with the slab it was written in
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
