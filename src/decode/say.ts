/**
 * say — one plain sentence for every event of the trace: the text twin of all pictures
 *
 * weight 3: a step of the story (a hop, a failed try, something you did); 2: a step that belongs to one host;
 * 1: mechanics (packets, processes, timers), shown on demand and in chains of causes.
 */
import type { InputCommand, TraceEvent } from '../../workers/api.ts';
import * as ascii from '../../workers/bytes/ascii.ts';
import { unreachable } from '../../workers/bytes/assert.ts';
import * as utf8 from '../../workers/bytes/utf8.ts';
import { decodeMessage } from '../../workers/protocols/dns/message.ts';

import type { FoldContext } from '../sim/fold.ts';

import { span } from './clock.ts';
import { protocolOfPorts, type Protocol } from './names.ts';

export type Tone = 'plain' | 'you' | 'ok' | 'wait' | 'fail';
/** What an event is about, for its sign: a protocol, or a part of a host. */
export type Topic =
  Protocol | 'you' | 'queue' | 'log' | 'host' | 'link' | 'filter' | 'mail' | 'clock' | 'process';

export interface Said {
  text: string;
  tone: Tone;
  topic: Topic;
  weight: 1 | 2 | 3;
}

type Names = FoldContext['names'];
type Of<K extends TraceEvent['kind']> = Extract<TraceEvent, { kind: K }>;

/** The sentence of an event. Host names are short; texts of the world are quoted as they are. */
export function say(event: TraceEvent, context: FoldContext): Said {
  switch (event.kind) {
    case 'host.booted':
    case 'host.stopped':
    case 'host.crashed':
    case 'link.changed':
    case 'input.accepted':
    case 'config.changed':
    case 'file.written':
      return sayWorld(event, context);
    case 'process.started':
    case 'process.stopped':
    case 'timer.scheduled':
    case 'scan.scheduled':
      return sayMechanics(event, context);
    case 'tcp.segment-sent':
    case 'tcp.segment-delivered':
    case 'tcp.segment-dropped':
    case 'tcp.state-changed':
    case 'udp.datagram-sent':
    case 'udp.datagram-delivered':
    case 'udp.datagram-dropped':
      return sayNetwork(event, context);
    case 'log.line-written':
      return said(`${event.ident}: ${event.text}`, 'log', 1, toneOfLog(event.text));
    case 'queue.file-moved':
    case 'queue.message-entered':
    case 'delivery.attempted':
    case 'retry.scheduled':
      return sayQueue(event, context);
    case 'lookup.answered':
    case 'cache.changed':
    case 'protocol.deviated':
      return sayLookup(event);
    case 'filter.judged':
    case 'mailbox.message-appended':
    case 'mua.message-fetched':
    case 'mua.mailbox-listed':
    case 'mua.message-submitted':
    case 'mua.failed':
      return sayMail(event);
    default:
      return unreachable(event);
  }
}

function said(text: string, topic: Topic, weight: Said['weight'], tone: Tone = 'plain'): Said {
  return { text, tone, topic, weight };
}

function sayWorld(
  event: Of<
    | 'host.booted'
    | 'host.stopped'
    | 'host.crashed'
    | 'link.changed'
    | 'input.accepted'
    | 'config.changed'
    | 'file.written'
  >,
  { names }: FoldContext,
): Said {
  const here = names.short(event.hostIndex);
  switch (event.kind) {
    case 'host.booted':
      return said(`${here} starts`, 'host', event.at === 0 ? 1 : 3, 'ok');
    case 'host.stopped':
      return said(`${here} is shut down`, 'host', 3, 'fail');
    case 'host.crashed':
      return said(`${here} loses power`, 'host', 3, 'fail');
    case 'link.changed': {
      const [a, b] = [names.indexOf(event.from), names.indexOf(event.to)].map((index) => names.short(index));
      const what = `The cable ${a} – ${b}`;
      // Both ends tell it; the list shows one.
      const weight = names.indexOf(event.from) < names.indexOf(event.to) ? 3 : 1;
      if (event.fault !== '')
        return said(`${what} is ${faultWords[event.fault] ?? event.fault}`, 'link', weight, 'fail');
      return said(
        `${what} is whole: ${span(event.latencyUs)} one way${lossWords(event.lossPerMille)}`,
        'link',
        weight,
        'ok',
      );
    }
    case 'input.accepted':
      return sayInput(event.text, names);
    case 'config.changed':
      return said(`${here}: ${event.file} changed`, 'host', 3, 'you');
    case 'file.written':
      return said(`${here} wrote ${event.path}, ${event.bytes} bytes`, 'host', 1);
  }
}

