/**
 * real-sockets — the bridge's real side: loopback sockets, each an `outside` connection or flow in the
 * simulation
 *
 * One real read is one delivery, so bursts stay bursts; FIN, half-close and RST pass both ways. A real peer
 * is read only while at most 64 kB of it wait to be written into the simulation.
 * SIMPLIFIED: a real peer that does not read is cut off at 16 MB, since its slowness would have to be an
 * input.
 */
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { createServer, connect, type Server, type Socket } from 'node:net';

import type { OutsideSink } from '../hosts/outside.ts';
import type { InputCommand } from '../input.ts';

import { outsideAddress, type Binding, type Outlet } from './bridge-world.ts';

const bytesInFlightMax = 65536;
const bytesBufferedMax = 16 * 1024 * 1024;

interface RealConnection {
  socket: Socket;
  inFlight: number;
}

type StreamCommand = Extract<
  InputCommand,
  { kind: 'outside.connect' | 'outside.data' | 'outside.close' | 'outside.abort' }
>;

export class RealSockets {
  readonly sink: OutsideSink;
  readonly #input: (command: InputCommand) => void;
  readonly #outlets: readonly Outlet[];
  readonly #addressOf: (host: string) => string;
  readonly #connections = new Map<number, RealConnection>();
  readonly #flows = new Map<number, { socket: UdpSocket; peer: RemoteInfo }>();
  readonly #flowOf = new Map<string, number>();
  readonly #servers: (Server | UdpSocket)[] = [];
  readonly #host: string | null;
  #last = 0;

  constructor(options: {
    outlets: readonly Outlet[];
    /** a host's first address */
    addressOf: (host: string) => string;
    input: (command: InputCommand) => void;
    /** the host whose process the bridge is there, where a peer keeps its own address; null = outside */
    host: string | null;
  }) {
    this.#host = options.host;
    this.#addressOf = options.addressOf;
    this.#input = options.input;
    this.#outlets = options.outlets;
    const of = (connection: number): Socket | undefined => this.#connections.get(connection)?.socket;
    this.sink = {
      connected: (connection) => of(connection)?.resume(),
      failed: (connection) => of(connection)?.resetAndDestroy(),
      data: (connection, bytes) => {
        const socket = of(connection);
        if (socket === undefined) return;
        socket.write(bytes.slice());
        if (socket.writableLength > bytesBufferedMax) socket.resetAndDestroy();
      },
      written: (connection, bytes) => this.#written(connection, bytes),
      ended: (connection) => of(connection)?.end(),
      reset: (connection) => of(connection)?.resetAndDestroy(),
      datagram: (flow, bytes) => {
        const real = this.#flows.get(flow);
        real?.socket.send(bytes, real.peer.port, real.peer.address);
      },
      accepted: (connection, to) => this.#leave(connection, to),
    };
  }

  /** Binds everything. @returns "host:port" or "host:port/udp" → real port */
  async listen(bindings: readonly Binding[]): Promise<Record<string, number>> {
    const ports: Record<string, number> = {};
    for (const binding of bindings) {
      const name = `${binding.host}:${binding.port}${binding.protocol === 'udp' ? '/udp' : ''}`;
      ports[name] = await (binding.protocol === 'udp' ? this.#bindUdp(binding) : this.#bindTcp(binding));
    }
    return ports;
  }

  close(): void {
    for (const { socket } of this.#connections.values()) socket.destroy();
    for (const server of this.#servers) server.close();
  }

  #bindTcp(binding: Binding): Promise<number> {
    const to = this.#target(binding);
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (socket) => {
      const connection = ++this.#last;
      this.#carry(connection, socket);
      const from = this.#host === null ? outsideAddress : peerOf(socket);
      this.#enter({ kind: 'outside.connect', connection, to, port: binding.port, from });
    });
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(binding.realPort, binding.ip, () => resolve((server.address() as { port: number }).port));
    });
  }

  #bindUdp(binding: Binding): Promise<number> {
    const to = this.#target(binding);
    const socket = createSocket('udp4');
    this.#servers.push(socket);
    socket.on('message', (bytes, peer) => {
      const key = `${binding.host} ${binding.port} ${peer.address} ${peer.port}`;
      let flow = this.#flowOf.get(key);
      if (flow === undefined) {
        flow = ++this.#last;
        this.#flowOf.set(key, flow);
        this.#flows.set(flow, { socket, peer });
      }
      const base64 = bytes.toString('base64');
      this.#input({ kind: 'outside.datagram', flow, to, port: binding.port, from: outsideAddress, base64 });
    });
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(binding.realPort, binding.ip, () => resolve(socket.address().port));
    });
  }

  /** A simulated host connected to an address that leads out. */
  #leave(connection: number, to: { address: string; port: number }): void {
    const outlet = this.#outlets.find(({ address, port }) => address === to.address && port === to.port);
    if (outlet === undefined) return;
    const socket = connect({ host: outlet.ip, port: outlet.realPort, allowHalfOpen: true, noDelay: true });
    this.#carry(connection, socket);
  }

  #carry(connection: number, socket: Socket): void {
    this.#connections.set(connection, { socket, inFlight: 0 });
    socket.on('data', (bytes: Buffer) => {
      const real = this.#connections.get(connection);
      if (real === undefined) return;
      real.inFlight += bytes.length;
      if (real.inFlight > bytesInFlightMax) socket.pause();
      this.#enter({ kind: 'outside.data', connection, base64: bytes.toString('base64') });
    });
    socket.on('end', () => this.#enter({ kind: 'outside.close', connection }));
    socket.on('error', () => this.#enter({ kind: 'outside.abort', connection }));
    socket.on('close', () => this.#connections.delete(connection));
  }

  #enter(command: StreamCommand): void {
    this.#input(this.#host === null ? command : { ...command, host: this.#host });
  }

  #written(connection: number, bytes: number): void {
    const real = this.#connections.get(connection);
    if (real === undefined) return;
    real.inFlight -= bytes;
    if (real.inFlight <= bytesInFlightMax) real.socket.resume();
  }

  #target(binding: Binding): string {
    if (binding.address === null) return this.#addressOf(binding.host);
    if (this.#host !== null) return binding.address;
    return binding.address.startsWith('127.') ? `${binding.address}%${binding.host}` : binding.address;
  }
}

function peerOf(socket: Socket): string {
  return (socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
}
