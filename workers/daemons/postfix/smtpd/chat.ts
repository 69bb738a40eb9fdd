/**
 * chat — reading command lines and writing replies
 *
 * Replies to a pipelined burst leave together: they are written when the next command is not there yet. A
 * client that made many errors waits before each reply.
 *
 * STANDARDS  RFC 2920 §3.2 (a server must not flush between pipelined commands), RFC 5321 §4.5.3.2.7
 * (timeout)
 */
import * as ascii from '../../../bytes/ascii.ts';
import * as utf8 from '../../../bytes/utf8.ts';

import { escapeForLog } from '../../../protocols/smtp/reply.ts';

import type { Connection, Line, Proc, VirtualTime } from '../../../os/os.ts';

import { addFooter } from './reject-footer.ts';
import type { Session } from './session.ts';

/** A line of the client. */
export class CommandLine {
  readonly text: string;
  /** not UTF-8: `text` has one character per byte */
  readonly malformed: boolean;
  readonly bareLf: boolean;
  /** the line was longer than the limit; `text` is its start */
  readonly cut: boolean;

  constructor(bytes: Uint8Array, bareLf: boolean, cut: boolean) {
    this.bareLf = bareLf;
    this.cut = cut;
    // Up to the first NUL, as a C string.
    let end = 0;
    let isSevenBit = true;
    for (; end < bytes.length && bytes[end] !== 0; end++) if (bytes[end]! > 0x7f) isSevenBit = false;
    while (end > 0 && bytes[end - 1] === 13) end--;
    this.malformed = (!isSevenBit || end < bytes.length) && !utf8.isValid(bytes);
    this.text =
      isSevenBit || this.malformed ? ascii.decode(bytes, 0, end) : utf8.decode(bytes.subarray(0, end));
  }
}

const skippedBytes = 65536;
const bytesLogged = 100;

/** Reads a line after writing what is pending. */
export function* readLine(session: Session, bytesMax: number): Proc<CommandLine | 'timeout' | 'eof'> {
  if (mustSend(session) && (yield* send(session)) !== 'ok') return 'eof';
  const deadline = session.os.now() + session.config.timeout;
  const line = yield* session.conn.readLine({ deadline, bytesMax });
  if (typeof line === 'string') return line === 'timeout' ? 'timeout' : 'eof';
  return line.ending === 'none' ? yield* skipRest(session, line, deadline) : lineOf(line);
}

/** A line within the limit. */
export function lineOf({ bytes, ending }: Line): CommandLine {
  return new CommandLine(bytes, ending === 'lf', false);
}

/** A line past the limit: its rest is thrown away, as if it were not there. */
export function* skipRest(
  session: Session,
  start: Line,
  deadline: VirtualTime,
): Proc<CommandLine | 'timeout' | 'eof'> {
  for (;;) {
    const rest = yield* session.conn.readLine({ deadline, bytesMax: skippedBytes });
    if (typeof rest === 'string') return rest === 'timeout' ? 'timeout' : 'eof';
    if (rest.ending !== 'none') return new CommandLine(start.bytes, rest.ending === 'lf', true);
  }
}

/** Whether replies have to leave before the next line is read: it is not there yet. */
export function mustSend(session: Session): boolean {
  return session.pending !== '' && !holdsLine(session.conn);
}

/**
 * Queues a reply, after a pause for a client that makes errors. @returns false when the connection is gone
 */
export function* say(session: Session, reply: string): Proc<boolean> {
  if (saidAtOnce(session, reply)) return true;
  yield* session.os.sleepUntil(session.os.now() + session.config.error_sleep_time);
  queue(session, reply);
  return yield* flush(session);
}

/** Queues a reply; the usual case of say(). @returns false when there must be a pause first: not queued */
export function saidAtOnce(session: Session, reply: string): boolean {
  if (isSlowed(session)) return false;
  queue(session, reply);
  return true;
}

/** Whether each reply waits for smtpd_error_sleep_time: the client made too many errors. */
export function isSlowed({ errorCount, config }: Session): boolean {
  return errorCount >= config.soft_error_limit && config.error_sleep_time > 0;
}

function queue(session: Session, reply: string): void {
  const isFailure = reply.startsWith('4') || reply.startsWith('5');
  session.pending += `${isFailure ? failureText(session, reply) : reply}\r\n`;
}

function failureText(session: Session, reply: string): string {
  const { reject_footer, soft_bounce } = session.config;
  let text = reject_footer === '' ? reply : addFooter(reply, session);
  if (soft_bounce) text = text.replace(/^5(\d\d[ -])5?/gm, soften);
  if (/^[45]21/.test(text)) session.hangup = true;
  return text;
}

/** Writes what is pending. @returns false when the connection is gone */
export function* flush(session: Session): Proc<boolean> {
  return session.pending === '' || (yield* send(session)) === 'ok';
}

/** Writes what is pending, which is something. */
export function send(session: Session): ReturnType<Connection['write']> {
  const { pending, conn, config } = session;
  session.pending = '';
  return conn.write(utf8.encode(pending), { deadline: session.os.now() + config.timeout });
}

/**
 * Notes input that came before the reply it should have waited for: EHLO, DATA, VRFY… end a group of
 * commands, and a client that said HELO was not offered PIPELINING (RFC 2920 §3.1).
 * @returns whether there was any
 */
export function flagIllegalPipelining(session: Session): boolean {
  if (session.conn.buffered === 0) return false;
  const start = ascii.decode(session.conn.peek().subarray(0, bytesLogged));
  session.log(
    `improper command pipelining after ${session.where} from ${session.namaddr}: ${escapeForLog(start)}`,
  );
  session.illegalPipelining = true;
  return true;
}

/** Whether all characters are below 0x80. */
export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

function holdsLine(conn: Connection): boolean {
  if (conn.buffered === 0) return false;
  const bytes = conn.peek();
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === 10) return true;
  return false;
}

function soften(_: string, rest: string, offset: number, whole: string): string {
  return `4${rest}${/^5\d\d[ -]5\./.test(whole.slice(offset)) ? '4' : ''}`;
}
