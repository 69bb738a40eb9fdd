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
  /** by port number; several when they are bound to different addresses */
  #ports = new Map<number, UdpPort[]>();

  constructor(stack: NetStack) {
    this.#stack = stack;
  }

  /** @returns null when the port is taken; address null = all addresses */
  bind(options: { port: number | undefined; address: string | null }): UdpPort | null {
    const port = options.port ?? this.#stack.ephemeralPort((p) => this.#ports.has(p));
    const sockets = this.#ports.get(port);
    if (sockets?.some((socket) => socket.address === options.address) === true) return null;
    const socket = new UdpPort(options.address, port);
    if (sockets === undefined) this.#ports.set(port, [socket]);
    else sockets.push(socket);
    return socket;
  }

  close(socket: UdpPort): void {
    if (!socket.open) return;
    socket.open = false;
    const rest = this.#ports.get(socket.port)?.filter((other) => other !== socket) ?? [];
    if (rest.length === 0) this.#ports.delete(socket.port);
    else this.#ports.set(socket.port, rest);
    socket.wait?.settle();
  }

  /** Ports that are bound now, in order of binding. */
  bound(): UdpPort[] {
    return [...this.#ports.values()].flat();
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
    const socket = this.#find(packet.to, packet.toPort);
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
    const socket = this.#find(packet.to, packet.toPort);
    if (socket === undefined) return;
    socket.refused = true;
    socket.wait?.settle();
  }

  reset(): void {
    this.#ports = new Map();
  }

  /** The socket bound to that very address goes before one that takes all. */
  #find(address: string, port: number): UdpPort | undefined {
    const sockets = this.#ports.get(port);
    if (sockets === undefined) return undefined;
    let any: UdpPort | undefined;
    for (let i = 0; i < sockets.length; i++) {
      const socket = sockets[i]!;
      if (socket.address === address) return socket;
      if (socket.address === null) any = socket;
    }
    return any;
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
