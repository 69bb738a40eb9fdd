/**
 * resolver — recursive name server for the hosts of a site, as BIND 9.18 with recursion on
 *
 * Answers stub resolvers on port 53 over UDP and TCP, one proc per question; the same question asked twice at
 * once is walked once. Root servers come from /etc/bind/root.hints. A query without RD is answered from the
 * cache alone.
 *
 * STANDARDS  RFC 1034 §5.3.3, RFC 1035 §7, RFC 2308, RFC 6891, RFC 7766
 * ERRORS     root hints that cannot be read are logged; without roots every walk fails (SERVFAIL)
 */
import * as ascii from '../../bytes/ascii.ts';
import { DecodeError } from '../../bytes/byte-reader.ts';

import {
  decodeMessage,
  dnsFramer,
  encodeMessage,
  frameMessage,
  makeResponse,
  udpBytesWithoutEdns,
  type DnsMessage,
} from '../../protocols/dns/message.ts';
import { canonicalName } from '../../protocols/dns/name.ts';
import { parseZoneFile, ZoneFileError } from '../../protocols/dns/zone-file.ts';
import {
  BADVERS,
  classIn,
  FORMERR,
  NOERROR,
  NOTIMP,
  NXDOMAIN,
  REFUSED,
  SERVFAIL,
} from '../../protocols/dns/types.ts';

import {
  NEVER,
  SECOND,
  type Connection,
  type Os,
  type Proc,
  type ProcHandle,
  type Syscall,
} from '../../os/os.ts';

import { Cache } from './cache.ts';
import { resolve, type Resolution, type Resolver } from './resolve.ts';

const hintsPath = '/etc/bind/root.hints';
const udpPayloadBytes = 1232;
const tcpIdleUs = 30 * SECOND;
const clientsMax = 1000; // BIND's recursive-clients

interface Service extends Resolver {
  /** walks under way, by question */
  pending: Map<string, { walk: ProcHandle; result: Resolution | null }>;
  clients: number;
}

/** The daemon. */
export function* resolver(os: Os): Proc<void> {
  const service: Service = { cache: new Cache(os), roots: rootAddresses(os), pending: new Map(), clients: 0 };
  os.log('named', 'running');
  os.spawn('named tcp', (child) => serveTcp(child, service));
  const socket = os.udp({ port: 53 });
  if (socket === 'address in use') return;
  for (;;) {
    const datagram = yield* socket.receive({ deadline: NEVER });
    if (typeof datagram === 'string') continue;
    const query = readQuery(datagram.bytes);
    if (query === null || service.clients >= clientsMax) continue;
    service.clients++;
    os.spawn('named client', function* (child): Proc<void> {
      const response = yield* respond(child, service, query);
      const bytesMax = Math.max(
        udpBytesWithoutEdns,
        Math.min(query.edns?.udpPayloadBytes ?? 0, udpPayloadBytes),
      );
      socket.send({ to: datagram.from, from: datagram.to.address, bytes: encodeMessage(response, bytesMax) });
      service.clients--;
    });
  }
}

function* serveTcp(os: Os, service: Service): Proc<void> {
  const listener = os.listen({ port: 53 });
  if (listener === 'address in use') return;
  for (;;) {
    const connection = yield* listener.accept();
    if (connection === 'timeout') continue;
    os.spawn('named tcp client', function* (child): Proc<void> {
      try {
        yield* serveConnection(child, service, connection);
      } finally {
        connection.close();
      }
    });
  }
}

function* serveConnection(os: Os, service: Service, connection: Connection): Proc<void> {
  for (;;) {
    const frame = yield* connection.readFrame({
      framer: dnsFramer,
      deadline: os.now() + tcpIdleUs,
      bytesMax: 65537,
    });
    if (typeof frame === 'string') return;
    const query = readQuery(frame.subarray(2));
    if (query === null) return;
    const response = yield* respond(os, service, query);
    yield* connection.write(frameMessage(encodeMessage(response)), { deadline: os.now() + tcpIdleUs });
  }
}

/** @returns null when the bytes are no query */
function readQuery(bytes: Uint8Array): DnsMessage | null {
  try {
    const query = decodeMessage(bytes);
    return query.response ? null : query;
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

function* respond(os: Os, service: Service, query: DnsMessage): Syscall<DnsMessage> {
  const response = makeResponse(query, NOERROR);
  response.authoritative = false;
  response.recursionAvailable = true;
  response.edns =
    query.edns === null ? null : { udpPayloadBytes, version: 0, dnssecOk: query.edns.dnssecOk, options: [] };
  const question = query.questions[0];
  if (query.edns !== null && query.edns.version > 0) return { ...response, rcode: BADVERS };
  if (query.opcode !== 0) return { ...response, rcode: NOTIMP };
  if (question === undefined || query.questions.length !== 1) return { ...response, rcode: FORMERR };
  if (question.class !== classIn) return { ...response, rcode: REFUSED };
  const name = canonicalName(question.name);
  const found = query.recursionDesired
    ? yield* resolveOnce(os, service, name, question.type)
    : yield* resolve(os, service, name, question.type, { budget: { queries: 0 }, depth: 0 });
  // SIMPLIFIED: what is not in the cache is answered with nothing; BIND names the closest servers it knows.
  if (found.kind === 'failed' && !query.recursionDesired) return response;
  if (found.kind === 'failed') return { ...response, rcode: SERVFAIL };
  response.answers = found.records;
  if (found.kind !== 'found') {
    if (found.soa !== null) response.authorities = [found.soa];
    if (found.kind === 'no-such-name') response.rcode = NXDOMAIN;
  }
  return response;
}

/** Joins a walk for the same question that is under way. */
function* resolveOnce(os: Os, service: Service, name: string, type: string): Syscall<Resolution> {
  const key = `${name} ${type}`;
  let pending = service.pending.get(key);
  if (pending === undefined) {
    const started: { walk: ProcHandle; result: Resolution | null } = {
      result: null,
      walk: os.spawn(`resolve ${key}`, function* (child): Proc<void> {
        started.result = yield* resolve(child, service, name, type);
        service.pending.delete(key);
      }),
    };
    service.pending.set(key, started);
    pending = started;
  }
  yield* pending.walk.join();
  return pending.result ?? { kind: 'failed', why: 'the walk was ended' };
}

function rootAddresses(os: Os): string[] {
  const bytes = os.files.read(hintsPath);
  if (bytes === null) return [];
  try {
    return parseZoneFile(ascii.decode(bytes), { file: hintsPath, origin: '' })
      .filter((record) => record.type === 'A')
      .map((record) => (record.data as { address: string }).address);
  } catch (error) {
    if (!(error instanceof ZoneFileError)) throw error;
    os.log('named', `could not configure root hints from '${hintsPath}': ${error.message}`);
    return [];
  }
}
