/**
 * message — DNS messages: header, question, three sections of records, EDNS
 *
 *  +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 *  |                      ID                       |
 *  |QR|   Opcode  |AA|TC|RD|RA| Z|AD|CD|   RCODE   |
 *  |        QDCOUNT, ANCOUNT, NSCOUNT, ARCOUNT     |
 *  +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 *
 * STANDARDS  RFC 1035 §4, RFC 2181 §8 (TTL), RFC 6891 (EDNS), RFC 4035 §3.1.6 (AD, CD)
 * ERRORS     DecodeError on malformed or truncated input
 */
import { ByteReader, DecodeError } from '../../bytes/byte-reader.ts';
import { ByteWriter } from '../../bytes/byte-writer.ts';

import { decodeName, encodeName, type CompressionTable } from './name.ts';
import { encodeQuestionOnly, hasQuestionOf, headerBytes } from './question-only.ts';
import { rdataFormat, type Rdata } from './rdata/index.ts';
import { classIn, typeName, typeNumber } from './types.ts';

export interface DnsQuestion {
  name: string;
  type: string;
  /** 1 = IN */
  class: number;
}

export interface DnsRecord {
  name: string;
  type: string;
  class: number;
  /** seconds */
  ttl: number;
  data: Rdata;
}

/** The OPT pseudo-record. */
export interface Edns {
  udpPayloadBytes: number;
  version: number;
  dnssecOk: boolean;
  options: { code: number; data: Uint8Array }[];
}

export interface DnsMessage {
  id: number;
  response: boolean;
  opcode: number;
  authoritative: boolean;
  truncated: boolean;
  recursionDesired: boolean;
  recursionAvailable: boolean;
  authenticData: boolean;
  checkingDisabled: boolean;
  /** with the upper bits of EDNS */
  rcode: number;
  questions: DnsQuestion[];
  answers: DnsRecord[];
  authorities: DnsRecord[];
  additionals: DnsRecord[];
  edns: Edns | null;
}

export const udpBytesWithoutEdns = 512; // RFC 1035 §2.3.4
const recordsMax = 4096; // of one section; no honest message has more

/** An empty query. */
export function makeQuery(options: {
  id: number;
  question: DnsQuestion;
  recursionDesired: boolean;
  edns: Edns | null;
}): DnsMessage {
  return {
    id: options.id,
    response: false,
    opcode: 0,
    authoritative: false,
    truncated: false,
    recursionDesired: options.recursionDesired,
    recursionAvailable: false,
    authenticData: false,
    checkingDisabled: false,
    rcode: 0,
    questions: [options.question],
    answers: [],
    authorities: [],
    additionals: [],
    edns: options.edns,
  };
}

/** An answer to a query: same id, opcode, question and RD. */
export function makeResponse(query: DnsMessage, rcode: number): DnsMessage {
  return {
    ...query,
    response: true,
    authenticData: false,
    rcode,
    answers: [],
    authorities: [],
    additionals: [],
  };
}

/**
 * Encodes; when it does not fit in bytesMax, drops additional records, then sets TC and drops sections from
 * behind (RFC 2181 §9). The OPT record is always kept.
 */
export function encodeMessage(message: DnsMessage, bytesMax = 65535): Uint8Array {
  const whole = encodeWith(
    message,
    message.answers,
    message.authorities,
    message.additionals,
    message.truncated,
  );
  if (whole.length <= bytesMax) return whole;
  const without = encodeWith(message, message.answers, message.authorities, [], message.truncated);
  if (without.length <= bytesMax) return without;
  return encodeWith(message, [], [], [], true);
}

function encodeWith(
  m: DnsMessage,
  answers: DnsRecord[],
  authorities: DnsRecord[],
  additionals: DnsRecord[],
  truncated: boolean,
): Uint8Array {
  const flags =
    (m.response ? 0x8000 : 0) |
    (m.opcode << 11) |
    (m.authoritative ? 0x400 : 0) |
    (truncated ? 0x200 : 0) |
    (m.recursionDesired ? 0x100 : 0) |
    (m.recursionAvailable ? 0x80 : 0) |
    (m.authenticData ? 0x20 : 0) |
    (m.checkingDisabled ? 0x10 : 0) |
    (m.rcode & 0xf);
  const bare = m.questions.length === 1 && answers.length + authorities.length + additionals.length === 0;
  if (bare && m.edns === null) {
    const bytes = encodeQuestionOnly(m.id, flags, m.questions[0]!);
    if (bytes !== null) return bytes;
  }
  const w = new ByteWriter(udpBytesWithoutEdns);
  const table: CompressionTable | null = bare ? null : new Map<string, number>();
  w.u16(m.id);
  w.u16(flags);
  w.u16(m.questions.length);
  w.u16(answers.length);
  w.u16(authorities.length);
  w.u16(additionals.length + (m.edns === null ? 0 : 1));
  for (const question of m.questions) {
    encodeName(w, question.name, table);
    w.u16(typeNumber(question.type) ?? 0);
    w.u16(question.class);
  }
  for (const record of answers) encodeRecord(w, record, table);
  for (const record of authorities) encodeRecord(w, record, table);
  for (const record of additionals) encodeRecord(w, record, table);
  if (m.edns !== null) encodeOpt(w, m.edns, m.rcode);
  return w.finish();
}

