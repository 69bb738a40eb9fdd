/**
 * sockets — Connection, Listener and UdpSocket of os.ts over the host's network stack
 */
import { assert } from '../bytes/assert.ts';

import { Wait, type HostKernel } from '../kernel/host-kernel.ts';
import type { Syscall } from '../kernel/proc.ts';
import type { VirtualTime } from '../trace/event.ts';

import type { ReceiveBuffer } from '../net/receive-buffer.ts';
import type { NetStack } from '../net/stack.ts';
import type { TcpListener } from '../net/tcp.ts';
import type { TcpConnection } from '../net/tcp-connection.ts';
import type { UdpPort } from '../net/udp.ts';

import {
  NEVER,
  type Connection,
  type ConnectFailure,
  type Datagram,
  type Endpoint,
  type Framer,
  type Line,
  type Listener,
  type ReadFailure,
  type UdpSocket,
} from './os.ts';

const sendBufferBytes = 65536; // a writer blocks while more than this is unacknowledged
const readBytesMax = 65536;

/** Connects; the peer's answer or the deadline decides. */
export function* connectTcp(
  host: HostKernel,
  stack: NetStack,
  options: { to: Endpoint; deadline: VirtualTime; from?: string },
): Syscall<Connection | ConnectFailure> {
  const connection = stack.tcp.connect({ to: options.to, from: { address: options.from } });
  if (connection === 'unreachable') return 'No route to host';
  const outcome = (yield new ConnectWait(host, options.deadline, connection)) as string;
  if (outcome === 'timeout') {
    connection.fail('timed-out');
    return 'Connection timed out';
  }
  if (outcome !== 'closed') return new VirtualConnection(host, connection);
  return connection.failure === 'refused' ? 'Connection refused' : 'Connection timed out';
}

/** A wait for something of a connection. */
abstract class TcpWait extends Wait {
  protected readonly tcp: TcpConnection;

  constructor(host: HostKernel, deadline: VirtualTime, tcp: TcpConnection) {
    super(host, deadline);
    this.tcp = tcp;
  }
}

class ConnectWait extends TcpWait {
  protected poll(): string | undefined {
    return this.tcp.state === 'syn-sent' ? undefined : this.tcp.state;
  }
  protected enlist(waits: boolean): void {
    this.tcp.connectWait = waits ? this : null;
  }
}

/** Waits until `taken` finds something; the end of the stream counts only when nothing is left to take. */
abstract class ReadWait<T> extends TcpWait {
  protected abstract taken(received: ReceiveBuffer): T | undefined;

  protected poll(): T | ReadFailure | undefined {
    const { tcp } = this;
    const taken = this.taken(tcp.received);
    if (taken !== undefined) return taken;
    if (tcp.finReceived) return 'eof';
    return tcp.state === 'closed' ? (tcp.failure === null ? 'eof' : 'reset') : undefined;
  }
  protected enlist(waits: boolean): void {
    this.tcp.readWait = waits ? this : null;
  }
}

class BytesWait extends ReadWait<Uint8Array> {
  bytesMax = readBytesMax;

  protected taken(received: ReceiveBuffer): Uint8Array | undefined {
    return received.length === 0 ? undefined : received.take(this.bytesMax);
  }
}

class LineWait extends ReadWait<Line> {
  bytesMax = readBytesMax;

  protected taken(received: ReceiveBuffer): Line | undefined {
    const { bytesMax } = this;
    const at = received.lineFeedAt();
    if (at === -1 || at > bytesMax)
      return received.length < bytesMax ? undefined : { bytes: received.take(bytesMax), ending: 'none' };
    const whole = received.take(at + 1);
    const crlf = at > 0 && whole[at - 1] === 13;
    return { bytes: whole.subarray(0, crlf ? at - 1 : at), ending: crlf ? 'crlf' : 'lf' };
  }
}

class FrameWait extends ReadWait<Uint8Array | 'malformed'> {
  readonly #framer: Framer;
  readonly #bytesMax: number;

  constructor(host: HostKernel, tcp: TcpConnection, options: FrameOptions) {
    super(host, options.deadline, tcp);
    this.#framer = options.framer;
    this.#bytesMax = options.bytesMax;
  }
  protected taken(received: ReceiveBuffer): Uint8Array | 'malformed' | undefined {
    if (received.length === 0) return undefined;
    const view = received.peek();
    const length = this.#framer(view, view.length);
    if (length < 0 || length > this.#bytesMax) return 'malformed';
    if (length > 0 && length <= view.length) return received.take(length);
    return view.length > this.#bytesMax ? 'malformed' : undefined;
  }
}

interface FrameOptions {
  framer: Framer;
  deadline: VirtualTime;
  bytesMax: number;
}

class WriteWait extends TcpWait {
  protected poll(): 'reset' | 'ok' | undefined {
    if (this.tcp.state === 'closed') return 'reset';
    return this.tcp.pendingBytes <= sendBufferBytes ? 'ok' : undefined;
  }
  protected enlist(waits: boolean): void {
    this.tcp.writeWait = waits ? this : null;
  }
}

class VirtualConnection implements Connection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly #host: HostKernel;
  readonly #tcp: TcpConnection;

