/**
 * tcp — the TCP connections and listeners of one host
 *
 * STANDARDS  RFC 9293 §3.10.7: a segment for no connection is answered with RST.
 */
import type { Wait } from '../kernel/host-kernel.ts';

import { ACK, FIN, RST, SYN, type TcpPacket } from './packet.ts';
import type { NetStack } from './stack.ts';
import { TcpConnection } from './tcp-connection.ts';

const backlogMax = 128; // listen(2), somaxconn of old; a SYN beyond it is ignored

export class TcpListener {
  readonly address: string | null;
  readonly port: number;
  readonly backlog: number;
  readonly accepted: TcpConnection[] = [];
  wait: Wait | null = null;
  open = true;

  constructor(address: string | null, port: number, backlog: number) {
    this.address = address;
    this.port = port;
    this.backlog = backlog;
  }
}

/** The TCP of one host: listeners, connections, segments in and out. */
export class TcpStack {
  readonly #stack: NetStack;
  readonly #connections = new ConnectionTable();
  #listeners = new Map<string, TcpListener>();
  #unacknowledged: TcpConnection[] = [];

  constructor(stack: NetStack) {
    this.#stack = stack;
    stack.host.onSettled = () => this.#flushAcks();
  }

  /** @returns null when the port is taken; address null = all addresses */
  listen(options: { port: number; address: string | null; backlog?: number }): TcpListener | null {
    const key = `${options.address ?? '*'}:${options.port}`;
    if (this.#listeners.has(key)) return null;
    const listener = new TcpListener(options.address, options.port, options.backlog ?? backlogMax);
    this.#listeners.set(key, listener);
    return listener;
  }

  unlisten(listener: TcpListener): void {
    if (!listener.open) return;
    listener.open = false;
    this.#listeners.delete(`${listener.address ?? '*'}:${listener.port}`);
    for (const connection of listener.accepted) connection.abort();
    listener.wait?.settle();
  }

  /** Listeners there are now, in order of binding. */
  listening(): TcpListener[] {
    return [...this.#listeners.values()];
  }

  /** Connections there are now, as netstat would list them. */
  connections(): TcpConnection[] {
    return this.#connections.all();
  }

  /** Starts a connection. @returns a connection in syn-sent, or 'unreachable' */
  connect(options: {
    to: { address: string; port: number };
    from: { address: string | undefined; port?: number };
  }): TcpConnection | 'unreachable' {
    const stack = this.#stack;
    // "127.0.0.1%mta1.example" (RFC 4007 §11's notation) is that host's own loopback, for who comes from
    // outside.
    const [peer, zone] = options.to.address.split('%') as [string, string | undefined];
    const to = { address: peer, port: options.to.port };
    const route = stack.route(peer, zone === undefined ? undefined : stack.host.partition.indexOfHost(zone));
    if (route === null) return 'unreachable';
    const address = options.from.address ?? stack.sourceFor(to.address);
    const isTaken = (p: number): boolean => this.#connections.get(p, to.address, to.port) !== undefined;
    const port = options.from.port ?? stack.ephemeralPort(isTaken);
    const connection = new TcpConnection({
      stack,
      role: 'client',
      local: { address, port },
      remote: to,
      route,
    });
    this.#connections.add(connection);
    if (connection.open()) return connection;
    connection.fail('unreachable');
    return 'unreachable';
  }

  arrive(packet: TcpPacket, refuse: boolean): void {
    const connection = this.#connections.get(packet.toPort, packet.from, packet.fromPort);
    if (connection !== undefined) return connection.arrive(packet);
    if ((packet.flags & RST) !== 0) return;
    if ((packet.flags & (SYN | ACK)) === SYN && !refuse) {
      const listener =
        this.#listeners.get(`${packet.to}:${packet.toPort}`) ?? this.#listeners.get(`*:${packet.toPort}`);
      if (listener !== undefined) return this.#accept(listener, packet);
    }
    this.#answerWithReset(packet);
  }

  /** The connection owes an acknowledgement: it leaves at the end of this instant unless data carries it. */
  acknowledgeLater(connection: TcpConnection): void {
    this.#unacknowledged.push(connection);
  }

  forget(connection: TcpConnection): void {
    this.#connections.remove(connection);
  }

  /** Closes everything as a clean shutdown does: FIN to every peer. */
  shutdown(): void {
    for (const connection of this.connections()) connection.close();
    this.reset();
  }

  /** Forgets everything without a word (crash). */
  reset(): void {
    for (const connection of this.connections()) connection.state = 'closed';
    this.#connections.clear();
    this.#listeners = new Map();
    this.#unacknowledged = [];
  }

  #accept(listener: TcpListener, packet: TcpPacket): void {
    if (listener.accepted.length >= listener.backlog) return;
    const route = this.#stack.route(packet.from, packet.source);
    if (route === null) return;
    const connection = new TcpConnection({
      stack: this.#stack,
      role: 'server',
      local: { address: packet.to, port: packet.toPort },
      remote: { address: packet.from, port: packet.fromPort },
      route,
    });
    this.#connections.add(connection);
    connection.onEstablished = () => {
      if (!listener.open) return connection.abort(); // closed while the handshake was under way
      listener.accepted.push(connection);
      listener.wait?.settle();
    };
    connection.acceptSyn(packet);
  }

  #answerWithReset(packet: TcpPacket): void {
    const route = this.#stack.route(packet.from, packet.source);
    if (route === null) return;
    const length = packet.payload.length + ((packet.flags & (SYN | FIN)) !== 0 ? 1 : 0);
    this.#stack.sendSegment(
      {
        protocol: 'tcp', from: packet.to, fromPort: packet.toPort, to: packet.from, toPort: packet.fromPort,
        seq: (packet.flags & ACK) !== 0 ? packet.ack : 0, ack: (packet.seq + length) >>> 0,
        flags: RST | ACK, window: 0, payload: new Uint8Array(0),
        at: 0, destination: 0, source: 0, sequence: 0, sent: 0,
      }, // prettier-ignore
      route,
    );
  }

  #flushAcks(): void {
    if (this.#unacknowledged.length === 0) return;
    const connections = this.#unacknowledged;
    this.#unacknowledged = [];
    for (const connection of connections) connection.flushAck();
  }
}

