/**
 * flows — watches TCP segments for letters: where the content of a message begins, who it is, and where it ends
 *
 * One flow is one direction of one connection. SMTP and LMTP carry a letter from "354" to the lone dot, IMAP in a
 * literal. No line is kept but the head of the letter, until its Message-ID is found.
 */
import type { EventId, TraceEvent, VirtualTime } from '../../../workers/api.ts';
import * as ascii from '../../../workers/bytes/ascii.ts';

import { protocolOfPort, type Names, type Protocol } from '../../decode/names.ts';

export interface FlowEnds {
  fromHost: number;
  toHost: number;
  /** the server's port */
  port: number;
  protocol: Protocol;
}

/** What is told about the flows, in order of time. */
export interface FlowListener {
  /** A client named the sender, or a recipient. */
  named(what: 'sender' | 'recipient', address: string, ends: FlowEnds, event: SegmentSent): void;
  /** The head of a letter was seen: its Message-ID ('' = it has none) and header text. @returns what to call when it has arrived */
  letter(found: Letter, ends: FlowEnds): Arrived;
}

export interface Letter {
  messageId: string;
  head: string;
  startAt: VirtualTime;
  event: EventId;
}

/** Called when the last byte has arrived, or with lost = true when the connection broke before. Only the first call counts. */
export type Arrived = (at: VirtualTime, lost?: boolean) => void;

export type SegmentSent = Extract<TraceEvent, { kind: 'tcp.segment-sent' }>;

interface Flow extends FlowEnds {
  phase: 'commands' | 'awaits-letter' | 'head' | 'body';
  head: string;
  /** the last four bytes, as text */
  tail: string;
  startAt: VirtualTime;
  event: EventId;
  arrived: Arrived | null;
  /** of the letter whose end was sent, in case its last segment is sent again */
  lastArrived: Arrived | null;
  /** highest sequence number seen, so that what is sent again counts once */
  next: number;
}

const headCharsMax = 16_384;
const flowsMax = 4096;
const flagSyn = 2;

/** Follows letters over connections, from the envelope to the reply that takes responsibility. */
export class Flows {
  readonly #names: Names;
  readonly #listener: FlowListener;
  readonly #flows = new Map<string, Flow>();
  /** last segment of a letter → who waits for its arrival */
  readonly #awaited = new Map<EventId, Arrived>();

  constructor(names: Names, listener: FlowListener) {
    this.#names = names;
    this.#listener = listener;
  }

  sent(event: SegmentSent): void {
    if (event.payload.length === 0 && (event.flags & flagSyn) === 0) return;
    const toHost = this.#names.at(event.to, event.hostIndex);
    const fromServer = protocolOfPort(event.fromPort);
    const protocol = fromServer === 'tcp' ? protocolOfPort(event.toPort) : fromServer;
    if (protocol !== 'smtp' && protocol !== 'lmtp' && protocol !== 'imap') return;
    const flow = this.#flow(event, toHost, protocol, fromServer === 'tcp' ? event.toPort : event.fromPort);
    if ((event.flags & flagSyn) !== 0) Object.assign(flow, { phase: 'commands', next: -1, head: '' });
    if (event.payload.length === 0) return;
    if (isAgain(flow, event)) {
      if (flow.lastArrived !== null) this.#awaited.set(event.id, flow.lastArrived);
      return;
    }
    if (protocol === 'imap') this.#imap(flow, event, fromServer !== 'tcp');
    else if (fromServer === 'tcp') this.#client(flow, event);
    else this.#server(event, toHost);
  }