function encodeRecord(w: ByteWriter, record: DnsRecord, table: CompressionTable | null): void {
  encodeName(w, record.name, table);
  w.u16(typeNumber(record.type) ?? 0);
  w.u16(record.class);
  w.u32(record.ttl);
  const lengthAt = w.length;
  w.u16(0);
  rdataFormat(record.type).encode(w, record.data, table);
  w.u16At(lengthAt, w.length - lengthAt - 2);
}

// RFC 6891 §6.1.2: CLASS holds the payload size, TTL the upper rcode bits, version and flags.
function encodeOpt(w: ByteWriter, edns: Edns, rcode: number): void {
  w.u8(0);
  w.u16(41);
  w.u16(edns.udpPayloadBytes);
  w.u8(rcode >> 4);
  w.u8(edns.version);
  w.u16(edns.dnssecOk ? 0x8000 : 0);
  w.u16(edns.options.reduce((sum, option) => sum + 4 + option.data.length, 0));
  for (const { code, data } of edns.options) {
    w.u16(code);
    w.u16(data.length);
    w.bytes(data);
  }
}

/**
 * @param query the query that this may be the answer to: what it has not to be read again
 * @throws DecodeError
 */
export function decodeMessage(
  bytes: Uint8Array,
  query?: { bytes: Uint8Array; question: DnsQuestion },
): DnsMessage {
  if (bytes.length < headerBytes)
    throw new DecodeError(bytes.length, 'RFC 1035 §4.1.1: header needs 12 octets');
  const r = new ByteReader(bytes);
  const id = r.u16();
  const flags = r.u16();
  const questions = readCount(r);
  const answers = readCount(r);
  const authorities = readCount(r);
  const additionals = readCount(r);
  const message: DnsMessage = {
    id,
    response: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 0xf,
    authoritative: (flags & 0x400) !== 0,
    truncated: (flags & 0x200) !== 0,
    recursionDesired: (flags & 0x100) !== 0,
    recursionAvailable: (flags & 0x80) !== 0,
    authenticData: (flags & 0x20) !== 0,
    checkingDisabled: (flags & 0x10) !== 0,
    rcode: flags & 0xf,
    questions: [],
    answers: [],
    authorities: [],
    additionals: [],
    edns: null,
  };
  message.questions = readQuestions(r, questions, query);
  message.answers = readSection(r, answers, message, false);
  message.authorities = readSection(r, authorities, message, false);
  message.additionals = readSection(r, additionals, message, true);
  return message;
}

function readQuestions(
  r: ByteReader,
  count: number,
  query?: { bytes: Uint8Array; question: DnsQuestion },
): DnsQuestion[] {
  if (query !== undefined && count === 1 && hasQuestionOf(r.bytes, query.bytes)) {
    r.offset = query.bytes.length;
    return [query.question];
  }
  // A list that begins with its first element has room for one; one that is pushed to has room for many.
  const questions = count === 0 ? [] : [readQuestion(r)];
  for (let i = 1; i < count; i++) questions.push(readQuestion(r));
  return questions;
}

function readQuestion(r: ByteReader): DnsQuestion {
  return { name: decodeName(r), type: typeName(r.u16()), class: r.u16() };
}

function readSection(r: ByteReader, count: number, message: DnsMessage, mayHaveOpt: boolean): DnsRecord[] {
  let records: DnsRecord[] = [];
  for (let i = 0; i < count; i++) {
    const record = decodeRecord(r, message, mayHaveOpt);
    if (record === null) continue;
    if (records.length === 0) records = [record];
    else records.push(record);
  }
  return records;
}

