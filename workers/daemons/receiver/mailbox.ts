/**
 * mailbox — stores what a receiver accepted: a file of mbox form for each recipient, /var/mail/ADDRESS
 *
 * STANDARDS  RFC 4155 (mbox), RFC 5321 §4.4 (Return-Path, Received)
 */
import * as ascii from '../../bytes/ascii.ts';
import * as utf8 from '../../bytes/utf8.ts';

import { formatDate, formatDateTime } from '../../protocols/message/date.ts';
import { findField } from '../../protocols/message/header.ts';
import { decodeText } from '../../protocols/mime/encoded-word.ts';

import type { Proc } from '../../os/os.ts';

import type { StateTable } from './state-table.ts';
import type { Talk } from './talk.ts';

const folder = 'INBOX';

/** Where the mail of an address is. */
export function mailboxPath(address: string): string {
  const name = address
    .toLowerCase()
    .replace(/[^a-z0-9@._+=-]/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, 200);
  return `/var/mail/${name === '' ? '_' : name}`;
}

/** Appends the message of a talk to the mailbox of a recipient; it is on disk when this returns. */
export function* storeMessage(
  talk: Talk,
  mail: { recipient: string; id: string; hostname: string; quota: number; mailboxes: StateTable },
): Proc<void> {
  const { os, sender, content } = talk;
  const { recipient, mailboxes, quota } = mail;
  const path = mailboxPath(recipient);
  const head = utf8.encode(`From ${sender || 'MAILER-DAEMON'}  ${formatAsctime(os.epochUs())}\n`);
  const fields = utf8.encode(fieldsOf(talk, mail).join('\r\n') + '\r\n');
  const message = new Uint8Array(fields.length + content!.bytes.length);
  message.set(fields);
  message.set(content!.bytes, fields.length);
  os.files.append(path, head);
  os.files.append(path, asMbox(message));
  yield* os.files.fsync(path);
  const [messages] = mailboxes.get([recipient.toLowerCase()]) ?? ['0'];
  const uid = Number(messages) + 1;
  const bytes = os.files.state(path)?.size ?? 0;
  yield* mailboxes.set(
    os,
    [recipient.toLowerCase()],
    [String(uid), String(bytes), quota === 0 ? '-' : String(quota)],
  );
  os.trace({
    kind: 'mailbox.message-appended',
    mailbox: recipient.toLowerCase(),
    folder,
    uid,
    messageId: findField(message, 'message-id') ?? '',
    sender: sender ?? '',
    subject: decodeText(findField(message, 'subject') ?? ''),
    content: message,
  });
}

function fieldsOf(
  { os, client, helo, protocol, sender, headers }: Talk,
  { recipient, id, hostname }: { recipient: string; id: string; hostname: string },
): string[] {
  return [
    `Return-Path: <${sender ?? ''}>`,
    `Delivered-To: ${recipient}`,
    ...headers,
    `Received: from ${helo} (${client.name} [${client.address}])`,
    `\tby ${hostname} (Postfix) with ${protocol} id ${id}`,
    `\tfor <${recipient}>; ${formatDate(os.epochUs())}`,
  ];
}

// Lines end with LF, one that looks like the start of a message is quoted, and a blank line ends it.
function asMbox(message: Uint8Array): Uint8Array {
  const text = ascii
    .decode(message)
    .replaceAll('\r\n', '\n')
    .replace(/^From /gm, '>From ');
  return ascii.encode(text.endsWith('\n') ? `${text}\n` : `${text}\n\n`);
}

// "Tue Mar  3 09:00:00 2026"
function formatAsctime(epochUs: number): string {
  const [, weekday, day, month, year, clock] = /^(\w+), (\d+) (\w+) (\d+) (\S+)/.exec(
    formatDateTime(epochUs),
  )!;
  return `${weekday} ${month} ${day!.padStart(2, ' ')} ${clock} ${year}`;
}