const faultWords: Readonly<Record<string, string>> = {
  down: 'cut',
  blackhole: 'swallowing every packet',
  refuse: 'refusing every connection',
};

function lossWords(perMille: number): string {
  return perMille === 0 ? '' : `, ${perMille / 10} % of the packets get lost`;
}

function sayInput(text: string, names: Names): Said {
  let command: InputCommand;
  try {
    command = JSON.parse(text) as InputCommand;
  } catch {
    return said(text, 'you', 3, 'you');
  }
  const short = (host: string) => names.short(names.indexOf(host));
  switch (command.kind) {
    case 'mua.send':
      return said(`You sent a mail as ${command.user} to ${command.to}: ${command.subject}`, 'you', 3, 'you');
    case 'mua.fetch':
      return said(
        command.uid === 0
          ? `You checked the inbox of ${command.user}`
          : `You opened letter ${command.uid} of ${command.user}`,
        'you',
        3,
        'you',
      );
    case 'link.set': {
      const cable = command.between.map(short).join(' – ');
      return said(
        command.fault === '' ? `You mended ${cable}` : `You broke ${cable} (${command.fault})`,
        'you',
        1,
        'you',
      );
    }
    case 'link.tune':
      return said(`You changed the cable ${command.between.map(short).join(' – ')}`, 'you', 1, 'you');
    case 'host.crash':
      return said(`You cut the power of ${short(command.host)}`, 'you', 1, 'you');
    case 'host.stop':
      return said(`You shut down ${short(command.host)}`, 'you', 1, 'you');
    case 'host.start':
      return said(`You started ${short(command.host)}`, 'you', 1, 'you');
    case 'queue.flush':
      return said(`You flushed the queue of ${short(command.host)} (postqueue -f)`, 'you', 3, 'you');
    default:
      return said(`From outside: ${command.kind}`, 'you', 1, 'you');
  }
}

function sayMechanics(
  event: Of<'process.started' | 'process.stopped' | 'timer.scheduled' | 'scan.scheduled'>,
  { names }: FoldContext,
): Said {
  const here = names.short(event.hostIndex);
  switch (event.kind) {
    case 'process.started':
      return said(`${here} starts ${event.name}, process ${event.pid}`, 'process', 1);
    case 'process.stopped':
      return said(
        `${event.name}, process ${event.pid}, ${event.how === 'failed' ? `failed: ${event.why}` : 'ends'}`,
        'process',
        1,
        event.how === 'failed' ? 'fail' : 'plain',
      );
    case 'timer.scheduled':
      return said(`${here} sets a timer: ${event.what} in ${span(event.due - event.at)}`, 'clock', 1);
    case 'scan.scheduled':
      return said(
        `${here} will look through its deferred queue in ${span(event.due - event.at)}`,
        'clock',
        2,
      );
  }
}

function sayNetwork(
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
    case 'udp.datagram-sent': {
      const protocol = protocolOfPorts(event.fromPort, event.toPort);
      const way = `${names.short(event.hostIndex)} → ${peer(event.to, event.hostIndex, names)}`;
      const what =
        event.kind === 'udp.datagram-sent'
          ? wireText(protocol, event.payload, false)
          : segmentText(event, protocol);
      return said(`${way}: ${what}`, protocol, 1);
    }
    case 'tcp.segment-delivered':
    case 'udp.datagram-delivered': {
      const sent = context.byId(event.sent);
      const inner = sent === null ? null : say(sent, context);
      return said(
        `${names.short(event.hostIndex)} received ${inner === null ? 'a packet' : inner.text}`,
        inner?.topic ?? 'tcp',
        1,
      );
    }
    case 'tcp.segment-dropped':
    case 'udp.datagram-dropped': {
      const sent = context.byId(event.sent);
      const inner = sent === null ? null : say(sent, context);
      return said(`Lost (${event.why}): ${inner?.text ?? 'a packet'}`, inner?.topic ?? 'tcp', 1, 'fail');
    }
    case 'tcp.state-changed':
      return sayState(event, names);
  }
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

