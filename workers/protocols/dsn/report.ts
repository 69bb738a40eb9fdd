/**
 * report — delivery status notifications as Postfix's bounce(8) writes them
 *
 * A multipart/report of three parts: words for people, the delivery-status for programs, the message or its
 * headers. Texts are the built-in templates of bounce(5). Pure: the caller enters the result into the queue.
 *
 * STANDARDS  RFC 3464 (delivery-status), RFC 6522 (multipart/report), RFC 3461 §6 (what to report), RFC 3834
 *            §3.1
 */
import { quoteLocalPart } from '../smtp/address.ts';
import * as utf8 from '../../bytes/utf8.ts';

import { findHeaderEnd } from '../message/header.ts';
import { formatDate } from '../message/date.ts';

/**
 * failed: undeliverable or expired; delayed: still trying; delivered/relayed: asked for by NOTIFY=SUCCESS.
 */
export type ReportKind = 'failed' | 'delayed' | 'success';

export interface ReportRecipient {
  address: string;
  /** before alias expansion; '' or equal to address = none */
  originalAddress: string;
  /** ORCPT "rfc822;x@y"; '' = none */
  originalRecipient: string;
  action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';
  /** X.Y.Z */
  status: string;
  /** the reason in words: "host x[1.2.3.4] said: 550 … (in reply to RCPT TO command)" */
  reason: string;
  /** name of the host that said no; '' = it was this one */
  remoteMta: string;
  /** the remote host's reply; '' = the reason, marked X-Postfix */
  diagnostic: string;
}

export interface Report {
  kind: ReportKind;
  /** host name of the reporting MTA ($myhostname) and domain of MAILER-DAEMON ($myorigin) */
  reportingMta: string;
  origin: string;
  /** of the message reported on */
  queueId: string;
  sender: string;
  /** a copy for this address, the postmaster's: without words; null = the report to the sender */
  postmaster: string | null;
  envelopeId: string;
  arrivedAt: EpochMicroseconds;
  recipients: readonly ReportRecipient[];
  /** now; gives the boundary its number */
  at: EpochMicroseconds;
  /** for delayed: when it is given up, and the template's figures */
  retryUntil: EpochMicroseconds;
  delayedHours: number;
  lifetimeDays: number;
}

/** Microseconds since 1970. */
export type EpochMicroseconds = number;

/**
 * The notification: header fields From … Content-Transfer-Encoding, empty line, parts. Received, Date and
 * Message-Id are for the mail system to add.
 * @param original the message in pieces, lines ended by CRLF; copied into the report without being decoded
 * @param full whether the body comes along; the header alone does otherwise
 */
export function formatReport(report: Report, original: readonly Uint8Array[], full: boolean): Uint8Array[] {
  const boundary = `${report.queueId}.${Math.floor(report.at / 1_000_000)}/${report.reportingMta}`;
  const words = kinds[report.kind];
  const lines = [
    ...headerLines(report, boundary),
    '',
    'This is a MIME-encapsulated message.',
    '',
    `--${boundary}`,
    'Content-Description: Notification',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    ...notificationLines(report),
    `--${boundary}`,
    'Content-Description: Delivery report',
    'Content-Type: message/delivery-status',
    '',
    ...statusLines(report),
    `--${boundary}`,
    `Content-Description: ${full ? words.message : words.headers}`,
    `Content-Type: ${full ? 'message/rfc822' : 'text/rfc822-headers'}`,
    'Content-Transfer-Encoding: 8bit',
    '',
    `Return-Path: <${senderOf(report)}>`,
    '',
  ];
  const copied = full ? original : headerOf(original);
  return [utf8.encode(lines.join('\r\n')), ...copied, utf8.encode(`\r\n--${boundary}--\r\n`)];
}

/**
 * Breaks a line at blanks as Postfix's line_wrap() does: at most 79 columns, further lines indented by 4.
 * Words that are too long stay whole.
 */
export function wrapLine(text: string): string[] {
  const lines: string[] = [];
  let width = lineColumnsMax;
  let start = 0;
  for (let word = 0; word !== -1;) {
    const stop = nextBlank(text, word);
    if (word > start && stop - start > width) {
      lines.push(indentOf(lines) + text.slice(start, word).trimEnd());
      while (word < text.length && isBlank(text[word]!)) word++;
      if (lines.length === 1) width -= indentColumns;
      start = word;
    }
    word = stop < text.length ? stop + 1 : -1;
  }
  lines.push(indentOf(lines) + text.slice(start).trimEnd());
  return lines;
}

const lineColumnsMax = 79;
const indentColumns = 4;

