/**
 * conformance-sockets — plays a recorded dialogue over a real TCP connection
 */
import net from 'node:net';
import tls from 'node:tls';

import { playCase, type Answer, type CaseResult, type Operation, type SmtpCase } from './conformance-case.ts';

const connectTimeoutMs = 5000;

/** Plays one case against a server. */
export async function playOverSockets(
  test: SmtpCase,
  server: { host: string; port: number },
): Promise<CaseResult> {
  const game = playCase(test);
  const client = new Client(server);
  let answer: Answer = null;
  for (;;) {
    const next = game.next(answer);
    if (next.done === true) return next.value;
    answer = await client.perform(next.value);
  }
}

class Client {
  readonly #server: { host: string; port: number };
  #socket: net.Socket | null = null;
  #received = '';
  #closed = false;
  #wake: () => void = () => undefined;

  constructor(server: { host: string; port: number }) {
    this.#server = server;
  }

  async perform(operation: Operation): Promise<Answer> {
    switch (operation.kind) {
      case 'connect':
        return await this.#connect(operation.from);
      case 'now':
        return Date.now();
      case 'sleep':
        await this.#wait(operation.ms, () => false);
        return null;
      case 'write':
        this.#socket?.write(operation.bytes);
        return null;
      case 'read-line':
        return await this.#readLine(operation.timeoutMs);
      case 'end':
        this.#socket?.end();
        return null;
      case 'destroy':
        this.#socket?.destroy();
        return null;
      case 'starttls':
        return await this.#startTls(operation.timeoutMs);
      case 'delivered':
        return null;
    }
  }

  async #connect(from: string | null): Promise<boolean> {
    const socket = net.connect({ ...this.#server, ...(from === null ? {} : { localAddress: from }) });
    let connected = false;
    socket.setNoDelay(true);
    socket.on('connect', () => {
      connected = true;
      this.#wake();
    });
    this.#listen(socket);
    await this.#wait(connectTimeoutMs, () => connected || this.#closed);
    return connected;
  }

  /** The recorded hosts' certificates are their own: who it is does not matter here. */
  async #startTls(timeoutMs: number): Promise<string> {
    const below = this.#socket!;
    below.removeAllListeners('data');
    let failure: string | null = null;
    const socket = tls.connect({ socket: below, rejectUnauthorized: false }, () => {
      failure = '';
      this.#wake();
    });
    socket.on('error', (error) => (failure ??= error.message));
    this.#listen(socket);
    await this.#wait(timeoutMs, () => failure !== null || this.#closed);
    return failure ?? 'no handshake';
  }

  #listen(socket: net.Socket): void {
    this.#socket = socket;
    socket.on('data', (bytes) => {
      this.#received += bytes.toString('latin1');
      this.#wake();
    });
    for (const event of ['error', 'end', 'close'])
      socket.on(event, () => {
        this.#closed = true;
        this.#wake();
      });
  }

  async #readLine(timeoutMs: number): Promise<string | null> {
    await this.#wait(timeoutMs, () => this.#received.includes('\n') || this.#closed);
    const end = this.#received.indexOf('\n') + 1;
    if (end === 0) return this.#closed ? 'closed' : null;
    const line = this.#received.slice(0, end);
    this.#received = this.#received.slice(end);
    return line;
  }

  /** Waits until `done`, at most so long. */
  async #wait(ms: number, done: () => boolean): Promise<void> {
    const deadline = Date.now() + ms;
    while (!done() && Date.now() < deadline) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(1, deadline - Date.now()));
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
