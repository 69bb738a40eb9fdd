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
 * SEE ALSO   smtp-reply.ts (reading replies), smtp-content.ts (dot-stuffing), ../postfix/smtp/ (the delivery
 *            agent)
 */
import * as ascii from '../../bytes/ascii.ts';
import * as base64 from '../../bytes/base64.ts';
import * as utf8 from '../../bytes/utf8.ts';

import { SECOND, type Connection, type Os, type Proc } from '../../os/os.ts';

import { encodeContent } from './smtp-content.ts';
import { readReply, type ReadReplyFailure, type SmtpReply } from './smtp-reply.ts';

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
  return outcome.kind === 'reply' && outcome.command === endOfData && replyClass(outcome.reply) === 2;
}

/**
 * Waits for the greeting and says hello (and authenticates).
 * @returns the session, or why there is none; then the connection is closed
 */
export function* openSession(
  os: Os,
  conn: Connection,
  options: SessionOptions,
): Proc<SmtpSession | SessionFailure> {
  const helo = options.timeouts.helo;
  const greeting = yield* readReply(conn, { deadline: os.now() + helo, strict: false });
  if (typeof greeting === 'string')
    return fail(conn, broken(os, greeting, 'receiving the initial server greeting'));
  if (replyClass(greeting) !== 2) {
    yield* conn.write(quitLine);
    return fail(conn, replied(os, greeting, initialGreeting));
  }
  const verb = options.protocol === 'lmtp' ? 'LHLO' : 'EHLO';
  let hello = yield* exchange(os, conn, `${verb} ${options.hello}`, helo);
  let used: string = verb;
  // RFC 5321 §3.2: a server that does not know EHLO is greeted with HELO.
  if (typeof hello !== 'string' && verb === 'EHLO' && replyClass(hello) === 5) {
    used = 'HELO';
    hello = yield* exchange(os, conn, `HELO ${options.hello}`, helo);
  }
  if (typeof hello === 'string') return fail(conn, broken(os, hello, `performing the ${used} handshake`));
  if (replyClass(hello) !== 2) {
    yield* conn.write(quitLine);
    return fail(conn, replied(os, hello, `${used} command`));
  }
  const capabilities = used === 'HELO' ? new Map<string, string>() : parseCapabilities(hello);
  const session = { conn, protocol: options.protocol, greeting, capabilities, timeouts: options.timeouts };
  if (options.auth === undefined) return session;
  const refusal = yield* authenticate(os, session, options.auth);
  return refusal === null ? session : fail(conn, refusal);
}

