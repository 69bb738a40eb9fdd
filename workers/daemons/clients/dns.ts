/**
 * dns — the stub resolver of a host: asks the servers of /etc/resolv.conf, as resolver(3) does
 *
 * UDP with a random id and source port, retry, then TCP when the answer is truncated. /etc/hosts is looked at
 * first for addresses. Every lookup that went out is a `lookup.answered` fact (service "dns").
 *
 * STANDARDS  RFC 1034 §5.3.1, RFC 1035 §7, RFC 5452 (random id and port), RFC 7766 (TCP)
 */
import * as ascii from '../../bytes/ascii.ts';
import { DecodeError } from '../../bytes/byte-reader.ts';

import {
  decodeMessage,
  dnsFramer,
  encodeMessage,
  frameMessage,
  makeQuery,
  type DnsMessage,
  type DnsQuestion,
  type DnsRecord,
} from '../../protocols/dns/message.ts';
import { canonicalName, isName } from '../../protocols/dns/name.ts';
import { rdataFormat } from '../../protocols/dns/rdata/index.ts';
import { classIn, NOERROR, NXDOMAIN, rcodeName } from '../../protocols/dns/types.ts';

import { call, NEVER, SECOND, type Os, type Syscall, type VirtualTime } from '../../os/os.ts';

const timeoutSeconds = 5; // resolv.conf(5) "timeout"
const timeoutSecondsMax = 30;
const attempts = 2; // resolv.conf(5) "attempts"
const attemptsMax = 5;
const serversMax = 3; // resolv.conf(5) MAXNS
const aliasesMax = 16;
const dnsPort = 53;

export type LookupResult =
  /** Records of the type asked for, aliases followed; canonicalName is the name that has them. */
  | { kind: 'found'; records: DnsRecord[]; canonicalName: string }
  | { kind: 'no-such-name' }
  /** The name exists, but has no records of this type. */
  | { kind: 'no-data' }
  /** Nobody answered, or with SERVFAIL: temporary. */
  | { kind: 'try-again'; why: string };

/** Looks up records of one type. */
export function lookup(
  os: Os,
  options: { name: string; type: string; deadline?: VirtualTime | undefined },
): Syscall<LookupResult> {
  return call(ask(os, options));
}

function* ask(
  os: Os,
  options: { name: string; type: string; deadline?: VirtualTime | undefined },
): Syscall<LookupResult> {
  const { type, deadline = NEVER } = options;
  const name = canonicalName(options.name);
  if (!isName(name)) return { kind: 'no-such-name' };
  const question = { name, type, class: classIn };
  let why = 'no name server is configured';
  const conf = os.files.parsed('/etc/resolv.conf', parseResolvConf);
  for (let attempt = 0; attempt < conf.attempts; attempt++) {
    for (const server of conf.servers) {
      const id = os.random.below(65536);
      const query = makeQuery({ id, question, recursionDesired: true, edns: null });
      const until = Math.min(deadline, os.now() + conf.timeoutUs);
      const answer = yield* exchange(os, { server, query, deadline: until });
      if (answer === null) {
        why = `${server} did not answer`;
        if (os.now() >= deadline) return answered(os, question, { kind: 'try-again', why });
      } else if (answer.rcode === NXDOMAIN) return answered(os, question, { kind: 'no-such-name' });
      else if (answer.rcode === NOERROR) return answered(os, question, fromAnswer(answer, name, type));
      else why = `${server} answered ${rcodeName(answer.rcode)}`;
    }
  }
  return answered(os, question, { kind: 'try-again', why });
}

function answered(os: Os, { name, type }: DnsQuestion, result: LookupResult): LookupResult {
  os.trace({
    kind: 'lookup.answered',
    service: 'dns',
    table: type,
    key: name,
    result: result.kind === 'found' || result.kind === 'try-again' ? result.kind : 'not-found',
    value: textOfResult(result),
  });
  return result;
}

function textOfResult(result: LookupResult): string {
  if (result.kind === 'try-again') return result.why;
  if (result.kind !== 'found') return result.kind;
  let text = '';
  for (const record of result.records)
    text += (text === '' ? '' : ', ') + rdataFormat(record.type).format(record.data);
  return text;
}

export type MxResult =
  | { kind: 'found'; exchanges: { preference: number; exchange: string }[] }
  | Exclude<LookupResult, { kind: 'found' }>;

