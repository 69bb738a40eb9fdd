/** say-network — sentences for packets and connections */
import type { TraceEvent } from '../../workers/api.ts';
import * as ascii from '../../workers/bytes/ascii.ts';
import * as utf8 from '../../workers/bytes/utf8.ts';
import { decodeMessage } from '../../workers/protocols/dns/message.ts';

import type { FoldContext } from '../sim/fold.ts';

import { protocolOfPorts, type Names, type Protocol } from './names.ts';
import { said, type Said } from './said.ts';

type Of<K extends TraceEvent['kind']> = Extract<TraceEvent, { kind: K }>;
type Sent = Of<'tcp.segment-sent' | 'udp.datagram-sent'>;

/** The sentence of a packet or a change of a connection. */
export function sayNetwork(
  event: Of<
    | 'tcp.segment-sent'
    | 'tcp.segment-delivered'
    | 'tcp.segment-dropped'
    | 'tcp.state-changed'
    | 'udp.datagram-sent'
    | 'udp.datagram-delivered'
    | 'udp.datagram-dropped'
  >,
  context: FoldContext,
): Said {
  const { names } = context;
  switch (event.kind) {
    case 'tcp.segment-sent':
    case 'udp.datagram-sent':
      return saySent(event, names);
    case 'tcp.segment-delivered':
    case 'udp.datagram-delivered': {
      const sent = context.byId(event.sent);
      const inner = isPacket(sent) ? saySent(sent, names) : null;
      return said(
        `${names.short(event.hostIndex)} received ${inner === null ? 'a packet' : inner.text}`,
        inner?.topic ?? 'tcp',
        1,
      );
    }
    case 'tcp.segment-dropped':
    case 'udp.datagram-dropped': {
      const sent = context.byId(event.sent);
      const inner = isPacket(sent) ? saySent(sent, names) : null;
      return said(`Lost (${event.why}): ${inner?.text ?? 'a packet'}`, inner?.topic ?? 'tcp', 1, 'fail');
    }
    case 'tcp.state-changed':
      return sayState(event, names);
  }
}

function saySent(event: Sent, names: Names): Said {
  const protocol = protocolOfPorts(event.fromPort, event.toPort);
  const way = `${names.short(event.hostIndex)} → ${peer(event.to, event.hostIndex, names)}`;
  const what =
    event.kind === 'udp.datagram-sent'
      ? wireText(protocol, event.payload, false)
      : segmentText(event, protocol);
  return said(`${way}: ${what}`, protocol, 1);
}

function isPacket(event: TraceEvent | null): event is Sent {
  return event?.kind === 'tcp.segment-sent' || event?.kind === 'udp.datagram-sent';
}

function sayState(event: Of<'tcp.state-changed'>, names: Names): Said {
  const here = names.short(event.hostIndex);
  const there = `${peer(event.remote, event.hostIndex, names)}:${event.role === 'client' ? event.remotePort : event.localPort}`;
  const protocol = protocolOfPorts(event.localPort, event.remotePort);
  switch (event.state) {
    case 'syn-sent':
      return said(`${here} knocks at ${there}`, protocol, 1);
    case 'established':
      return event.role === 'client'
        ? said(`${here} is connected to ${there}`, protocol, 2)
        : said(`${here} accepted a connection on port ${event.localPort}`, protocol, 1);
    case 'closed':
      return said(
        `${here} closed its connection with ${peer(event.remote, event.hostIndex, names)}`,
        protocol,
        1,
      );
    default:
      return said(
        `${here} cannot reach ${there}: ${stateWords[event.state]}`,
        protocol,
        event.role === 'client' ? 3 : 1,
        'fail',
      );
  }
}

const stateWords = {
  refused: 'connection refused',
  'timed-out': 'nobody answered in time',
  reset: 'the connection was reset',
  unreachable: 'no route to the host',
} as const;

function peer(address: string, from: number, names: Names): string {
  return address.startsWith('127.') ? 'itself' : names.ofAddress(address, from);
}

function segmentText(event: Of<'tcp.segment-sent'>, protocol: Protocol): string {
  if (event.payload.length > 0) return wireText(protocol, event.payload, true);
  if (event.flags & 2) return event.flags & 16 ? 'SYN-ACK, yes' : 'SYN, may I?';
  if (event.flags & 4) return 'RST, no';
  if (event.flags & 1) return 'FIN, I am done';
  return 'ACK';
}

/** The first line of a text protocol, the question or answer of DNS, else the number of bytes. */
export function wireText(protocol: Protocol, payload: Uint8Array, stream: boolean): string {
  if (protocol === 'dns')
    return dnsText(stream ? payload.subarray(2) : payload) ?? `${payload.length} bytes of DNS`;
  if (protocol === 'ldap' || protocol === 'tcp')
    return `${payload.length} bytes${protocol === 'ldap' ? ' of LDAP' : ''}`;
  const lf = payload.indexOf(10);
  const line = payload.subarray(0, lf < 0 ? payload.length : lf);
  const text = (utf8.isValid(line) ? utf8.decode(line) : ascii.decode(line)).replace(/\r$/, '');
  const more = lf < 0 || lf === payload.length - 1 ? '' : ' …';
  return (text.length > 100 ? `${text.slice(0, 99)}…` : text) + more;
}

function dnsText(bytes: Uint8Array): string | null {
  try {
    const message = decodeMessage(bytes);
    const question = message.questions[0];
    const asked = question === undefined ? '' : `${question.name} ${question.type}`;
    if (!message.response) return `DNS question ${asked}?`;
    const answers = message.answers.length;
    return `DNS answer for ${asked}: ${answers > 0 ? `${answers} record${answers > 1 ? 's' : ''}` : message.authorities.length > 0 ? 'ask elsewhere' : 'nothing'}`;
  } catch {
    return null;
  }
}
