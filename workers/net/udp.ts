/**
 * udp — datagrams of one host: sockets by port, ICMP port unreachable
 *
 * STANDARDS  RFC 768, RFC 1122 §4.1. A socket holds at most 256 undelivered datagrams; more are dropped.
 */
import type { Wait } from '../kernel/host-kernel.ts';

import type { IcmpPacket, UdpPacket } from './packet.ts';
import type { NetStack } from './stack.ts';

const datagramsMax = 256;

export interface ReceivedDatagram {
  bytes: Uint8Array;
  from: { address: string; port: number };
  to: { address: string; port: number };
}

export class UdpPort {
  readonly address: string | null;
  readonly port: number;
  readonly received: ReceivedDatagram[] = [];
  refused = false;
  wait: Wait | null = null;
  open = true;

  constructor(address: string | null, port: number) {
    this.address = address;
    this.port = port;
  }
}

/** The UDP of one host: ports, datagrams in and out. */
export class UdpStack {
  readonly #stack: NetStack;
  #ports = new Map<string, UdpPort>();

  constructor(stack: NetStack) {
    this.#stack = stack;
  }

  /** @returns null when the port is taken; address null = all addresses */
  bind(options: { port: number | undefined; address: string | null }): UdpPort | null {
    const port = options.port ?? this.#stack.ephemeralPort((p) => this.#ports.has(`*:${p}`));
    const key = `${options.address ?? '*'}:${port}`;
    if (this.#ports.has(key)) return null;
    const socket = new UdpPort(options.address, port);
    this.#ports.set(key, socket);
    return socket;
  }

  close(socket: UdpPort): void {
    if (!socket.open) return;
    socket.open = false;
    this.#ports.delete(`${socket.address ?? '*'}:${socket.port}`);
    socket.wait?.settle();
  }

  /** Ports that are bound now, in order of binding. */
  bound(): UdpPort[] {
    return [...this.#ports.values()];
  }

  send(
    socket: UdpPort,
    to: { address: string; port: number },
    bytes: Uint8Array,
    fromAddress?: string,
  ): void {
    const from = fromAddress ?? socket.address ?? this.#stack.sourceFor(to.address);
    const sent = this.#stack.host.emit({
      kind: 'udp.datagram-sent',
      from,
      fromPort: socket.port,
      to: to.address,
      toPort: to.port,
      payload: bytes,
    });
    const route = this.#stack.route(to.address);
    if (route === null) {
      this.#stack.host.emit({ kind: 'udp.datagram-dropped', sent, why: 'no route to host' }, sent);
      return;
    }
    this.#stack.send(
      {
        protocol: 'udp', from, fromPort: socket.port, to: to.address, toPort: to.port, payload: bytes,
        at: 0, destination: 0, source: 0, sequence: 0, sent,
      }, // prettier-ignore
      route,
    );
  }

  arrive(packet: UdpPacket): void {
    const socket = this.#ports.get(`${packet.to}:${packet.toPort}`) ?? this.#ports.get(`*:${packet.toPort}`);
    if (socket === undefined) return this.#refuse(packet);
    if (socket.received.length >= datagramsMax) {
      this.#stack.host.emit({ kind: 'udp.datagram-dropped', sent: packet.sent, why: 'receive buffer full' });
      return;
    }
    socket.received.push({
      bytes: packet.payload,
      from: { address: packet.from, port: packet.fromPort },
      to: { address: packet.to, port: packet.toPort },
    });
    socket.wait?.settle();
  }

  /** An ICMP port unreachable came back. */
  unreachable(packet: IcmpPacket): void {
    const socket = this.#ports.get(`${packet.to}:${packet.toPort}`) ?? this.#ports.get(`*:${packet.toPort}`);
    if (socket === undefined) return;
    socket.refused = true;
    socket.wait?.settle();
  }

  reset(): void {
    this.#ports = new Map();
  }

  #refuse(packet: UdpPacket): void {
    const stack = this.#stack;
    const sent = stack.host.emit({
      kind: 'udp.datagram-dropped',
      sent: packet.sent,
      why: 'port unreachable',
    });
    const route = stack.route(packet.from, packet.source);
    if (route === null) return;
    stack.send(
      {
        protocol: 'icmp',
        from: packet.to,
        to: packet.from,
        fromPort: packet.toPort,
        toPort: packet.fromPort,
        at: 0, destination: 0, source: 0, sequence: 0, sent,
      }, // prettier-ignore
      route,
    );
  }
}
