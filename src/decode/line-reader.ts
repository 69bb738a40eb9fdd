/**
 * line-reader — cuts one direction of a byte stream into lines, counted literals, framed messages and letters
 *
 * The mode is set by the dialogue: after 354 the client's bytes are a letter up to the lone dot, after "{12}" twelve
 * octets follow, an LDAP or DNS stream is framed. Nothing of unknown size is kept: a line longer than 8 kB is cut.
 */
import * as ascii from '../../workers/bytes/ascii.ts';
import * as utf8 from '../../workers/bytes/utf8.ts';

import type { EventId, VirtualTime } from '../../workers/api.ts';

import type { Piece } from './conversation.ts';

export type ReadMode =
  | { kind: 'lines' }
  /** up to CRLF.CRLF */
  | { kind: 'letter' }
  | { kind: 'literal'; left: number }
  /** frameLength: how long the message at the start of the buffer is; 0 = incomplete, -1 = not one */
  | { kind: 'frames'; frameLength: (buffer: Uint8Array, length: number) => number }
  | { kind: 'opaque' };

export interface Source {
  event: EventId;
  at: VirtualTime;
}

/** What the reader found. `done` is false for a body that goes on in the next segment. */
export type Found =
  | { kind: 'line'; text: string; pieces: Piece[] }
  | { kind: 'body'; text: string; piece: Piece | null; done: boolean }
  | { kind: 'frame'; bytes: Uint8Array; pieces: Piece[] }
  | { kind: 'opaque'; piece: Piece };

const lineBytesMax = 8192;
const frameBytesMax = 1 << 20;
const headBytesMax = 4096;
const LF = 10;
const CR = 13;
const DOT = 46;

/** Cuts the octets of one direction into lines and counted bodies. */
export class LineReader {
  mode: ReadMode = { kind: 'lines' };
  #kept = new Uint8Array(256);
  #keptLength = 0;
  #pieces: Piece[] = [];
  #bodyBytes = 0;

  /** Reads one payload from `from` on; `found` may change `mode`, which counts from the next byte on. */
  read(payload: Uint8Array, source: Source, found: (what: Found) => void, from = 0): void {
    let at = from;
    while (at < payload.length) at = this.#some(payload, at, source, found);
  }

