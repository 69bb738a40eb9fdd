/**
 * tls-connection — a connection under TLS, used as any other
 *
 * Wraps a connection after STARTTLS, or from its first byte, around an engine of protocols/tls. What follows
 * reads and writes plaintext and need not know.
 *
 *   const { tlsServer } = …;                                   // loaded when it is first needed
 *   const secured = yield* secure(conn, tlsServer({ random: os.random, credentials }), { deadline, os });
 *   if ('failure' in secured) …                                // the connection is closed
 *   session.conn = secured;                                    // secured.summary for the log
 *
 * Before STARTTLS is answered, the caller drops what came behind the command: it was not protected
 * (CVE-2011-0411).
 *
 * SEE ALSO   ../../protocols/tls/engine.ts, ../../os/os.ts (Connection)
 */
import { assert } from '../../bytes/assert.ts';
import { ReceiveBuffer } from '../../bytes/receive-buffer.ts';

import type { TlsEngine, TlsStep } from '../../protocols/tls/engine.ts';
import type { TlsSummary } from '../../protocols/tls/terms.ts';

import {
  NEVER,
  type Connection,
  type Endpoint,
  type Framer,
  type Line,
  type Os,
  type ReadFailure,
  type Syscall,
  type VirtualTime,
} from '../../os/os.ts';

/** Why there is no TLS. */
export interface TlsHandshakeFailure {
  /** 'tls': one end refused */
  failure: ReadFailure | 'tls';
  /** for 'tls': "unsupported protocol" or "tlsv1 alert protocol version" as OpenSSL says it; else '' */
  reason: string;
}

const readBytesMax = 65536; // as without TLS (os/sockets.ts)

/**
 * Shakes hands.
 * @param options.os traces the keys that were derived, so that a capture can be read
 * @returns the connection to go on with; or why not, then the one below is closed
 */
export function* secure(
  below: Connection,
  engine: TlsEngine,
  options: { deadline: VirtualTime; os?: Pick<Os, 'trace'> },
): Syscall<TlsConnection | TlsHandshakeFailure> {
  const connection = new TlsConnection(below, engine);
  const failure = yield* connection.handshake(options.deadline);
  if (connection.keyLog.length > 0)
    options.os?.trace({ kind: 'tls.secrets-derived', keyLog: connection.keyLog.join('\n') });
  if (failure === null) return connection;
  below.close();
  return { failure, reason: failure === 'tls' ? connection.problem : '' };
}

