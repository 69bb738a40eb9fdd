/**
 * zone — an authoritative zone in memory, and how a question is answered from it
 *
 * STANDARDS  RFC 1034 §4.3.2 (the algorithm), RFC 4592 (wildcards), RFC 2308 §3 (SOA in negative answers)
 */
import type { DnsRecord } from '../../protocols/dns/message.ts';
import { canonicalName, isWithin, parentOf, splitLabels } from '../../protocols/dns/name.ts';
import type { Soa } from '../../protocols/dns/rdata/index.ts';

export interface Zone {
  origin: string;
  soa: DnsRecord;
  /** owner name → type → records; empty non-terminals have an empty map */
  nodes: ReadonlyMap<string, ReadonlyMap<string, DnsRecord[]>>;
}

/** What a zone says about a name and type. */
export type ZoneAnswer =
  | { kind: 'found'; records: DnsRecord[] }
  | { kind: 'alias'; record: DnsRecord; target: string }
  /** the name lies below a cut: ask these */
  | { kind: 'referral'; servers: DnsRecord[] }
  | { kind: 'no-data' }
  | { kind: 'no-such-name' };

/** Builds a zone. @returns text saying what is wrong when it is no zone: BIND refuses to load it */
export function makeZone(origin: string, records: readonly DnsRecord[]): Zone | string {
  const nodes = new Map<string, Map<string, DnsRecord[]>>();
  const node = (name: string): Map<string, DnsRecord[]> => {
    let types = nodes.get(name);
    if (types === undefined) nodes.set(name, (types = new Map()));
    return types;
  };
  for (const record of records) {
    const types = node(record.name);
    const same = types.get(record.type);
    if (same === undefined) types.set(record.type, [record]);
    else same.push(record);
    for (let up = parentOf(record.name); up !== null && isWithin(up, origin); up = parentOf(up)) node(up);
  }
  const soa = nodes.get(origin)?.get('SOA');
  if (soa === undefined || soa.length !== 1) return `zone ${origin}/IN: has ${soa?.length ?? 0} SOA records`;
  if (nodes.get(origin)?.get('NS') === undefined) return `zone ${origin}/IN: has no NS records`;
  for (const [name, types] of nodes)
    if (types.has('CNAME') && types.size > 1) return `zone ${origin}/IN: ${name}: CNAME and other data`;
  return { origin, soa: soa[0]!, nodes };
}

/** RFC 1034 §4.3.2 step 3, for a name within the zone. */
export function answerFromZone(zone: Zone, name: string, type: string): ZoneAnswer {
  const labels = splitLabels(name);
  const depth = zone.origin === '' ? 0 : splitLabels(zone.origin).length;
  // From the origin down: a cut ends our authority.
  for (let count = depth + 1; count <= labels.length; count++) {
    const ancestor = labels.slice(labels.length - count).join('.');
    const servers = zone.nodes.get(ancestor)?.get('NS');
    if (servers !== undefined && !(ancestor === name && type === 'DS')) return { kind: 'referral', servers };
  }
  const node = zone.nodes.get(name);
  if (node !== undefined) return fromNode(node, type, name);
  for (let up = parentOf(name); up !== null && isWithin(up, zone.origin); up = parentOf(up)) {
    if (!zone.nodes.has(up)) continue;
    // RFC 4592 §2.2.1: only the wildcard right below the closest encloser counts.
    const wildcard = zone.nodes.get(up === '' ? '*' : `*.${up}`);
    return wildcard === undefined ? { kind: 'no-such-name' } : fromNode(wildcard, type, name);
  }
  return { kind: 'no-such-name' };
}

/** The SOA of a negative answer: its TTL is at most its minimum (RFC 2308 §3). */
export function negativeSoa(zone: Zone): DnsRecord {
  return { ...zone.soa, ttl: Math.min(zone.soa.ttl, (zone.soa.data as Soa).minimum) };
}

function fromNode(node: ReadonlyMap<string, DnsRecord[]>, type: string, name: string): ZoneAnswer {
  const own = (records: DnsRecord[]): DnsRecord[] =>
    records.map((record) => (record.name === name ? record : { ...record, name }));
  if (type === 'ANY') {
    const records = [...node.values()].flatMap(own);
    return records.length === 0 ? { kind: 'no-data' } : { kind: 'found', records };
  }
  const records = node.get(type);
  if (records !== undefined) return { kind: 'found', records: own(records) };
  const alias = node.get('CNAME')?.[0];
  if (alias === undefined) return { kind: 'no-data' };
  return {
    kind: 'alias',
    record: own([alias])[0]!,
    target: canonicalName((alias.data as { host: string }).host),
  };
}