/** One mail transaction. The caller looks at each recipient's outcome. */
export function* sendTransaction(
  os: Os,
  session: SmtpSession,
  transaction: Transaction,
): Proc<TransactionResult> {
  const state: TransactionState = {
    outcomes: transaction.recipients.map(() => null),
    failed: null,
    dataReply: null,
    pending: [],
  };
  const steps = envelopeSteps(session, transaction);
  const pipelining = session.capabilities.has('PIPELINING');
  let group = '';
  for (const step of steps) {
    // With PIPELINING the envelope is sent at once; without, what is useless after a refusal is not sent.
    if (!pipelining && isUseless(step, state)) continue;
    group += step.line + '\r\n';
    state.pending.push(step);
    if (pipelining && group.length < groupBytesMax && step.kind !== 'data') continue;
    yield* sendAndReceive(os, session, group, state);
    group = '';
    if (state.failed !== null) return settle(session, state, false);
  }
  if (!state.outcomes.includes(null)) return yield* abandon(os, session, state, transaction);
  if (state.dataReply === null) return settle(session, state, false);
  return yield* sendData(os, session, transaction, state);
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

interface Step {
  kind: 'xforward' | 'mail' | 'rcpt' | 'data';
  line: string;
  /** index of the recipient */
  recipient: number;
}

interface TransactionState {
  outcomes: (Outcome | null)[];
  /** the connection broke: decides about all recipients without an outcome */
  failed: Outcome | null;
  dataReply: SmtpReply | null;
  pending: Step[];
}

const endOfData = 'end of DATA command';
const initialGreeting = 'initial greeting';
const groupBytesMax = 32_768; // stay below the 64 kB that a peer that does not read can hold up
const quitLine = ascii.encode('QUIT\r\n');
const dotLine = ascii.encode('.\r\n');
const dotQuitLines = ascii.encode('.\r\nQUIT\r\n');

const commandNames = Object.freeze({
  xforward: { command: 'XFORWARD command', doing: 'sending XFORWARD name/address' },
  mail: { command: 'MAIL FROM command', doing: 'sending MAIL FROM' },
  rcpt: { command: 'RCPT TO command', doing: 'sending RCPT TO' },
  data: { command: 'DATA command', doing: 'sending DATA command' },
});

function envelopeSteps(session: SmtpSession, transaction: Transaction): Step[] {
  const steps: Step[] = xforwardLines(session, transaction).map((line) => ({
    kind: 'xforward',
    line,
    recipient: -1,
  }));
  steps.push({ kind: 'mail', line: mailLine(session, transaction), recipient: -1 });
  const withDsn = session.capabilities.has('DSN');
  for (const [index, recipient] of transaction.recipients.entries()) {
    let line = `RCPT TO:<${recipient.address}>`;
    if (withDsn && recipient.originalRecipient) line += ` ORCPT=${recipient.originalRecipient}`;
    if (withDsn && recipient.notify) line += ` NOTIFY=${recipient.notify}`;
    steps.push({ kind: 'rcpt', line, recipient: index });
  }
  steps.push({ kind: 'data', line: 'DATA', recipient: -1 });
  return steps;
}

function mailLine(session: SmtpSession, transaction: Transaction): string {
  const offers = session.capabilities;
  let line = `MAIL FROM:<${transaction.sender}>`;
  if (offers.has('SIZE')) line += ` SIZE=${transaction.size}`;
  if (offers.has('8BITMIME') && transaction.body) line += ` BODY=${transaction.body}`;
  if (offers.has('SMTPUTF8') && transaction.smtpUtf8 === true) line += ' SMTPUTF8';
  if (offers.has('DSN') && transaction.envelopeId) line += ` ENVID=${transaction.envelopeId}`;
  if (offers.has('DSN') && transaction.returnContent) line += ` RET=${transaction.returnContent}`;
  return line;
}

// Postfix sends name, address and port in one command, protocol, helo, ident and source in a second one.
function xforwardLines(session: SmtpSession, transaction: Transaction): string[] {
  const offered = session.capabilities.get('XFORWARD')?.toUpperCase().split(' ');
  if (offered === undefined || transaction.xforward === undefined) return [];
  const lines: string[] = [];
  for (const names of [
    ['NAME', 'ADDR', 'PORT'],
    ['PROTO', 'HELO', 'IDENT', 'SOURCE'],
  ]) {
    const wanted = transaction.xforward.filter(([name]) => names.includes(name) && offered.includes(name));
    if (wanted.length === 0) continue;
    lines.push(
      'XFORWARD ' +
        wanted.map(([name, value]) => `${name}=${value === '' ? '[UNAVAILABLE]' : xtext(value)}`).join(' '),
    );
  }
  return lines;
}

/** RFC 3461 §4: characters outside "!" to "~", "+" and "=" become "+" and two hexadecimal digits. */
export function xtext(value: string): string {
  let text = '';
  for (const byte of utf8.encode(value)) {
    const plain = byte > 0x20 && byte < 0x7f && byte !== 0x2b && byte !== 0x3d;
    text += plain ? String.fromCharCode(byte) : '+' + byte.toString(16).toUpperCase().padStart(2, '0');
  }
  return text;
}

function isUseless(step: Step, state: TransactionState): boolean {
  return (
    step.kind !== 'xforward' && step.kind !== 'mail' && state.outcomes.every((outcome) => outcome !== null)
  );
}

function* sendAndReceive(os: Os, session: SmtpSession, text: string, state: TransactionState): Proc<void> {
  const { conn, timeouts } = session;
  const first = state.pending[0]!;
  const written = yield* conn.write(utf8.encode(text), { deadline: os.now() + timeouts.mail });
  if (written !== 'ok') {
    state.failed = broken(os, written, commandNames[first.kind].doing);
    return;
  }
  for (const step of state.pending) {
    const wait = timeouts[step.kind === 'data' ? 'data_init' : step.kind];
    const strict = session.capabilities.has('PIPELINING');
    const reply = yield* readReply(conn, { deadline: os.now() + wait, strict });
    if (typeof reply === 'string') {
      state.failed = broken(os, reply, commandNames[step.kind].doing);
      return;
    }
    judge(os, step, reply, state);
  }
  state.pending.length = 0;
}

// What a reply to one step of the envelope means for the recipients that have no outcome yet.
function judge(os: Os, step: Step, reply: SmtpReply, state: TransactionState): void {
  const outcome = replied(os, reply, commandNames[step.kind].command);
  if (step.kind === 'mail' && replyClass(reply) !== 2) decideOpen(state, outcome);
  if (step.kind === 'rcpt' && replyClass(reply) !== 2) state.outcomes[step.recipient] ??= outcome;
  if (step.kind !== 'data') return;
  if (replyClass(reply) === 3) state.dataReply = reply;
  else decideOpen(state, outcome);
}

// No recipient is left. A server that said 354 to a pipelined DATA gets an empty message, as RFC 2920 §3.1
// says.
function* abandon(
  os: Os,
  session: SmtpSession,
  state: TransactionState,
  transaction: Transaction,
): Proc<TransactionResult> {
  const { conn } = session;
  if (state.dataReply !== null) {
    yield* conn.write(dotLine);
    const reply = yield* readReply(conn, { deadline: os.now() + session.timeouts.data_done, strict: true });
    if (typeof reply === 'string') return settle(session, state, false);
  } else if (transaction.last !== true) {
    const reply = yield* exchange(os, conn, 'RSET', 20 * SECOND); // smtp_rset_timeout
    if (typeof reply === 'string') return settle(session, state, false);
  }
  if (transaction.last === true) yield* conn.write(quitLine);
  return settle(session, state, transaction.last !== true);
}

function* sendData(
  os: Os,
  session: SmtpSession,
  transaction: Transaction,
  state: TransactionState,
): Proc<TransactionResult> {
  const { conn, timeouts } = session;
  const last = transaction.last === true;
  const pipelining = session.capabilities.has('PIPELINING');
  for (const piece of encodeContent(transaction.content, last && pipelining ? dotQuitLines : dotLine)) {
    const written = yield* conn.write(piece, { deadline: os.now() + timeouts.data_xfer });
    if (written !== 'ok') {
      state.failed = broken(os, written, 'sending message body');
      return settle(session, state, false);
    }
  }
  // RFC 2033 §4.2: an LMTP server replies once per accepted recipient, an SMTP server once.
  const deadline = os.now() + timeouts.data_done;
  let outcome: Outcome | null = null;
  for (let i = 0; i < state.outcomes.length; i++) {
    if (state.outcomes[i] !== null) continue;
    if (outcome === null || session.protocol === 'lmtp') {
      const reply = yield* readReply(conn, { deadline, strict: pipelining });
      if (typeof reply === 'string') {
        state.failed = broken(os, reply, 'sending end of data -- message may be sent more than once');
        return settle(session, state, false);
      }
      outcome = replied(os, reply, endOfData);
    }
    state.outcomes[i] = outcome;
  }
  if (last && !pipelining) yield* conn.write(quitLine);
  return settle(session, state, !last);
}

function settle(session: SmtpSession, state: TransactionState, open: boolean): TransactionResult {
  if (!open) session.conn.close();
  const rest = state.failed;
  return { outcomes: state.outcomes.map((outcome) => outcome ?? rest!), open };
}

function decideOpen(state: TransactionState, outcome: Outcome): void {
  for (let i = 0; i < state.outcomes.length; i++) state.outcomes[i] ??= outcome;
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
    return replied(os, { code: 0, enhanced: '5.7.0', text, lines: [text] }, 'AUTH command');
  }
  const token = base64.encode(utf8.encode(`\0${auth.user}\0${auth.password}`));
  const reply = yield* exchange(os, session.conn, `AUTH PLAIN ${token}`, session.timeouts.helo);
  if (typeof reply === 'string') return broken(os, reply, 'performing the AUTH handshake');
  if (replyClass(reply) === 2) return null;
  yield* session.conn.write(quitLine);
  return replied(os, reply, 'AUTH command');
}

