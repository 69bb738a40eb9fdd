/**
 * resolver — recursive name server for the hosts of a site, as BIND 9.18 with recursion on
 *
 * Answers stub resolvers on port 53 over UDP and TCP: from an entry of the cache at once, else in a proc of
 * its own; the same question asked twice at once is walked once. Root servers come from
 * /etc/bind/root.hints. A query without RD is answered from the cache alone.
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
import { isPlainQuery } from '../../protocols/dns/question-only.ts';
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
  type Datagram,
  type Os,
  type Proc,
  type ProcHandle,
  type Syscall,
  type UdpSocket,
} from '../../os/os.ts';

import { Cache, type CacheEntry } from './cache.ts';
import { Replies } from './reply.ts';
import { resolutionOf, resolve, wholeAnswer, type Resolution, type Resolver } from './resolve.ts';

const hintsPath = '/etc/bind/root.hints';
const udpPayloadBytes = 1232;
const truncatedFlag = 0x02; // TC, in the third octet
const tcpBytesMax = 65535; // RFC 1035 §4.2.2
const tcpIdleUs = 30 * SECOND;
const clientsMax = 1000; // BIND's recursive-clients

interface Walk {
  name: string;
  type: string;
  /** both */
  question: string;
  proc: ProcHandle | null;
  result: Resolution | null;
}

/** A query with its octets, and how large its reply may be. */
interface Asked {
  query: DnsMessage;
  bytes: Uint8Array;
  bytesMax: number;
}

interface Service extends Resolver {
  /** walks under way, by question */
  pending: Map<string, Walk>;
  /** what plain queries were answered */
  replies: Replies;
  clients: number;
}

/** The daemon. */
export function* resolver(os: Os): Proc<void> {
  const service: Service = {
    cache: new Cache(os),
    roots: rootAddresses(os),
    pending: new Map(),
    replies: new Replies(),
    clients: 0,
  };
  os.log('named', 'running');
  os.spawn('named tcp', (child) => serveTcp(child, service));
  const socket = os.udp({ port: 53 });
  if (socket === 'address in use') return;
  for (;;) {
    const datagram = yield* socket.receive({ deadline: NEVER });
    if (typeof datagram === 'string') continue;
    const remembered = service.replies.to(datagram.bytes, os.now());
    if (remembered !== null) sendReply(socket, datagram, remembered);
    else serveDatagram(os, service, socket, datagram);
  }
}

/** Answers at once what needs no walk: without a proc, as BIND does. */
function serveDatagram(os: Os, service: Service, socket: UdpSocket, datagram: Datagram): void {
  const query = readQuery(datagram.bytes);
  if (query === null) return;
  const asked = { query, bytes: datagram.bytes, bytesMax: bytesMaxOf(query) };
  const reply = replyAtOnce(os, service, asked);
  if (reply !== null) sendReply(socket, datagram, reply);
  else if (service.clients < clientsMax) {
    service.clients++;
    os.spawn('named client', (child) => serveClient(child, service, asked, { socket, datagram }));
  }
}

function* serveClient(
  os: Os,
  service: Service,
  asked: Asked,
  { socket, datagram }: { socket: UdpSocket; datagram: Datagram },
): Proc<void> {
  try {
    sendReply(socket, datagram, yield* replyAfterWalk(os, service, asked));
  } finally {
    service.clients--;
  }
}

function sendReply(socket: UdpSocket, { from, to }: Datagram, bytes: Uint8Array): void {
  socket.send({ to: from, from: to.address, bytes });
}

function* serveTcp(os: Os, service: Service): Proc<void> {
  const listener = os.listen({ port: 53 });
  if (listener === 'address in use') return;
  for (;;) {
    const connection = yield* listener.accept();
    if (connection === 'timeout') continue;
    os.spawn('named tcp client', (child) => serveConnection(child, service, connection));
  }
}

