/**
 * mailbox — appends a message to a mailbox file (mbox), as local(8) and virtual(8) do
 *
 * SEE ALSO  local(8) "MAILBOX DELIVERY"
 */
import * as utf8 from '../../../bytes/utf8.ts';

import { formatDateTime } from '../../../protocols/message/date.ts';

import type { Os, Proc } from '../../../os/os.ts';

import type { DeliveryRequest, RequestRecipient } from '../delivery/request.ts';

const lf = 0x0a;
const cr = 0x0d;

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
  const out: number[] = [];
  let atStart = true;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (atStart && byte === 0x46 && startsWithFrom(bytes, i)) out.push(0x3e);
    if (byte === cr && bytes[i + 1] === lf) continue;
    out.push(byte);
    atStart = byte === lf;
  }
  return Uint8Array.from(out);
}

function startsWithFrom(bytes: Uint8Array, at: number): boolean {
  return 'From '.split('').every((char, i) => bytes[at + i] === char.charCodeAt(0));
}

// "Tue Mar  3 09:00:00 2026"
function formatAsctime(epochUs: number): string {
  const [, weekday, day, month, year, clock] = /^(\w+), (\d+) (\w+) (\d+) (\S+)/.exec(
    formatDateTime(epochUs),
  )!;
  return `${weekday} ${month} ${day!.padStart(2, ' ')} ${clock} ${year}`;
}
