/**
 * question-only — messages of one question and nothing more, as nearly all queries are
 *
 * They are written straight into octets of the right size; whether two messages ask the same is told by
 * their octets, without reading a name.
 *
 * STANDARDS  RFC 1035 §4.1, RFC 4343 (case)
 */
import { allocate } from '../../bytes/slab.ts';

import type { DnsQuestion } from './message.ts';
import { typeNumber } from './types.ts';

/** ID, flags and counts. */
export const headerBytes = 12;
const fixedBytes = 4; // type and class
const labelBytesMax = 63;
const nameBytesMax = 255;
const dot = 0x2e;
const backslash = 0x5c;

/** @returns null when the name is not plain: escapes, empty labels, the root */
export function encodeQuestionOnly(id: number, flags: number, question: DnsQuestion): Uint8Array | null {
  const { name } = question;
  const bytes = allocate(headerBytes + name.length + 2 + fixedBytes);
  putU16(bytes, 0, id);
  putU16(bytes, 2, flags);
  putU16(bytes, 4, 1);
  let at = headerBytes + 1;
  let labelAt = at;
  for (let i = 0; i < name.length; i++, at++) {
    const code = name.charCodeAt(i);
    if (code === backslash) return null;
    if (code !== dot) bytes[at] = code;
    else if (at === labelAt) return null;
    else {
      bytes[labelAt - 1] = at - labelAt;
      labelAt = at + 1;
    }
  }
  if (at === labelAt) return null;
  bytes[labelAt - 1] = at - labelAt;
  putU16(bytes, at + 1, typeNumber(question.type) ?? 0);
  putU16(bytes, at + 3, question.class);
  return bytes;
}

/**
 * Whether a query is as stub resolvers send it: one question of class IN, its name uncompressed, recursion
 * desired and no other flag, nothing else.
 */
export function isPlainQuery(query: Uint8Array): boolean {
  if (query.length > headerBytes + nameBytesMax + fixedBytes) return false;
  for (let i = 2; i < headerBytes; i++) if (query[i] !== (i === 2 || i === 5 ? 1 : 0)) return false;
  let at = headerBytes;
  for (let length = query[at]; length !== 0; length = query[at]) {
    if (length === undefined || length > labelBytesMax) return false;
    at += length + 1;
  }
  return at + 1 + fixedBytes === query.length && query[at + 3] === 0 && query[at + 4] === 1;
}

/** Whether a message has the very question of a query that is nothing else, letter by letter. */
export function hasQuestionOf(message: Uint8Array, query: Uint8Array): boolean {
  for (let i = headerBytes; i < query.length; i++) if (message[i] !== query[i]) return false;
  return true;
}

/** Whether a message has the question of a plain query, whatever the case of the letters. */
export function asksTheSame(message: Uint8Array, query: Uint8Array): boolean {
  const nameEnd = query.length - fixedBytes;
  for (let i = headerBytes; i < nameEnd; i++)
    if (message[i] !== query[i] && lower(message[i]!) !== lower(query[i]!)) return false;
  for (let i = nameEnd; i < query.length; i++) if (message[i] !== query[i]) return false;
  return true;
}

/** A number for the question of a plain query, the same in whatever case. */
export function hashQuestion(query: Uint8Array): number {
  let hash = 0;
  // A letter's case is the bit 0x20; that this joins other octets too does no harm.
  for (let i = headerBytes; i < query.length; i++) hash = (Math.imul(hash, 31) + (query[i]! | 0x20)) | 0;
  return hash;
}

function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

function putU16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}
