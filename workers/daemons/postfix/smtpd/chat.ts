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

import type { Connection, Proc } from '../../../os/os.ts';

import { addFooter } from './reject-footer.ts';
import type { Session } from './session.ts';

export interface CommandLine {
  text: string;
  /** not UTF-8: `text` has one character per byte */
  malformed: boolean;
  bareLf: boolean;
  /** the line was longer than the limit; `text` is its start */
  cut: boolean;
}

const skippedBytes = 65536;
const bytesLogged = 100;

/** Reads a command. Past line_length_limit the rest of the line is thrown away, as if it were not there. */
export function* readCommand(session: Session): Proc<CommandLine | 'timeout' | 'eof'> {
  const { line_length_limit } = session.config;
  const line = yield* readBounded(session, line_length_limit);
  if (typeof line !== 'string' && line.cut) {
    const start = line.text.slice(0, 30);
    session.warn(`${session.namaddr}: request longer than ${line_length_limit}: ${start}...`);
  }
  return line;
}

/** Reads a line after writing what is pending. */
export function* readBounded(session: Session, bytesMax: number): Proc<CommandLine | 'timeout' | 'eof'> {
  const { os, conn, config } = session;
  if (session.pending.length > 0 && !holdsLine(conn) && !(yield* flush(session))) return 'eof';
  const deadline = os.now() + config.timeout;
  const line = yield* conn.readLine({ deadline, bytesMax });
  if (typeof line === 'string') return line === 'timeout' ? 'timeout' : 'eof';
  let ending = line.ending;
  const cut = ending === 'none';
  while (ending === 'none') {
    const rest = yield* conn.readLine({ deadline, bytesMax: skippedBytes });
    if (typeof rest === 'string') return rest === 'timeout' ? 'timeout' : 'eof';
    ending = rest.ending;
  }
  return { ...commandText(line.bytes), bareLf: ending === 'lf', cut };
}

/**
 * Queues a reply, after a pause for a client that makes errors. @returns false when the connection is gone
 */
export function* say(session: Session, reply: string): Proc<boolean> {
  const { config } = session;
  const delay = session.errorCount >= config.soft_error_limit ? config.error_sleep_time : 0;
  if (delay > 0) yield* session.os.sleepUntil(session.os.now() + delay);
  let text = reply;
  const failure = text.startsWith('4') || text.startsWith('5');
  if (failure && config.reject_footer !== '') text = addFooter(text, session);
  if (failure && config.soft_bounce) text = text.replace(/^5(\d\d[ -])5?/gm, soften);
  session.pending.push(text);
  if (/^[45]21/.test(text)) session.hangup = true;
  return delay > 0 ? yield* flush(session) : true;
}

/** Writes what is pending. @returns false when the connection is gone */
export function* flush(session: Session): Proc<boolean> {
  if (session.pending.length === 0) return true;
  const text = session.pending.join('\r\n') + '\r\n';
  session.pending.length = 0;
  const deadline = session.os.now() + session.config.timeout;
  return (yield* session.conn.write(encodeText(text), { deadline })) === 'ok';
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

/** Text of a line: UTF-8 when it is, else one character per byte; up to the first NUL, as a C string. */
export function commandText(bytes: Uint8Array): { text: string; malformed: boolean } {
  let end = bytes.indexOf(0);
  if (end < 0) end = bytes.length;
  while (end > 0 && bytes[end - 1] === 13) end--;
  const line = end === bytes.length ? bytes : bytes.subarray(0, end);
  const text = ascii.decode(line);
  if (isAscii(text)) return { text, malformed: bytes.length > end && !utf8.isValid(bytes) };
  return utf8.isValid(bytes) ? { text: utf8.decode(line), malformed: false } : { text, malformed: true };
}

/** Whether all characters are below 0x80. */
export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** Encodes a reply or a header: UTF-8 where it is not ASCII. */
export function encodeText(text: string): Uint8Array {
  return isAscii(text) ? ascii.encode(text) : utf8.encode(text);
}

function holdsLine(conn: Connection): boolean {
  return conn.buffered > 0 && conn.peek().includes(10);
}

function soften(_: string, rest: string, offset: number, whole: string): string {
  return `4${rest}${/^5\d\d[ -]5\./.test(whole.slice(offset)) ? '4' : ''}`;
}