function readCount(r: ByteReader): number {
  const count = r.u16();
  if (count > recordsMax) throw new DecodeError(4, `more than ${recordsMax} records`);
  return count;
}

/** @returns null for the OPT record, which goes into the message */
function decodeRecord(r: ByteReader, message: DnsMessage, mayBeOpt: boolean): DnsRecord | null {
  const start = r.offset;
  const name = decodeOwner(r, message);
  const type = typeName(r.u16());
  const cls = r.u16();
  if (type === 'OPT') {
    decodeOpt(r, message, { name, cls, start, inAdditional: mayBeOpt });
    return null;
  }
  const ttl = r.u32();
  const length = r.u16();
  const end = r.offset + length;
  if (end > r.end) throw new DecodeError(r.offset, `RFC 1035 §4.1.3: RDLENGTH ${length} runs past the end`);
  // Names in the data may point anywhere before, so the reader keeps the whole message but not what follows.
  const inner = new ByteReader(r.bytes, r.offset, end);
  const data = rdataFormat(type).decode(inner, length);
  if (inner.offset !== end)
    throw new DecodeError(inner.offset, `RFC 1035 §4.1.3: ${end - inner.offset} octets of RDATA left over`);
  r.offset = end;
  // RFC 2181 §8: a TTL with the top bit set is taken as zero.
  return { name, type, class: cls, ttl: ttl > 0x7fffffff ? 0 : ttl, data };
}

/** Nearly every owner is the name in question, as a pointer to it: no need to read that again. */
function decodeOwner(r: ByteReader, message: DnsMessage): string {
  const [question] = message.questions;
  const at = r.offset;
  if (question === undefined || r.bytes[at] !== 0xc0 || r.bytes[at + 1] !== headerBytes) return decodeName(r);
  r.offset = at + 2;
  return question.name;
}

function decodeOpt(
  r: ByteReader,
  message: DnsMessage,
  opt: { name: string; cls: number; start: number; inAdditional: boolean },
): void {
  if (message.edns !== null || !opt.inAdditional || opt.name !== '')
    throw new DecodeError(opt.start, 'RFC 6891 §6.1.1: one OPT, at the root');
  const upper = r.u8();
  const version = r.u8();
  const flags = r.u16();
  const end = r.u16() + r.offset;
  if (end > r.end) throw new DecodeError(r.offset, 'RFC 6891 §6.1.2: options run past the end');
  const options: Edns['options'] = [];
  while (r.offset < end) {
    const code = r.u16();
    options.push({ code, data: r.take(r.u16()) });
  }
  if (r.offset !== end) throw new DecodeError(r.offset, 'RFC 6891 §6.1.2: options overrun RDLENGTH');
  message.rcode |= upper << 4;
  message.edns = { udpPayloadBytes: opt.cls, version, dnssecOk: (flags & 0x8000) !== 0, options };
}

/**
 * Where the TTLs of the answer and authority records of a message are, that was encoded here: for who sends
 * it again when less time is left.
 */
export function ttlOffsets(bytes: Uint8Array): number[] {
  const r = new ByteReader(bytes, 4);
  const questions = r.u16();
  const records = r.u16() + r.u16();
  const offsets: number[] = [];
  r.offset = headerBytes;
  for (let i = 0; i < questions; i++) {
    decodeName(r);
    r.offset += 4;
  }
  for (let i = 0; i < records; i++) {
    decodeName(r);
    offsets.push(r.offset + 4);
    r.offset += 8;
    r.take(r.u16());
  }
  return offsets;
}

/** A record as a line of a zone file or of dig. */
export function formatRecord(record: DnsRecord): string {
  const cls = record.class === classIn ? 'IN' : `CLASS${record.class}`;
  const data = rdataFormat(record.type).format(record.data);
  return `${record.name}.\t${record.ttl}\t${cls}\t${record.type}\t${data}`;
}

/** RFC 1035 §4.2.2: a message over TCP has its length in two octets before it. */
export function frameMessage(bytes: Uint8Array): Uint8Array {
  const framed = new Uint8Array(bytes.length + 2);
  framed[0] = bytes.length >>> 8;
  framed[1] = bytes.length & 0xff;
  framed.set(bytes, 2);
  return framed;
}

/** Framer for Connection.readFrame: length of the frame with its two octets, 0 = incomplete. */
export function dnsFramer(buffer: Uint8Array, length: number): number {
  if (length < 2) return 0;
  const whole = 2 + ((buffer[0]! << 8) | buffer[1]!);
  return length >= whole ? whole : 0;
}
