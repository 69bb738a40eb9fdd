/**
 * conversations — trace → who said what to whom: the fold behind the ladder, the DNS walk and the directory
 *
 * SEE ALSO  conversation.ts (the model), dialogue.ts and its protocols, exchanges.ts
 */
import type { EventId, TraceEvent, TraceKind, VirtualTime } from '../../workers/api.ts';

import type { Fold, FoldContext } from '../sim/fold.ts';

import { Activity } from './activity.ts';
import {
  linesAt,
  stateAt,
  type ConnectionState,
  type Conversation,
  type End,
  type Side,
} from './conversation.ts';
import { DnsExchanges, LdapExchanges } from './exchanges.ts';
import { protocolOfPorts } from './names.ts';
import { Track } from './track.ts';

const FIN_SYN_RST = 0b111;
const SYN = 0b10;
const RST = 0b100;
const ACK = 0b10000;

/** Lines kept over all conversations; beyond, the oldest conversations keep only their counts. */
const linesTotalMax = 120_000;
/** A mail dialogue is preferred over a lookup made on its behalf that is not later than this. */
const mailFreshUs = 3_000_000;

type Segment = Extract<TraceEvent, { kind: 'tcp.segment-sent' }>;
type Datagram = Extract<TraceEvent, { kind: 'udp.datagram-sent' }>;
type StateChange = Extract<TraceEvent, { kind: 'tcp.state-changed' }>;

interface Flow {
  track: Track;
  side: Side;
}

/** All that machines said to each other, conversation by conversation, in the order they began. */
export class ConversationsFold implements Fold {
  readonly kinds: ReadonlySet<TraceKind> = new Set<TraceKind>([
    'tcp.segment-sent',
    'tcp.segment-dropped',
    'tcp.state-changed',
    'udp.datagram-sent',
    'udp.datagram-dropped',
  ]);
  /** by number, in order of opening */
  readonly conversations: Conversation[] = [];
  readonly dns: DnsExchanges;
  readonly ldap: LdapExchanges;

  readonly #context: FoldContext;
  readonly #activity = new Activity();
  readonly #mailActivity = new Activity();
  /** mail dialogues that never came to be */
  readonly #failures = new Activity();
  /** the two directions of every connection, and of every pair of hosts that speaks DNS; the latest of a port pair */
  readonly #flows = new Map<string, Flow>();
  /** all conversations of a port pair, for events of the past */
  readonly #byFlow = new Map<string, number[]>();
  readonly #byHosts = new Map<string, number[]>();
  #lines = 0;
  #thinned = 0;

  constructor(context: FoldContext) {
    this.#context = context;
    this.dns = new DnsExchanges(context.byId);
    this.ldap = new LdapExchanges();
  }

  add(event: TraceEvent): void {
    switch (event.kind) {
      case 'tcp.segment-sent':
        return this.#segment(event);
      case 'tcp.state-changed':
        return this.#state(event);
      case 'udp.datagram-sent':
        return this.#datagram(event);
      case 'tcp.segment-dropped':
      case 'udp.datagram-dropped':
        return this.#dropped(event);
      default:
    }
  }

  /** The conversation a packet belongs to; -1 = it is none. */
  of(event: TraceEvent): number {
    const numbers = this.#byFlow.get(this.#keyOf(event) ?? '') ?? [];
    for (let i = numbers.length - 1; i >= 0; i--)
      if (this.conversations[numbers[i]!]!.openedAt <= event.at) return numbers[i]!;
    return -1;
  }

  /**
   * The conversation in which something was last said, as of the cursor; -1. A mail dialogue goes before its lookups,
   * and a try that failed before the dialogues that were there already.
   */
  latestAt(cursor: VirtualTime): number {
    const last = this.#activity.at(cursor);
    const mail = this.#mailActivity.at(cursor);
    if (last === null || mail === null || last.at - mail.at > mailFreshUs) return last?.conversation ?? -1;
    const failed = this.#failures.at(cursor);
    const isNewer = failed !== null && this.conversations[mail.conversation]!.openedAt > failed.at;
    if (failed === null || isNewer || last.at - failed.at > mailFreshUs) return mail.conversation;
    return failed.conversation;
  }

