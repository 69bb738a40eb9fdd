/**
 * smtp — the client half of SMTP and LMTP: greeting, hello, AUTH, one or more transactions, QUIT
 *
 * The caller opens the connection and decides what a refusal means; here is only the dialogue, sent as
 * Postfix's smtp(8) sends it: with PIPELINING, everything from MAIL to DATA goes out at once and ".", QUIT go
 * together. Everything that can go wrong is an Outcome, never an exception.
 *
 *   const session = yield* openSession(os, conn, { protocol: 'smtp', hello: 'ws.far.example', timeouts:
 *   standardTimeouts }); if ('failure' in session) …
 *   const result = yield* sendTransaction(os, session, { sender, recipients: [{ address }], content: [bytes],
 *   size, … }); for (const outcome of result.outcomes) if (isSent(outcome)) …
 *   yield* quitSession(os, session);
 *
 * STANDARDS  RFC 5321 §3.1–3.3, §4.5.2 (transparency), §4.5.3.2 (timeouts); RFC 2920 (PIPELINING); RFC 2033
 *            (LMTP);
 *            RFC 4954 (AUTH); RFC 1870 (SIZE); RFC 6152 (8BITMIME); RFC 3461 (DSN)
 * SEE ALSO   smtp-envelope.ts (the lines), smtp-reply.ts (reading replies), smtp-content.ts (dot-stuffing),
 *            ../postfix/smtp/ (the delivery agent)
 */
import * as ascii from '../../bytes/ascii.ts';
import * as base64 from '../../bytes/base64.ts';
import * as utf8 from '../../bytes/utf8.ts';

import { SECOND, type Connection, type Os, type Proc } from '../../os/os.ts';

import { Capabilities, parseCapabilities } from './smtp-capabilities.ts';
import { encodeContent } from './smtp-content.ts';
import { mailLine, rcptLine, xforwardLines } from './smtp-envelope.ts';
import { readReply, type ReadReplyFailure, type ReceivedReply, type SmtpReply } from './smtp-reply.ts';

import type {
  Outcome,
  SessionFailure,
  SessionOptions,
  SmtpSession,
  Transaction,
  TransactionResult,
} from './smtp-terms.ts';

export * from './smtp-terms.ts';

/** Whether the outcome says that the message was accepted for the recipient. */
export function isSent(outcome: Outcome): boolean {
  if (outcome.kind !== 'reply' || replyClass(outcome.reply) !== 2) return false;
  return outcome.command === endOfData || outcome.command === commandNames.rcpt.command; // a probe ends there
}

/**
 * Waits for the greeting and says hello (and authenticates).
 * @returns the session, or why there is none; then the connection is closed
 */
export function* openSession(
  os: Os,
  connection: Connection,
  options: SessionOptions,
): Proc<SmtpSession | SessionFailure> {
  const { helo } = options.timeouts;
  const { tls } = options;
  let conn = connection;
  if (tls?.wrapped === true) {
    const secured = yield* tls.start(os, conn, null);
    if (secured === null || 'kind' in secured)
      return fail(conn, secured ?? broken(os, 'reset', 'starting TLS'));
    conn = secured;
  }
  const greeting = yield* readReply(conn, os.now() + helo);
  if (typeof greeting === 'string')
    return fail(conn, broken(os, greeting, 'receiving the initial server greeting'));
  if (replyClass(greeting) !== 2) {
    yield* conn.write(quitLine);
    return fail(conn, replied(os, greeting, initialGreeting));
  }
  let hello = yield* sayHello(os, conn, options);
  if (tls?.wrapped === false && hello instanceof Capabilities) {
    const secured = yield* tls.start(os, conn, hello);
    if (secured !== null) {
      if ('kind' in secured) return fail(conn, secured);
      conn = secured;
      hello = yield* sayHello(os, conn, options);
    }
  }
  if (!(hello instanceof Capabilities)) return fail(conn, hello);
  const capabilities = hello;
  const session: SmtpSession = {
    conn,
    protocol: options.protocol,
    capabilities,
    pipelining: capabilities.has('PIPELINING'),
    timeouts: options.timeouts,
  };
  if (options.auth === undefined) return session;
  const refusal = yield* authenticate(os, session, options.auth);
  return refusal === null ? session : fail(conn, refusal);
}

