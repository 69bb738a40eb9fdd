/**
 * queue-file — the format of a message in the queue: records of a type, a length and text
 *
 *      +------+----------------+------------------+
 *      | type | length         | data             |    length: 7 bits a byte, low bits first,
 *      +------+----------------+------------------+    bit 8 = more bytes follow
 *
 *   C size, offset of the content, recipients    F content filter       O original recipient   R recipient
 *   T time of arrival                            S sender               A attribute "name=value"
 *   M content follows      N content             X content has ended    E end
 *   after E:  D recipient number "done"          W the delay warning was sent
 *             Z the message is to be returned at its next turn (postsuper -e)
 *
 * SIMPLIFIED: the content is one N record with its CRLF line ends where the real file has one record per
 * line, and marks are appended where the real one changes R to D in place; postcat shows the same.
 *
 * SEE ALSO  rec_type(3), postcat(1)
 */
import * as ascii from '../../../bytes/ascii.ts';
import * as utf8 from '../../../bytes/utf8.ts';

import { allocate } from '../../../bytes/slab.ts';

import { SECOND, type VirtualTime } from '../../../os/os.ts';

import type { OriginalClient, RequestRecipient } from '../delivery/request.ts';
import type { QueueEnvelope } from '../qmgr/message.ts';

/** What a queue file says beside its content. Times are virtual. */
export interface QueueFile {
  sender: string;
  arrived: VirtualTime;
  /** when this file was begun: later than `arrived` after postsuper -r */
  created: VirtualTime;
  /** octets of content */
  size: number;
  filter: string;
  encoding: string;
  envelopeId: string;
  returnContent: string;
  /** the client asked for SMTPUTF8 (RFC 6531) */
  smtpUtf8: boolean;
  client: OriginalClient;
  /** "address:port" that the client connected to; '' = no SMTP */
  server: string;
  /** user id of who gave it to sendmail(1); '' = not in maildrop */
  submitter: string;
  /** of the submitter; '' = unknown */
  fullName: string;
  /** asks whether the recipients could be delivered to: see MailEnvelope */
  isProbe?: boolean;
  recipients: readonly Omit<RequestRecipient, 'index'>[];
}

/** A whole queue file. @param content its pieces; `file.size` is their length together */
export function encodeQueueFile(file: QueueFile, content: readonly Uint8Array[]): Uint8Array {
  const start = startRecords(file);
  const bytes = allocate(start.length + file.size + endRecords.length);
  let at = write(bytes, 0, start);
  for (const piece of content) {
    bytes.set(piece, at);
    at += piece.length;
  }
  write(bytes, at, endRecords);
  return bytes;
}

// As text with one character per byte: it is written in one pass, and its length is known before.
function startRecords(file: QueueFile): string {
  const { client } = file;
  let text = record('C', `${file.size} 0 ${file.recipients.length}`) + record('T', String(file.arrived));
  if (file.filter !== '') text += record('F', file.filter);
  text += attribute('encoding', file.encoding);
  text += attribute('envelope_id', file.envelopeId);
  text += attribute('ret', file.returnContent);
  text += attribute('smtputf8', file.smtpUtf8 ? '1' : '');
  text += attribute('log_client_name', client.name);
  text += attribute('log_client_address', client.address);
  text += attribute('log_client_port', client.port);
  text += attribute('log_protocol_name', client.protocol);
  text += attribute('log_helo_name', client.helo);
  text += attribute('log_ident', client.ident);
  text += attribute('server', file.server);
  text += attribute('submitter', file.submitter);
  text += attribute('full_name', file.fullName);
  if (file.created - file.arrived >= SECOND) text += attribute('create_time', String(file.created));
  if (file.isProbe === true) text += attribute('trace_flags', probeFlag);
  text += attribute('rewrite_context', client.source === 'LOCAL' ? 'local' : 'remote');
  text += record('S', file.sender);
  for (const recipient of file.recipients) {
    text += attribute('dsn_orig_rcpt', recipient.dsnOriginalRecipient);
    text += attribute('notify_flags', recipient.notify);
    text += record('O', recipient.originalAddress) + record('R', recipient.address);
  }
  return `${text}${record('M', '')}N${lengthOf(file.size)}`;
}