/** MX records, in the order of the answer. */
export function* lookupMx(os: Os, name: string, deadline?: VirtualTime): Syscall<MxResult> {
  const result = yield* lookup(os, { name, type: 'MX', deadline });
  if (result.kind !== 'found') return result;
  return {
    kind: 'found',
    exchanges: result.records.map((record) => record.data as { preference: number; exchange: string }),
  };
}

export type AddressResult = { kind: 'found'; addresses: string[] } | Exclude<LookupResult, { kind: 'found' }>;

/** IPv4 addresses of a host name; /etc/hosts first. An address is its own answer. */
export function* lookupAddresses(os: Os, name: string, deadline?: VirtualTime): Syscall<AddressResult> {
  if (beginsWithDigit(name) && /^\d+\.\d+\.\d+\.\d+$/.test(name)) return { kind: 'found', addresses: [name] };
  const local = hostsFile(os)?.byName.get(canonicalName(name));
  if (local !== undefined) return { kind: 'found', addresses: [local] };
  const result = yield* lookup(os, { name, type: 'A', deadline });
  if (result.kind !== 'found') return result;
  return {
    kind: 'found',
    addresses: result.records.map((record) => (record.data as { address: string }).address),
  };
}

export type ReverseResult = { kind: 'found'; names: string[] } | Exclude<LookupResult, { kind: 'found' }>;

/** Host names of an IPv4 address: /etc/hosts, then PTR (RFC 1035 §3.5). */
export function* reverseLookup(os: Os, address: string, deadline?: VirtualTime): Syscall<ReverseResult> {
  const local = hostsFile(os)?.byAddress.get(address);
  if (local !== undefined) return { kind: 'found', names: [local] };
  const result = yield* lookup(os, { name: reverseName(address), type: 'PTR', deadline });
  if (result.kind !== 'found') return result;
  return { kind: 'found', names: result.records.map((record) => (record.data as { host: string }).host) };
}

function reverseName(address: string): string {
  let name = 'in-addr.arpa';
  for (let start = 0; start <= address.length;) {
    const dot = address.indexOf('.', start);
    const end = dot === -1 ? address.length : dot;
    name = `${address.slice(start, end)}.${name}`;
    start = end + 1;
  }
  return name;
}

function beginsWithDigit(name: string): boolean {
  const code = name.charCodeAt(0);
  return code >= 0x30 && code <= 0x39;
}

/** Why a lookup gave nothing. */
export type NotFound = Exclude<LookupResult['kind'], 'found'>;

/** hstrerror(3): the words for it of who asks for records. */
export function hstrerror(kind: NotFound): string {
  switch (kind) {
    case 'no-such-name':
      return 'Host not found';
    case 'no-data':
      return 'Host found but no data record of requested type';
    case 'try-again':
      return 'Host not found, try again';
  }
}

/** The same as dns_lookup(3) of Postfix says it. */
export function nameServiceError(kind: NotFound, { name, type }: { name: string; type: string }): string {
  const error = `Name service error for name=${name} type=${type}: ${hstrerror(kind)}`;
  return `Host or domain name not found. ${error}`;
}

/** gai_strerror(3): the words for it of who asks for an address. */
export function gaiStrerror(kind: NotFound): string {
  switch (kind) {
    case 'no-such-name':
      return 'Name or service not known';
    case 'no-data':
      return 'No address associated with hostname';
    case 'try-again':
      return 'Temporary failure in name resolution';
  }
}

/** One exchange with one server: UDP, then TCP when truncated. null = no usable answer. */
export function* exchange(
  os: Os,
  options: { server: string; query: DnsMessage; deadline: VirtualTime },
): Syscall<DnsMessage | null> {
  const { server, query, deadline } = options;
  const socket = os.udp();
  if (socket === 'address in use') return null;
  try {
    const bytes = encodeMessage(query);
    socket.send({ to: { address: server, port: dnsPort }, bytes });
    for (;;) {
      const datagram = yield* socket.receive({ deadline });
      if (datagram === 'timeout' || datagram === 'refused') return null;
      const answer = decodeAnswer(datagram.bytes, query, bytes);
      // RFC 5452 §9.1: what does not match the question is ignored.
      if (answer === null || datagram.from.address !== server || datagram.from.port !== dnsPort) continue;
      return answer.truncated ? yield* exchangeTcp(os, options) : answer;
    }
  } finally {
    socket.close();
  }
}

