/**
 * header — the header section of a message: where it ends, its fields, unfolding, prepending
 *
 * Works on bytes and decodes only the header section; a body of any size is never touched. Line ends may be
 * CRLF or LF alone. What is no header field ends the header section, as mail programs do.
 *
 * STANDARDS  RFC 5322 §2.1 (header section and body), §2.2 (fields), §2.2.3 (folding)
 */
import * as utf8 from '../../bytes/utf8.ts';

export interface HeaderField {
  /** as written */
  name: string;
  /** unfolded, without the blanks around it */
  value: string;
  /** the field's first byte, and the byte after its last line end */
  start: number;
  end: number;
}

export interface HeaderSection {
  fields: HeaderField[];
  /** the byte after the last field's line end */
  end: number;
  /** first byte of the body, after the empty line; = end when there is none */
  bodyStart: number;
}

/** Splits a message into header fields and body. Never fails: a message may have no header at all. */
export function parseHeader(message: Uint8Array): HeaderSection {
  const fields: HeaderField[] = [];
  let at = 0;
  for (;;) {
    const end = lineEnd(message, at);
    if (isEmptyLine(message, at, end)) return { fields, end: at, bodyStart: end };
    const colon = nameEnd(message, at, end);
    if (colon === -1) return { fields, end: at, bodyStart: at };
    const fieldEnd = foldedEnd(message, end);
    const text = utf8.decode(message.subarray(colon, fieldEnd));
    const name = utf8.decode(message.subarray(at, colon)).trimEnd();
    fields.push({ name, value: unfold(text.slice(text.indexOf(':') + 1)), start: at, end: fieldEnd });
    at = fieldEnd;
  }
}

/** Where the header section of `message` ends (the empty line starts there), without decoding it. */
export function findHeaderEnd(message: Uint8Array): number {
  let at = 0;
  for (;;) {
    const end = lineEnd(message, at);
    if (isEmptyLine(message, at, end)) return at;
    if (!(at > 0 && isBlank(message[at]!)) && nameEnd(message, at, end) === -1) return at;
    at = end;
  }
}

/**
 * Value of the first field called `name` in the header section of `message`; null when there is none. As
 * getField(parseHeader(message), name), but only what is asked for is decoded.
 * @param name in lower case
 */
export function findField(message: Uint8Array, name: string): string | null {
  let at = 0;
  for (;;) {
    const end = lineEnd(message, at);
    if (isEmptyLine(message, at, end)) return null;
    const stop = nameEnd(message, at, end);
    if (stop === -1) return null;
    const fieldEnd = foldedEnd(message, end);
    if (isNamed(message, at, stop, name))
      return unfold(utf8.decode(message.subarray(message.indexOf(colonByte, stop) + 1, fieldEnd)));
    at = fieldEnd;
  }
}

/** Value of the first field called `name` (case-insensitive); null when there is none. */
export function getField(section: HeaderSection, name: string): string | null {
  const wanted = name.toLowerCase();
  for (const field of section.fields) if (field.name.toLowerCase() === wanted) return field.value;
  return null;
}

/** Values of all fields called `name`, in order. */
export function getFields(section: HeaderSection, name: string): string[] {
  const wanted = name.toLowerCase();
  return section.fields.filter((field) => field.name.toLowerCase() === wanted).map((field) => field.value);
}

/** The message with header lines in front, as pieces; nothing is copied. @param lines each ended by CRLF */
export function prependLines(lines: string, message: Uint8Array): Uint8Array[] {
  return [utf8.encode(lines), message];
}

/** RFC 5322 §2.2.3: a line end before a blank goes away; the blank stays. */
export function unfold(text: string): string {
  const trimmed = text.trim();
  return trimmed.includes('\n') ? trimmed.replace(/\r?\n(?=[ \t])/g, '') : trimmed;
}

const tab = 0x09;
const lf = 0x0a;
const cr = 0x0d;
const space = 0x20;
const colonByte = 0x3a;
const upperA = 0x41;
const upperZ = 0x5a;
const caseBit = 0x20;

// A loop: lines of a header are short, and a call of indexOf costs as much as some hundred bytes.
function lineEnd(bytes: Uint8Array, at: number): number {
  const { length } = bytes;
  let end = at;
  while (end < length && bytes[end] !== lf) end++;
  return end < length ? end + 1 : length;
}

function isEmptyLine(bytes: Uint8Array, at: number, end: number): boolean {
  const length = end - at;
  return length === 0 || bytes[at] === lf || (length === 2 && bytes[at] === cr && bytes[at + 1] === lf);
}

// RFC 5322 §2.2: names are printable characters but the colon. Blanks before the colon are obsolete, not an
// error.
function nameEnd(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end && bytes[i]! > space && bytes[i]! < 0x7f && bytes[i] !== colonByte) i++;
  if (i === at) return -1;
  const nameStops = i;
  while (i < end && isBlank(bytes[i]!)) i++;
  return i < end && bytes[i] === colonByte ? nameStops : -1;
}

function isNamed(bytes: Uint8Array, start: number, end: number, name: string): boolean {
  if (end - start !== name.length) return false;
  for (let i = 0; i < name.length; i++) {
    const byte = bytes[start + i]!;
    if ((byte >= upperA && byte <= upperZ ? byte + caseBit : byte) !== name.charCodeAt(i)) return false;
  }
  return true;
}

function foldedEnd(bytes: Uint8Array, lineStop: number): number {
  let at = lineStop;
  while (at < bytes.length && isBlank(bytes[at]!)) at = lineEnd(bytes, at);
  return at;
}

function isBlank(byte: number): boolean {
  return byte === space || byte === tab;
}
