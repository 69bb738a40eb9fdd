/**
 * ask — one question to one name server, over UDP or TCP, as dig, host and nslookup ask it
 *
 * STANDARDS  RFC 1035 §4.2, RFC 6891 (EDNS), RFC 7873 (the client's cookie)
 */
import { DecodeError } from '../../../bytes/byte-reader.ts';
import {
  decodeMessage,
  dnsFramer,
  encodeMessage,
  frameMessage,
  makeQuery,
  type DnsMessage,
  type Edns,
} from '../../../protocols/dns/message.ts';

import type { Os, Proc } from '../../../os/os.ts';

import { isAddress } from '../addresses.ts';

/** A server, with what it was called on the command line. */
export interface Server {
  readonly address: string;
  readonly port: number;
  readonly given: string;
}

/** What is asked, and how. */
export interface Question {
  readonly name: string;
  readonly type: string;
  readonly class: number;
  readonly recurse: boolean;
  readonly authenticData: boolean;
  readonly checkingDisabled: boolean;
  readonly edns: { readonly udpBytes: number; readonly dnssecOk: boolean; readonly cookie: boolean } | null;
}

/** What came back. */
export interface Answer {
  readonly message: DnsMessage;
  readonly bytes: number;
  readonly server: Server;
  readonly overTcp: boolean;
  readonly us: number;
}

/** Why nothing came back, in the words of BIND's tools. */
export type NoAnswer = 'timed out' | 'connection refused' | 'host unreachable' | 'end of file' | 'malformed';

const cookieOption = 10;

/** The query message for a question. */
export function queryFor(os: Os, question: Question): DnsMessage {
  const { name, type, class: cls, edns } = question;
  const query = makeQuery({
    id: os.random.below(65_536),
    question: { name, type, class: cls },
    recursionDesired: question.recurse,
    edns: edns === null ? null : ednsOf(os, edns),
  });
  return { ...query, authenticData: question.authenticData, checkingDisabled: question.checkingDisabled };
}

function ednsOf(os: Os, { udpBytes, dnssecOk, cookie }: NonNullable<Question['edns']>): Edns {
  const data = new Uint8Array(8);
  if (cookie) for (let i = 0; i < 8; i++) data[i] = os.random.below(256);
  const options = cookie ? [{ code: cookieOption, data }] : [];
  return { udpPayloadBytes: udpBytes, version: 0, dnssecOk, options };
}

/** Asks once. */
export function ask(
  os: Os,
  options: { server: Server; query: DnsMessage; tcp: boolean; timeoutUs: number },
): Proc<Answer | NoAnswer> {
  return options.tcp ? askTcp(os, options) : askUdp(os, options);
}

interface Exchange {
  server: Server;
  query: DnsMessage;
  timeoutUs: number;
}

function* askUdp(os: Os, { server, query, timeoutUs }: Exchange): Proc<Answer | NoAnswer> {
  const socket = os.udp();
  if (socket === 'address in use') return 'host unreachable';
  try {
    const sentAt = os.now();
    socket.send({ to: { address: server.address, port: server.port }, bytes: encodeMessage(query) });
    for (;;) {
      const datagram = yield* socket.receive({ deadline: sentAt + timeoutUs });
      if (datagram === 'timeout') return 'timed out';
      if (datagram === 'refused') return 'connection refused';
      const { from, bytes } = datagram;
      const message = decoded(bytes);
      const isTheirs = from.address === server.address && from.port === server.port;
      if (!isTheirs || message?.id !== query.id || !message.response) continue;
      return { message, bytes: bytes.length, server, overTcp: false, us: os.now() - sentAt };
    }
  } finally {
    socket.close();
  }
}

function* askTcp(os: Os, { server, query, timeoutUs }: Exchange): Proc<Answer | NoAnswer> {
  const deadline = os.now() + timeoutUs;
  const conn = yield* os.connect({ to: { address: server.address, port: server.port }, deadline });
  if (conn === 'Connection refused') return 'connection refused';
  if (conn === 'Connection timed out') return 'timed out';
  if (typeof conn === 'string') return 'host unreachable';
  try {
    const sentAt = os.now();
    yield* conn.write(frameMessage(encodeMessage(query)));
    const frame = yield* conn.readFrame({ framer: dnsFramer, deadline, bytesMax: 65_537 });
    if (frame === 'timeout') return 'timed out';
    if (typeof frame === 'string') return 'end of file';
    const message = decoded(frame.subarray(2));
    if (message === null || message.id !== query.id) return 'malformed';
    return { message, bytes: frame.length - 2, server, overTcp: true, us: os.now() - sentAt };
  } finally {
    conn.close();
  }
}

function decoded(bytes: Uint8Array): DnsMessage | null {
  try {
    return decodeMessage(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

/** The name servers of /etc/resolv.conf. */
export function configuredServers(os: Os, port: number): Server[] {
  const bytes = os.files.read('/etc/resolv.conf');
  const text = bytes === null ? '' : String.fromCharCode(...bytes.subarray(0, 4096));
  const addresses = [...text.matchAll(/^nameserver[ \t]+(\S+)/gm)]
    .map((match) => match[1]!)
    .filter(isAddress);
  // BIND's tools ask the host itself when no server is configured.
  const used = addresses.length === 0 ? ['127.0.0.1'] : addresses.slice(0, 3);
  return used.map((address) => ({ address, port, given: address }));
}

/** The name under which an address is looked up backwards. */
export function reverseName(address: string): string {
  if (address.includes(':')) return `${nibbles(address).reverse().join('.')}.ip6.arpa`;
  return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
}

// RFC 3596 §2.5: each hexadecimal digit is a label.
function nibbles(address: string): string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const all = [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
  return all.flatMap((group) => [...group.padStart(4, '0')]);
}
