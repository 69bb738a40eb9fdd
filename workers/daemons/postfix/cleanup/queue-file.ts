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
 *
 * SIMPLIFIED: the content is one N record with its CRLF line ends where the real file has one record per
 * line, and marks are appended where the real one changes R to D in place; postcat shows the same.
 *
 * SEE ALSO  rec_type(3), postcat(1)
 */
import * as utf8 from '../../../bytes/utf8.ts';

import { ByteWriter } from '../../../bytes/byte-writer.ts';

import type { VirtualTime } from '../../../os/os.ts';

import type { OriginalClient, RequestRecipient } from '../delivery/request.ts';
import type { QueueEnvelope } from '../qmgr/message.ts';

/** What a queue file says beside its content. Times are virtual. */
export interface QueueFile {
  sender: string;
  arrived: VirtualTime;
  /** octets of content */
  size: number;
  filter: string;
  encoding: string;
  envelopeId: string;
  returnContent: string;
  /** the client asked for SMTPUTF8 (RFC 6531) */
  smtpUtf8: boolean;
  client: OriginalClient;
  recipients: readonly Omit<RequestRecipient, 'index'>[];
}

/** The records in front of the content. The content and `queueFileEnd` follow. */
export function encodeQueueFileStart(file: QueueFile): Uint8Array {
  const writer = new ByteWriter(512 + 64 * file.recipients.length);
  record(writer, 'C', `${file.size} 0 ${file.recipients.length}`);
  record(writer, 'T', String(file.arrived));
  if (file.filter !== '') record(writer, 'F', file.filter);
  attribute(writer, 'encoding', file.encoding);
  attribute(writer, 'envelope_id', file.envelopeId);
  attribute(writer, 'ret', file.returnContent);
  attribute(writer, 'smtputf8', file.smtpUtf8 ? '1' : '');
  attribute(writer, 'log_client_name', file.client.name);
  attribute(writer, 'log_client_address', file.client.address);
  attribute(writer, 'log_client_port', file.client.port);
  attribute(writer, 'log_protocol_name', file.client.protocol);
  attribute(writer, 'log_helo_name', file.client.helo);
  attribute(writer, 'log_ident', file.client.ident);
  attribute(writer, 'rewrite_context', file.client.source === 'LOCAL' ? 'local' : 'remote');
  record(writer, 'S', file.sender);
  for (const recipient of file.recipients) {
    attribute(writer, 'dsn_orig_rcpt', recipient.dsnOriginalRecipient);
    attribute(writer, 'notify_flags', recipient.notify);
    record(writer, 'O', recipient.originalAddress);
    record(writer, 'R', recipient.address);
  }
  record(writer, 'M', '');
  writer.u8(typeOf('N'));
  writeLength(writer, file.size);
  return writer.finish();
}

/** What ends a queue file. */
export function queueFileEnd(): Uint8Array {
  const writer = new ByteWriter(8);
  record(writer, 'X', '');
  record(writer, 'E', '');
  return writer.finish();
}

/** A mark to be appended: a recipient is done. */
export function encodeDone(recipient: number): Uint8Array {
  const writer = new ByteWriter(16);
  record(writer, 'D', String(recipient));
  return writer.finish();
}

/** A mark to be appended: the delay warning was sent. */
export function encodeWarned(): Uint8Array {
  const writer = new ByteWriter(8);
  record(writer, 'W', '');
  return writer.finish();
}

/** A file as qmgr reads it. Recipients that are done are left out. @returns null when the file is damaged */
export function decodeQueueFile(bytes: Uint8Array): { envelope: QueueEnvelope; content: Uint8Array } | null {
  const attributes = new Map<string, string>();
  const recipients: RequestRecipient[] = [];
  const done = new Set<number>();
  const head = { sender: '', arrived: -1, filter: '', original: '', warned: false, ended: false };
  let content: Uint8Array | null = null;
  for (let at = 0; at < bytes.length;) {
    const type = String.fromCharCode(bytes[at]!);
    const { length, next } = readLength(bytes, at + 1);
    if (length < 0 || next + length > bytes.length) return null;
    const data = bytes.subarray(next, next + length);
    at = next + length;
    if (type === 'N') {
      content = data;
      continue;
    }
    const text = utf8.decode(data);
    if (type === 'T') head.arrived = Number(text);
    else if (type === 'F') head.filter = text;
    else if (type === 'S') head.sender = text;
    else if (type === 'O') head.original = text;
    else if (type === 'A')
      attributes.set(text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1));
    else if (type === 'D') done.add(Number(text));
    else if (type === 'W') head.warned = true;
    else if (type === 'E') head.ended = true;
    else if (type === 'R') {
      recipients.push({
        index: recipients.length,
        address: text,
        originalAddress: head.original,
        dsnOriginalRecipient: attributes.get('dsn_orig_rcpt') ?? '',
        notify: attributes.get('notify_flags') ?? '',
      });
      attributes.delete('dsn_orig_rcpt');
      attributes.delete('notify_flags');
    }
  }
  if (content === null || !head.ended || head.arrived < 0) return null;
  const left = done.size === 0 ? recipients : recipients.filter(({ index }) => !done.has(index));
  return { envelope: envelopeOf(head, attributes, left, content.length), content };
}

function envelopeOf(
  head: { sender: string; arrived: number; filter: string; warned: boolean },
  attributes: ReadonlyMap<string, string>,
  recipients: readonly RequestRecipient[],
  size: number,
): QueueEnvelope {
  const text = (name: string): string => attributes.get(name) ?? '';
  return {
    sender: head.sender,
    recipients,
    arrived: head.arrived,
    size,
    encoding: text('encoding'),
    envelopeId: text('envelope_id'),
    returnContent: text('ret'),
    smtpUtf8: text('smtputf8') !== '',
    client: {
      name: text('log_client_name'),
      address: text('log_client_address'),
      port: text('log_client_port'),
      protocol: text('log_protocol_name'),
      helo: text('log_helo_name'),
      ident: text('log_ident'),
      source: text('rewrite_context') === 'local' ? 'LOCAL' : 'REMOTE',
    },
    filter: head.filter,
    warned: head.warned,
  };
}

function attribute(writer: ByteWriter, name: string, value: string): void {
  if (value !== '') record(writer, 'A', `${name}=${value}`);
}

function record(writer: ByteWriter, type: string, text: string): void {
  writer.u8(typeOf(type));
  const data = utf8.encode(text);
  writeLength(writer, data.length);
  writer.bytes(data);
}

function typeOf(type: string): number {
  return type.charCodeAt(0);
}

function writeLength(writer: ByteWriter, length: number): void {
  let rest = length;
  while (rest > 0x7f) {
    writer.u8((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 128);
  }
  writer.u8(rest);
}

function readLength(bytes: Uint8Array, at: number): { length: number; next: number } {
  let length = 0;
  for (let factor = 1, i = at; i < bytes.length && i < at + 5; i++, factor *= 128) {
    length += (bytes[i]! & 0x7f) * factor;
    if (bytes[i]! < 0x80) return { length, next: i + 1 };
  }
  return { length: -1, next: at };
}
