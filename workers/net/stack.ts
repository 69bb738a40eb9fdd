/**
 * stack — the IP layer of one host: addresses, links, loopback, and the way up to TCP and UDP
 *
 * SIMPLIFIED: no routers and no ARP. A packet crosses the one link to the host that has the address; an
 * address nobody has, or a link that is down, is unreachable at once ("No route to host"), where a real host
 * may first wait some seconds for ARP or for an ICMP answer.
 */
import type { HostKernel } from '../kernel/host-kernel.ts';

import type { Link } from './link.ts';
import { packetBytes, type Packet, type TcpPacket } from './packet.ts';
import { TcpStack } from './tcp.ts';
import { UdpStack } from './udp.ts';

export const loopbackLatencyUs = 20;

/** Where an address leads: a host of the world and the link to it; loopback has no link. */
export interface Route {
  destination: number;
  link: Link | null;
}

export class NetStack {
  readonly host: HostKernel;
  readonly addresses: readonly string[];
  readonly links: ReadonlyMap<number, Link>;
  readonly tcp: TcpStack;
  readonly udp: UdpStack;
  readonly #hostOfAddress: ReadonlyMap<string, number>;
  readonly #local: Route;
  readonly #routes = new Map<number, Route>();
  #ephemeral = 32768;

  constructor(options: {
    host: HostKernel;
    addresses: readonly string[];
    /** outgoing direction of each cable, by the other host's index */
    links: ReadonlyMap<number, Link>;
    hostOfAddress: ReadonlyMap<string, number>;
  }) {
    this.host = options.host;
    this.addresses = options.addresses;
    this.links = options.links;
    this.#hostOfAddress = options.hostOfAddress;
    this.#local = { destination: options.host.index, link: null };
    for (const [destination, link] of options.links) this.#routes.set(destination, { destination, link });
    this.tcp = new TcpStack(this);
    this.udp = new UdpStack(this);
  }

  isLocal(address: string): boolean {
    return address.startsWith('127.') || this.addresses.includes(address);
  }

  /** @param via overrides the address: a peer behind that host (a real client behind the bridge) */
  route(to: string, via?: number): Route | null {
    if (via === undefined ? this.isLocal(to) : via === this.host.index) return this.#local;
    const destination = via ?? this.#hostOfAddress.get(to);
    return destination === undefined ? null : (this.#routes.get(destination) ?? null);
  }

  /** The address a packet to `to` leaves from. */
  sourceFor(to: string): string {
    return to.startsWith('127.') ? '127.0.0.1' : this.addresses[0]!;
  }

  /** The next free ephemeral port (RFC 6056 §3.3.1 style, counting). */
  ephemeralPort(taken: (port: number) => boolean): number {
    do {
      this.#ephemeral = this.#ephemeral >= 60999 ? 32768 : this.#ephemeral + 1;
    } while (taken(this.#ephemeral));
    return this.#ephemeral;
  }

  /** Records a segment and sends it. @returns why it was lost at once, or null */
  sendSegment(packet: TcpPacket, route: Route): string | null {
    const { from, fromPort, to, toPort, seq, ack, flags, window, payload } = packet;
    packet.sent = this.host.emit({
      kind: 'tcp.segment-sent', from, fromPort, to, toPort, seq, ack, flags, window, payload,
    }); // prettier-ignore
    return this.send(packet, route);
  }

  /** Sends what `packet.sent` recorded: fills in the way. @returns why it was lost at once, or null */
  send(packet: Packet, route: Route): string | null {
    const { host } = this;
    packet.source = host.index;
    packet.destination = route.destination;
    packet.sequence = host.nextSequence();
    if (route.link === null) {
      packet.at = host.now + loopbackLatencyUs;
    } else {
      const arrival = route.link.transmit(host.now, packetBytes(packet), host.random);
      if (typeof arrival === 'string') {
        this.#dropped(packet, arrival);
        return arrival;
      }
      packet.at = arrival;
    }
    host.partition.post(packet);
    return null;
  }

  /** A packet reached this host. */
  arrive(packet: Packet): void {
    const { host } = this;
    if (!host.up) return this.#dropped(packet, 'host is down');
    const link = this.links.get(packet.source);
    if (link?.fault === 'down') return this.#dropped(packet, 'link down');
    if (packet.protocol === 'tcp') {
      const cause = host.emit({
        kind: 'tcp.segment-delivered',
        sent: packet.sent,
        fromPort: packet.fromPort,
        toPort: packet.toPort,
      });
      host.cause = cause;
      this.tcp.arrive(packet, link?.fault === 'refuse');
    } else if (packet.protocol === 'udp') {
      const cause = host.emit({
        kind: 'udp.datagram-delivered',
        sent: packet.sent,
        fromPort: packet.fromPort,
        toPort: packet.toPort,
      });
      host.cause = cause;
      this.udp.arrive(packet);
    } else this.udp.unreachable(packet);
  }

  /** Everything is forgotten (crash). */
  reset(): void {
    this.tcp.reset();
    this.udp.reset();
  }

  #dropped(packet: Packet, why: string): void {
    if (packet.protocol === 'tcp')
      this.host.emit({ kind: 'tcp.segment-dropped', sent: packet.sent, why }, packet.sent);
    else if (packet.protocol === 'udp')
      this.host.emit({ kind: 'udp.datagram-dropped', sent: packet.sent, why }, packet.sent);
  }
}