function* exchangeTcp(
  os: Os,
  { server, query, deadline }: { server: string; query: DnsMessage; deadline: VirtualTime },
): Syscall<DnsMessage | null> {
  const connection = yield* os.connect({ to: { address: server, port: dnsPort }, deadline });
  if (typeof connection === 'string') return null;
  try {
    const bytes = encodeMessage(query);
    yield* connection.write(frameMessage(bytes));
    const frame = yield* connection.readFrame({ framer: dnsFramer, deadline, bytesMax: 65537 });
    return typeof frame === 'string' ? null : decodeAnswer(frame.subarray(2), query, bytes);
  } finally {
    connection.close();
  }
}

/** @returns null when the bytes are no answer to the query */
function decodeAnswer(bytes: Uint8Array, query: DnsMessage, sent: Uint8Array): DnsMessage | null {
  const asked = query.questions[0]!;
  let answer: DnsMessage;
  try {
    answer = decodeMessage(bytes, query.edns === null ? { bytes: sent, question: asked } : undefined);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
  const echoed = answer.questions[0];
  if (!answer.response || answer.id !== query.id) return null;
  if (echoed === undefined) return answer.rcode === NOERROR ? null : answer;
  return echoed.type === asked.type && isSameName(echoed.name, asked.name) ? answer : null;
}

function isSameName(a: string, b: string): boolean {
  return a === b || canonicalName(a) === canonicalName(b);
}

/** Follows the aliases in an answer to the records asked for. */
function fromAnswer(answer: DnsMessage, name: string, type: string): LookupResult {
  let owner = name;
  for (let i = 0; i < aliasesMax; i++) {
    const records: DnsRecord[] = [];
    let alias: DnsRecord | null = null;
    for (const record of answer.answers) {
      if (!isSameName(record.name, owner)) continue;
      if (record.type === type) records.push(record);
      else if (record.type === 'CNAME') alias ??= record;
    }
    if (records.length > 0) return { kind: 'found', records, canonicalName: owner };
    if (alias === null) return { kind: 'no-data' };
    owner = canonicalName((alias.data as { host: string }).host);
  }
  return { kind: 'try-again', why: `more than ${aliasesMax} aliases` };
}

interface ResolvConf {
  readonly servers: readonly string[];
  readonly timeoutUs: number;
  readonly attempts: number;
}

function parseResolvConf(bytes: Uint8Array | null): ResolvConf {
  const lines = fieldsOfLines(bytes);
  const servers = lines.filter((fields) => fields[0] === 'nameserver' && fields[1] !== undefined);
  const options = lines.filter((fields) => fields[0] === 'options').flat();
  const option = (name: string, usual: number, max: number): number => {
    const word = options.findLast((text) => text.startsWith(`${name}:`)) ?? '';
    return Math.min(parseInt(word.slice(name.length + 1), 10) || usual, max);
  };
  return {
    servers: servers.map((fields) => fields[1]!).slice(0, serversMax),
    timeoutUs: option('timeout', timeoutSeconds, timeoutSecondsMax) * SECOND,
    attempts: option('attempts', attempts, attemptsMax),
  };
}

interface Hosts {
  /** canonical name → address, address → first name; the first line counts */
  byName: Map<string, string>;
  byAddress: Map<string, string>;
}

function hostsFile(os: Os): Hosts | null {
  return os.files.parsed('/etc/hosts', parseHosts);
}

function parseHosts(bytes: Uint8Array | null): Hosts | null {
  if (bytes === null) return null;
  const hosts: Hosts = { byName: new Map(), byAddress: new Map() };
  for (const [address, ...names] of fieldsOfLines(bytes)) {
    if (names.length === 0) continue;
    if (!hosts.byAddress.has(address!)) hosts.byAddress.set(address!, canonicalName(names[0]!));
    for (const name of names.map(canonicalName))
      if (!hosts.byName.has(name)) hosts.byName.set(name, address!);
  }
  return hosts;
}

function fieldsOfLines(bytes: Uint8Array | null): string[][] {
  if (bytes === null) return [];
  return ascii
    .decode(bytes)
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/));
}