function* sayHello(os: Os, conn: Connection, options: SessionOptions): Proc<Capabilities | Outcome> {
  const { helo } = options.timeouts;
  const isLmtp = options.protocol === 'lmtp';
  let used = isLmtp ? 'LHLO' : 'EHLO';
  let hello = yield* exchange(os, conn, `${used} ${options.hello}`, helo);
  // RFC 5321 §3.2: a server that does not know EHLO is greeted with HELO; 421 is the end of the session.
  if (typeof hello !== 'string' && !isLmtp && replyClass(hello) !== 2 && hello.code !== 421) {
    used = 'HELO';
    hello = yield* exchange(os, conn, `HELO ${options.hello}`, helo);
  }
  if (typeof hello === 'string') return broken(os, hello, `performing the ${used} handshake`);
  if (replyClass(hello) !== 2) {
    yield* conn.write(quitLine);
    return replied(os, hello, `${used} command`);
  }
  return used === 'HELO' ? new Capabilities() : parseCapabilities(hello.frame);
}

/** One mail transaction. The caller looks at each recipient's outcome. */
export function* sendTransaction(
  os: Os,
  session: SmtpSession,
  transaction: Transaction,
): Proc<TransactionResult> {
  const state = new Progress(session, transaction);
  const { conn, timeouts, pipelining } = session;
  let group = '';
  let first = 0; // step of the group
  for (let step = 0; step < state.steps; step++) {
    // With PIPELINING the envelope is sent at once; without, what is useless after a refusal is not sent.
    if (!pipelining && state.isUseless(step)) {
      first = step + 1;
      continue;
    }
    group += state.lineOf(step);
    if (pipelining && group.length < groupBytesMax && step < state.steps - 1) continue;
    const written = yield* conn.write(utf8.encode(group), { deadline: os.now() + timeouts.mail });
    if (written !== 'ok') return giveUp(os, state, written, commandNames[state.kindOf(first)].doing);
    for (; first <= step; first++) {
      const kind = state.kindOf(first);
      const wait = timeouts[kind === 'data' ? 'data_init' : kind];
      const reply = yield* readReply(conn, os.now() + wait);
      if (typeof reply === 'string') return giveUp(os, state, reply, commandNames[kind].doing);
      judge(os, state, first, reply);
    }
    group = '';
  }
  if (!state.hasOpen()) return yield* abandon(os, state);
  if (state.dataReply === null) return settle(state, false);
  return yield* sendData(os, state);
}

/** Says RSET: whether the server is there, and willing. */
export function* isAlive(os: Os, session: SmtpSession, timeoutUs: number): Proc<boolean> {
  const reply = yield* exchange(os, session.conn, 'RSET', timeoutUs);
  return typeof reply !== 'string' && replyClass(reply) === 2;
}

/** Says QUIT and closes without waiting for the reply, as Postfix does. */
export function* quitSession(_os: Os, session: SmtpSession): Proc<void> {
  yield* session.conn.write(quitLine);
  session.conn.close();
}

/** First digit of the code. */
export function replyClass(reply: SmtpReply): number {
  return Math.floor(reply.code / 100);
}

type StepKind = 'xforward' | 'mail' | 'rcpt' | 'data';

/** A transaction under way. Its steps are numbered: XFORWARD lines, MAIL, a RCPT per recipient, DATA. */
class Progress {
  readonly session: SmtpSession;
  readonly transaction: Transaction;
  readonly xforward: readonly string[];
  readonly steps: number;
  /** one per recipient; null = not decided */
  readonly outcomes: (Outcome | null)[] = [];
  dataReply: SmtpReply | null = null;

