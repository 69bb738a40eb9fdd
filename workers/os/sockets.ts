/**
 * sockets — Connection, Listener and UdpSocket of os.ts over the host's network stack
 */
import { assert } from '../bytes/assert.ts';

import { Wait, type HostKernel } from '../kernel/host-kernel.ts';
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
  const outcome = (yield new Wait({
    host,
    deadline: options.deadline,
    onTimeout: 'timeout',
    poll: () => (connection.state === 'syn-sent' ? undefined : connection.state),
    enlist: (wait) => (connection.connectWait = wait),
  })) as string;
  if (outcome === 'timeout') {
    connection.fail('timed-out');
    return 'Connection timed out';
  }
  if (outcome !== 'closed') return new VirtualConnection(host, connection);
  return connection.failure === 'refused' ? 'Connection refused' : 'Connection timed out';
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
    const { received } = this.#tcp;
    return this.#reading(options.deadline, () =>
      received.length === 0 ? undefined : received.take(options.bytesMax ?? readBytesMax),
    );
  }

  readLine(options: { deadline: VirtualTime; bytesMax: number }): Syscall<Line | ReadFailure> {
    const { received } = this.#tcp;
    return this.#reading(options.deadline, (): Line | undefined => {
      const at = received.lineFeedAt();
      if (at === -1 || at > options.bytesMax) {
        return received.length < options.bytesMax
          ? undefined
          : { bytes: received.take(options.bytesMax), ending: 'none' };
      }
      const whole = received.take(at + 1);
      const crlf = at > 0 && whole[at - 1] === 13;
      return { bytes: whole.subarray(0, crlf ? at - 1 : at), ending: crlf ? 'crlf' : 'lf' };
    });
  }

  readFrame(options: {
    framer: Framer;
    deadline: VirtualTime;
    bytesMax: number;
  }): Syscall<Uint8Array | ReadFailure | 'malformed'> {
    const { received } = this.#tcp;
    return this.#reading(options.deadline, (): Uint8Array | 'malformed' | undefined => {
      if (received.length === 0) return undefined;
      const view = received.peek();
      const length = options.framer(view, view.length);
      if (length < 0 || length > options.bytesMax) return 'malformed';
      if (length > 0 && length <= view.length) return received.take(length);
      return view.length > options.bytesMax ? 'malformed' : undefined;
    });
  }

  *write(bytes: Uint8Array, options?: { deadline: VirtualTime }): Syscall<'ok' | 'reset' | 'timeout'> {
    const tcp = this.#tcp;
    if (tcp.state === 'closed') return 'reset';
    tcp.write(bytes);
    if (tcp.pendingBytes <= sendBufferBytes) return 'ok';
    return (yield new Wait({
      host: this.#host,
      deadline: options?.deadline ?? NEVER,
      onTimeout: 'timeout',
      poll: () => (tcp.state === 'closed' ? 'reset' : tcp.pendingBytes <= sendBufferBytes ? 'ok' : undefined),
      enlist: (wait) => (tcp.writeWait = wait),
    })) as 'ok' | 'reset' | 'timeout';
  }

  close(): void {
    this.#tcp.close();
  }
  abort(): void {
    this.#tcp.abort();
  }

  /** Waits until `take` finds something; the end of the stream counts only when nothing is left to take. */
  *#reading<T>(deadline: VirtualTime, take: () => T | undefined): Syscall<T | ReadFailure> {
    const tcp = this.#tcp;
    assert(tcp.readWait === null, 'two procs read the same connection');
    const result = (yield new Wait({
      host: this.#host,
      deadline,
      onTimeout: 'timeout',
      poll: () => {
        const taken = take();
        if (taken !== undefined) return taken;
        if (tcp.finReceived) return 'eof';
        return tcp.state === 'closed' ? (tcp.failure === null ? 'eof' : 'reset') : undefined;
      },
      enlist: (wait) => (tcp.readWait = wait),
    })) as T | ReadFailure;
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
    const listener = this.#listener;
    const accepted = (yield new Wait({
      host: this.#host,
      deadline: options?.deadline ?? NEVER,
      onTimeout: 'timeout',
      poll: () => listener.accepted.shift(),
      enlist: (wait) => (listener.wait = wait),
    })) as TcpConnection | 'timeout';
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
    const port = this.#port;
    return (yield new Wait({
      host: this.#host,
      deadline: options.deadline,
      onTimeout: 'timeout',
      poll: () => {
        if (!port.refused) return port.received.shift();
        port.refused = false;
        return 'refused';
      },
      enlist: (wait) => (port.wait = wait),
    })) as Datagram | 'timeout' | 'refused';
  }

  close(): void {
    this.#stack.udp.close(this.#port);
  }
}
