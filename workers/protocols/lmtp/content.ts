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

const lf = 0x0a;
const cr = 0x0d;
const dot = 0x2e;
const pieceBytesMax = 65_536;

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

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Frames everything up to the last line end, but nothing beyond the end of the message. */
  readonly framer = (buffer: Uint8Array, length: number): number => {
    const end = this.#findEnd(length === buffer.length ? buffer : buffer.subarray(0, length));
    if (end > 0) return Math.min(end, pieceBytesMax);
    const last = buffer.lastIndexOf(lf, Math.min(length, pieceBytesMax) - 1);
    if (last !== -1) return last + 1;
    return length >= pieceBytesMax ? pieceBytesMax : 0;
  };

  /** Takes a frame. @returns whether the message is complete */
  take(frame: Uint8Array): boolean {
    let from = 0;
    let at = this.#atLineStart ? 0 : frame.indexOf(lf) + 1;
    if (!this.#atLineStart && at === 0) at = frame.length;
    while (at < frame.length) {
      if (frame[at] === dot) {
        this.#keep(frame.subarray(from, at));
        if (isLineEnd(frame, at + 1)) return true;
        from = at + 1;
      }
      // The next line that starts with a dot; what lies between is kept in one piece.
      const next = nextDotLine(frame, at);
      if (next === -1) break;
      at = next;
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

  /** Where the line with the dot alone ends; 0 when it has not come. */
  #findEnd(buffer: Uint8Array): number {
    let at = this.#atLineStart ? 0 : buffer.indexOf(lf) + 1;
    if (!this.#atLineStart && at === 0) return 0;
    while (at !== -1 && at < buffer.length) {
      if (buffer[at] === dot && isLineEnd(buffer, at + 1)) return at + (buffer[at + 1] === lf ? 2 : 3);
      at = nextDotLine(buffer, at);
    }
    return 0;
  }
}

/** The message as one piece, each line ended by CRLF; nothing is copied when it is so already. */
export function joinContent(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = concat(pieces);
  const bare = countBareLineFeeds(whole);
  return bare === 0 ? whole : addReturns(whole, bare);
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

/** The next line after `at` that starts with a dot; -1 when there is none. */
function nextDotLine(bytes: Uint8Array, at: number): number {
  for (let i = bytes.indexOf(dot, at + 1); i !== -1; i = bytes.indexOf(dot, i + 1))
    if (bytes[i - 1] === lf) return i;
  return -1;
}