  #some(payload: Uint8Array, from: number, source: Source, found: (what: Found) => void): number {
    const mode = this.mode;
    switch (mode.kind) {
      case 'lines':
        return this.#line(payload, from, source, found);
      case 'letter':
        return this.#letter(payload, from, source, found);
      case 'literal': {
        const end = Math.min(payload.length, from + mode.left);
        mode.left -= end - from;
        const text = this.#head(payload, from, end);
        const done = mode.left === 0;
        if (done) this.#toLines();
        found({ kind: 'body', text, piece: piece(payload, from, end, source), done });
        return end;
      }
      case 'frames':
        return this.#frame(payload, from, source, found, mode.frameLength);
      case 'opaque':
        found({ kind: 'opaque', piece: piece(payload, from, payload.length, source) });
        return payload.length;
    }
  }

  #line(payload: Uint8Array, from: number, source: Source, found: (what: Found) => void): number {
    const lf = payload.indexOf(LF, from);
    const end = lf < 0 ? payload.length : lf + 1;
    this.#keep(payload, from, end, source);
    if (lf < 0 && this.#keptLength < lineBytesMax) return end;
    const bytes = this.#kept.subarray(0, this.#keptLength);
    const pieces = this.#forget();
    found({ kind: 'line', text: readable(withoutLineEnd(bytes)), pieces });
    return end;
  }

  // A letter is read in whole lines, so that the lone dot is seen also when it is split over segments.
  #letter(payload: Uint8Array, from: number, source: Source, found: (what: Found) => void): number {
    let start = from;
    let bodyEnd = from;
    while (start < payload.length) {
      const lf = payload.indexOf(LF, start);
      const end = lf < 0 ? payload.length : lf + 1;
      const lone = this.#keptLength + end - start <= 3 && this.#endsLetter(payload, start, end);
      if (lone && lf >= 0) {
        const text = this.#head(payload, from, bodyEnd);
        this.#toLines();
        found({ kind: 'body', text, piece: piece(payload, from, bodyEnd, source), done: true });
        this.#keep(payload, start, end, source);
        found({ kind: 'line', text: '.', pieces: this.#forget() });
        return end;
      }
      if (lf < 0) this.#keep(payload, start, Math.min(end, start + 4), source);
      else this.#forget();
      start = end;
      bodyEnd = end;
    }
    found({
      kind: 'body',
      text: this.#head(payload, from, bodyEnd),
      piece: piece(payload, from, bodyEnd, source),
      done: false,
    });
    return payload.length;
  }

  #endsLetter(payload: Uint8Array, start: number, end: number): boolean {
    const first = this.#keptLength > 0 ? this.#kept[0] : payload[start];
    const all = this.#keptLength + end - start;
    const last = all < 2 ? -1 : all === 2 ? LF : CR;
    const second = this.#keptLength > 1 ? this.#kept[1] : payload[start + 1 - this.#keptLength];
    return first === DOT && second === last;
  }

  #frame(
    payload: Uint8Array,
    from: number,
    source: Source,
    found: (what: Found) => void,
    frameLength: (buffer: Uint8Array, length: number) => number,
  ): number {
    const before = this.#keptLength;
    this.#keep(payload, from, payload.length, source);
    const length = frameLength(this.#kept, this.#keptLength);
    if (length < 0 || this.#keptLength > frameBytesMax) {
      this.#forget();
      this.mode = { kind: 'opaque' };
      found({ kind: 'opaque', piece: piece(payload, from, payload.length, source) });
      return payload.length;
    }
    if (length === 0) return payload.length;
    const end = from + length - before;
    const bytes = this.#kept.slice(0, length);
    const pieces = this.#forget();
    pieces.at(-1)!.end = end;
    found({ kind: 'frame', bytes, pieces });
    return end;
  }

  #keep(payload: Uint8Array, from: number, end: number, source: Source): void {
    const count = end - from;
    if (this.#keptLength + count > this.#kept.length) {
      const grown = new Uint8Array(Math.max(this.#keptLength + count, this.#kept.length * 2));
      grown.set(this.#kept.subarray(0, this.#keptLength));
      this.#kept = grown;
    }
    this.#kept.set(payload.subarray(from, end), this.#keptLength);
    this.#keptLength += count;
    this.#pieces.push(piece(payload, from, end, source));
  }

  #forget(): Piece[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#keptLength = 0;
    return pieces;
  }

  /** The first bytes of a body, for its header. */
  #head(payload: Uint8Array, from: number, end: number): string {
    const room = Math.max(0, headBytesMax - this.#bodyBytes);
    this.#bodyBytes += end - from;
    return readable(payload.subarray(from, Math.min(end, from + room)));
  }

  #toLines(): void {
    this.mode = { kind: 'lines' };
    this.#bodyBytes = 0;
    this.#forget();
  }
}

function piece(payload: Uint8Array, start: number, end: number, source: Source): Piece {
  let lines = 0;
  for (let i = start; i < end; i++) if (payload[i] === LF) lines++;
  return { event: source.event, at: source.at, start, end, lines };
}

function withoutLineEnd(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  if (end > 0 && bytes[end - 1] === LF) end--;
  if (end > 0 && bytes[end - 1] === CR) end--;
  return bytes.subarray(0, end);
}

/** Bytes as text: UTF-8 where it is, Latin-1 where it is not; never throws. */
export function readable(bytes: Uint8Array): string {
  return utf8.isValid(bytes) ? utf8.decode(bytes) : ascii.decode(bytes);
}