  /** The one of a host, or of two hosts, in which something was last said as of the cursor; -1 = none. */
  latestOf(cursor: VirtualTime, a: number, b = -1): number {
    const numbers = this.#byHosts.get(hostsKey(a, b)) ?? [];
    let latest = -1;
    let latestTime = -1;
    for (let i = numbers.length - 1, tries = 0; i >= 0 && tries < triesMax; i--) {
      const conversation = this.conversations[numbers[i]!]!;
      if (conversation.openedAt > cursor) continue;
      tries++;
      const count = linesAt(conversation, cursor);
      const time = count > 0 ? conversation.lines[count - 1]!.at : conversation.openedAt;
      if (time > latestTime) [latest, latestTime] = [numbers[i]!, time];
    }
    return latest;
  }

  /** Those between two hosts (of one host with b = -1), in order of opening. */
  between(a: number, b = -1): Conversation[] {
    return (this.#byHosts.get(hostsKey(a, b)) ?? []).map((number) => this.conversations[number]!);
  }

  // ---- TCP ----------------------------------------------------------------------------------------------

  #state(event: StateChange): void {
    const key = flowKey(event.hostIndex, event.local, event.localPort, event.remote, event.remotePort);
    if (event.state === 'syn-sent') {
      this.#open(event, key);
      return;
    }
    const flow = this.#flows.get(key);
    if (flow === undefined) return;
    const before = flow.track.lineCount;
    flow.track.changed(flow.side, event.state, event);
    this.#said(flow.track, before, event.at);
  }

  #segment(event: Segment): void {
    const key = flowKey(event.hostIndex, event.from, event.fromPort, event.to, event.toPort);
    let flow = this.#flows.get(key);
    if (flow === undefined) {
      const isServer = (event.flags & (SYN | ACK)) === (SYN | ACK);
      if ((event.flags & SYN) === 0) return;
      flow = isServer ? this.#openFromOutside(event) : this.#open(asStart(event), key);
    }
    const { track, side } = flow;
    if ((event.flags & FIN_SYN_RST) !== 0) {
      if ((event.flags & SYN) !== 0) track.begins(side, event.seq);
      if ((event.flags & RST) !== 0) track.resets(side);
    }
    if (event.payload.length === 0) return;
    const before = track.lineCount;
    track.segment(side, event);
    this.#said(track, before, event.at);
  }

  #open(
    event: Pick<StateChange, 'id' | 'at' | 'hostIndex' | 'local' | 'localPort' | 'remote' | 'remotePort'>,
    key: string,
  ): Flow {
    const { hostIndex } = event;
    const client = { hostIndex, address: event.local, port: event.localPort };
    const server = {
      hostIndex: this.#context.names.at(event.remote, hostIndex),
      address: event.remote,
      port: event.remotePort,
    };
    const track = this.#create('tcp', { client, server, event });
    const flow: Flow = { track, side: 'client' };
    this.#listen(key, flow);
    // Loopback addresses are told apart by the host; elsewhere the server's own index stands in its events.
    const back = flowKey(hostIndex, event.remote, event.remotePort, event.local, event.localPort);
    this.#listen(back, { track, side: 'server' });
    return flow;
  }

  // Only the simulated half of a bridged connection is in the trace.
  #openFromOutside(event: Segment): Flow {
    const start = {
      id: event.id,
      at: event.at,
      hostIndex: -1,
      local: event.to,
      localPort: event.toPort,
      remote: event.from,
      remotePort: event.fromPort,
    };
    this.#open(start, flowKey(-1, event.to, event.toPort, event.from, event.fromPort));
    return this.#flows.get(flowKey(event.hostIndex, event.from, event.fromPort, event.to, event.toPort))!;
  }

  // ---- UDP ----------------------------------------------------------------------------------------------

  #datagram(event: Datagram): void {
    const toServer = event.toPort === dnsPort || event.fromPort !== dnsPort;
    const [from, to] = this.#endsOf(event);
    const [client, server] = toServer ? [from, to] : [to, from];
    const key = pairKey(event);
    let flow = this.#flows.get(key);
    if (flow === undefined) {
      const track = this.#create('udp', { client: { ...client, port: 0 }, server, event });
      track.changed('client', 'established', event);
      flow = { track, side: toServer ? 'client' : 'server' };
      this.#listen(key, flow);
      this.#listen(pairKey(event, true), { track, side: flow.side === 'client' ? 'server' : 'client' });
    }
    const before = flow.track.lineCount;
    flow.track.datagram(flow.side, event, client.port);
    this.#said(flow.track, before, event.at);
  }

  #dropped(event: Extract<TraceEvent, { kind: 'tcp.segment-dropped' | 'udp.datagram-dropped' }>): void {
    const sent = this.#context.byId(event.sent);
    const flow = sent === null ? undefined : this.#flows.get(this.#keyOf(sent) ?? '');
    if (sent === null || flow === undefined || !('payload' in sent)) return;
    const before = flow.track.lineCount;
    flow.track.lost(flow.side, event, sent as Segment | Datagram);
    this.#said(flow.track, before, event.at);
  }

  // ---- keeping ------------------------------------------------------------------------------------------

  #create(
    transport: 'tcp' | 'udp',
    options: { client: End; server: End; event: { id: EventId; at: VirtualTime } },
  ): Track {
    const { client, server, event } = options;
    const protocol =
      transport === 'tcp'
        ? protocolOfPorts(client.port, server.port)
        : server.port === dnsPort
          ? 'dns'
          : 'tcp';
    const conversation: Conversation = {
      number: this.conversations.length,
      protocol,
      transport,
      client,
      server,
      openedAt: event.at,
      opening: event.id,
      states: [],
      lines: [],
      dropped: 0,
    };
    this.conversations.push(conversation);
    const [a, b] = [client.hostIndex, server.hostIndex];
    for (const hosts of new Set([hostsKey(a), hostsKey(b), hostsKey(a, b)]))
      listed(this.#byHosts, hosts).push(conversation.number);
    this.#activity.note(event.at, conversation.number);
    return new Track(conversation, { dns: this.dns, ldap: this.ldap });
  }

  #listen(key: string, flow: Flow): void {
    this.#flows.set(key, flow);
    listed(this.#byFlow, key).push(flow.track.conversation.number);
  }

  #said(track: Track, before: number, at: VirtualTime): void {
    const { number, protocol } = track.conversation;
    this.#activity.note(at, number);
    if (protocol === 'smtp' || protocol === 'lmtp' || protocol === 'imap') {
      this.#mailActivity.note(at, number);
      if (failures.has(stateAt(track.conversation, at))) this.#failures.note(at, number);
    }
    this.#lines += track.lineCount - before;
    while (this.#lines > linesTotalMax && this.#thinned < number) {
      const old = this.conversations[this.#thinned++]!;
      this.#lines -= old.lines.length;
      old.dropped += old.lines.length;
      old.lines = [];
    }
  }

  #endsOf(event: Datagram): [End, End] {
    const to = {
      hostIndex: this.#context.names.at(event.to, event.hostIndex),
      address: event.to,
      port: event.toPort,
    };
    return [{ hostIndex: event.hostIndex, address: event.from, port: event.fromPort }, to];
  }

  #keyOf(event: TraceEvent): string | null {
    switch (event.kind) {
      case 'tcp.segment-sent':
        return flowKey(event.hostIndex, event.from, event.fromPort, event.to, event.toPort);
      case 'udp.datagram-sent':
        return pairKey(event);
      case 'tcp.state-changed':
        return flowKey(event.hostIndex, event.local, event.localPort, event.remote, event.remotePort);
      case 'tcp.segment-delivered':
      case 'tcp.segment-dropped':
      case 'udp.datagram-delivered':
      case 'udp.datagram-dropped': {
        const sent = this.#context.byId(event.sent);
        return sent === null ? null : this.#keyOf(sent);
      }
      default:
        return null;
    }
  }
}

