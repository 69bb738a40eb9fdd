/**
 * header-work — what cleanup does to the header section: drops, adds what is missing, counts Received:
 *
 * Works on the message in pieces; what stays is passed on by reference, however large the body.
 *
 * STANDARDS  RFC 5322 §3.6 (required fields)
 * SEE ALSO   header-addresses.ts (addresses in fields), cleanup(8), cleanup_message(3)
 */
import * as ascii from '../../../bytes/ascii.ts';
import * as utf8 from '../../../bytes/utf8.ts';

import { concat } from '../../../bytes/concat.ts';

import { unfold } from '../../../protocols/message/header.ts';
import { quoteLocalPart } from '../../../protocols/smtp/address.ts';

/** A field of the header section: which piece, from where to where. */
export interface HeaderLine {
  piece: number;
  start: number;
  end: number;
  /** lower case */
  name: string;
  /** blanks between name and colon */
  gap: number;
}

/** A message taken apart. Header pieces hold nothing but whole fields. */
export interface ScannedMessage {
  header: Uint8Array[];
  fields: HeaderLine[];
  /** fields to stand behind the last one, each ended by CRLF */
  added: string;
  /** begins with the empty line; [] = there is no body */
  body: Uint8Array[];
}

/** Finds the header section in a message in pieces. */
export function scanMessage(content: readonly Uint8Array[]): ScannedMessage {
  const message: ScannedMessage = { header: [], fields: [], added: '', body: [] };
  const { header, fields } = message;
  let index = 0;
  let current: Uint8Array | null = content[0] ?? null;
  while (current !== null) {
    const next: Uint8Array | null = content[index + 1] ?? null;
    const fieldsBefore = fields.length;
    const end = scanFields(current, header.length, fields);
    index++;
    if (next !== null && goesOn(current, end, next)) {
      fields.length = fieldsBefore;
      current = concat([current, next]);
      continue;
    }
    if (end > 0) header.push(end === current.length ? current : current.subarray(0, end));
    if (end < current.length) {
      message.body = bodyOf(current.subarray(end), content.slice(index));
      break;
    }
    current = next;
  }
  return message;
}

/** The value of a field, unfolded. */
export function fieldValue(message: ScannedMessage, field: HeaderLine): string {
  const bytes = message.header[field.piece]!.subarray(field.start, field.end);
  const text = utf8.decode(bytes);
  return unfold(text.slice(text.indexOf(':') + 1));
}

/** The whole field as header_checks see it: lines joined by LF, no blanks before the colon. */
export function fieldText(pieces: readonly Uint8Array[], field: HeaderLine): string {
  const text = utf8
    .decode(pieces[field.piece]!.subarray(field.start, field.end))
    .replace(/\r\n/g, '\n')
    .replace(/\n$/, '');
  return field.gap === 0 ? text : text.replace(gapPattern, '$1:');
}

/** The value of From: for a message without one (header_from_format = standard). */
export function formatFrom(sender: string, fullName: string): string {
  const address = sender === '' ? 'MAILER-DAEMON' : quoteLocalPart(sender);
  if (fullName === '') return address;
  const isPlain = /^[\w !#$%&'*+/=?^`{|}~-]*$/.test(fullName);
  return `${isPlain ? fullName : `"${fullName.replace(/["\\]/g, '\\$&')}"`} <${address}>`;
}

/** What every message suffers: blanks before a colon go, and so does what stands behind a NUL. */
export function normalizeFields(message: ScannedMessage, edits: Map<HeaderLine, string>): void {
  closeGaps(message, edits);
  cutAtNul(message, edits);
}

function closeGaps(message: ScannedMessage, edits: Map<HeaderLine, string>): void {
  for (const field of message.fields) {
    if (field.gap === 0 || edits.has(field)) continue;
    const bytes = message.header[field.piece]!.subarray(field.start, field.end);
    if (utf8.isValid(bytes)) edits.set(field, utf8.decode(bytes).replace(gapPattern, '$1:'));
  }
}

// A field ends at a NUL: what is behind it is lost, as in a string of C.
function cutAtNul(message: ScannedMessage, edits: Map<HeaderLine, string>): void {
  for (const [piece, bytes] of message.header.entries()) {
    if (!bytes.includes(0)) continue;
    for (const field of message.fields) {
      if (field.piece !== piece || edits.has(field)) continue;
      const nul = bytes.subarray(field.start, field.end).indexOf(0);
      if (nul === -1) continue;
      const kept = bytes.subarray(field.start, field.start + nul);
      if (utf8.isValid(kept)) edits.set(field, `${utf8.decode(kept)}\r\n`);
    }
  }
}

/**
 * Puts a message together again.
 * @param edits per field: text to stand in its place ('' = drop it); fields without an edit stay
 */
export function assemble(message: ScannedMessage, edits: ReadonlyMap<HeaderLine, string>): Uint8Array[] {
  const { added } = message;
  const pieces: Uint8Array[] = [];
  if (edits.size === 0) pieces.push(...message.header);
  else {
    for (const [index, bytes] of message.header.entries()) {
      let from = 0;
      for (const field of message.fields) {
        const edit = field.piece === index ? edits.get(field) : undefined;
        if (edit === undefined) continue;
        if (field.start > from) pieces.push(bytes.subarray(from, field.start));
        if (edit !== '') pieces.push(utf8.encode(edit));
        from = field.end;
      }
      if (from < bytes.length) pieces.push(bytes.subarray(from));
    }
  }
  if (added !== '') pieces.push(utf8.encode(added));
  pieces.push(...message.body);
  return pieces;
}

// Whether the piece ends within a field, or within what may be the name of one.
function goesOn(piece: Uint8Array, end: number, next: Uint8Array): boolean {
  if (piece.length > headerBytesMax) return false;
  if (end < piece.length) return piece.length - end < nameCharactersMax && piece.indexOf(lf, end) === -1;
  return end > 0 && (piece[end - 1] !== lf || isBlank(next[0]));
}

/** Adds the fields at the start of a piece. @returns where they end: an empty line, or what is no field */
export function scanFields(bytes: Uint8Array, piece: number, fields: HeaderLine[]): number {
  let last: HeaderLine | null = null;
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at]!;
    let i = at;
    if (last === null || !isBlank(first)) {
      while (i < bytes.length && bytes[i]! > 0x20 && bytes[i]! < 0x7f && bytes[i] !== colonByte) i++;
      const nameEnd = i;
      while (isBlank(bytes[i])) i++; // obsolete, not an error
      if (nameEnd === at || bytes[i] !== colonByte) return at;
      const name = ascii.decode(bytes, at, Math.min(nameEnd, at + nameCharactersMax)).toLowerCase();
      fields.push((last = { piece, start: at, end: at, name, gap: i - nameEnd }));
    }
    while (i < bytes.length && bytes[i] !== lf) i++;
    at = last.end = Math.min(i + 1, bytes.length);
  }
  return at;
}

// A line that is no header field begins the body; an empty line is put before it.
function bodyOf(rest: Uint8Array, others: readonly Uint8Array[]): Uint8Array[] {
  const isEmptyLine = rest[0] === lf || (rest[0] === cr && rest[1] === lf);
  return isEmptyLine ? [rest, ...others] : [ascii.encode('\r\n'), rest, ...others];
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09;
}

const gapPattern = /^([^:]*?)[ \t]+:/;
const nameCharactersMax = 100;
const headerBytesMax = 262_144; // more than header_size_limit; a piece beyond it is not joined to the next
const lf = 0x0a;
const cr = 0x0d;
const colonByte = 0x3a;