const kinds = Object.freeze({
  failed: {
    subject: 'Undelivered Mail Returned to Sender',
    copy: 'Postmaster Copy: Undelivered Mail',
    message: 'Undelivered Message',
    headers: 'Undelivered Message Headers',
  },
  delayed: {
    subject: 'Delayed Mail (still being retried)',
    copy: 'Postmaster Warning: Delayed Mail',
    message: 'Delayed Message',
    headers: 'Undelivered Message Headers',
  },
  success: {
    subject: 'Successful Mail Delivery Report',
    copy: '',
    message: 'Message',
    headers: 'Message Headers',
  },
});

// RFC 3834 §5: auto-replied keeps robots from answering.
function headerLines(report: Report, boundary: string): string[] {
  return [
    `From: Mail Delivery System <MAILER-DAEMON@${report.origin}>`,
    `Subject: ${report.postmaster === null ? kinds[report.kind].subject : kinds[report.kind].copy}`,
    `To: ${quoteLocalPart(report.postmaster ?? report.sender)}`,
    `Auto-Submitted: ${report.postmaster === null ? 'auto-replied' : 'auto-generated'}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status;',
    `\tboundary="${boundary}"`,
    'Content-Transfer-Encoding: 8bit',
  ];
}

function notificationLines(report: Report): string[] {
  const words = [`This is the mail system at host ${report.reportingMta}.`, '', ...templateLines(report)];
  const lines = report.postmaster === null ? [...words, '                   The mail system', ''] : [''];
  for (const recipient of report.recipients) {
    const from = recipient.originalAddress;
    const expanded = from !== '' && from !== recipient.address ? ` (expanded from <${from}>)` : '';
    lines.push(...wrapLine(`<${recipient.address}>${expanded}: ${recipient.reason}`), '');
  }
  return lines;
}

function templateLines(report: Report): string[] {
  if (report.kind === 'success')
    return [
      'Your message was successfully delivered to the destination(s)',
      'listed below. If the message was delivered to mailbox you will',
      'receive no further notifications. Otherwise you may still receive',
      'notifications of mail delivery errors from other systems.',
      '',
    ];
  const contact = ['For further assistance, please send mail to postmaster.', ''];
  const advice = [
    'If you do so, please include this problem report. You can',
    'delete your own text from the attached returned message.',
    '',
  ];
  if (report.kind === 'failed')
    return [
      "I'm sorry to have to inform you that your message could not",
      "be delivered to one or more recipients. It's attached below.",
      '',
      ...contact,
      ...advice,
    ];
  return [
    '####################################################################',
    '# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #',
    '####################################################################',
    '',
    `Your message could not be delivered for more than ${report.delayedHours} hour(s).`,
    `It will be retried until it is ${report.lifetimeDays} day(s) old.`,
    '',
    ...contact,
    ...advice,
  ];
}

// RFC 3464 §2: fields of the message, then an empty line and the fields of each recipient.
function statusLines(report: Report): string[] {
  const lines = [`Reporting-MTA: dns; ${report.reportingMta}`];
  if (report.envelopeId !== '') lines.push(`Original-Envelope-Id: ${report.envelopeId}`);
  lines.push(`X-Postfix-Queue-ID: ${report.queueId}`);
  lines.push(`X-Postfix-Sender: rfc822; ${senderOf(report)}`);
  lines.push(`Arrival-Date: ${formatDate(report.arrivedAt)}`, '');
  for (const recipient of report.recipients) {
    lines.push(`Final-Recipient: rfc822; ${recipient.address}`);
    if (recipient.originalRecipient !== '') lines.push(`Original-Recipient: ${recipient.originalRecipient}`);
    else if (recipient.originalAddress !== '')
      lines.push(`Original-Recipient: rfc822; ${recipient.originalAddress}`);
    lines.push(`Action: ${recipient.action}`, `Status: ${recipient.status}`);
    if (recipient.remoteMta !== '') lines.push(`Remote-MTA: dns; ${recipient.remoteMta}`);
    const local = recipient.diagnostic === '';
    const code = local ? `X-Postfix; ${recipient.reason}` : `smtp; ${recipient.diagnostic}`;
    lines.push(...wrapLine(`Diagnostic-Code: ${code}`));
    if (report.kind === 'delayed') lines.push(`Will-Retry-Until: ${formatDate(report.retryUntil)}`);
    lines.push('');
  }
  return lines;
}

// Who the null sender is.
function senderOf({ sender, reportingMta }: Report): string {
  return sender === '' ? `MAILER-DAEMON@${reportingMta}` : quoteLocalPart(sender);
}

function headerOf(original: readonly Uint8Array[]): Uint8Array[] {
  const header: Uint8Array[] = [];
  for (const piece of original) {
    const end = findHeaderEnd(piece);
    header.push(piece.subarray(0, end));
    if (end < piece.length) break;
  }
  return header;
}

function indentOf(lines: string[]): string {
  return lines.length === 0 ? '' : ' '.repeat(indentColumns);
}

function nextBlank(text: string, from: number): number {
  let at = from;
  while (at < text.length && !isBlank(text[at]!)) at++;
  return at;
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\t';
}
