/**
 * capture — trace → pcapng: the packets of one cable, of one host or of the whole world, for Wireshark and tshark
 *
 * A cable and the world see each packet once, when it is sent, also one that is lost on the way (its comment says so). A
 * host sees what it sends and what reaches it, each when it does, as tcpdump on that host would; its loopback too.
 *
 * SIMPLIFIED: no Ethernet below IP, no ICMP. A packet that waits for others on its cable bears the time at which it was
 * handed over. Of a connection with a real peer (the bridge) only the simulated half is there.
 *
 * SEE ALSO  workers/protocols/pcap (the formats)
 */
import type { EventId, TraceEvent, TraceKind, World } from '../../workers/api.ts';
import { encodeTcpPacket, encodeUdpPacket } from '../../workers/protocols/pcap/ip-packet.ts';
import {
  interfaceBlock,
  namesBlock,
  packetBlock,
  secretsBlock,
  sectionBlock,
  type InterfacePacket,
} from '../../workers/protocols/pcap/pcapng.ts';

import type { Names } from './names.ts';

/** What is captured; hosts by their index in the world. */
export type CaptureScope =
  { of: 'world' } | { of: 'host'; host: number } | { of: 'link'; between: readonly [number, number] };

type Sent = Extract<TraceEvent, { kind: 'tcp.segment-sent' | 'udp.datagram-sent' }>;

/** Feed it a trace from its beginning, then take `blocks` and `keyLog`. */
export class Capture {
  readonly kinds: ReadonlySet<TraceKind> = new Set<TraceKind>([
    'tcp.segment-sent',
    'tcp.segment-delivered',
    'tcp.segment-dropped',
    'udp.datagram-sent',
    'udp.datagram-delivered',
    'udp.datagram-dropped',
    'tls.secrets-derived',
  ]);

  readonly #world: World;
  readonly #names: Names;
  readonly #scope: CaptureScope;
  readonly #startUs: number;
  readonly #linked: ReadonlySet<string>;
  readonly #interfaces = new Map<string, number>();
  readonly #packets: InterfacePacket[] = [];
  /** packets under way that are captured, and get a comment when they are lost */
  readonly #underWay = new Map<EventId, InterfacePacket>();
  /** packets under way to the host, which sees them when they arrive */
  readonly #awaited = new Map<EventId, InterfacePacket>();
  readonly #keys = new Set<string>();

  constructor(world: World, names: Names, scope: CaptureScope) {
    this.#world = world;
    this.#names = names;
    this.#scope = scope;
    this.#startUs = Date.parse(world.startsAt) * 1000;
    this.#linked = new Set(world.links.map(({ between: [a, b] }) => key(names.indexOf(a), names.indexOf(b))));
  }

  get packetCount(): number {
    return this.#packets.length;
  }

  /** Lines in the format of SSLKEYLOGFILE; '' when nothing was encrypted. */
  get keyLog(): string {
    return [...this.#keys].map((line) => `${line}\n`).join('');
  }

  add(event: TraceEvent): void {
    switch (event.kind) {
      case 'tcp.segment-sent':
      case 'udp.datagram-sent':
        return this.#sent(event);
      case 'tcp.segment-delivered':
      case 'udp.datagram-delivered':
        return this.#delivered(event.sent, event.at);
      case 'tcp.segment-dropped':
      case 'udp.datagram-dropped':
        return this.#dropped(event.sent, event.why);
      case 'tls.secrets-derived':
        if (this.#concerns(event.hostIndex))
          for (const line of event.keyLog.split('\n')) this.#keys.add(line);
        return;
      default:
    }
  }

  /** The file, in pieces. */
  blocks(): Uint8Array[] {
    const comment = `${this.#world.title}: ${describeScope(this.#scope, this.#names)}`;
    const names = this.#world.hosts.flatMap(({ name, addresses }) =>
      addresses.map((address) => ({ address, name })),
    );
    return [
      sectionBlock({ application: 'Postroom', comment }),
      ...[...this.#interfaces.keys()].map((ends) => this.#interfaceBlock(ends)),
      namesBlock(names),
      ...(this.#keys.size > 0 ? [secretsBlock(this.keyLog)] : []),
      ...this.#packets.map(packetBlock),
    ];
  }

  #sent(event: Sent): void {
    const from = event.hostIndex;
    const to = this.#names.at(event.to, from);
    const ends = key(from, to);
    if (to < 0 || !this.#takes(from, to) || (to !== from && !this.#linked.has(ends))) return;
    const packet: InterfacePacket = {
      on: this.#interface(ends),
      epochUs: this.#startUs + event.at,
      packet: event.kind === 'tcp.segment-sent' ? encodeTcpPacket(event) : encodeUdpPacket(event),
    };
    if (this.#scope.of === 'host' && to !== from) {
      if (from !== this.#scope.host) return void this.#awaited.set(event.id, packet);
      packet.direction = 'out';
    }
    this.#packets.push(packet);
    this.#underWay.set(event.id, packet);
  }

  #delivered(sent: EventId, at: number): void {
    this.#underWay.delete(sent);
    const packet = this.#awaited.get(sent);
    if (packet === undefined) return;
    this.#awaited.delete(sent);
    this.#packets.push({ ...packet, epochUs: this.#startUs + at, direction: 'in' });
  }

  #dropped(sent: EventId, why: string): void {
    this.#awaited.delete(sent);
    const packet = this.#underWay.get(sent);
    if (packet !== undefined) packet.comment = `dropped: ${why}`;
    this.#underWay.delete(sent);
  }

  /** Whether a packet between the two is captured. */
  #takes(from: number, to: number): boolean {
    const scope = this.#scope;
    if (scope.of === 'world') return true;
    if (scope.of === 'host') return from === scope.host || to === scope.host;
    return key(from, to) === key(...scope.between);
  }

  #concerns(host: number): boolean {
    const scope = this.#scope;
    if (scope.of === 'world') return true;
    return scope.of === 'host' ? host === scope.host : scope.between.includes(host);
  }

  #interface(ends: string): number {
    const known = this.#interfaces.get(ends);
    if (known !== undefined) return known;
    this.#interfaces.set(ends, this.#interfaces.size);
    return this.#interfaces.size - 1;
  }

  #interfaceBlock(ends: string): Uint8Array {
    const [a, b] = ends.split(' ').map(Number) as [number, number];
    const one = this.#names;
    if (a === b)
      return interfaceBlock({ name: `${one.short(a)} lo`, description: `loopback of ${one.full(a)}` });
    return interfaceBlock({
      name: `${one.short(a)} - ${one.short(b)}`,
      description: `cable from ${one.full(a)} to ${one.full(b)}`,
    });
  }
}

/** "all packets", "packets of mta1", "packets between mta1 and ns1" */
export function describeScope(scope: CaptureScope, names: Names): string {
  if (scope.of === 'world') return 'all packets';
  if (scope.of === 'host') return `packets of ${names.short(scope.host)}`;
  return `packets between ${scope.between.map((host) => names.short(host)).join(' and ')}`;
}

/** Two hosts in either order; the same one twice is its loopback. */
function key(a: number, b: number): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
