/**
 * content — a message as it comes after DATA: found in the stream, dots taken away
 *
 * The receiving half of RFC 5321 §4.5.2 for the servers that speak LMTP or SMTP on behalf of something else
 * than Postfix. Pieces are as big as what has arrived, so that a message costs a read per segment and not one
 * per line.
 *
 *   const content = new ContentReceiver(messageBytesMax);
 *   do piece = yield* conn.readFrame({ framer: content.framer, … }); while (!content.take(piece));
 *
 * STANDARDS  RFC 5321 §4.5.2 (transparency), §2.3.8 (lines); RFC 2033 §4.2
 */
import { concat } from '../../bytes/concat.ts';

import { findDotLine } from '../smtp/dot-line.ts';
import { arePlainLines } from '../smtp/plain-lines.ts';

const lf = 0x0a;
const cr = 0x0d;
const dot = 0x2e;
const pieceBytesMax = 65_536;
const finalBytes = 3; // the dot and its line end
const quitBytes = 6; // QUIT and its line end

/** Collects one message. */
export class ContentReceiver {
  /** Longest frame that the framer asks for; the bytesMax of readFrame. */
  static readonly frameBytesMax = pieceBytesMax + 4;

  /** What came, without the dots that were doubled and without the last line with its dot. */
  readonly pieces: Uint8Array[] = [];
  /** octets in `pieces` */
  size = 0;
  /** more than bytesMax came: `pieces` is empty and what follows is thrown away */
  tooBig = false;
  readonly #bytesMax: number;
  #atLineStart = true;
  /** the first line with a dot in what the framer last saw; -1 = none */
  #dotLineAt = -1;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Frames everything up to the last line end, but nothing beyond the end of the message. */
  readonly framer = (buffer: Uint8Array, length: number): number => {
    const bytes = length === buffer.length ? buffer : buffer.subarray(0, length);
    const plain = this.#plainFrame(bytes);
    if (plain > 0) return plain;
    const end = this.#findEnd(bytes);
    if (end > 0 && end <= pieceBytesMax) return end; // a later end is not cut in two
    const last = bytes.lastIndexOf(lf, Math.min(length, pieceBytesMax) - 1);
    if (last !== -1) return last + 1;
    return length >= pieceBytesMax ? pieceBytesMax : 0;
  };

  /** Takes a frame that the framer found. @returns whether the message is complete */
  take(frame: Uint8Array): boolean {
    let from = 0;
    for (let at = this.#dotLineAt; at !== -1 && at < frame.length; at = findDotLine(frame, at + 1)) {
      this.#keep(frame.subarray(from, at));
      if (isLineEnd(frame, at + 1)) return true;
      from = at + 1;
    }
    this.#keep(from === 0 ? frame : frame.subarray(from));
    this.#atLineStart = frame[frame.length - 1] === lf;
    return false;
  }

  #keep(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.size += piece.length;
    if (this.size > this.#bytesMax) {
      this.tooBig = true;
      this.pieces.length = 0;
    }
    if (!this.tooBig) this.pieces.push(piece);
  }

  /** The usual: whole lines without dots, with the final dot or without it. @returns 0 when it is not so */
  #plainFrame(buffer: Uint8Array): number {
    if (!this.#atLineStart || buffer.length > pieceBytesMax) return 0;
    const finalDot = findFinalDot(buffer);
    const end = finalDot === -1 ? buffer.lastIndexOf(lf) + 1 : finalDot;
    if (end === 0 || !arePlainLines(buffer, end)) return 0;
    this.#dotLineAt = finalDot;
    return finalDot === -1 ? end : end + finalBytes;
  }

  /** Where the line with the dot alone ends; 0 when it has not come. */
  #findEnd(buffer: Uint8Array): number {
    let at = this.#atLineStart && buffer[0] === dot ? 0 : findDotLine(buffer, 1);
    this.#dotLineAt = at;
    for (; at !== -1; at = findDotLine(buffer, at + 1))
      if (isLineEnd(buffer, at + 1)) return at + (buffer[at + 1] === lf ? 2 : 3);
    return 0;
  }
}

/** The message as one piece, each line ended by CRLF; nothing is copied when it is so already. */
export function joinContent(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = concat(pieces);
  if (arePlainLines(whole, whole.length)) return whole; // the usual case
  const bare = countBareLineFeeds(whole);
  return bare === 0 ? whole : addReturns(whole, bare);
}

/** Where the dot is that ends a message at the end of the bytes, or before a QUIT there; -1 = none. */
function findFinalDot(bytes: Uint8Array): number {
  const quitAt = bytes.length - quitBytes;
  const end = quitAt > 0 && bytes[quitAt] === 0x51 && bytes[quitAt - 1] === lf ? quitAt : bytes.length;
  const at = end - finalBytes;
  if (at < 1 || bytes[at] !== dot || bytes[at - 1] !== lf) return -1;
  return bytes[at + 1] === cr && bytes[at + 2] === lf ? at : -1;
}

function countBareLineFeeds(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(lf); at !== -1; at = bytes.indexOf(lf, at + 1))
    if (bytes[at - 1] !== cr) count++;
  return count;
}

function addReturns(bytes: Uint8Array, count: number): Uint8Array {
  const output = new Uint8Array(bytes.length + count);
  let to = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === lf && bytes[i - 1] !== cr) output[to++] = cr;
    output[to++] = bytes[i]!;
  }
  return output;
}

function isLineEnd(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === lf || (bytes[at] === cr && bytes[at + 1] === lf);
}