const dnsPort = 53;
const triesMax = 100;
const failures: ReadonlySet<ConnectionState> = new Set(['refused', 'timed-out', 'unreachable']);

function asStart(event: Segment) {
  return {
    ...event,
    local: event.from,
    localPort: event.fromPort,
    remote: event.to,
    remotePort: event.toPort,
  };
}

function flowKey(hostIndex: number, from: string, fromPort: number, to: string, toPort: number): string {
  const key = `${from} ${fromPort} ${to} ${toPort}`;
  return from.startsWith('127.') ? `${hostIndex} ${key}` : key;
}

/** Direction between two hosts; client ports of one after the other belong together. */
function pairKey({ hostIndex, from, fromPort, to, toPort }: Datagram, back = false): string {
  const [a, b] = [`${from}${fromPort === dnsPort ? ':53' : ''}`, `${to}${toPort === dnsPort ? ':53' : ''}`];
  const key = back ? `udp ${b} ${a}` : `udp ${a} ${b}`;
  return from.startsWith('127.') ? `${hostIndex} ${key}` : key;
}

function hostsKey(a: number, b = -1): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

function listed<K>(map: Map<K, number[]>, key: K): number[] {
  let list = map.get(key);
  if (list === undefined) map.set(key, (list = []));
  return list;
}
