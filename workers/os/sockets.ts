/**
 * sockets — Connection, Listener and UdpSocket of os.ts over the host's network stack
 */
import { assert } from '../bytes/assert.ts';
import type { ReceiveBuffer } from '../bytes/receive-buffer.ts';

import { Wait, waitFor, type HostKernel, type WaitSource } from '../kernel/host-kernel.ts';
import type { Syscall } from '../kernel/proc.ts';
import type { VirtualTime } from '../trace/event.ts';

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
  const outcome = (yield new Wait(host, new Handshake(connection), options.deadline)) as string;
  if (outcome === 'timeout') {
    connection.fail('timed-out');
    return 'Connection timed out';
  }
  if (outcome !== 'closed') return new VirtualConnection(host, connection);
  return connection.failure === 'refused' ? 'Connection refused' : 'Connection timed out';
}

class Handshake implements WaitSource {
  readonly #tcp: TcpConnection;

  constructor(tcp: TcpConnection) {
    this.#tcp = tcp;
  }
  poll(): string | undefined {
    return this.#tcp.state === 'syn-sent' ? undefined : this.#tcp.state;
  }
  enlist(wait: Wait | null): void {
    this.#tcp.connectWait = wait;
  }
}

/** What a read takes: any bytes, a line, or a frame. A connection has one reader at a time. */
class Reading implements WaitSource {
  readonly #tcp: TcpConnection;
  #what: 'bytes' | 'line' | Framer = 'bytes';
  #bytesMax = 0;

  constructor(tcp: TcpConnection) {
    this.#tcp = tcp;
  }

  /** What is read next. */
  begin(what: 'bytes' | 'line' | Framer, bytesMax: number): this {
    assert(this.#tcp.readWait === null, 'two procs read the same connection');
    this.#what = what;
    this.#bytesMax = bytesMax;
    return this;
  }

  /** The end of the stream counts only when nothing is left to take. */
  poll(): unknown {
    const tcp = this.#tcp;
    const taken = this.#take(tcp.received);
    if (taken !== undefined) return taken;
    if (tcp.finReceived) return 'eof';
    return tcp.state === 'closed' ? (tcp.failure === null ? 'eof' : 'reset') : undefined;
  }

  enlist(wait: Wait | null): void {
    this.#tcp.readWait = wait;
  }

  #take(received: ReceiveBuffer): Uint8Array | Line | 'malformed' | undefined {
    if (received.length === 0) return undefined;
    if (this.#what === 'line') return this.#line(received);
    const bytesMax = this.#bytesMax;
    if (this.#what === 'bytes') return received.take(bytesMax);
    const view = received.peek();
    const length = this.#what(view, view.length);
    if (length < 0 || length > bytesMax) return 'malformed';
    if (length > 0 && length <= view.length) return received.take(length);
    return view.length > bytesMax ? 'malformed' : undefined;
  }

  #line(received: ReceiveBuffer): Line | undefined {
    const bytesMax = this.#bytesMax;
    const at = received.lineFeedAt();
    if (at === -1 || at > bytesMax)
      return received.length < bytesMax ? undefined : { bytes: received.take(bytesMax), ending: 'none' };
    const whole = received.take(at + 1);
    const crlf = at > 0 && whole[at - 1] === 13;
    return { bytes: whole.subarray(0, crlf ? at - 1 : at), ending: crlf ? 'crlf' : 'lf' };
  }
}

class RoomToWrite implements WaitSource {
  readonly #tcp: TcpConnection;

  constructor(tcp: TcpConnection) {
    this.#tcp = tcp;
  }
  poll(): 'reset' | 'ok' | undefined {
    if (this.#tcp.state === 'closed') return 'reset';
    return this.#tcp.pendingBytes <= sendBufferBytes ? 'ok' : undefined;
  }
  enlist(wait: Wait | null): void {
    this.#tcp.writeWait = wait;
  }
}

/** A call that has its result already: what `yield*` on it gives, at once. */
class SettledCall<T> implements Syscall<T> {
  readonly #step: IteratorReturnResult<T>;

  constructor(value: T) {
    this.#step = { done: true, value };
  }
  next(): IteratorReturnResult<T> {
    return this.#step;
  }
  return(): IteratorReturnResult<T> {
    return this.#step;
  }
  throw(error: unknown): never {
    throw error;
  }
  [Symbol.iterator](): this {
    return this;
  }
}

const written = new SettledCall<'ok'>('ok');
const writtenToNobody = new SettledCall<'reset'>('reset');

/** The reads of a connection, one at a time: one object, where a generator for each costs more. */
class ReadCall implements Syscall<unknown> {
  readonly #tcp: TcpConnection;
  readonly #step: { done: boolean; value: unknown } = { done: false, value: undefined };
  #wait: Wait | null = null;