function sayQueue(
  event: Of<'queue.file-moved' | 'queue.message-entered' | 'delivery.attempted' | 'retry.scheduled'>,
  { names }: FoldContext,
): Said {
  const here = names.short(event.hostIndex);
  switch (event.kind) {
    case 'queue.message-entered':
      return said(
        `${here} takes responsibility for ${event.queueId}, from <${event.sender}> to ${event.recipients}`,
        'queue',
        3,
      );
    case 'queue.file-moved': {
      if (event.to === '') return said(`${here} is done with ${event.queueId}`, 'queue', 2, 'ok');
      if (event.from === '') return said(`${here}: ${event.queueId} enters ${event.to}`, 'queue', 1);
      const waits = event.to === 'deferred' || event.to === 'hold';
      return said(
        `${here}: ${event.queueId} moves from ${event.from} to ${event.to}`,
        'queue',
        waits ? 3 : 2,
        waits ? 'wait' : 'plain',
      );
    }
    case 'delivery.attempted': {
      const to = `<${event.recipient}>`;
      const via = event.relay === 'none' ? '' : ` via ${event.relay}`;
      if (event.status === 'sent')
        return said(`${here} delivered ${event.queueId} to ${to}${via}`, 'mail', 3, 'ok');
      const word =
        event.status === 'deferred'
          ? 'could not deliver yet'
          : event.status === 'bounced'
            ? 'gave up on'
            : event.status;
      return said(
        `${here} ${word} ${event.queueId} to ${to}: ${event.text}`,
        'mail',
        3,
        event.status === 'deferred' ? 'wait' : 'fail',
      );
    }
    case 'retry.scheduled':
      return said(
        `${here} will try ${event.queueId} again, not before ${span(event.due - event.at)} from now`,
        'clock',
        2,
        'wait',
      );
  }
}

function sayLookup(event: Of<'lookup.answered' | 'cache.changed' | 'protocol.deviated'>): Said {
  switch (event.kind) {
    case 'lookup.answered': {
      const topic: Topic = event.service === 'dns' ? 'dns' : event.service === 'ldap' ? 'ldap' : 'host';
      const asked = `${event.table} ${event.key}`;
      if (event.result === 'found') return said(`${asked}: ${event.value}`, topic, topic === 'host' ? 1 : 2);
      if (event.result === 'try-again') return said(`${asked}: no answer (${event.value})`, topic, 3, 'fail');
      return said(`${asked}: nothing found`, topic, topic === 'host' ? 1 : 2);
    }
    case 'cache.changed': {
      const what = `${event.name} ${event.type}`;
      if (event.change === 'expired') return said(`${event.cache} forgets ${what}`, 'dns', 1);
      return said(
        `${event.cache} remembers ${what}${event.value === '' ? ' as missing' : ''} for ${event.ttl} s`,
        'dns',
        1,
      );
    }
    case 'protocol.deviated':
      return said(`Tolerated against ${event.rule}: ${event.detail}`, 'log', 2, 'wait');
  }
}

function sayMail(
  event: Of<
    | 'filter.judged'
    | 'mailbox.message-appended'
    | 'mua.message-fetched'
    | 'mua.mailbox-listed'
    | 'mua.message-submitted'
    | 'mua.failed'
  >,
): Said {
  switch (event.kind) {
    case 'filter.judged':
      return said(`The filter judges ${event.messageId}: ${event.verdict}`, 'filter', 3);
    case 'mailbox.message-appended':
      return said(`${event.mailbox} has new mail in ${event.folder}: ${event.subject}`, 'mail', 3, 'ok');
    case 'mua.message-fetched':
      return said(`${event.user} reads letter ${event.uid}`, 'mail', 3, 'ok');
    case 'mua.mailbox-listed':
      return said(
        `${event.user} sees ${event.messages} letter${event.messages === 1 ? '' : 's'} in ${event.folder}`,
        'mail',
        2,
      );
    case 'mua.message-submitted':
      return said(`${event.user} handed in: ${event.subject}`, 'mail', 3, 'ok');
    case 'mua.failed':
      return said(`${event.user}: ${event.action} failed: ${event.text}`, 'mail', 3, 'fail');
  }
}

function toneOfLog(text: string): Tone {
  if (/status=deferred|warning:/.test(text)) return 'wait';
  if (/status=bounced|reject:|fatal:/.test(text)) return 'fail';
  return 'plain';
}