export class TlsConnection implements Connection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** What went wrong in the TLS protocol, for formatLibraryError and a log line; '' = nothing did. */
  problem = '';
  readonly #below: Connection;
  readonly #engine: TlsEngine;
  readonly #received = new ReceiveBuffer();
  /** how many of the bytes that the connection below still holds the engine has had */
  #taken = 0;
  /** records that the engine wants to send and nobody has sent yet */
  #unsent: Uint8Array[] = [];
  #end: 'eof' | 'reset' | null = null;

  constructor(below: Connection, engine: TlsEngine) {
    this.#below = below;
    this.#engine = engine;
    this.local = below.local;
    this.remote = below.remote;
  }

  /** What was agreed on. */
  get summary(): TlsSummary {
    const { summary } = this.#engine;
    assert(summary !== null, 'no handshake yet');
    return summary;
  }

  /** The secrets in the format of SSLKEYLOGFILE. */
  get keyLog(): readonly string[] {
    return this.#engine.keyLog;
  }

  get buffered(): number {
    this.#takeWaiting();
    return this.#received.length;
  }

  peek(): Uint8Array {
    this.#takeWaiting();
    return this.#received.peek();
  }

  /** Until both ends are agreed. @returns null when they are */
  *handshake(deadline: VirtualTime): Syscall<ReadFailure | 'tls' | null> {
    this.#unsent.push(this.#engine.start());
    while (this.#engine.state === 'handshake') {
      const failure = yield* this.#receive(deadline);
      if (failure !== null) return failure;
    }
    yield* this.#send(deadline); // the last flight, or the alert
    return this.problem === '' ? null : 'tls';
  }

  *read(options: { deadline: VirtualTime; bytesMax?: number }): Syscall<Uint8Array | ReadFailure> {
    const failure = yield* this.#await(options.deadline, () => this.#received.length > 0);
    return failure ?? this.#received.take(options.bytesMax ?? readBytesMax);
  }

  *readLine({
    deadline,
    bytesMax,
  }: {
    deadline: VirtualTime;
    bytesMax: number;
  }): Syscall<Line | ReadFailure> {
    const received = this.#received;
    const failure = yield* this.#await(
      deadline,
      () => received.length >= bytesMax || (received.length > 0 && received.lineFeedAt() !== -1),
    );
    if (failure !== null) return failure;
    const at = received.lineFeedAt();
    if (at === -1 || at > bytesMax) return { bytes: received.take(bytesMax), ending: 'none' };
    const whole = received.take(at + 1);
    const crlf = at > 0 && whole[at - 1] === 13;
    return { bytes: whole.subarray(0, crlf ? at - 1 : at), ending: crlf ? 'crlf' : 'lf' };
  }

  *readFrame(options: {
    framer: Framer;
    deadline: VirtualTime;
    bytesMax: number;
  }): Syscall<Uint8Array | ReadFailure | 'malformed'> {
    const received = this.#received;
    const { framer, bytesMax } = options;
    let length = 0;
    const failure = yield* this.#await(options.deadline, () => {
      if (received.length === 0) return false;
      const view = received.peek();
      length = framer(view, view.length);
      if (length < 0 || length > bytesMax) length = -1;
      else if (length === 0 || length > view.length) length = view.length > bytesMax ? -1 : 0;
      return length !== 0;
    });
    if (failure !== null) return failure;
    return length < 0 ? 'malformed' : received.take(length);
  }

  *write(bytes: Uint8Array, options?: { deadline: VirtualTime }): Syscall<'ok' | 'reset' | 'timeout'> {
    const isOpen = this.#engine.state === 'open';
    if (isOpen) this.#unsent.push(this.#engine.write(bytes));
    const outcome = yield* this.#send(options?.deadline ?? NEVER);
    return isOpen ? outcome : 'reset';
  }

  /** Says close_notify, then FIN. */
  close(): void {
    this.#unsent.push(this.#engine.close());
    // write() queues its bytes before it waits for room; here nobody waits.
    for (const bytes of this.#unsent.splice(0)) if (bytes.length > 0) this.#below.write(bytes).next();
    this.#below.close();
  }

  abort(): void {
    this.#below.abort();
  }

  /** Reads until `isThere`; what is there counts before the end of the stream. */
  *#await(deadline: VirtualTime, isThere: () => boolean): Syscall<ReadFailure | null> {
    for (;;) {
      if (isThere()) return null;
      if (this.#end !== null) {
        yield* this.#send(deadline); // the alert that says why
        return this.#end;
      }
      const failure = yield* this.#receive(deadline);
      if (failure === 'timeout') return failure;
      if (failure !== null) this.#end = failure;
    }
  }

  /** Sends what waits and takes in the next bytes. @returns why none came */
  *#receive(deadline: VirtualTime): Syscall<ReadFailure | null> {
    if ((yield* this.#send(deadline)) === 'timeout') return 'timeout';
    const bytes = yield* this.#below.read({ deadline });
    // SIMPLIFIED: FIN without close_notify is 'eof' too; OpenSSL 3 calls it "unexpected eof while reading".
    if (typeof bytes === 'string') return bytes;
    const fresh = bytes.subarray(Math.min(this.#taken, bytes.length));
    this.#taken -= bytes.length - fresh.length;
    if (fresh.length > 0) this.#use(this.#engine.receive(fresh));
    return null;
  }

  /** What the connection below holds already goes through the engine, without waiting. */
  #takeWaiting(): void {
    if (this.#below.buffered <= this.#taken) return;
    const fresh = this.#below.peek().subarray(this.#taken);
    this.#taken += fresh.length;
    this.#use(this.#engine.receive(fresh));
  }

  #use(step: TlsStep): void {
    if (step.toPeer.length > 0) this.#unsent.push(step.toPeer);
    if (step.plaintext.length > 0) this.#received.append(step.plaintext);
    for (const event of step.events) {
      if (event.kind === 'peer-closed') this.#end = 'eof';
      else if (event.kind !== 'established') this.#refused(event.reason);
    }
  }

  #refused(problem: string): void {
    this.problem = problem;
    this.#end = 'reset';
  }

  *#send(deadline: VirtualTime): Syscall<'ok' | 'reset' | 'timeout'> {
    for (const bytes of this.#unsent.splice(0)) {
      if (bytes.length === 0) continue;
      const outcome = yield* this.#below.write(bytes, { deadline });
      if (outcome !== 'ok') return outcome;
    }
    return 'ok';
  }
}