const endRecords = 'X\0E\0';

/** A mark to be appended: a recipient is done. */
export function encodeDone(recipient: number): Uint8Array {
  return ascii.encode(record('D', String(recipient)));
}

/** A mark to be appended: the delay warning was sent. */
export function encodeWarned(): Uint8Array {
  return ascii.encode(record('W', ''));
}

/** A mark to be appended: the message is to be returned. */
export function encodeForceExpire(): Uint8Array {
  return ascii.encode(record('Z', ''));
}

/** A file as qmgr reads it. Recipients that are done are left out. @returns null when the file is damaged */
export function decodeQueueFile(bytes: Uint8Array): { envelope: QueueEnvelope; content: Uint8Array } | null {
  const records = new RecordReader(bytes);
  const attributes = new Array<string>(attributeNames.length).fill('');
  const recipients: RequestRecipient[] = [];
  const head = {
    sender: '',
    arrived: -1,
    filter: '',
    original: '',
    warned: false,
    forceExpire: false,
    ended: false,
  };
  let done: Set<number> | null = null;
  let content: Uint8Array | null = null;
  let attribute = -1;
  while (records.next()) {
    switch (records.type) {
      case 'N':
        content = bytes.subarray(records.start, records.end);
        break;
      case 'A':
        attribute = records.attribute(attribute + 1);
        if (attribute !== -1) attributes[attribute] = records.value(attributeNames[attribute]!);
        break;
      case 'R':
        recipients.push({
          index: recipients.length,
          address: records.text(),
          originalAddress: head.original,
          dsnOriginalRecipient: attributes[originalRecipientAt]!,
          notify: attributes[notifyAt]!,
        });
        attributes[originalRecipientAt] = attributes[notifyAt] = '';
        break;
      case 'D':
        (done ??= new Set()).add(Number(records.text()));
        break;
      default:
        takeRecord(head, records);
    }
  }
  if (content === null || !records.isWhole || !head.ended || head.arrived < 0) return null;
  return { envelope: envelopeOf(head, attributes, { recipients, done }, content.length), content };
}

/** decodeQueueFile for Files.parsed: made once for all who look at a file. */
export function parseQueueFile(
  bytes: Uint8Array | null,
): { envelope: QueueEnvelope; content: Uint8Array } | null {
  return bytes === null ? null : decodeQueueFile(bytes);
}

interface Head {
  sender: string;
  arrived: number;
  filter: string;
  /** of the next recipient */
  original: string;
  warned: boolean;
  forceExpire: boolean;
  ended: boolean;
}

function takeRecord(head: Head, records: RecordReader): void {
  const { type } = records;
  if (type === 'T') head.arrived = Number(records.text());
  else if (type === 'F') head.filter = records.text();
  else if (type === 'S') head.sender = records.text();
  else if (type === 'O') head.original = records.text();
  else if (type === 'W') head.warned = true;
  else if (type === 'Z') head.forceExpire = true;
  else if (type === 'E') head.ended = true;
}

function envelopeOf(
  head: Head,
  attributes: readonly string[],
  { recipients, done }: { recipients: readonly RequestRecipient[]; done: ReadonlySet<number> | null },
  size: number,
): QueueEnvelope {
  // In the order of attributeNames.
  const [encoding, envelopeId, returnContent, smtpUtf8, name, address, port, protocol, helo, ident] =
    attributes as [string, string, string, string, string, string, string, string, string, string];
  const [submitter, fullName, created, context] = attributes.slice(submitterAt) as [
    string,
    string,
    string,
    string,
  ];
  const source = context === 'local' ? 'LOCAL' : 'REMOTE';
  return {
    sender: head.sender,
    recipients: done === null ? recipients : recipients.filter(({ index }) => !done.has(index)),
    recipientCount: recipients.length,
    arrived: head.arrived,
    created: created === '' ? head.arrived : Number(created),
    size,
    encoding,
    envelopeId,
    returnContent,
    smtpUtf8: smtpUtf8 !== '',
    client: { name, address, port, protocol, helo, ident, source },
    filter: head.filter,
    warned: head.warned,
    forceExpire: head.forceExpire,
    submitter,
    fullName,
    isProbe: attributes[traceFlagsAt] === probeFlag,
  };
}

