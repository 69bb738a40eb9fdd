/**
 * message-content — message lines as they arrive, without dot-stuffing, every line ended by CRLF
 *
 * A CR within a line becomes a space (cleanup_replace_stray_cr_lf). What needs no change is kept as views on
 * the received bytes. Past message_size_limit nothing is kept any more, and the client is told at the end.
 *
 * STANDARDS  RFC 5321 §4.5.2 (transparency), §4.1.1.4 (end of mail data)
 */
import * as ascii from '../../../bytes/ascii.ts';

import { arePlainLines } from '../../../protocols/smtp/plain-lines.ts';

import type { Framer } from '../../../os/os.ts';

const LF = 10;
const CR = 13;
const DOT = 46;
const SPACE = 32;

/** Collects the content of one message. */
export class MessageContent {
  readonly pieces: Uint8Array[];
  /** octets of the client's content, each line with CRLF */
  size = 0;
  tooBig = false;
  bareLf = false;
  readonly #sizeMax: number;
  #atLineStart = true;
  #first = true;
  #previousBareLf = false;

  /** @param sizeMax message_size_limit; 0 = none. @param header the Received: field */
  constructor(header: Uint8Array, sizeMax: number) {
    this.pieces = [header];
    this.#sizeMax = sizeMax;
  }

  /**
   * Adds whole lines; the last one may lack its line end when it goes on in the next call.
   * @param dots lines are dot-stuffed (DATA). @param standard bare LFs matter (smtpd_forbid_bare_newline): a
   * "." line with one at either end is dropped
   */
  addLines(bytes: Uint8Array, { dots, standard }: { dots: boolean; standard: boolean }): void {
    if (this.tooBig) return;
    let kept = 0; // bytes before this index are in pieces
    for (let at = 0; at < bytes.length;) {
      const lf = lineFeedFrom(bytes, at);
      const whole = lf < bytes.length;
      let end = lf;
      // Where bare LFs matter, one CR belongs to the line end; elsewhere all of them do.
      if (whole && end > at && bytes[end - 1] === CR) end--;
      while (!standard && whole && end > at && bytes[end - 1] === CR) end--;
      const bareLf = whole && end === lf;
      const start = dots && this.#atLineStart && bytes[at] === DOT ? at + 1 : at;
      const next = whole ? lf + 1 : bytes.length;
      const oddDot = standard && start > at && start === end && (bareLf || this.#previousBareLf);
      if (!oddDot && !this.#grow(end - start + 2)) return;
      const prefix = this.#first && !oddDot ? this.#firstLinePrefix(bytes, start, end) : null;
      const stray = strayCr(bytes, start, end);
      if (oddDot || prefix !== null || start > at || !whole || lf - end !== 1 || stray !== -1) {
        this.#keep(bytes, kept, at);
        if (prefix !== null) this.pieces.push(prefix);
        if (!oddDot && stray === -1) this.#keep(bytes, start, end);
        else if (!oddDot) this.pieces.push(withoutCr(bytes.slice(start, end), stray - start));
        if (!oddDot && whole) this.pieces.push(lineEnd());
        kept = next;
      }
      this.bareLf ||= bareLf;
      this.#previousBareLf = bareLf;
      this.#atLineStart = whole;
      at = next;
    }
    this.#keep(bytes, kept, bytes.length);
  }

  /**
   * Adds lines that need no change (DataFramer.isPlain).
   * @returns false when they cannot be taken so after all: addLines() is for them
   */
  addPlain(bytes: Uint8Array): boolean {
    if (this.tooBig || !this.#atLineStart || (this.#first && needsPrefix(bytes))) return false;
    if (this.#sizeMax > 0 && this.size + bytes.length > this.#sizeMax) return false;
    if (bytes.length === 0) return true;
    if (hasStrayCr(bytes)) return false;
    this.size += bytes.length;
    this.pieces.push(bytes);
    this.#first = false;
    this.#previousBareLf = false;
    return true;
  }

  #keep(bytes: Uint8Array, from: number, to: number): void {
    if (to > from) this.pieces.push(bytes.subarray(from, to));
  }

  #grow(count: number): boolean {
    if (this.#sizeMax > 0 && this.size + count > this.#sizeMax) {
      this.tooBig = true;
      this.pieces.length = 0;
      return false;
    }
    this.size += count;
    return true;
  }

  // A UNIX "From " line at the start becomes a header; a first line that starts with white space must not
  // continue the Received: field.
  #firstLinePrefix(bytes: Uint8Array, start: number, end: number): Uint8Array | null {
    if (/^>*From /.test(ascii.decode(bytes, start, Math.min(end, start + 16))))
      return ascii.encode('X-Mailbox-Line: ');
    this.#first = false;
    const c = bytes[start];
    return start < end && (c === 32 || c === 9) ? lineEnd() : null;
  }
}

// Where a CR is in a line without its line end; -1 = nowhere.
function strayCr(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) if (bytes[at] === CR) return at;
  return -1;
}

