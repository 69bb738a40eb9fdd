/**
 * session — one LMTP connection: LHLO, MAIL, RCPT, DATA with a reply per recipient, RSET, NOOP, VRFY, QUIT
 *
 * STANDARDS  RFC 2033; RFC 5321 §4.1; RFC 2920 (PIPELINING)
 * SEE ALSO   texts.ts (the words), deliver.ts (what happens to a message)
 */
import * as base64 from '../../../bytes/base64.ts';

import {
  isMailbox,
  parseCommandLine,
  parsePathArgument,
  type CommandLine,
} from '../../../protocols/lmtp/command.ts';
import { ContentReceiver, joinContent } from '../../../protocols/lmtp/content.ts';

import { call, MINUTE, type Connection, type Os, type Proc } from '../../../os/os.ts';

import type { Mailstore } from '../mailstore.ts';

import { deliver, type Recipient } from './deliver.ts';
import { logZimbra } from './log.ts';
import { encodeReply, type LmtpTexts } from './texts.ts';

const idleUs = 5 * MINUTE; // Zimbra: 300 s; Dovecot: CLIENT_IDLE_TIMEOUT_MSECS of lmtp, 5 min
const lineBytesMax = 4096; // RFC 5321 §4.5.3.1.4 asks for 512
const recipientsMax = 1000;
// SIMPLIFIED: LMTP is bounded by quota only, here as well by this; the MTA's message_size_limit is lower.
const messageBytesMax = 50 * 1024 * 1024;
const badCommandsMax = 10; // Dovecot: SMTP_SERVER_DEFAULT_MAX_BAD_COMMANDS
const parametersKnown = ['BODY', 'SIZE', 'RET', 'ENVID', 'AUTH', 'SMTPUTF8'];

/** State of a session. */
export interface LmtpSession {
  readonly mailstore: Mailstore;
  readonly conn: Connection;
  readonly texts: LmtpTexts;
  /** as Dovecot names it in logs and replies */
  readonly id: string;
  /** what the client gave in LHLO; null before */
  hello: string | null;
  /** null outside a transaction */
  sender: string | null;
  recipients: Recipient[];
  transactions: number;
  badCommands: number;
}

/** Serves a connection until it ends. */
export function* runLmtpSession(os: Os, conn: Connection, mailstore: Mailstore): Proc<void> {
  const texts = mailstore.lmtpTexts;
  const session: LmtpSession = {
    mailstore,
    conn,
    texts,
    id: sessionId(os),
    hello: null,
    sender: null,
    recipients: [],
    transactions: 0,
    badCommands: 0,
  };
  const dovecot = mailstore.conf.personality === 'dovecot';
  if (dovecot) os.log('dovecot', `lmtp(${os.pid}): Connect from ${conn.remote.address}`);
  yield* conn.write(texts.greeting);
  const why = yield* call(serveCommands(os, session));
  if (dovecot) os.log('dovecot', `lmtp(${os.pid}): Disconnect from ${conn.remote.address}: ${why}`);
  conn.close();
}

/** @returns why the session ended, as Dovecot logs it */
function* serveCommands(os: Os, session: LmtpSession): Proc<string> {
  const { conn, texts } = session;
  for (;;) {
    const line = yield* conn.readLine({ bytesMax: lineBytesMax, deadline: os.now() + idleUs });
    if (line === 'timeout') {
      yield* conn.write(texts.timeout);
      return 'Disconnected for inactivity (state=READY)';
    }
    if (typeof line === 'string') return 'Connection closed (state=READY)';
    if (line.ending === 'none') {
      // What is longer than a line may be is no dialogue any more.
      yield* conn.write(texts.lineTooLong);
      return 'Line too long (state=READY)';
    }
    const command = parseCommandLine(line.bytes);
    if (command.verb === 'QUIT') {
      yield* conn.write(texts.bye);
      return 'Logged out (state=READY)';
    }
    if (command.verb === 'DATA' && session.hello !== null) {
      if (!(yield* call(receiveMessage(os, session)))) return 'Connection closed (state=DATA)';
      continue;
    }
    const isRcpt = command.verb === 'RCPT' && session.hello !== null;
    const answered = isRcpt ? yield* rcpt(os, session, command.rest) : answer(session, command);
    if ((yield* conn.write(answered)) !== 'ok') return 'Connection closed (state=READY)';
    if (session.badCommands > badCommandsMax) {
      yield* conn.write(texts.tooManyErrors);
      return 'Too many invalid commands. (state=READY)';
    }
  }
}