  delivered(sent: EventId, at: VirtualTime): void {
    if (this.#awaited.size === 0) return;
    this.#awaited.get(sent)?.(at);
    this.#awaited.delete(sent);
  }

  /** The client's end of a connection is no more: a letter under way is lost. */
  ended(event: Extract<TraceEvent, { kind: 'tcp.state-changed' }>): void {
    if (event.role !== 'client' || event.state === 'syn-sent' || event.state === 'established') return;
    const server = this.#names.at(event.remote, event.hostIndex);
    const client = `${event.hostIndex}:${event.localPort}`;
    for (const key of [
      `${client}>${server}:${event.remotePort}`,
      `${server}:${event.remotePort}>${client}`,
    ]) {
      const flow = this.#flows.get(key);
      flow?.arrived?.(event.at, true);
      flow?.lastArrived?.(event.at, true);
      this.#flows.delete(key);
    }
  }

  #flow(event: SegmentSent, toHost: number, protocol: Protocol, port: number): Flow {
    const key = `${event.hostIndex}:${event.fromPort}>${toHost}:${event.toPort}`;
    let flow = this.#flows.get(key);
    if (flow === undefined) {
      const ends = { fromHost: event.hostIndex, toHost, port, protocol };
      flow = {
        ...ends,
        phase: 'commands',
        head: '',
        tail: '',
        startAt: 0,
        event: 0,
        arrived: null,
        lastArrived: null,
        next: -1,
      };
      if (this.#flows.size >= flowsMax) this.#flows.delete(this.#flows.keys().next().value!);
      this.#flows.set(key, flow);
    }
    return flow;
  }

  #server(event: SegmentSent, toHost: number): void {
    if (!/(^|\n)354[ -]/.test(ascii.decode(event.payload))) return;
    const client = this.#flows.get(`${toHost}:${event.toPort}>${event.hostIndex}:${event.fromPort}`);
    if (client?.phase === 'commands') client.phase = 'awaits-letter';
  }

  #client(flow: Flow, event: SegmentSent): void {
    if (flow.phase === 'commands') {
      for (const [, verb, address] of ascii
        .decode(event.payload)
        .matchAll(/(MAIL FROM|RCPT TO):\s*<([^>\r\n]*)>/gi))
        this.#listener.named(
          verb!.toUpperCase() === 'MAIL FROM' ? 'sender' : 'recipient',
          address!,
          flow,
          event,
        );
      return;
    }
    this.#letter(flow, event, (text) => text.includes('\r\n.\r\n'));
  }

  // SIMPLIFIED: a letter fetched by IMAP is taken to end where the server's tagged reply begins in the same segment or later.
  #imap(flow: Flow, event: SegmentSent, fromServer: boolean): void {
    if (!fromServer) return;
    const text = ascii.decode(event.payload);
    if (flow.phase === 'commands' && /\bFETCH\b[^\r\n]*\b(BODY\[\]|RFC822) \{\d+\}\r\n/i.test(text))
      flow.phase = 'awaits-letter';
    if (flow.phase === 'commands') return;
    const over = /\r\n[A-Za-z0-9.]+ (OK|NO|BAD)\b[^\r\n]*\r\n$/.test(text);
    this.#letter(flow, event, () => over);
  }

  #letter(flow: Flow, event: SegmentSent, isOver: (text: string) => boolean): void {
    if (flow.phase === 'awaits-letter')
      Object.assign(flow, {
        phase: 'head',
        head: '',
        tail: '\r\n',
        startAt: event.at,
        event: event.id,
        arrived: null,
      });
    const text = ascii.decode(event.payload);
    if (flow.phase === 'head') {
      flow.head += text.slice(0, headCharsMax - flow.head.length);
      const messageId = headerField(flow.head, 'message-id');
      const complete = /\r\n\r\n/.test(flow.head) || flow.head.length >= headCharsMax;
      if (messageId !== '' || complete) this.#found(flow, messageId);
    }
    const isEnd = isOver(flow.tail + text); // after the lone dot, QUIT may follow at once
    flow.tail = (flow.tail + text).slice(-4);
    if (!isEnd) return;
    if (flow.phase === 'head') this.#found(flow, '');
    if (flow.arrived !== null) this.#awaited.set(event.id, flow.arrived);
    flow.phase = 'commands';
    flow.lastArrived = flow.arrived;
    flow.arrived = null;
  }

  #found(flow: Flow, messageId: string): void {
    const { head, startAt, event } = flow;
    flow.arrived = this.#listener.letter({ messageId, head, startAt, event }, flow);
    flow.phase = 'body';
    flow.head = '';
  }
}

function isAgain(flow: Flow, event: SegmentSent): boolean {
  const end = (event.seq + event.payload.length) >>> 0;
  if (flow.next >= 0 && ((end - flow.next) | 0) <= 0) return true;
  flow.next = end;
  return false;
}

/** The value of a header field, unfolded and trimmed; '' when it is not there (or not all of it yet). */
export function headerField(head: string, name: string): string {
  const match = new RegExp(
    `(?:^|\\n)${name}:((?:[^\\r\\n]*\\r?\\n[ \\t])*[^\\r\\n]*)\\r?\\n(?![ \\t])`,
    'i',
  ).exec(head);
  return match === null ? '' : match[1]!.replace(/\r?\n/g, '').trim();
}