function hasStrayCr(bytes: Uint8Array): boolean {
  for (let at = bytes.indexOf(CR); at !== -1; at = bytes.indexOf(CR, at + 1))
    if (bytes[at + 1] !== LF) return true;
  return false;
}

function withoutCr(line: Uint8Array, from: number): Uint8Array {
  for (let at = from; at < line.length; at++) if (line[at] === CR) line[at] = SPACE;
  return line;
}

// Whether #firstLinePrefix() may be something.
function needsPrefix(bytes: Uint8Array): boolean {
  const c = bytes[0];
  return c === 32 || c === 9 || c === 62 || (c === 70 && bytes[4] === 32); // " ", tab, ">", "From "
}

function lineFeedFrom(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== LF) at++;
  return at;
}

/**
 * Cuts the stream after DATA into runs of whole lines; `ended` is set with the run whose last line is the
 * final dot.
 */
export class DataFramer {
  ended = false;
  /** octets of the line "." at the end of the last run */
  endBytes = 0;
  /** lines of the last run, but the final dot, are known to end with one CRLF and not to start with a dot */
  isPlain = false;
  readonly #lineBytesMax: number;
  readonly #standard: boolean;
  #atLineStart = true;
  #previousBareLf = false;

  /** @param standard only CRLF . CRLF ends the message (smtpd_forbid_bare_newline) */
  constructor(lineBytesMax: number, standard: boolean) {
    this.#lineBytesMax = lineBytesMax;
    this.#standard = standard;
  }

  readonly frame: Framer = (buffer, length) => {
    const plain = this.#plainFrame(buffer, length);
    this.isPlain = plain > 0;
    if (plain > 0) return plain;
    let at = 0;
    while (at < length) {
      if (this.#atLineStart && buffer[at] === DOT) {
        let end = at + 1;
        if (end < length && buffer[end] === CR) end++;
        while (!this.#standard && end < length && buffer[end] === CR) end++;
        if (end >= length && length - at < this.#lineBytesMax) return at; // perhaps the end: see more first
        if (buffer[end] === LF && this.#isEnd(end - at > 1)) {
          this.ended = true;
          this.endBytes = end + 1 - at;
          return end + 1;
        }
      }
      const lf = buffer.indexOf(LF, at);
      if (lf === -1) break;
      this.#previousBareLf = lf === 0 || buffer[lf - 1] !== CR;
      this.#atLineStart = true;
      at = lf + 1;
    }
    if (at > 0 || length < this.#lineBytesMax) return at;
    this.#atLineStart = false;
    return buffer[length - 1] === CR && length > 1 ? length - 1 : length;
  };

  // The usual run: plain lines, with the final dot or without it. @returns 0 when it is none
  #plainFrame(buffer: Uint8Array, length: number): number {
    if (!this.#atLineStart) return 0;
    const ends =
      length > 5 &&
      buffer[length - 1] === LF &&
      buffer[length - 2] === CR &&
      buffer[length - 3] === DOT &&
      buffer[length - 4] === LF;
    let end = ends ? length - 3 : length;
    while (end > 0 && buffer[end - 1] !== LF) end--;
    if (end === 0 || !arePlainLines(buffer, end)) return 0;
    this.#previousBareLf = false;
    if (!ends) return end;
    this.ended = true;
    this.endBytes = 3;
    return length;
  }

  #isEnd(crlf: boolean): boolean {
    return !this.#standard || (crlf && !this.#previousBareLf);
  }
}

function lineEnd(): Uint8Array {
  return new Uint8Array([CR, LF]);
}