function* exchange(
  os: Os,
  conn: Connection,
  line: string,
  timeoutUs: number,
): Proc<SmtpReply | ReadReplyFailure> {
  const written = yield* conn.write(utf8.encode(line + '\r\n'), { deadline: os.now() + timeoutUs });
  if (written !== 'ok') return written;
  return yield* readReply(conn, { deadline: os.now() + timeoutUs, strict: false });
}

// RFC 5321 §4.1.1.1: the first line names the server, each other one a keyword with parameters.
function parseCapabilities(reply: SmtpReply): Map<string, string> {
  const capabilities = new Map<string, string>();
  for (const line of reply.lines.slice(1)) {
    const text = line.slice(4).trim();
    // "AUTH=PLAIN" is the form of an old draft that some clients look for.
    const match = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:[ =](.*))?$/.exec(text);
    if (match === null) continue;
    const keyword = match[1]!.toUpperCase();
    if (!capabilities.has(keyword)) capabilities.set(keyword, (match[2] ?? '').trim());
  }
  return capabilities;
}

function replied(os: Os, reply: SmtpReply, command: string): Outcome {
  return { kind: 'reply', reply, command, at: os.now(), cause: os.cause };
}

function broken(os: Os, how: ReadReplyFailure, doing: string): Outcome {
  const kind = how === 'timeout' ? 'timeout' : how === 'garbled' ? 'garbled' : 'lost';
  return { kind, doing, at: os.now(), cause: os.cause };
}

function fail(conn: Connection, failure: Outcome): SessionFailure {
  conn.close();
  return { failure };
}