function* serveConnection(os: Os, service: Service, connection: Connection): Proc<void> {
  try {
    for (;;) {
      const frame = yield* connection.readFrame({
        framer: dnsFramer,
        deadline: os.now() + tcpIdleUs,
        bytesMax: 65537,
      });
      if (typeof frame === 'string') return;
      const bytes = frame.subarray(2);
      const query = readQuery(bytes);
      if (query === null) return;
      const asked = { query, bytes, bytesMax: tcpBytesMax };
      const reply = replyAtOnce(os, service, asked) ?? (yield* replyAfterWalk(os, service, asked));
      yield* connection.write(frameMessage(reply), { deadline: os.now() + tcpIdleUs });
    }
  } finally {
    connection.close();
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

/** The largest UDP answer that the client takes. */
function bytesMaxOf(query: DnsMessage): number {
  return Math.max(udpBytesWithoutEdns, Math.min(query.edns?.udpPayloadBytes ?? 0, udpPayloadBytes));
}

/** The reply that needs no walk: an error, or an entry of the cache; null = there is none. */
function replyAtOnce(os: Os, service: Service, asked: Asked): Uint8Array | null {
  const { query } = asked;
  const rcode = rcodeOf(query);
  if (rcode !== NOERROR) return encodeMessage({ ...emptyResponse(query), rcode }, asked.bytesMax);
  const { name, type } = query.questions[0]!;
  const entry = query.recursionDesired ? wholeAnswer(service.cache, canonicalName(name), type) : null;
  return entry === null ? null : replyFrom(os, service, entry, asked);
}

function* replyAfterWalk(os: Os, service: Service, { query, bytesMax }: Asked): Syscall<Uint8Array> {
  const { name, type } = query.questions[0]!;
  const canonical = canonicalName(name);
  const found = query.recursionDesired
    ? yield* resolveOnce(os, service, canonical, type)
    : yield* resolve(os, service, canonical, type, { budget: { queries: 0 }, depth: 0 });
  return encodeMessage(responseTo(query, found), bytesMax);
}

/** Why a query is not answered; NOERROR = it is. */
function rcodeOf(query: DnsMessage): number {
  if (query.edns !== null && query.edns.version > 0) return BADVERS;
  if (query.opcode !== 0) return NOTIMP;
  if (query.questions.length !== 1) return FORMERR;
  return query.questions[0]!.class === classIn ? NOERROR : REFUSED;
}

/** The reply from one entry, remembered for whoever asks next. */
function replyFrom(os: Os, service: Service, entry: CacheEntry, asked: Asked): Uint8Array {
  const { query, bytes, bytesMax } = asked;
  const reply = encodeMessage(responseTo(query, resolutionOf(os, entry)), bytesMax);
  // What is larger may have been cut to the limit of this client.
  const whole = reply.length <= udpBytesWithoutEdns && (reply[2]! & truncatedFlag) === 0;
  if (whole && isPlainQuery(bytes)) service.replies.add(bytes, entry, reply);
  return reply;
}

function emptyResponse(query: DnsMessage): DnsMessage {
  const response = makeResponse(query, NOERROR);
  response.authoritative = false;
  response.recursionAvailable = true;
  if (query.edns !== null)
    response.edns = { udpPayloadBytes, version: 0, dnssecOk: query.edns.dnssecOk, options: [] };
  return response;
}

function responseTo(query: DnsMessage, found: Resolution): DnsMessage {
  const response = emptyResponse(query);
  if (found.kind === 'failed') {
    // SIMPLIFIED: what is not in the cache is answered with nothing; BIND names the closest servers it knows.
    response.rcode = query.recursionDesired ? SERVFAIL : NOERROR;
    return response;
  }
  response.answers = found.records;
  if (found.kind !== 'found') {
    if (found.soa !== null) response.authorities = [found.soa];
    if (found.kind === 'no-such-name') response.rcode = NXDOMAIN;
  }
  return response;
}

/** Joins a walk for the same question that is under way. */
function* resolveOnce(os: Os, service: Service, name: string, type: string): Syscall<Resolution> {
  const question = `${name} ${type}`;
  let walk = service.pending.get(question);
  if (walk === undefined) {
    const started: Walk = { name, type, question, proc: null, result: null };
    started.proc = os.spawn(`resolve ${question}`, (child) => runWalk(child, service, started));
    service.pending.set(question, (walk = started));
  }
  yield* walk.proc!.join();
  return walk.result ?? { kind: 'failed', why: 'the walk was ended' };
}

function* runWalk(os: Os, service: Service, walk: Walk): Proc<void> {
  walk.result = yield* resolve(os, service, walk.name, walk.type);
  service.pending.delete(walk.question);
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
