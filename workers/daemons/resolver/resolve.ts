/**
 * resolve — recursion: from the closest known name servers down to the answer
 *
 * STANDARDS  RFC 1034 §5.3.3 (the algorithm), RFC 2308 (negative answers), RFC 2181 §5.4.1 (what to trust)
 */
import { makeQuery, type DnsMessage, type DnsRecord } from '../../protocols/dns/message.ts';
import { canonicalName, isWithin, parentOf } from '../../protocols/dns/name.ts';
import { classIn, NOERROR, NXDOMAIN } from '../../protocols/dns/types.ts';

import { MILLISECOND, type Os, type Syscall } from '../../os/os.ts';

import { exchange } from '../clients/dns.ts';

import { CacheEntry, secondsLeft, type Cache } from './cache.ts';

const serverTimeoutUs = 800 * MILLISECOND; // BIND's first wait for a server
const queriesMax = 100; // BIND's max-recursion-queries
const depthMax = 7; // BIND's max-recursion-depth
const aliasesMax = 16;
const referralsMax = 30;

export interface Resolver {
  cache: Cache;
  /** addresses of the root servers */
  roots: readonly string[];
}

/** What recursion found. records: aliases first, then the RRset. */
export type Resolution =
  | { kind: 'found'; records: DnsRecord[] }
  | { kind: 'no-such-name' | 'no-data'; records: DnsRecord[]; soa: DnsRecord | null }
  | { kind: 'failed'; why: string };

interface Work {
  /** queries left for this client's question, shared with the walks it needs */
  budget: { queries: number };
  depth: number;
}

/** Resolves a question, aliases followed. */
export function* resolve(
  os: Os,
  resolver: Resolver,
  name: string,
  type: string,
  work: Work = { budget: { queries: queriesMax }, depth: 0 },
): Syscall<Resolution> {
  const records: DnsRecord[] = [];
  let owner = canonicalName(name);
  for (let i = 0; i <= aliasesMax; i++) {
    const entry = yield* resolveOne(os, resolver, owner, type, work);
    if (entry.kind === 'failed') return { kind: 'failed', why: 'no server gave an answer' };
    if (entry.kind !== 'records') return { kind: entry.kind, records, soa: agedSoa(os, entry) };
    const aged = agedRecords(os, entry);
    records.push(...aged);
    const alias = aged.find((record) => record.type === 'CNAME');
    if (alias === undefined || type === 'CNAME' || type === 'ANY') return { kind: 'found', records };
    owner = canonicalName((alias.data as { host: string }).host);
  }
  return { kind: 'failed', why: `more than ${aliasesMax} aliases` };
}

/** The entry of the cache that is the whole answer; null when there is none, or more is needed. */
export function wholeAnswer(cache: Cache, name: string, type: string): CacheEntry | null {
  const entry = cache.answerTo(name, type);
  if (entry === null || entry.kind === 'failed') return null;
  if (entry.kind === 'records' && entry.records[0]?.type !== type && type !== 'ANY') return null;
  return entry;
}

/** What an entry says by now: nothing outlives it. */
export function resolutionOf(os: Os, entry: CacheEntry): Resolution {
  if (entry.kind === 'failed') return { kind: 'failed', why: 'no server gave an answer' };
  if (entry.kind === 'records') return { kind: 'found', records: agedRecords(os, entry) };
  return { kind: entry.kind, records: [], soa: agedSoa(os, entry) };
}

/** One owner name: from the cache, or by walking. A CNAME counts as the answer. */
function* resolveOne(
  os: Os,
  resolver: Resolver,
  name: string,
  type: string,
  work: Work,
): Syscall<CacheEntry> {
  const known = resolver.cache.answerTo(name, type);
  if (known !== null) return known;
  const failed = new CacheEntry('failed', os.now(), {});
  if (work.depth > depthMax || work.budget.queries <= 0) return failed;
  let servers = yield* closestServers(os, resolver, name, work);
  for (let i = 0; i < referralsMax; i++) {
    const step = yield* askServers(os, resolver, servers, name, type, work);
    if (step === null) break;
    if (step.kind === 'answer') return resolver.cache.answerTo(name, type) ?? step.entry;
    servers = yield* withAddresses(os, resolver, step.zone, step.hosts, work);
  }
  resolver.cache.addFailure(name, type);
  return failed;
}

interface Servers {
  zone: string;
  addresses: string[];
}

/** The name servers of the closest zone above the name that the cache knows; the root in the end. */
function* closestServers(os: Os, resolver: Resolver, name: string, work: Work): Syscall<Servers> {
  for (let zone: string | null = name; zone !== null && zone !== ''; zone = parentOf(zone)) {
    const entry = resolver.cache.get(zone, 'NS');
    if (entry?.kind !== 'records') continue;
    const hosts = entry.records.map((record) => canonicalName((record.data as { host: string }).host));
    const servers = yield* withAddresses(os, resolver, zone, hosts, work);
    if (servers.addresses.length > 0) return servers;
  }
  return { zone: '', addresses: [...resolver.roots] };
}

