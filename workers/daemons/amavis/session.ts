/**
 * session — one SMTP connection to the filter
 *
 * STANDARDS  RFC 5321, RFC 2033 (LHLO is answered alike); XFORWARD_README of Postfix
 * SEE ALSO   reinject.ts
 */
import * as utf8 from '../../bytes/utf8.ts';

import { parseCommandLine, parsePathArgument, type CommandLine } from '../../protocols/lmtp/command.ts';
import { ContentReceiver, joinContent } from '../../protocols/lmtp/content.ts';

import { call, MINUTE, type Connection, type Os, type Proc } from '../../os/os.ts';

import { filterMessage } from './filter.ts';
import { encodeReply, okReply, texts, xforwardNames } from './texts.ts';

const idleUs = 8 * MINUTE; // $smtpd_timeout
const lineBytesMax = 4096;
const digitFive = 0x35;
const recipientsMax = 1100; // $smtpd_recipient_limit
// SIMPLIFIED: amavisd has none ($smtpd_message_size_limit is undef); Postfix in front has a lower one.
const messageBytesMax = 50 * 1024 * 1024;

/** State of a session. */
export interface AmavisSession {
  readonly conn: Connection;
  /** "28799-01", and "28799-01-2" for the second message: what the log and replies name it */
  taskId: string;
  /** by its hello: ESMTP, SMTP or LMTP; that of EHLO and LHLO is ESMTP in the log */
  protocol: 'ESMTP' | 'SMTP' | 'LMTP';
  hello: string;
  /** null outside a transaction */
  sender: string | null;
  /** MAIL parameters as given, for the log: "SIZE=400 BODY=8BITMIME" */
  parameters: string;
  recipients: string[];
  xforward: Map<string, string>;
}

/** Serves a connection. @param task how many connections this child has had */
export function* runAmavisSession(os: Os, conn: Connection, task: number): Proc<void> {
  const session: AmavisSession = {
    conn,
    taskId: '',
    protocol: 'SMTP',
    hello: '',
    sender: null,
    parameters: '',
    recipients: [],
    xforward: new Map(),
  };
  const connectionId = `${os.pid}-${String(task).padStart(2, '0')}`;
  session.taskId = connectionId;
  let messages = 0;
  if ((yield* conn.write(texts.greeting)) !== 'ok') return;
  for (;;) {
    const line = yield* conn.readLine({ bytesMax: lineBytesMax, deadline: os.now() + idleUs });
    if (line === 'timeout') yield* conn.write(texts.timeout);
    if (typeof line === 'string') return;
    if (line.ending === 'none') {
      yield* conn.write(texts.lineTooLong);
      return;
    }
    const command = parseCommandLine(line.bytes);
    if (command.verb === 'QUIT') {
      yield* conn.write(texts.bye);
      return;
    }
    if (command.verb === 'MAIL' && messages > 0) session.taskId = `${connectionId}-${messages + 1}`;
    if (command.verb === 'DATA' && session.sender !== null && session.recipients.length > 0) {
      messages++;
      if (!(yield* call(receiveMessage(os, session)))) return;
      continue;
    }
    const reply = answer(session, command);
    if (reply[0] === digitFive) logRefusal(os, session, command, reply);
    if ((yield* conn.write(reply)) !== 'ok') return;
  }
}

function logRefusal(os: Os, session: AmavisSession, { verb, rest }: CommandLine, reply: Uint8Array): void {
  const text = utf8.decode(reply).trimEnd();
  const command = rest === '' ? verb : `${verb} ${rest}`;
  os.log('amavis', `(${session.taskId}) ESMTP: ${text}; smtp_resp: ${command}\\r\\n`);
}

function answer(session: AmavisSession, { verb, rest }: CommandLine): Uint8Array {
  switch (verb) {
    case 'HELO':
    case 'EHLO':
    case 'LHLO':
      return hello(session, verb, rest);
    case 'MAIL':
      return mail(session, rest);
    case 'RCPT':
      return rcpt(session, rest);
    case 'DATA':
      return session.sender === null ? texts.needMailBeforeData : texts.needRcptBeforeData;
    case 'RSET':
      endTransaction(session);
      return okReply(verb);
    case 'NOOP':
      return okReply(verb);
    case 'VRFY':
      return texts.verify;
    case 'HELP':
      return texts.help;
    case 'XFORWARD':
      return xforward(session, rest);
    case 'STARTTLS':
      return texts.notAvailable;
    case 'ETRN':
    case 'EXPN':
    case 'TURN':
      return texts.notImplemented(verb);
    default:
      return texts.notRecognized(verb);
  }
}

function hello(session: AmavisSession, verb: string, name: string): Uint8Array {
  session.protocol = verb === 'HELO' ? 'SMTP' : verb === 'LHLO' ? 'LMTP' : 'ESMTP';
  session.hello = name;
  endTransaction(session);
  return verb === 'HELO' ? texts.helo : texts.hello;
}

function mail(session: AmavisSession, rest: string): Uint8Array {
  const path = parsePathArgument(rest, 'FROM');
  if (path === null) return texts.badSender;
  if (session.sender !== null) return texts.nestedMail;
  session.sender = path.address;
  session.parameters = path.parameters.map(formatParameter).join(' ');
  return texts.sender(path.address);
}

function formatParameter([name, value]: [string, string | null]): string {
  return value === null ? name : `${name}=${value}`;
}

function rcpt(session: AmavisSession, rest: string): Uint8Array {
  if (session.sender === null) return texts.needMailBeforeRcpt;
  const path = parsePathArgument(rest, 'TO');
  if (path === null) return texts.badRecipient;
  if (session.recipients.length >= recipientsMax) return texts.tooManyRecipients;
  session.recipients.push(path.address);
  return texts.recipient(path.address);
}

function xforward(session: AmavisSession, rest: string): Uint8Array {
  for (const word of rest.split(' ')) {
    if (word === '') continue;
    const equals = word.indexOf('=');
    const name = equals === -1 ? '' : word.slice(0, equals).toUpperCase();
    if (!xforwardNames.includes(name)) return texts.badXforward(word);
    const value = word.slice(equals + 1);
    // Postfix: a value that is not known is "[UNAVAILABLE]"; others are xtext (RFC 3461 §4).
    session.xforward.set(name, value.toUpperCase() === '[UNAVAILABLE]' ? '' : unxtext(value));
  }
  return texts.xforward;
}

/** @returns false when the connection broke */
function* receiveMessage(os: Os, session: AmavisSession): Proc<boolean> {
  const { conn } = session;
  if ((yield* conn.write(texts.data)) !== 'ok') return false;
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
  const text = receiver.tooBig
    ? texts.tooBig
    : yield* filterMessage(os, session, joinContent(receiver.pieces));
  // RFC 2033 §4.2: an LMTP client has a reply for each recipient.
  const replies = session.protocol === 'LMTP' ? session.recipients.map(() => text).join('\r\n') : text;
  endTransaction(session);
  session.xforward.clear();
  return (yield* conn.write(encodeReply(replies))) === 'ok';
}

function endTransaction(session: AmavisSession): void {
  session.sender = null;
  session.recipients = [];
  session.parameters = '';
}

function unxtext(text: string): string {
  if (!text.includes('+')) return text;
  return text.replace(/\+([0-9A-Fa-f]{2})/g, (_, digits: string) =>
    String.fromCharCode(parseInt(digits, 16)),
  );
}