  constructor(session: SmtpSession, transaction: Transaction) {
    this.session = session;
    this.transaction = transaction;
    this.xforward = xforwardLines(session, transaction);
    const { length } = transaction.recipients;
    for (let i = 0; i < length; i++) this.outcomes.push(null);
    this.steps = this.xforward.length + length + (transaction.probe === true ? 1 : 2);
  }

  kindOf(step: number): StepKind {
    const mail = this.xforward.length;
    if (step < mail) return 'xforward';
    if (step === mail) return 'mail';
    return step - mail > this.transaction.recipients.length ? 'data' : 'rcpt';
  }

  lineOf(step: number): string {
    switch (this.kindOf(step)) {
      case 'xforward':
        return this.xforward[step]!;
      case 'mail':
        return mailLine(this.session, this.transaction);
      case 'rcpt':
        return rcptLine(this.session, this.transaction.recipients[this.recipientOf(step)]!);
      case 'data':
        return 'DATA\r\n';
    }
  }

  /** Index of the recipient of a RCPT. */
  recipientOf(step: number): number {
    return step - this.xforward.length - 1;
  }

  /** Whether all recipients are decided before the step. */
  isUseless(step: number): boolean {
    return step > this.xforward.length && !this.hasOpen();
  }

  hasOpen(): boolean {
    return this.outcomes.includes(null);
  }

  /** Decides about a recipient, once. */
  decide(index: number, outcome: Outcome): void {
    if (this.outcomes[index] !== null) return;
    this.outcomes[index] = outcome;
    this.transaction.decided?.(index, outcome);
  }

  /** Decides about all recipients that are not decided. */
  decideOpen(outcome: Outcome): void {
    for (let i = 0; i < this.outcomes.length; i++) this.decide(i, outcome);
  }
}

const endOfData = 'end of DATA command';
const initialGreeting = 'initial greeting';
const groupBytesMax = 32_768; // stay below the 64 kB that a peer that does not read can hold up
/** Said before the connection is closed. */
export const quitLine = ascii.encode('QUIT\r\n');
const dotLine = ascii.encode('.\r\n');
const resetLine = ascii.encode('RSET\r\n');
const resetQuitLines = ascii.encode('RSET\r\nQUIT\r\n');
const dotQuitLines = ascii.encode('.\r\nQUIT\r\n');

const commandNames = Object.freeze({
  xforward: { command: 'XFORWARD command', doing: 'sending XFORWARD name/address' },
  mail: { command: 'MAIL FROM command', doing: 'sending MAIL FROM' },
  rcpt: { command: 'RCPT TO command', doing: 'sending RCPT TO' },
  data: { command: 'DATA command', doing: 'sending DATA command' },
});

// What a reply to one step of the envelope means for the recipients that have no outcome yet.
function judge(os: Os, state: Progress, step: number, reply: SmtpReply): void {
  const kind = state.kindOf(step);
  if (replyClass(reply) === (kind === 'data' ? 3 : 2)) {
    if (kind === 'data') state.dataReply = reply;
    else if (kind === 'rcpt' && state.transaction.probe === true)
      state.decide(state.recipientOf(step), replied(os, reply, commandNames.rcpt.command));
    return;
  }
  const outcome = replied(os, reply, commandNames[kind].command);
  if (kind === 'rcpt') state.decide(state.recipientOf(step), outcome);
  else if (kind !== 'xforward') state.decideOpen(outcome);
}

// No recipient is left: smtp(8) says RSET, and QUIT with it when this was the last. A server that said 354
// to a pipelined DATA gets an empty message, as RFC 2920 §3.1 says.
function* abandon(os: Os, state: Progress): Proc<TransactionResult> {
  const { conn, timeouts } = state.session;
  const last = state.transaction.last === true;
  if (state.dataReply !== null) {
    yield* conn.write(dotLine);
    const reply = yield* readReply(conn, os.now() + timeouts.data_done);
    if (typeof reply === 'string') return settle(state, false);
    if (last) yield* conn.write(quitLine);
    return settle(state, !last);
  }
  const { pipelining } = state.session;
  yield* conn.write(last && pipelining ? resetQuitLines : resetLine);
  const reply = yield* readReply(conn, os.now() + 20 * SECOND); // smtp_rset_timeout
  if (typeof reply === 'string') return settle(state, false);
  if (last && !pipelining) yield* conn.write(quitLine);
  return settle(state, !last);
}