/** Addresses of name servers: cached or glue; looked up only when there are none. */
function* withAddresses(
  os: Os,
  resolver: Resolver,
  zone: string,
  hosts: string[],
  work: Work,
): Syscall<Servers> {
  const addresses: string[] = [];
  for (const host of hosts) {
    const entry = resolver.cache.get(host, 'A');
    if (entry?.kind === 'records')
      for (const record of entry.records) addresses.push((record.data as { address: string }).address);
  }
  for (const host of addresses.length > 0 ? [] : hosts) {
    // A server within its own zone and without glue can never be found.
    if (isWithin(host, zone)) continue;
    const found = yield* resolve(os, resolver, host, 'A', { budget: work.budget, depth: work.depth + 1 });
    if (found.kind !== 'found') continue;
    for (const record of found.records)
      if (record.type === 'A') addresses.push((record.data as { address: string }).address);
    break;
  }
  return { zone, addresses: os.random.shuffle(addresses) };
}

type Step = { kind: 'answer'; entry: CacheEntry } | { kind: 'referral'; zone: string; hosts: string[] };

/** Asks one server after another until one helps. null = none did */
function* askServers(
  os: Os,
  resolver: Resolver,
  servers: Servers,
  name: string,
  type: string,
  work: Work,
): Syscall<Step | null> {
  for (const server of servers.addresses) {
    if (work.budget.queries-- <= 0) return null;
    const query = makeQuery({
      id: os.random.below(65536),
      question: { name, type, class: classIn },
      recursionDesired: false,
      edns: { udpPayloadBytes: 1232, version: 0, dnssecOk: false, options: [] },
    });
    const response = yield* exchange(os, { server, query, deadline: os.now() + serverTimeoutUs });
    if (response === null) continue;
    const step = learn(os, resolver.cache, { response, zone: servers.zone, name, type });
    if (step !== null) return step;
  }
  return null;
}

/**
 * Takes from a response what its sender may say, into the cache. null = the server is no help (lame, refused)
 */
function learn(
  os: Os,
  cache: Cache,
  { response, zone, name, type }: { response: DnsMessage; zone: string; name: string; type: string },
): Step | null {
  if (response.rcode !== NOERROR && response.rcode !== NXDOMAIN) return null;
  const within = (record: DnsRecord): boolean => isWithin(canonicalName(record.name), zone);
  const answers = response.answers.filter((record) => within(record) && canonicalName(record.name) === name);
  const rrset = answers.filter((record) => record.type === type || type === 'ANY');
  const alias = answers.filter((record) => record.type === 'CNAME');
  const useful = rrset.length > 0 ? rrset : alias;
  if (useful.length > 0) {
    for (const [owner, records] of groupBySet(response.answers.filter(within))) {
      const [ownerName, ownerType] = owner.split(' ') as [string, string];
      cache.addRecords(ownerName, ownerType, records, 'answer');
    }
    if (type === 'ANY') cache.addRecords(name, type, rrset, 'answer');
    return { kind: 'answer', entry: new CacheEntry('records', os.now(), { records: useful }) };
  }
  const soa = response.authorities.find((record) => record.type === 'SOA' && within(record)) ?? null;
  const referral = response.authorities.filter(
    (record) => record.type === 'NS' && isBelow(canonicalName(record.name), zone, name),
  );
  if (response.rcode === NOERROR && soa === null && referral.length > 0)
    return refer(cache, response, referral);
  if (!response.authoritative) return null;
  const kind = response.rcode === NXDOMAIN ? 'no-such-name' : 'no-data';
  cache.addNegative(name, type, kind, soa);
  return { kind: 'answer', entry: new CacheEntry(kind, os.now(), { soa }) };
}

function refer(cache: Cache, response: DnsMessage, referral: DnsRecord[]): Step {
  const zone = canonicalName(referral[0]!.name);
  const servers = referral.filter((record) => canonicalName(record.name) === zone);
  const hosts = servers.map((record) => canonicalName((record.data as { host: string }).host));
  cache.addRecords(zone, 'NS', servers, 'glue');
  for (const [owner, records] of groupBySet(response.additionals)) {
    const [host, type] = owner.split(' ') as [string, string];
    if (hosts.includes(host) && (type === 'A' || type === 'AAAA'))
      cache.addRecords(host, type, records, 'glue');
  }
  return { kind: 'referral', zone, hosts };
}

/** A referral must lead nearer to the name, else the server is lame. */
function isBelow(cut: string, zone: string, name: string): boolean {
  return cut !== zone && isWithin(cut, zone) && isWithin(name, cut);
}

function groupBySet(records: readonly DnsRecord[]): Map<string, DnsRecord[]> {
  const sets = new Map<string, DnsRecord[]>();
  for (const record of records) {
    const key = `${canonicalName(record.name)} ${record.type}`;
    const set = sets.get(key);
    if (set === undefined) sets.set(key, [record]);
    else set.push(record);
  }
  return sets;
}

/** TTLs count down while an RRset is cached (RFC 1035 §3.2.1). */
function agedRecords(os: Os, entry: CacheEntry): DnsRecord[] {
  if (entry.expiresAt <= os.now()) return entry.records;
  const left = secondsLeft(entry, os.now());
  return entry.records.map((record) => ({ ...record, ttl: Math.min(record.ttl, left) }));
}

function agedSoa(os: Os, entry: CacheEntry): DnsRecord | null {
  return entry.soa === null ? null : { ...entry.soa, ttl: secondsLeft(entry, os.now()) };
}
