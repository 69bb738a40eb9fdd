/**
 * smtp-reply — read one server reply, of one or many lines
 *
 * What is too long is cut, what is no reply is skipped or refused; both as Postfix's smtp_chat_resp() does.
 *
 * STANDARDS  RFC 5321 §4.2 (replies); RFC 2034, RFC 3463 (enhanced status codes)
 */
import * as ascii from '../../bytes/ascii.ts';

import type { Connection, Proc, ReadFailure, VirtualTime } from '../../os/os.ts';

export interface SmtpReply {
  /** three digits; 0 when the client itself refuses to go on */
  code: number;
  /** "2.1.5"; when the server sent none, or one of another class, "X.0.0" with the class of the code */
  enhanced: string;
  /** all lines with their codes, joined by one space, as Postfix logs them: "250 2.0.0 Ok: queued as 4ABC" */
  text: string;
  /** the lines, without line ends */
  lines: string[];
}

export type ReadReplyFailure = ReadFailure | 'garbled';

/**
 * Reads a reply.
 * @param strict with PIPELINING: a line that is no reply line would shift the replies, so it is 'garbled';
 * otherwise skipped
 */
export function* readReply(
  conn: Connection,
  deadline: VirtualTime,
  strict: boolean,
): Proc<SmtpReply | ReadReplyFailure> {
  const frame = yield* conn.readFrame({ framer: frameReply, deadline, bytesMax: replyBytesMax });
  if (typeof frame !== 'string') return parseReply(frame);
  return frame === 'malformed' ? yield* readByLine(conn, deadline, strict) : frame;
}

const lineBytesMax = 2048; // Postfix: line_length_limit
const replyBytesMax = 8192;
const replyLinesMax = 1000;
const skippedPiecesMax = 500;
const cr = 0x0d;
const lf = 0x0a;
const blank = 0x20;
const hyphen = 0x2d;
const dot = 0x2e;
const two = 0x32;
const four = 0x34;
const five = 0x35;

/** Frames a reply of the usual form. @returns -1 when a line is no reply line, or is too long */
function frameReply(buffer: Uint8Array, length: number): number {
  for (let start = 0; start < length;) {
    const end = buffer.indexOf(lf, start);
    if (end === -1 || end >= length) return length - start >= lineBytesMax ? -1 : 0;
    if (end - start > lineBytesMax || !startsReply(buffer, start, end)) return -1;
    if (buffer[start + 3] !== hyphen) return end + 1;
    start = end + 1;
  }
  return 0;
}

/** Whether a line begins with three digits, and then ends or goes on after a blank or hyphen. */
function startsReply(bytes: Uint8Array, start: number, lineFeed: number): boolean {
  if (lineFeed - start < 3) return false;
  for (let i = start; i < start + 3; i++) if (!isDigit(bytes[i]!)) return false;
  const next = bytes[start + 3]!;
  return next === blank || next === hyphen || next === lf || (next === cr && start + 4 === lineFeed);
}

function parseReply(frame: Uint8Array): SmtpReply {
  const lines: string[] = [];
  for (let start = 0; start < frame.length;) {
    const lineFeed = frame.indexOf(lf, start);
    const end = lineFeed > start && frame[lineFeed - 1] === cr ? lineFeed - 1 : lineFeed;
    lines.push(textOf(frame, start, end));
    start = lineFeed + 1;
  }
  return makeReply(lines[lines.length - 1]!, lines);
}

/** A reply in which a line is no reply line, or too long for a frame. */
function* readByLine(
  conn: Connection,
  deadline: VirtualTime,
  strict: boolean,
): Proc<SmtpReply | ReadReplyFailure> {
  const lines: string[] = [];
  let kept = 0;
  for (let count = 0; count < replyLinesMax; count++) {
    const line = yield* conn.readLine({ bytesMax: lineBytesMax, deadline });
    if (typeof line === 'string') return line;
    const text = textOf(line.bytes, 0, line.bytes.length);
    if (line.ending === 'none' && !(yield* skipRest(conn, deadline))) return 'garbled';
    if (!/^[0-9]{3}(?:[ -]|$)/.test(text)) {
      if (strict) return 'garbled';
      continue;
    }
    if (kept + text.length <= replyBytesMax) lines.push(text);
    kept += text.length;
    if (text[3] !== '-') return makeReply(text, lines);
  }
  return 'garbled';
}

function* skipRest(conn: Connection, deadline: VirtualTime): Proc<boolean> {
  for (let i = 0; i < skippedPiecesMax; i++) {
    const more = yield* conn.readLine({ bytesMax: lineBytesMax, deadline });
    if (typeof more === 'string') return false;
    if (more.ending !== 'none') return true;
  }
  return false;
}

/** The bytes as text, control characters as "?". */
function textOf(bytes: Uint8Array, start: number, end: number): string {
  const text = ascii.decode(bytes, start, end);
  for (let i = start; i < end; i++)
    if (bytes[i]! < blank || bytes[i] === 0x7f) return text.replace(/[^\x20-\x7e\x80-\xff]/g, '?');
  return text;
}

/** @param last the line that ended the reply; not among `lines` when those before it were too many */
function makeReply(last: string, lines: string[]): SmtpReply {
  const code = Number(last.slice(0, 3));
  const enhanced = enhancedIn(lines.length === 0 ? '' : lines[lines.length - 1]!, last.charCodeAt(0));
  return { code, enhanced, text: lines.length === 1 ? lines[0]! : lines.join(' '), lines };
}

// RFC 2034 §4: class, subject and detail after the code; the class is that of the code.
function enhancedIn(line: string, digit: number): string {
  const usual = `${String.fromCharCode(digit)}.0.0`;
  const hasClass = digit === two || digit === four || digit === five;
  if (!hasClass || line.charCodeAt(4) !== digit || line.charCodeAt(5) !== dot) return usual;
  const subjectEnd = digitsEnd(line, 6);
  if (subjectEnd === -1 || line.charCodeAt(subjectEnd) !== dot) return usual;
  const end = digitsEnd(line, subjectEnd + 1);
  return end !== -1 && (end === line.length || line.charCodeAt(end) === blank) ? line.slice(4, end) : usual;
}

/** Where one to three digits end; -1 when there is none. */
function digitsEnd(text: string, start: number): number {
  let end = start;
  while (end < start + 3 && end < text.length && isDigit(text.charCodeAt(end))) end++;
  return end === start ? -1 : end;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