// The local address is not part of the key: a peer's address and port name the connection well enough, since
// ephemeral ports are never shared between two connections of one host.
class ConnectionTable {
  readonly #ofPeer = new Map<string, Map<number, TcpConnection>>();

  get(localPort: number, remoteAddress: string, remotePort: number): TcpConnection | undefined {
    return this.#ofPeer.get(remoteAddress)?.get(portPair(localPort, remotePort));
  }
  add(connection: TcpConnection): void {
    const { local, remote } = connection;
    let ofPeer = this.#ofPeer.get(remote.address);
    if (ofPeer === undefined) this.#ofPeer.set(remote.address, (ofPeer = new Map()));
    ofPeer.set(portPair(local.port, remote.port), connection);
  }
  remove(connection: TcpConnection): void {
    const { local, remote } = connection;
    const ofPeer = this.#ofPeer.get(remote.address);
    const pair = portPair(local.port, remote.port);
    if (ofPeer?.get(pair) !== connection) return;
    ofPeer.delete(pair);
    if (ofPeer.size === 0) this.#ofPeer.delete(remote.address);
  }
  /** peer by peer, in order of opening */
  all(): TcpConnection[] {
    return [...this.#ofPeer.values()].flatMap((ofPeer) => [...ofPeer.values()]);
  }
  clear(): void {
    this.#ofPeer.clear();
  }
}

// A small integer, which a Map hashes fastest.
function portPair(localPort: number, remotePort: number): number {
  return (localPort << 16) | remotePort;
}
