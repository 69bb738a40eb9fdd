/**
 * mailbox — appends a message to a mailbox file (mbox), as local(8) and virtual(8) do
 *
 * SEE ALSO  local(8) "MAILBOX DELIVERY"
 */
import * as ascii from '../../../bytes/ascii.ts';
import * as utf8 from '../../../bytes/utf8.ts';

import { formatDateTime } from '../../../protocols/message/date.ts';

import type { Os, Proc } from '../../../os/os.ts';

import type { DeliveryRequest, RequestRecipient } from '../delivery/request.ts';

const lf = 0x0a;
const cr = 0x0d;
const quoteMark = 0x3e;
const from = ascii.encode('From ');

/** Appends with "From " line, Return-Path, X-Original-To and Delivered-To; safe on disk when it returns. */
export function* appendMailbox(
  os: Os,
  { path, request, recipient }: { path: string; request: DeliveryRequest; recipient: RequestRecipient },
): Proc<void> {
  const sender = request.sender === '' ? 'MAILER-DAEMON' : request.sender;
  const original = recipient.originalAddress || recipient.address;
  const head =
    `From ${sender}  ${formatAsctime(os.epochUs())}\nReturn-Path: <${request.sender}>\n` +
    `X-Original-To: ${original}\nDelivered-To: ${recipient.address}\n`;
  os.files.append(path, utf8.encode(head));
  for (const piece of request.readContent()) os.files.append(path, unixLines(piece));
  os.files.append(path, utf8.encode('\n'));
  yield* os.files.fsync(path);
}

// Lines end with LF; "From " at the start of a line is quoted with ">".
function unixLines(bytes: Uint8Array): Uint8Array {
  const output = new Uint8Array(bytes.length + countFromLines(bytes));
  let to = 0;
  let atStart = true;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (atStart && startsWithFrom(bytes, i)) output[to++] = quoteMark;
    if (byte === cr && bytes[i + 1] === lf) continue;
    output[to++] = byte;
    atStart = byte === lf;
  }
  return output.subarray(0, to);
}

/** How many lines start with "From " at most: the output may grow by so much. */
function countFromLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(from[0]!); at !== -1; at = bytes.indexOf(from[0]!, at + 1))
    if (startsWithFrom(bytes, at)) count++;
  return count;
}

function startsWithFrom(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < from.length; i++) if (bytes[at + i] !== from[i]) return false;
  return true;
}

// "Tue Mar  3 09:00:00 2026"
function formatAsctime(epochUs: number): string {
  const [, weekday, day, month, year, clock] = /^(\w+), (\d+) (\w+) (\d+) (\S+)/.exec(
    formatDateTime(epochUs),
  )!;
  return `${weekday} ${month} ${day!.padStart(2, ' ')} ${clock} ${year}`;
}
