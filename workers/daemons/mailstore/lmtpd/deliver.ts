/**
 * deliver — puts a message into the mailboxes of its recipients, each with headers of its own
 *
 * The reply of a recipient is given only after the message is on disk.
 *
 * STANDARDS  RFC 5321 §4.4 (Return-Path, Received), RFC 2033 §4.2 (one reply per recipient)
 */
import * as utf8 from '../../../bytes/utf8.ts';

import { formatDate, formatDateTime } from '../../../protocols/message/date.ts';
import { findField } from '../../../protocols/message/header.ts';
import { decodeText } from '../../../protocols/mime/encoded-word.ts';

import type { Os, Proc } from '../../../os/os.ts';

import { reverseLookup } from '../../clients/dns.ts';

import { logZimbra } from './log.ts';
import type { LmtpSession } from './session.ts';

export interface Recipient {
  /** as the client named it */
  address: string;
  /** where the store keeps it */
  mailbox: string;
  /** 0 = no limit */
  quotaBytes: number;
}

interface Message {
  content: Uint8Array;
  messageId: string;
  subject: string;
  /** name of the client, for Zimbra's Received */
  clientName: string;
}

const folder = 'INBOX';

/** @returns one reply per recipient, in their order */
export function* deliver(os: Os, session: LmtpSession, content: Uint8Array): Proc<string[]> {
  const zimbra = session.mailstore.conf.personality === 'zimbra';
  const message: Message = {
    content,
    messageId: findField(content, 'message-id') ?? '',
    subject: decodeText(findField(content, 'subject') ?? ''),
    clientName: zimbra ? yield* nameOf(os, session.conn.remote.address) : '',
  };
  if (zimbra) {
    const { recipients, sender } = session;
    const nrcpts = recipients.length;
    const people = `nrcpts=${nrcpts}, sender=${sender}`;
    const text = `size=${content.length} bytes, ${people}, msgid=${message.messageId}`;
    logZimbra(os, session, `lmtp - Delivering message: ${text}`);
  }
  const replies: string[] = [];
  for (const recipient of session.recipients) replies.push(yield* deliverTo(os, session, message, recipient));
  return replies;
}

function* deliverTo(os: Os, session: LmtpSession, message: Message, recipient: Recipient): Proc<string> {
  const { mailstore, texts } = session;
  const { store } = mailstore;
  const stored = withHeaders(os, session, message, recipient);
  if (recipient.quotaBytes > 0 && store.bytesOf(os, recipient.mailbox) + stored.length > recipient.quotaBytes)
    return refuseOverQuota(os, session, recipient);
  const delivered = texts.delivered({ address: recipient.address, session: transactionId(session) });
  if (isDuplicate(session, message, recipient)) {
    logZimbra(os, session, `lmtp - Not delivering message with duplicate Message-ID ${message.messageId}`);
    return delivered;
  }
  const mailbox = yield* store.inbox(os, recipient.mailbox);
  const { uid } = yield* mailbox.append(os, { content: stored });
  const { messageId, subject } = message;
  os.trace({
    kind: 'mailbox.message-appended',
    mailbox: recipient.mailbox,
    folder,
    uid,
    messageId,
    sender: session.sender ?? '',
    subject,
    content: stored,
  });
  logSaved(os, session, message, { recipient, uid });
  return delivered;
}

function logSaved(
  os: Os,
  session: LmtpSession,
  message: Message,
  saved: { recipient: Recipient; uid: number },
): void {
  const { mailbox } = saved.recipient;
  if (session.mailstore.conf.personality === 'dovecot') {
    const msgid = message.messageId === '' ? 'unspecified' : message.messageId;
    os.log(
      'dovecot',
      `lmtp(${mailbox})<${os.pid}><${transactionId(session)}>: msgid=${msgid}: saved mail to ${folder}`,
    );
    return;
  }
  const ip = session.conn.remote.address;
  const ids = `id=${saved.uid}, Message-ID=${message.messageId}, parentId=-${saved.uid}`;
  const what = `${ids}, folderId=2, folderName=Inbox`;
  os.log(
    'mailboxd',
    `INFO  [LmtpServer-${os.pid}] [name=${mailbox};ip=${ip};] mailop - Adding Message: ${what}.`,
  );
}

function refuseOverQuota(os: Os, session: LmtpSession, recipient: Recipient): string {
  const { mailbox, address } = recipient;
  const text = session.texts.overQuota(address);
  if (session.mailstore.conf.personality === 'zimbra') {
    logZimbra(os, session, `lmtp - rejecting message from=${session.sender ?? ''},to=${address}: overquota`);
    logZimbra(os, session, `lmtp - S: ${text} (DATA)`);
  } else {
    const who = `lmtp(${mailbox})<${os.pid}><${transactionId(session)}>`;
    os.log('dovecot', `${who}: save failed to ${folder}: Quota exceeded (mailbox for user is full)`);
  }
  return text;
}

// Zimbra keeps the Message-IDs it delivered lately, so that who gets a message by two lists has it once.
function isDuplicate({ mailstore }: LmtpSession, { messageId }: Message, recipient: Recipient): boolean {
  if (messageId === '' || mailstore.conf.zimbraMessageIdDedupeCacheSize === 0) return false;
  return mailstore.delivered.remember(`${recipient.mailbox} ${messageId}`);
}

function withHeaders(os: Os, session: LmtpSession, message: Message, recipient: Recipient): Uint8Array {
  const lines =
    session.mailstore.conf.personality === 'zimbra'
      ? zimbraHeaders(os, session, message)
      : dovecotHeaders(os, session, recipient);
  const header = utf8.encode(lines);
  const stored = session.mailstore.store.space.allocate(header.length + message.content.length);
  stored.set(header);
  stored.set(message.content, header.length);
  return stored;
}

function dovecotHeaders(os: Os, session: LmtpSession, { address }: Recipient): string {
  const { hostname } = session.mailstore.conf;
  const sender = session.sender ?? '';
  return (
    `Return-Path: <${sender}>\r\nDelivered-To: ${address}\r\n` +
    `Received: from ${session.hello ?? ''} ([${session.conn.remote.address}])\r\n` +
    `\tby ${hostname} with LMTP\r\n\tid ${transactionId(session)}\r\n` +
    `\t(envelope-from <${sender}>)\r\n\tfor <${address}>; ${formatDateTime(os.epochUs())}\r\n`
  );
}

// LmtpHandler.getAdditionalHeaders: "Received: from %s (LHLO %s) (%s) by %s with LMTP; %s"
function zimbraHeaders(os: Os, session: LmtpSession, { clientName }: Message): string {
  const { hostname } = session.mailstore.conf;
  const client = `${clientName} (LHLO ${session.hello ?? ''}) (${session.conn.remote.address})`;
  return (
    `Return-Path: <${session.sender ?? ''}>\r\n` +
    `Received: from ${client} by\r\n ${hostname} with LMTP; ${formatDate(os.epochUs())}\r\n`
  );
}

// lib-smtp: the transactions after the first one are told apart by ":T2", ":T3", …
function transactionId(session: LmtpSession): string {
  return session.transactions > 1 ? `${session.id}:T${session.transactions}` : session.id;
}

function* nameOf(os: Os, address: string): Proc<string> {
  const found = yield* reverseLookup(os, address);
  return found.kind === 'found' ? found.names[0]! : address;
}
