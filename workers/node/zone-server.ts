/**
 * zone-server — a name server with the records of a zones.json, as the recordings were made with
 *
 * A name in the file, or with a child in it, exists; all else is NXDOMAIN. An rcode beside the records
 * answers with that code instead; TIMEOUT answers nothing.
 */
import type { Os, Proc } from '../os/os.ts';
import { NEVER } from '../os/os.ts';
import { decodeMessage, encodeMessage, makeResponse, type DnsRecord } from '../protocols/dns/message.ts';
import { rdataFormat } from '../protocols/dns/rdata/index.ts';

/** name → type → records; rcode = SERVFAIL or TIMEOUT instead. */
export type Zones = Record<string, Record<string, string | string[]>>;

const rcodes: Readonly<Record<string, number>> = { SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 };
const aliasesMax = 8;

/** Answers queries for ever. */
export function* answerQueries(os: Os, zones: Zones, address = '127.0.0.1'): Proc<void> {
  const socket = os.udp({ port: 53, address });
  if (socket === 'address in use') return;
  const known = lowerCase(zones);
  for (;;) {
    const datagram = yield* socket.receive({ deadline: NEVER });
    if (typeof datagram === 'string') continue;
    const query = decodeMessage(datagram.bytes);
    const [question] = query.questions;
    if (question === undefined) continue;
    const answer = lookUp(known, question.name, question.type);
    if (answer === null) continue;
    const response = makeResponse(query, answer.rcode);
    response.answers = answer.records;
    socket.send({ to: datagram.from, bytes: encodeMessage(response) });
  }
}

function lowerCase(zones: Zones): Map<string, Zones[string]> {
  return new Map(Object.entries(zones).map(([name, zone]) => [name.toLowerCase(), zone]));
}

function lookUp(
  zones: ReadonlyMap<string, Zones[string]>,
  name: string,
  type: string,
): { rcode: number; records: DnsRecord[] } | null {
  const records: DnsRecord[] = [];
  let zone = zones.get(name.toLowerCase());
  const special = zone?.['rcode'];
  if (special === 'TIMEOUT') return null;
  if (typeof special === 'string') return { rcode: rcodes[special] ?? 2, records };
  for (let i = 0; i < aliasesMax && zone?.['CNAME'] !== undefined && type !== 'CNAME'; i++) {
    records.push(...recordsOf(name, 'CNAME', zone));
    name = String([zone['CNAME']].flat()[0]).replace(/\.$/, '');
    zone = zones.get(name.toLowerCase());
  }
  if (zone !== undefined) return { rcode: 0, records: [...records, ...recordsOf(name, type, zone)] };
  const below = `.${name.toLowerCase()}`;
  return { rcode: [...zones.keys()].some((key) => key.endsWith(below)) ? 0 : 3, records };
}

function recordsOf(name: string, type: string, zone: Zones[string]): DnsRecord[] {
  return [zone[type] ?? []].flat().map((text) => {
    const data = rdataFormat(type).parse(type === 'TXT' ? [text] : text.split(' '), (host) =>
      host.replace(/\.$/, ''),
    );
    if (data === null) throw new Error(`zones.json: ${name} ${type} ${text}`);
    return { name, type, class: 1, ttl: 300, data };
  });
}
