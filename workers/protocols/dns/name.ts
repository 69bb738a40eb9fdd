/**
 * name — domain names on the wire: labels, length limits, compression pointers
 *
 * In text a name is lower case or as given, without the final dot; the root is "". Dots and backslashes
 * within a label are escaped as \. and \\, other octets outside printable ASCII as \DDD (RFC 1035 §5.1).
 *
 * STANDARDS  RFC 1035 §3.1, §4.1.4; RFC 4343 (case)
 */
import * as ascii from '../../bytes/ascii.ts';
import { DecodeError, type ByteReader } from '../../bytes/byte-reader.ts';
import type { ByteWriter } from '../../bytes/byte-writer.ts';

const dot = 0x2e;
const backslash = 0x5c;
const labelBytesMax = 63; // RFC 1035 §2.3.4
const nameBytesMax = 255; // RFC 1035 §2.3.4

/** Lower case, for comparison (RFC 4343 §3: ASCII only). */
export function canonicalName(name: string): string {
  const length = name.length;
  for (let i = 0; i < length; i++) {
    const code = name.charCodeAt(i);
    if (code >= 0x41 && code <= 0x5a)
      return withoutFinalDot(name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()));
  }
  return withoutFinalDot(name);
}

function withoutFinalDot(name: string): string {
  return name.charCodeAt(name.length - 1) === dot ? name.slice(0, -1) : name;
}

/** "a.b.c" is within "b.c", "c" and "" (the root). */
export function isWithin(name: string, zone: string): boolean {
  return zone === '' || name === zone || name.endsWith(`.${zone}`);
}

/** The name without its first label; null for the root. */
export function parentOf(name: string): string | null {
  if (name === '') return null;
  const labels = splitLabels(name);
  return labels.slice(1).join('.');
}

/** Labels as text, escapes kept. */
export function splitLabels(name: string): string[] {
  if (name === '') return [];
  if (!name.includes('\\')) return name.split('.').filter((label) => label !== '');
  return name.match(/(?:\\.|[^.\\])+/gs) ?? [];
}

/** Offsets of names written so far, for compression. */
export type CompressionTable = Map<string, number>;

/** Whether the text can be a name: labels of 1–63 octets, 255 in all. */
export function isName(text: string): boolean {
  const name = withoutFinalDot(text);
  if (name === '') return true;
  if (name.includes('\\')) return isEscapedName(name);
  let start = 0;
  for (let i = 0; i <= name.length; i++) {
    if (i < name.length && name.charCodeAt(i) !== dot) continue;
    if (i === start || i - start > labelBytesMax) return false;
    start = i + 1;
  }
  return name.length + 2 <= nameBytesMax;
}

function isEscapedName(name: string): boolean {
  const labels = splitLabels(name);
  if (labels.join('.') !== name) return false;
  let total = 1;
  for (const label of labels) {
    const { length } = labelBytes(label);
    if (length === 0 || length > labelBytesMax) return false;
    total += length + 1;
  }
  return total <= nameBytesMax;
}

//  +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
//  | 1  1|                OFFSET                   |    RFC 1035 §4.1.4
//  +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
const pointerMark = 0xc0;
const pointerOffsetMax = 0x3fff;

/** Writes a name, as a pointer where a tail of it was written before (table null = never). */
export function encodeName(w: ByteWriter, name: string, table: CompressionTable | null): void {
  const canonical = table === null ? name : canonicalName(name);
  for (let start = 0; start < name.length;) {
    const end = labelEnd(name, start);
    if (end > start) {
      if (table !== null && pointToKnown(w, canonical.slice(start), table)) return;
      writeLabel(w, name, start, end);
    }
    start = end + 1;
  }
  w.u8(0);
}

/** @returns whether a pointer was written; a tail that is new is known from here on */
function pointToKnown(w: ByteWriter, tail: string, table: CompressionTable): boolean {
  const known = table.get(tail);
  if (known !== undefined) w.u16((pointerMark << 8) | known);
  else if (w.length <= pointerOffsetMax) table.set(tail, w.length);
  return known !== undefined;
}

/** Reads a name, following pointers. Each pointer must point before the place it was read from: no loops. */
export function decodeName(r: ByteReader): string {
  const { bytes, end } = r;
  let text = '';
  let total = 1;
  let at = r.offset;
  let after = -1;
  let limit = at;
  for (;;) {
    const length = bytes[at];
    if (length === undefined || at >= end) throw new DecodeError(at, 'RFC 1035 §3.1: name runs past the end');
    if (length === 0) {
      r.offset = after === -1 ? at + 1 : after;
      return text;
    }
    if (length <= labelBytesMax) {
      total += length + 1;
      if (total > nameBytesMax) throw new DecodeError(at, 'RFC 1035 §2.3.4: name longer than 255 octets');
      const next = at + 1 + length;
      if (next > end) throw new DecodeError(at, 'RFC 1035 §3.1: label runs past the end');
      const label = labelText(bytes, at + 1, next);
      text = text === '' ? label : `${text}.${label}`;
      at = next;
      continue;
    }
    if (length < pointerMark) throw new DecodeError(at, 'RFC 1035 §4.1.4: reserved label type');
    const low = bytes[at + 1];
    if (low === undefined || at + 1 >= end)
      throw new DecodeError(at, 'RFC 1035 §4.1.4: pointer runs past the end');
    if (after === -1) after = at + 2;
    const target = ((length & 0x3f) << 8) | low;
    if (target >= limit) throw new DecodeError(at, 'RFC 1035 §4.1.4: pointer must point to a prior name');
    limit = target;
    at = target;
  }
}

/** Where the label that begins at `start` ends: at the next dot that is not escaped, or at the end. */
function labelEnd(name: string, start: number): number {
  let at = start;
  for (; at < name.length; at++) {
    const code = name.charCodeAt(at);
    if (code === dot) return at;
    if (code === backslash) at++;
  }
  return name.length;
}

function writeLabel(w: ByteWriter, name: string, start: number, end: number): void {
  for (let i = start; i < end; i++)
    if (name.charCodeAt(i) === backslash) return writeEscapedLabel(w, name.slice(start, end));
  w.u8(end - start);
  for (let i = start; i < end; i++) w.u8(name.charCodeAt(i) & 0xff);
}

function writeEscapedLabel(w: ByteWriter, label: string): void {
  const bytes = labelBytes(label);
  w.u8(bytes.length);
  for (const byte of bytes) w.u8(byte);
}

function labelBytes(label: string): number[] {
  const bytes: number[] = [];
  for (let i = 0; i < label.length; i++) {
    if (label[i] !== '\\') bytes.push(label.charCodeAt(i) & 0xff);
    else if (/^\d{3}$/.test(label.slice(i + 1, i + 4))) {
      bytes.push(Number(label.slice(i + 1, i + 4)) & 0xff);
      i += 3;
    } else if (i + 1 < label.length) bytes.push(label.charCodeAt(++i) & 0xff);
  }
  return bytes;
}

function labelText(bytes: Uint8Array, start: number, end: number): string {
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte < 0x21 || byte > 0x7e || byte === dot || byte === backslash)
      return escapedText(bytes, start, end);
  }
  return ascii.decode(bytes, start, end);
}

function escapedText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === dot || byte === backslash) text += `\\${String.fromCharCode(byte)}`;
    else if (byte < 0x21 || byte > 0x7e) text += `\\${String(byte).padStart(3, '0')}`;
    else text += String.fromCharCode(byte);
  }
  return text;
}
