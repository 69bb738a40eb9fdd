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

import type { Reply } from './reply.ts';

const entriesMax = 10_000;
const ttlMax = 604_800; // BIND's max-cache-ttl, one week
export const negativeTtlMax = 10_800; // BIND's max-ncache-ttl, three hours

/** Glue may guide the walk, but is no answer (RFC 2181 §5.4.1). */
export type Trust = 'glue' | 'answer';

export type EntryKind = 'records' | 'no-such-name' | 'no-data' | 'failed';

/** What is known of one name and type. */
export class CacheEntry {
  readonly kind: EntryKind;
  readonly expiresAt: VirtualTime;
  readonly trust: Trust;
  /** of kind 'records' */
  readonly records: DnsRecord[];
  /** of 'no-such-name' and 'no-data', when the server gave one */
  readonly soa: DnsRecord | null;
  /** what was sent when this was asked for, as long as the same would be sent again */
  reply: Reply | null = null;

  constructor(
    kind: EntryKind,
    expiresAt: VirtualTime,
    options: { trust?: Trust; records?: DnsRecord[]; soa?: DnsRecord | null },
  ) {
    this.kind = kind;
    this.expiresAt = expiresAt;
    this.trust = options.trust ?? 'answer';
    this.records = options.records ?? [];
    this.soa = options.soa ?? null;
  }
}

/** Whole seconds until an entry expires; 0 when it has. */
export function secondsLeft(entry: CacheEntry, now: VirtualTime): number {
  return Math.max(0, Math.floor((entry.expiresAt - now) / SECOND));
}

/** The entry's place in the cache: "NXDOMAIN" stands for all types. */
interface Place {
  name: string;
  type: string;
}

const everyType = 'NXDOMAIN';

export class Cache {
  readonly #os: Os;
  /** name → type → entry: nothing is composed to look something up */
  readonly #names = new Map<string, Map<string, CacheEntry>>();
  /** in the order of being added */
  readonly #places = new Map<CacheEntry, Place>();

  constructor(os: Os) {
    this.#os = os;
  }

  /** @returns null when nothing is known, or no longer */
  get(name: string, type: string): CacheEntry | null {
    const types = this.#names.get(name);
    return types === undefined ? null : this.#valid(types, type);
  }

  /** What answers a question: that there is no such name, the type, or an alias. Glue does not. */
  answerTo(name: string, type: string): CacheEntry | null {
    const types = this.#names.get(name);
    if (types === undefined) return null;
    const missing = this.#valid(types, everyType);
    if (missing !== null) return missing;
    const entry = this.#valid(types, type);
    if (entry?.trust === 'answer') return entry;
    const alias = type === 'CNAME' ? null : this.#valid(types, 'CNAME');
    return alias?.trust === 'answer' && alias.kind === 'records' ? alias : null;
  }

  /** Remembers an RRset; all records have the same owner and type. Glue never replaces an answer. */
  addRecords(name: string, type: string, records: DnsRecord[], trust: Trust): void {
    const old = this.get(name, type);
    if (trust === 'glue' && old !== null && old.trust === 'answer') return;
    const ttl = Math.min(ttlMax, ...records.map((record) => record.ttl));
    if (ttl <= 0) return;
    this.#put(name, type, new CacheEntry('records', this.#os.now() + ttl * SECOND, { trust, records }));
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
    const place = kind === 'no-such-name' ? everyType : type;
    this.#put(name, place, new CacheEntry(kind, this.#os.now() + ttl * SECOND, { soa }));
    this.#changed('added', name, place, ttl, '');
  }

  /** Remembers a failure for a moment (BIND's servfail-ttl, 1 s). */
  addFailure(name: string, type: string): void {
    this.#put(name, type, new CacheEntry('failed', this.#os.now() + SECOND, {}));
  }

  #valid(types: Map<string, CacheEntry>, type: string): CacheEntry | null {
    const entry = types.get(type);
    if (entry === undefined) return null;
    if (entry.expiresAt > this.#os.now()) return entry;
    this.#drop(entry);
    return null;
  }

  #put(name: string, type: string, entry: CacheEntry): void {
    if (this.#places.size >= entriesMax) this.#sweep();
    let types = this.#names.get(name);
    if (types === undefined) this.#names.set(name, (types = new Map()));
    const old = types.get(type);
    if (old !== undefined) this.#places.delete(old);
    if (old !== undefined) old.reply = null;
    // That there is no such name stands before whatever else is known of it.
    if (type === everyType) for (const hidden of types.values()) hidden.reply = null;
    types.set(type, entry);
    this.#places.set(entry, { name, type });
  }

  #sweep(): void {
    const now = this.#os.now();
    for (const entry of this.#places.keys()) if (entry.expiresAt <= now) this.#drop(entry);
    for (const entry of this.#places.keys()) {
      if (this.#places.size < entriesMax) break;
      this.#drop(entry);
    }
  }

  #drop(entry: CacheEntry): void {
    const { name, type } = this.#places.get(entry)!;
    this.#places.delete(entry);
    entry.reply = null;
    const types = this.#names.get(name)!;
    types.delete(type);
    if (types.size === 0) this.#names.delete(name);
    if (entry.kind !== 'failed') this.#changed('expired', name, type, 0, '');
  }

  #changed(change: 'added' | 'expired', name: string, type: string, ttl: number, value: string): void {
    this.#os.trace({ kind: 'cache.changed', cache: this.#os.hostName, change, name, type, ttl, value });
  }
}