function* sendData(os: Os, state: Progress): Proc<TransactionResult> {
  const { conn, timeouts, pipelining, protocol } = state.session;
  const { outcomes, transaction } = state;
  const last = transaction.last === true;
  for (const piece of encodeContent(transaction.content, last && pipelining ? dotQuitLines : dotLine)) {
    const written = yield* conn.write(piece, { deadline: os.now() + timeouts.data_xfer });
    if (written !== 'ok') return giveUp(os, state, written, 'sending message body');
  }
  // RFC 2033 §4.2: an LMTP server replies once per accepted recipient, an SMTP server once.
  const deadline = os.now() + timeouts.data_done;
  let outcome: Outcome | null = null;
  for (let i = 0; i < outcomes.length; i++) {
    if (outcomes[i] !== null) continue;
    if (outcome === null || protocol === 'lmtp') {
      const reply = yield* readReply(conn, deadline);
      if (typeof reply === 'string')
        return giveUp(os, state, reply, 'sending end of data -- message may be sent more than once');
      outcome = replied(os, reply, endOfData);
    }
    state.decide(i, outcome);
  }
  if (last && !pipelining) yield* conn.write(quitLine);
  return settle(state, !last);
}

/** The connection broke: that decides about all recipients without an outcome. */
function giveUp(os: Os, state: Progress, how: ReadReplyFailure, doing: string): TransactionResult {
  state.decideOpen(broken(os, how, doing));
  return settle(state, false);
}

function settle(state: Progress, open: boolean): TransactionResult {
  if (!open) state.session.conn.close();
  return { outcomes: state.outcomes as Outcome[], open };
}

// RFC 4616: authorization identity (empty), authentication identity and password, separated by NUL.
function* authenticate(
  os: Os,
  session: SmtpSession,
  auth: { user: string; password: string },
): Proc<Outcome | null> {
  const mechanisms = (session.capabilities.get('AUTH') ?? '').toUpperCase().split(' ');
  if (!mechanisms.includes('PLAIN')) {
    const text = 'the server offers no authentication mechanism that this client knows (PLAIN)';
    return replied(os, { code: 0, enhanced: '5.7.0', text }, 'AUTH command');
  }
  const token = base64.encode(utf8.encode(`\0${auth.user}\0${auth.password}`));
  const reply = yield* exchange(os, session.conn, `AUTH PLAIN ${token}`, session.timeouts.helo);
  if (typeof reply === 'string') return broken(os, reply, 'performing the AUTH handshake');
  if (replyClass(reply) === 2) return null;
  yield* session.conn.write(quitLine);
  return replied(os, reply, 'AUTH command');
}

/** Says a line and reads the reply. */
export function* exchange(
  os: Os,
  conn: Connection,
  line: string,
  timeoutUs: number,
): Proc<ReceivedReply | ReadReplyFailure> {
  const written = yield* conn.write(utf8.encode(line + '\r\n'), { deadline: os.now() + timeoutUs });
  if (written !== 'ok') return written;
  return yield* readReply(conn, os.now() + timeoutUs);
}

/** The server's reply as what decided. */
export function replied(os: Os, reply: SmtpReply, command: string): Outcome {
  return { kind: 'reply', reply, command, at: os.now(), cause: os.cause };
}

/** The end of the connection as what decided. */
export function broken(os: Os, how: ReadReplyFailure, doing: string): Outcome {
  const kind = how === 'timeout' ? 'timeout' : how === 'garbled' ? 'garbled' : 'lost';
  return { kind, doing, at: os.now(), cause: os.cause };
}

function fail(conn: Connection, failure: Outcome): SessionFailure {
  conn.close();
  return { failure };
}