/** Goes from record to record. */
export class RecordReader {
  type = '';
  /** where the data of the record starts and ends */
  start = 0;
  end = 0;
  /** the file ends with the last record */
  isWhole = true;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @returns false at the end of the file, and where it is damaged */
  next(): boolean {
    const bytes = this.#bytes;
    let at = this.end;
    if (at >= bytes.length) return false;
    this.type = String.fromCharCode(bytes[at++]!);
    let length = 0;
    let factor = 1;
    for (; at < bytes.length && bytes[at]! > 0x7f && factor < lengthFactorMax; factor *= 128)
      length += (bytes[at++]! & 0x7f) * factor;
    if (at >= bytes.length || bytes[at]! > 0x7f) return (this.isWhole = false);
    this.start = at + 1;
    this.end = this.start + length + bytes[at]! * factor;
    return this.end <= bytes.length || (this.isWhole = false);
  }

  text(from = this.start): string {
    const bytes = this.#bytes;
    for (let i = from; i < this.end; i++)
      if (bytes[i]! > 0x7f) return utf8.decode(bytes.subarray(from, this.end));
    return ascii.decode(bytes, from, this.end);
  }

  /** The value of an attribute that has this name. */
  value(name: string): string {
    return this.text(this.start + name.length + 1);
  }

  /** @returns which of attributeNames it is, looking at `likely` first: they are in order; -1 = none */
  attribute(likely: number): number {
    for (let n = 0; n < attributeNames.length; n++) {
      const index = (likely + n) % attributeNames.length;
      if (this.#startsWith(attributeNames[index]!)) return index;
    }
    return -1;
  }

  #startsWith(name: string): boolean {
    const bytes = this.#bytes;
    const { start } = this;
    if (this.end - start <= name.length || bytes[start + name.length] !== equals) return false;
    for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name.charCodeAt(i)) return false;
    return true;
  }
}

const attributeNames = Object.freeze([
  'encoding', 'envelope_id', 'ret', 'smtputf8', 'log_client_name', 'log_client_address', 'log_client_port',
  'log_protocol_name', 'log_helo_name', 'log_ident', 'server', 'submitter', 'full_name', 'create_time',
  'rewrite_context', 'dsn_orig_rcpt', 'notify_flags', 'trace_flags',
]); // prettier-ignore
const submitterAt = attributeNames.indexOf('submitter');
const originalRecipientAt = attributeNames.indexOf('dsn_orig_rcpt');
const notifyAt = attributeNames.indexOf('notify_flags');
const traceFlagsAt = attributeNames.indexOf('trace_flags');
const probeFlag = '256'; // DEL_REQ_FLAG_MTA_VRFY
const lengthFactorMax = 128 ** 4; // five bytes
const equals = 0x3d;

function attribute(name: string, value: string): string {
  if (value === '') return '';
  const data = octets(value); // not of name and value together: a text just joined is dear to look into
  return `A${lengthOf(name.length + 1 + data.length)}${name}=${data}`;
}

function record(type: string, text: string): string {
  const data = octets(text);
  return `${type}${lengthOf(data.length)}${data}`;
}

// Its UTF-8, one character per byte.
function octets(text: string): string {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return ascii.decode(utf8.encode(text));
  return text;
}

function lengthOf(length: number): string {
  let text = '';
  let rest = length;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) text += String.fromCharCode((rest & 0x7f) | 0x80);
  return text + String.fromCharCode(rest);
}

function write(bytes: Uint8Array, from: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[from + i] = text.charCodeAt(i);
  return from + text.length;
}

const roomForEnvelope = 2048;
const roomPerRecipient = 1024;

/** Whether the file of the real cleanup(8) may be larger than the limit: see file-size.ts. */
export function mayExceed(
  limit: number,
  { size, recipients }: Pick<QueueFile, 'size' | 'recipients'>,
): boolean {
  return size + (size >> 6) + roomForEnvelope + recipients.length * roomPerRecipient > limit;
}