  constructor(host: HostKernel, tcp: TcpConnection) {
    this.#host = host;
    this.#tcp = tcp;
    this.local = tcp.local;
    this.remote = tcp.remote;
  }

  get buffered(): number {
    return this.#tcp.received.length;
  }

  read(options: { deadline: VirtualTime; bytesMax?: number }): Syscall<Uint8Array | ReadFailure> {
    const wait = new BytesWait(this.#host, options.deadline, this.#tcp);
    wait.bytesMax = options.bytesMax ?? readBytesMax;
    return this.#reading(wait);
  }

  readLine(options: { deadline: VirtualTime; bytesMax: number }): Syscall<Line | ReadFailure> {
    const wait = new LineWait(this.#host, options.deadline, this.#tcp);
    wait.bytesMax = options.bytesMax;
    return this.#reading(wait);
  }

  readFrame(options: FrameOptions): Syscall<Uint8Array | ReadFailure | 'malformed'> {
    return this.#reading(new FrameWait(this.#host, this.#tcp, options));
  }

  peek(): Uint8Array {
    return this.#tcp.received.peek();
  }

  *write(bytes: Uint8Array, options?: { deadline: VirtualTime }): Syscall<'ok' | 'reset' | 'timeout'> {
    const tcp = this.#tcp;
    if (tcp.state === 'closed') return 'reset';
    tcp.write(bytes);
    if (tcp.pendingBytes <= sendBufferBytes) return 'ok';
    const wait = new WriteWait(this.#host, options?.deadline ?? NEVER, tcp);
    return (yield wait) as 'ok' | 'reset' | 'timeout';
  }

  close(): void {
    this.#tcp.close();
  }
  abort(): void {
    this.#tcp.abort();
  }

  *#reading<T>(wait: ReadWait<T>): Syscall<T | ReadFailure> {
    const tcp = this.#tcp;
    assert(tcp.readWait === null, 'two procs read the same connection');
    const result = (yield wait) as T | ReadFailure;
    tcp.readDone();
    return result;
  }
}

export class VirtualListener implements Listener {
  readonly local: Endpoint;
  readonly #host: HostKernel;
  readonly #stack: NetStack;
  readonly #listener: TcpListener;

  constructor(host: HostKernel, stack: NetStack, listener: TcpListener) {
    this.#host = host;
    this.#stack = stack;
    this.#listener = listener;
    this.local = { address: listener.address ?? stack.addresses[0]!, port: listener.port };
  }

  *accept(options?: { deadline: VirtualTime }): Syscall<Connection | 'timeout'> {
    const wait = new AcceptWait(this.#host, options?.deadline ?? NEVER, this.#listener);
    const accepted = (yield wait) as TcpConnection | 'timeout';
    return accepted === 'timeout' ? 'timeout' : new VirtualConnection(this.#host, accepted);
  }

  close(): void {
    this.#stack.tcp.unlisten(this.#listener);
  }
}

/** A UDP socket of a proc. */
export class VirtualUdpSocket implements UdpSocket {
  readonly local: Endpoint;
  readonly #host: HostKernel;
  readonly #stack: NetStack;
  readonly #port: UdpPort;

  constructor(host: HostKernel, stack: NetStack, port: UdpPort) {
    this.#host = host;
    this.#stack = stack;
    this.#port = port;
    this.local = { address: port.address ?? stack.addresses[0]!, port: port.port };
  }

  send(options: { to: Endpoint; bytes: Uint8Array; from?: string }): void {
    this.#stack.udp.send(this.#port, options.to, options.bytes, options.from);
  }

  *receive(options: { deadline: VirtualTime }): Syscall<Datagram | 'timeout' | 'refused'> {
    const wait = new DatagramWait(this.#host, options.deadline, this.#port);
    return (yield wait) as Datagram | 'timeout' | 'refused';
  }

  close(): void {
    this.#stack.udp.close(this.#port);
  }
}

class AcceptWait extends Wait {
  readonly #listener: TcpListener;

  constructor(host: HostKernel, deadline: VirtualTime, listener: TcpListener) {
    super(host, deadline);
    this.#listener = listener;
  }
  protected poll(): TcpConnection | undefined {
    return this.#listener.accepted.shift();
  }
  protected enlist(waits: boolean): void {
    this.#listener.wait = waits ? this : null;
  }
}

class DatagramWait extends Wait {
  readonly #port: UdpPort;

  constructor(host: HostKernel, deadline: VirtualTime, port: UdpPort) {
    super(host, deadline);
    this.#port = port;
  }
  protected poll(): Datagram | 'refused' | undefined {
    if (!this.#port.refused) return this.#port.received.shift();
    this.#port.refused = false;
    return 'refused';
  }
  protected enlist(waits: boolean): void {
    this.#port.wait = waits ? this : null;
  }
}
