/**
 * name — domain names on the wire: labels, length limits, compression pointers
 *
 * In text a name is lower case or as given, without the final dot; the root is "". Dots and backslashes
 * within a label are escaped as \. and \\, other octets outside printable ASCII as \DDD (RFC 1035 §5.1).
 *
 * STANDARDS  RFC 1035 §3.1, §4.1.4; RFC 4343 (case)
 */
import { DecodeError, type ByteReader } from '../../bytes/byte-reader.ts';
import type { ByteWriter } from '../../bytes/byte-writer.ts';

const labelBytesMax = 63; // RFC 1035 §2.3.4
const nameBytesMax = 255; // RFC 1035 §2.3.4

/** Lower case, for comparison (RFC 4343 §3: ASCII only). */
export function canonicalName(name: string): string {
  const text = name.endsWith('.') ? name.slice(0, -1) : name;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x41 && code <= 0x5a) return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  }
  return text;
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
  if (text === '' || text === '.') return true;
  const trimmed = text.endsWith('.') ? text.slice(0, -1) : text;
  const labels = splitLabels(trimmed);
  if (labels.join('.') !== trimmed) return false;
  let total = 1;
  for (const label of labels) {
    const length = labelBytes(label).length;
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
  const labels = splitLabels(name);
  let tail = canonicalName(labels.join('.'));
  for (const label of labels) {
    const known = table?.get(tail);
    if (known !== undefined) {
      w.u16((pointerMark << 8) | known);
      return;
    }
    if (table !== null && w.length <= pointerOffsetMax) table.set(tail, w.length);
    tail = tail.slice(label.length + 1);
    writeLabel(w, label);
  }
  w.u8(0);
}

/** Reads a name, following pointers. Each pointer must point before the place it was read from: no loops. */
export function decodeName(r: ByteReader): string {
  const labels: string[] = [];
  let total = 1;
  let at = r.offset;
  let after = -1;
  let limit = at;
  for (;;) {
    const length = r.bytes[at];
    if (length === undefined || at >= r.end)
      throw new DecodeError(at, 'RFC 1035 §3.1: name runs past the end');
    if ((length & pointerMark) === pointerMark) {
      const low = r.bytes[at + 1];
      if (low === undefined || at + 1 >= r.end)
        throw new DecodeError(at, 'RFC 1035 §4.1.4: pointer runs past the end');
      if (after === -1) after = at + 2;
      const target = ((length & 0x3f) << 8) | low;
      if (target >= limit) throw new DecodeError(at, 'RFC 1035 §4.1.4: pointer must point to a prior name');
      limit = target;
      at = target;
      continue;
    }
    if (length > labelBytesMax) throw new DecodeError(at, 'RFC 1035 §4.1.4: reserved label type');
    if (length === 0) {
      r.offset = after === -1 ? at + 1 : after;
      return labels.join('.');
    }
    total += length + 1;
    if (total > nameBytesMax) throw new DecodeError(at, 'RFC 1035 §2.3.4: name longer than 255 octets');
    if (at + 1 + length > r.end) throw new DecodeError(at, 'RFC 1035 §3.1: label runs past the end');
    labels.push(labelText(r.bytes, at + 1, at + 1 + length));
    at += 1 + length;
  }
}

function writeLabel(w: ByteWriter, label: string): void {
  if (label.includes('\\')) {
    const bytes = labelBytes(label);
    w.u8(bytes.length);
    for (const byte of bytes) w.u8(byte);
    return;
  }
  w.u8(label.length);
  for (let i = 0; i < label.length; i++) w.u8(label.charCodeAt(i) & 0xff);
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
  let text = '';
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === 0x2e || byte === 0x5c) text += `\\${String.fromCharCode(byte)}`;
    else if (byte < 0x21 || byte > 0x7e) text += `\\${String(byte).padStart(3, '0')}`;
    else text += String.fromCharCode(byte);
  }
  return text;
}