/** To what is answered at once. */
function answer(session: LmtpSession, { verb, rest }: CommandLine): Uint8Array {
  const { texts } = session;
  switch (verb) {
    case 'LHLO':
      return hello(session, rest);
    case 'RSET':
      endTransaction(session);
      return texts.reset;
    case 'NOOP':
      return texts.noop;
    case 'VRFY':
      return texts.verify;
    case 'MAIL':
      return session.hello === null ? texts.needHello : mail(session, rest);
    case 'RCPT':
    case 'DATA':
      return texts.needHello;
    default:
      session.badCommands++;
      return texts.unknownCommand;
  }
}

function hello(session: LmtpSession, name: string): Uint8Array {
  if (!/^[^\s]+$/.test(name)) return session.texts.badHello;
  session.hello = name;
  endTransaction(session);
  return session.texts.hello;
}

function mail(session: LmtpSession, rest: string): Uint8Array {
  const { texts } = session;
  if (session.sender !== null) return texts.nestedMail;
  const path = parsePathArgument(rest, 'FROM');
  if (path === null || (path.address !== '' && !isPath(path.address))) return texts.badSender;
  for (const parameter of path.parameters)
    if (!parametersKnown.includes(parameter[0])) return texts.unsupported;
  session.sender = path.address;
  return texts.sender;
}

function* rcpt(os: Os, session: LmtpSession, rest: string): Proc<Uint8Array> {
  const { texts, mailstore } = session;
  if (session.sender === null) return texts.needMail;
  const path = parsePathArgument(rest, 'TO');
  if (path === null || !isPath(path.address)) return texts.badRecipient;
  if (session.recipients.length >= recipientsMax) return encodeReply('452 4.5.3 Too many recipients');
  const { address } = path;
  const found = yield* mailstore.users.find(os, address);
  if (found.kind === 'found') {
    session.recipients.push({ address, mailbox: found.mailbox, quotaBytes: found.quotaBytes });
    return texts.recipient;
  }
  const text =
    found.kind === 'no-such-user'
      ? texts.noSuchUser(address)
      : found.kind === 'disabled'
        ? texts.disabled(address)
        : texts.lookupFailed(address);
  if (mailstore.conf.personality === 'zimbra') {
    const reason =
      found.kind === 'no-such-user'
        ? 'no account'
        : found.kind === 'disabled'
          ? 'account status maintenance'
          : found.why;
    const verb = found.kind === 'no-such-user' ? 'rejecting address' : 'try again for address';
    logZimbra(os, session, `lmtp - ${verb} ${address}: ${reason}`);
    logZimbra(os, session, `lmtp - S: ${text} (RCPT TO:<${address}>)`);
  } else if (found.kind === 'try-again') {
    os.log(
      'dovecot',
      `lmtp(${os.pid}, ${address}): Error: auth-master: userdb lookup(${address}) failed: ${found.why}`,
    );
  }
  return encodeReply(text);
}

/** @returns false when the connection broke */
function* receiveMessage(os: Os, session: LmtpSession): Proc<boolean> {
  const { conn, texts } = session;
  const ready = session.sender !== null && session.recipients.length > 0;
  const text = ready ? texts.data : session.sender === null ? texts.needMail : texts.noRecipients;
  if ((yield* conn.write(text)) !== 'ok') return false;
  if (!ready) return true;
  const receiver = new ContentReceiver(messageBytesMax);
  for (;;) {
    const frame = yield* conn.readFrame({
      framer: receiver.framer,
      bytesMax: ContentReceiver.frameBytesMax,
      deadline: os.now() + idleUs,
    });
    if (typeof frame === 'string') return false;
    if (receiver.take(frame)) break;
  }
  session.transactions++;
  const replies = receiver.tooBig
    ? session.recipients.map(() => texts.messageTooBig)
    : yield* deliver(os, session, joinContent(receiver.pieces));
  endTransaction(session);
  return (yield* conn.write(encodeReply(replies.join('\r\n')))) === 'ok';
}

function endTransaction(session: LmtpSession): void {
  session.sender = null;
  session.recipients = [];
}

function isPath(address: string): boolean {
  // A local part alone is a user without a domain.
  return isMailbox(address) || /^[^\s@<>()\\"]+$/.test(address);
}

function sessionId(os: Os): string {
  const bytes = new Uint8Array(16);
  const { random } = os;
  for (let i = 0; i < bytes.length; i++) bytes[i] = random.u32();
  return base64.encode(bytes).slice(0, 22); // without padding
}
