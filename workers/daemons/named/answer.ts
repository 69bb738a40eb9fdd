/**
 * answer — the response of an authoritative server to a query, from its zones alone
 *
 * STANDARDS  RFC 1034 §4.3.2; BIND 9.18's "minimal-responses no-auth-recursive": the authority section of a
 *            positive
 *            answer is left out when recursion was desired.
 */
import { makeResponse, type DnsMessage, type DnsRecord, type Edns } from '../../protocols/dns/message.ts';
import { canonicalName, isWithin } from '../../protocols/dns/name.ts';
import {
  BADVERS,
  classAny,
  classIn,
  FORMERR,
  NOERROR,
  NOTIMP,
  NXDOMAIN,
  REFUSED,
} from '../../protocols/dns/types.ts';

import { answerFromZone, negativeSoa, type Zone } from './zone.ts';

const aliasesMax = 16;
/** what BIND 9.18 offers and accepts by default, so that nothing is fragmented */
export const udpPayloadBytes = 1232;

/** The response; null when nothing is to be said (a response was received). */
export function answer(zones: readonly Zone[], query: DnsMessage): DnsMessage | null {
  if (query.response) return null;
  const response = makeResponse(query, NOERROR);
  response.edns = query.edns === null ? null : ednsReply(query.edns);
  response.checkingDisabled = false;
  if (query.edns !== null && query.edns.version > 0) return { ...response, rcode: BADVERS };
  if (query.opcode !== 0) return { ...response, rcode: NOTIMP };
  const question = query.questions[0];
  if (query.questions.length !== 1 || question === undefined) return { ...response, rcode: FORMERR };
  if (question.class !== classIn && question.class !== classAny) return { ...response, rcode: REFUSED };
  // Zone transfers are by TCP and to be permitted; nobody is.
  if (question.type === 'AXFR' || question.type === 'IXFR') return { ...response, rcode: REFUSED };
  const name = canonicalName(question.name);
  const zone = closestZone(zones, name);
  if (zone === null) return { ...response, rcode: REFUSED };
  fill(zones, { zone, name, type: question.type, response });
  return response;
}

function ednsReply(asked: Edns): Edns {
  return { udpPayloadBytes, version: 0, dnssecOk: asked.dnssecOk, options: [] };
}

function closestZone(zones: readonly Zone[], name: string): Zone | null {
  let best: Zone | null = null;
  for (const zone of zones)
    if (isWithin(name, zone.origin) && (best === null || zone.origin.length > best.origin.length))
      best = zone;
  return best;
}

function fill(
  zones: readonly Zone[],
  { zone, name, type, response }: { zone: Zone; name: string; type: string; response: DnsMessage },
): void {
  let current: Zone | null = zone;
  let owner = name;
  for (let i = 0; i <= aliasesMax && current !== null; i++) {
    const found = answerFromZone(current, owner, type);
    if (found.kind === 'referral') {
      // A referral for the first name is no authority; behind an alias the answer so far is.
      response.authoritative = i > 0;
      response.authorities.push(...found.servers);
      addAddresses(zones, found.servers, response);
      return;
    }
    response.authoritative = true;
    if (found.kind === 'alias') {
      response.answers.push(found.record);
      owner = found.target;
      current = closestZone(zones, owner);
      continue;
    }
    if (found.kind === 'found') {
      response.answers.push(...found.records);
      if (!response.recursionDesired && type !== 'ANY') addNameServers(current, type, owner, response);
      addAddresses(zones, [...found.records, ...response.authorities], response);
      return;
    }
    response.authorities.push(negativeSoa(current));
    if (found.kind === 'no-such-name') response.rcode = NXDOMAIN;
    return;
  }
}

function addNameServers(zone: Zone, type: string, owner: string, response: DnsMessage): void {
  if (type === 'NS' && owner === zone.origin) return;
  response.authorities.push(...(zone.nodes.get(zone.origin)!.get('NS') ?? []));
}

/** Addresses of the hosts that records name, when they are in our zones or are glue. */
function addAddresses(zones: readonly Zone[], records: readonly DnsRecord[], response: DnsMessage): void {
  const seen = new Set<string>();
  for (const record of records) {
    const target = targetOf(record);
    if (target === null || seen.has(target)) continue;
    seen.add(target);
    const zone = closestZone(zones, target);
    const node = zone?.nodes.get(target);
    for (const type of ['A', 'AAAA']) response.additionals.push(...(node?.get(type) ?? []));
  }
}

function targetOf(record: DnsRecord): string | null {
  if (record.type === 'NS') return canonicalName((record.data as { host: string }).host);
  return record.type === 'MX' ? canonicalName((record.data as { exchange: string }).exchange) : null;
}