  constructor(tcp: TcpConnection) {
    this.#tcp = tcp;
  }
  settled(value: unknown): this {
    this.#wait = null;
    this.#step.done = true;
    this.#step.value = value;
    return this;
  }
  waiting(wait: Wait): this {
    this.#wait = wait;
    this.#step.done = false;
    return this;
  }
  next(result: unknown): IteratorResult<Wait, unknown> {
    const step = this.#step;
    if (this.#wait !== null) {
      step.value = this.#wait;
      this.#wait = null;
    } else if (!step.done) {
      this.#tcp.readDone();
      step.done = true;
      step.value = result;
    }
    return step as IteratorResult<Wait, unknown>;
  }
  return(value: unknown): IteratorResult<Wait, unknown> {
    return this.settled(value).next(undefined);
  }
  throw(error: unknown): never {
    throw error;
  }
  [Symbol.iterator](): this {
    return this;
  }
}

class VirtualConnection implements Connection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly #host: HostKernel;
  readonly #tcp: TcpConnection;
  readonly #reading: Reading;
  readonly #reads: ReadCall;

  constructor(host: HostKernel, tcp: TcpConnection) {
    this.#host = host;
    this.#tcp = tcp;
    this.#reading = new Reading(tcp);
    this.#reads = new ReadCall(tcp);
    this.local = tcp.local;
    this.remote = tcp.remote;
  }

  get buffered(): number {
    return this.#tcp.received.length;
  }

  read(options: { deadline: VirtualTime; bytesMax?: number }): Syscall<Uint8Array | ReadFailure> {
    return this.#read('bytes', options.deadline, options.bytesMax ?? readBytesMax);
  }

  readLine(options: { deadline: VirtualTime; bytesMax: number }): Syscall<Line | ReadFailure> {
    return this.#read('line', options.deadline, options.bytesMax);
  }

  readFrame(options: {
    framer: Framer;
    deadline: VirtualTime;
    bytesMax: number;
  }): Syscall<Uint8Array | ReadFailure | 'malformed'> {
    return this.#read(options.framer, options.deadline, options.bytesMax);
  }

  peek(): Uint8Array {
    return this.#tcp.received.peek();
  }

  write(bytes: Uint8Array, options?: { deadline: VirtualTime }): Syscall<'ok' | 'reset' | 'timeout'> {
    const tcp = this.#tcp;
    if (tcp.state === 'closed') return writtenToNobody;
    tcp.write(bytes);
    if (tcp.pendingBytes <= sendBufferBytes) return written;
    return waitFor(this.#host, new RoomToWrite(tcp), options?.deadline ?? NEVER);
  }

  close(): void {
    this.#tcp.close();
  }
  abort(): void {
    this.#tcp.abort();
  }

  #read<T>(
    what: 'bytes' | 'line' | Framer,
    deadline: VirtualTime,
    bytesMax: number,
  ): Syscall<T | ReadFailure> {
    const reading = this.#reading.begin(what, bytesMax);
    const taken = reading.poll();
    if (taken !== undefined) {
      this.#tcp.readDone();
      return this.#reads.settled(taken) as Syscall<T | ReadFailure>;
    }
    const wait = new Wait(this.#host, reading, deadline, 'timeout', this.#tcp.readDeadline);
    return this.#reads.waiting(wait) as Syscall<T | ReadFailure>;
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
    const wait = new Wait(this.#host, new NextConnection(this.#listener), options?.deadline ?? NEVER);
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

  receive(options: { deadline: VirtualTime }): Syscall<Datagram | 'timeout' | 'refused'> {
    return waitFor(this.#host, new NextDatagram(this.#port), options.deadline);
  }

  close(): void {
    this.#stack.udp.close(this.#port);
  }
}

class NextConnection implements WaitSource {
  readonly #listener: TcpListener;

  constructor(listener: TcpListener) {
    this.#listener = listener;
  }
  poll(): TcpConnection | undefined {
    return this.#listener.accepted.shift();
  }
  enlist(wait: Wait | null): void {
    this.#listener.wait = wait;
  }
}

class NextDatagram implements WaitSource {
  readonly #port: UdpPort;

  constructor(port: UdpPort) {
    this.#port = port;
  }
  poll(): Datagram | 'refused' | undefined {
    if (!this.#port.refused) return this.#port.received.shift();
    this.#port.refused = false;
    return 'refused';
  }
  enlist(wait: Wait | null): void {
    this.#port.wait = wait;
  }
}
