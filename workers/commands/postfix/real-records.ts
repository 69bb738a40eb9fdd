/**
 * real-records — a queue file as the records that cleanup(8) of the real Postfix writes
 *
 * SIMPLIFIED: records that nobody is shown (pointers, padding) are left out, but for their room.
 *
 * SEE ALSO  postcat.ts, rec_type(3), ../../daemons/postfix/cleanup/queue-file.ts
 */
import * as ascii from '../../bytes/ascii.ts';
import * as utf8 from '../../bytes/utf8.ts';

import { SECOND, type Os } from '../../os/os.ts';
import type { QueueRecord } from '../../daemons/postfix/cleanup/queue-records.ts';

export type RealRecord = QueueRecord;

/** Octets of a record in the file: type, length in 7-bit groups, data. */
export function recordLength({ data }: RealRecord): number {
  let lengthBytes = 1;
  for (let rest = data.length; rest > 0x7f; rest >>>= 7) lengthBytes++;
  return 1 + lengthBytes + data.length;
}

/** @returns null when there is no message in it */
export function realRecords(os: Os, raw: readonly QueueRecord[]): RealRecord[] | null {
  const content = raw.find(({ type }) => type === 'N')?.data;
  const arrived = raw.find(({ type }) => type === 'T');
  if (content === undefined || arrived === undefined) return null;
  const attributes = attributesOf(raw);
  const envelope = [...originRecords(os, raw, attributes), ...recipientRecords(raw)];
  const recipients = envelope.filter(({ type }) => type === 'R' || type === 'D').length;
  const warned = raw.some(({ type }) => type === 'W');
  const size = content.length;
  const sizeRecord = (offset: number): RealRecord =>
    make(
      'C',
      [size, offset, recipients, 0, size, attributes.has('smtputf8') ? 1 : 0]
        .map((n) => String(n).padStart(15))
        .join(' '),
    );
  const marks = warned ? [make('W', '0'.padStart(15))] : [];
  const start = [sizeRecord(0), ...envelope, ...marks, make('M', '')];
  const offset = start.reduce((sum, record) => sum + recordLength(record), 0) + hiddenBytes;
  return [sizeRecord(offset), ...start.slice(1), ...textRecords(content), make('X', ''), make('E', '')];
}

// A pointer record in front of the content, so that milters may add to the envelope.
const hiddenBytes = 0;

function make(type: string, text: string): RealRecord {
  return { type, data: utf8.encode(text) };
}

function attributesOf(raw: readonly QueueRecord[]): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const { type, data } of raw) {
    if (type === 'R') break;
    if (type !== 'A') continue;
    const text = utf8.decode(data);
    attributes.set(text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1));
  }
  return attributes;
}

// Who sent it, and how it came: in the order in which smtpd(8) writes.
function originRecords(
  os: Os,
  raw: readonly QueueRecord[],
  attributes: ReadonlyMap<string, string>,
): RealRecord[] {
  const text = (type: string): string => {
    const record = raw.find((one) => one.type === type);
    return record === undefined ? '' : utf8.decode(record.data);
  };
  const of = (name: string): string => attributes.get(name) ?? '';
  const records: RealRecord[] = [];
  const add = (name: string, value: string): void => {
    if (value !== '') records.push(make('A', `${name}=${value}`));
  };
  const arrived = os.epochUs(Number(text('T')));
  const created = os.epochUs(Number(of('create_time') || text('T')));
  const [server, port] = of('server').split(':');
  records.push(make('T', `${Math.floor(arrived / SECOND)} ${arrived % SECOND}`));
  add('create_time', String(Math.floor(created / SECOND)));
  if (text('F') !== '') records.push(make('L', text('F')));
  add('log_ident', of('log_ident'));
  add('rewrite_context', of('rewrite_context'));
  add('envelope_id', of('envelope_id'));
  add('ret_flags', of('ret') === 'HDRS' ? '2' : of('ret') === 'FULL' ? '1' : '');
  records.push(make('S', text('S')));
  add('encoding', of('encoding'));
  const name = of('log_client_name');
  const address = of('log_client_address');
  const isLocal = of('log_client_name') === '';
  for (const [key, value] of [
    ['log_client_name', name],
    ['log_client_address', address],
    ['log_client_port', of('log_client_port')],
    ['log_message_origin', isLocal ? 'local' : `${name}[${address}]`],
    ['log_helo_name', of('log_helo_name')],
    ['log_protocol_name', of('log_protocol_name')],
    ['client_name', name],
    ['reverse_client_name', name],
    ['client_address', address],
    ['client_port', of('log_client_port')],
    ['server_address', server ?? ''],
    ['server_port', port ?? ''],
    ['helo_name', of('log_helo_name')],
    ['protocol_name', of('log_protocol_name')],
    ['client_address_type', isLocal ? '' : '2'],
  ] as const)
    add(key, value);
  return records;
}

// "R" of those to be tried, "D" of those that are done.
function recipientRecords(raw: readonly QueueRecord[]): RealRecord[] {
  const done = new Set(raw.filter(({ type }) => type === 'D').map(({ data }) => ascii.decode(data)));
  const records: RealRecord[] = [];
  let pending: RealRecord[] = [];
  let index = 0;
  for (const { type, data } of raw.slice(raw.findIndex((record) => record.type === 'S') + 1)) {
    if (type === 'M') break;
    if (type === 'A') {
      const text = utf8.decode(data);
      if (text.startsWith('notify_flags='))
        pending.push(make('A', `notify_flags=${notifyMask(text.slice(13))}`));
      else pending.push({ type, data });
    } else if (type === 'O') pending.push({ type, data });
    else if (type === 'R') {
      records.push(...pending, { type: done.has(String(index++)) ? 'D' : 'R', data });
      pending = [];
    }
  }
  return records;
}

// DSN_NOTIFY_…: never 1, success 2, failure 4, delay 8.
function notifyMask(words: string): number {
  const bits: Readonly<Record<string, number>> = { NEVER: 1, SUCCESS: 2, FAILURE: 4, DELAY: 8 };
  return words
    .toUpperCase()
    .split(',')
    .reduce((mask, word) => mask | (bits[word] ?? 0), 0);
}

// A record for each line, without its line end.
function textRecords(content: Uint8Array): RealRecord[] {
  const records: RealRecord[] = [];
  for (let at = 0; at < content.length;) {
    const lf = content.indexOf(0x0a, at);
    const end = lf === -1 ? content.length : lf;
    const text = content.subarray(at, end > at && content[end - 1] === 0x0d ? end - 1 : end);
    records.push({ type: 'N', data: text });
    at = end + 1;
  }
  return records;
}
