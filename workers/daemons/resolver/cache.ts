/**
 * cache — what a resolver remembers: RRsets and negative answers, each until its TTL is over
 *
 * Emits `cache.changed` when something is added and when it is found expired. Expiry is noticed when looked
 * at, and swept when the cache is full, as real resolvers do; views draw TTLs from what was added.
 *
 * STANDARDS  RFC 1034 §3.6, RFC 2181 §5.2, RFC 2308 (negative answers)
 */
import type { DnsRecord } from '../../protocols/dns/message.ts';
import { rdataFormat } from '../../protocols/dns/rdata/index.ts';

import { SECOND, type Os, type VirtualTime } from '../../os/os.ts';

const entriesMax = 10_000;
const ttlMax = 604_800; // BIND's max-cache-ttl, one week
export const negativeTtlMax = 10_800; // BIND's max-ncache-ttl, three hours

export type CacheEntry =
  | { kind: 'records'; records: DnsRecord[]; expiresAt: VirtualTime; trust: Trust }
  | { kind: 'no-such-name' | 'no-data'; soa: DnsRecord | null; expiresAt: VirtualTime; trust: Trust }
  | { kind: 'failed'; expiresAt: VirtualTime; trust: Trust };

/** Glue may guide the walk, but is no answer (RFC 2181 §5.4.1). */
export type Trust = 'glue' | 'answer';

export class Cache {
  readonly #os: Os;
  readonly #entries = new Map<string, CacheEntry>();

  constructor(os: Os) {
    this.#os = os;
  }

  /** @returns null when nothing is known, or no longer */
  get(name: string, type: string): CacheEntry | null {
    const key = `${name} ${type}`;
    const entry = this.#entries.get(key);
    if (entry === undefined) return null;
    if (entry.expiresAt > this.#os.now()) return entry;
    this.#drop(key);
    return null;
  }

  /** Remembers an RRset; all records have the same owner and type. Glue never replaces an answer. */
  addRecords(name: string, type: string, records: DnsRecord[], trust: Trust): void {
    const old = this.get(name, type);
    if (trust === 'glue' && old !== null && old.trust === 'answer') return;
    const ttl = Math.min(ttlMax, ...records.map((record) => record.ttl));
    if (ttl <= 0) return;
    this.#put(name, type, { kind: 'records', records, expiresAt: this.#os.now() + ttl * SECOND, trust });
    this.#changed(
      'added',
      name,
      type,
      ttl,
      records.map((r) => rdataFormat(r.type).format(r.data)).join(', '),
    );
  }

  addNegative(name: string, type: string, kind: 'no-such-name' | 'no-data', soa: DnsRecord | null): void {
    const minimum = soa === null ? 0 : Math.min(soa.ttl, (soa.data as { minimum: number }).minimum);
    const ttl = Math.min(negativeTtlMax, minimum);
    if (ttl <= 0) return;
    this.#put(name, type, { kind, soa, expiresAt: this.#os.now() + ttl * SECOND, trust: 'answer' });
    this.#changed('added', name, type, ttl, '');
  }

  /** Remembers a failure for a moment (BIND's servfail-ttl, 1 s). */
  addFailure(name: string, type: string): void {
    this.#put(name, type, { kind: 'failed', expiresAt: this.#os.now() + SECOND, trust: 'answer' });
  }

  #put(name: string, type: string, entry: CacheEntry): void {
    if (this.#entries.size >= entriesMax) this.#sweep();
    const key = `${name} ${type}`;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
  }

  #sweep(): void {
    const now = this.#os.now();
    for (const [key, entry] of this.#entries) if (entry.expiresAt <= now) this.#drop(key);
    for (const key of this.#entries.keys()) {
      if (this.#entries.size < entriesMax) break;
      this.#drop(key);
    }
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key)!;
    this.#entries.delete(key);
    const [name, type] = key.split(' ') as [string, string];
    if (entry.kind !== 'failed') this.#changed('expired', name, type, 0, '');
  }

  #changed(change: 'added' | 'expired', name: string, type: string, ttl: number, value: string): void {
    this.#os.trace({ kind: 'cache.changed', cache: this.#os.hostName, change, name, type, ttl, value });
  }
}
