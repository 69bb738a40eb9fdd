/**
 * smtp-reply — read one server reply, of one or many lines
 *
 * What is too long is cut, what is no reply line is taken along to the one that is; both as Postfix's
 * smtp_chat_resp() does.
 *
 * STANDARDS  RFC 5321 §4.2 (replies); RFC 2034, RFC 3463 (enhanced status codes)
 */
import * as ascii from '../../bytes/ascii.ts';

import type { Connection, Proc, ReadFailure, VirtualTime } from '../../os/os.ts';

export interface SmtpReply {
  /** three digits; 0 when the client itself refuses to go on */
  readonly code: number;
  /** "2.1.5"; when the server sent none, or one of another class, "X.0.0" with the class of the code */
  readonly enhanced: string;
  /** all lines with their codes, joined by one space, as Postfix logs them: "250 2.0.0 Ok: queued as 4ABC" */
  readonly text: string;
}

/** A reply as it came: of most, only the code is ever looked at. */
export class ReceivedReply implements SmtpReply {
  readonly code: number;
  /** the lines, each with its line end */
  readonly frame: Uint8Array;
  #text: string | null = null;

  constructor(code: number, frame: Uint8Array) {
    this.code = code;
    this.frame = frame;
  }

  get text(): string {
    return (this.#text ??= textOfFrame(this.frame));
  }

  get enhanced(): string {
    return enhancedIn(this.frame, this.code);
  }
}

export type ReadReplyFailure = ReadFailure | 'garbled';

/** Reads a reply. A line that is no reply line counts as its text. */
export function* readReply(conn: Connection, deadline: VirtualTime): Proc<ReceivedReply | ReadReplyFailure> {
  const frame = yield* conn.readFrame({ framer: frameReply, deadline, bytesMax: replyBytesMax });
  if (typeof frame !== 'string') return new ReceivedReply(codeOf(frame), frame);
  return frame === 'malformed' ? yield* readByLine(conn, deadline) : frame;
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
const zero = 0x30;

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
  return next === blank || next === hyphen || isLineEnd(bytes, start + 3);
}

/** A reply in which a line is no reply line, or too long for a frame. */
function* readByLine(conn: Connection, deadline: VirtualTime): Proc<ReceivedReply | ReadReplyFailure> {
  const lines: string[] = [];
  let kept = 0;
  for (let count = 0; count < replyLinesMax; count++) {
    const line = yield* conn.readLine({ bytesMax: lineBytesMax, deadline });
    if (typeof line === 'string') return line;
    const text = textOf(line.bytes, 0, line.bytes.length);
    if (line.ending === 'none' && !(yield* skipRest(conn, deadline))) return 'garbled';
    if (kept + text.length <= replyBytesMax) lines.push(`${text}\r\n`);
    kept += text.length;
    if (/^[0-9]{3}(?: |$)/.test(text))
      return new ReceivedReply(Number(text.slice(0, 3)), ascii.encode(lines.join('')));
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

/** The lines, joined by one blank. */
function textOfFrame(frame: Uint8Array): string {
  let text = '';
  for (let start = 0; start < frame.length;) {
    const lineFeed = frame.indexOf(lf, start);
    const line = textOf(frame, start, frame[lineFeed - 1] === cr ? lineFeed - 1 : lineFeed);
    text = start === 0 ? line : `${text} ${line}`;
    start = lineFeed + 1;
  }
  return text;
}

/** The bytes as text, control characters as "?". */
function textOf(bytes: Uint8Array, start: number, end: number): string {
  const text = ascii.decode(bytes, start, end);
  for (let i = start; i < end; i++)
    if (bytes[i]! < blank || bytes[i] === 0x7f) return text.replace(/[^\x20-\x7e\x80-\xff]/g, '?');
  return text;
}

function codeOf(frame: Uint8Array): number {
  const start = lastLineOf(frame);
  return frame[start]! * 100 + frame[start + 1]! * 10 + frame[start + 2]! - zero * 111;
}

function lastLineOf(frame: Uint8Array): number {
  return frame.length < 2 ? 0 : frame.lastIndexOf(lf, frame.length - 2) + 1;
}

// RFC 2034 §4: class, subject and detail after the code of the last line; the class is that of the code.
function enhancedIn(frame: Uint8Array, code: number): string {
  const replyClass = Math.floor(code / 100);
  const start = lastLineOf(frame) + 4;
  const hasClass = replyClass === 2 || replyClass === 4 || replyClass === 5;
  if (hasClass && frame[start] === zero + replyClass && frame[start + 1] === dot) {
    const subjectEnd = digitsEnd(frame, start + 2);
    const end = frame[subjectEnd] === dot ? digitsEnd(frame, subjectEnd + 1) : -1;
    if (end !== -1 && (frame[end] === blank || isLineEnd(frame, end))) return ascii.decode(frame, start, end);
  }
  return `${replyClass}.0.0`;
}

/** Where one to three digits end; -1 when there is none. */
function digitsEnd(bytes: Uint8Array, start: number): number {
  let end = start;
  while (end < start + 3 && end < bytes.length && isDigit(bytes[end]!)) end++;
  return end === start ? -1 : end;
}

function isLineEnd(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === lf || (bytes[at] === cr && bytes[at + 1] === lf);
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= zero + 9;
}
