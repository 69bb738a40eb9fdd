/**
 * smtp-envelope — the commands of a transaction as text: XFORWARD, MAIL and RCPT
 *
 * STANDARDS  RFC 5321 §4.1.1 (commands); RFC 1870 (SIZE); RFC 6152 (8BITMIME); RFC 3461 (DSN); RFC 6531
 *            (SMTPUTF8)
 * SEE ALSO   smtp.ts (who sends them), XFORWARD_README of Postfix
 */
import * as utf8 from '../../bytes/utf8.ts';

import { quoteLocalPart } from '../../protocols/smtp/address.ts';

import type { SmtpSession, Transaction, TransactionRecipient } from './smtp-terms.ts';

/** MAIL with the parameters that the server offers, ended by CRLF. */
export function mailLine(session: SmtpSession, transaction: Transaction): string {
  const offers = session.capabilities;
  let line = `MAIL FROM:<${quoted(transaction.sender)}>`;
  if (offers.has('SIZE') && transaction.size > 0) line += ` SIZE=${transaction.size}`;
  if (transaction.body && offers.has('8BITMIME')) line += ` BODY=${transaction.body}`;
  if (transaction.envelopeId && offers.has('DSN')) line += ` ENVID=${transaction.envelopeId}`;
  if (transaction.returnContent && offers.has('DSN')) line += ` RET=${transaction.returnContent}`;
  if (transaction.smtpUtf8 === true && offers.has('SMTPUTF8')) line += ' SMTPUTF8';
  return line + '\r\n';
}

/** RCPT with the parameters that the server offers, ended by CRLF. */
export function rcptLine(session: SmtpSession, recipient: TransactionRecipient): string {
  const { address, originalRecipient, notify } = recipient;
  let line = `RCPT TO:<${quoted(address)}>`;
  if ((!originalRecipient && !notify) || !session.capabilities.has('DSN')) return `${line}\r\n`;
  if (originalRecipient) line += ` ORCPT=${originalRecipient}`;
  if (notify) line += ` NOTIFY=${notify}`;
  return line + '\r\n';
}

/**
 * The attributes that the server wants, ended by CRLF: as Postfix sends them, name, address and port in one
 * command, protocol, helo, ident and source in a second one.
 */
export function xforwardLines(session: SmtpSession, transaction: Transaction): readonly string[] {
  const { xforward } = transaction;
  if (xforward === undefined || xforward.length === 0) return noLines;
  const names = session.capabilities.get('XFORWARD');
  if (names === undefined) return noLines;
  const offered = ` ${names.toUpperCase()} `;
  let first = '';
  let second = '';
  for (let i = 0; i < xforward.length; i++) {
    const [name, value] = xforward[i]!;
    if (!offered.includes(` ${name} `)) continue;
    const text = ` ${name}=${value === '' ? '[UNAVAILABLE]' : xtext(value)}`;
    if (firstXforward.includes(name)) first += text;
    else if (secondXforward.includes(name)) second += text;
  }
  const lines: string[] = [];
  if (first !== '') lines.push(`XFORWARD${first}\r\n`);
  if (second !== '') lines.push(`XFORWARD${second}\r\n`);
  return lines;
}

const noLines: readonly string[] = Object.freeze([]);
const firstXforward: readonly string[] = Object.freeze(['NAME', 'ADDR', 'PORT']);
const secondXforward: readonly string[] = Object.freeze(['PROTO', 'HELO', 'IDENT', 'SOURCE']);

// smtp_quote_rfc821_envelope
function quoted(address: string): string {
  return address === '' ? '' : quoteLocalPart(address);
}

/** ORCPT for the wire: "type;address" in xtext, or as RFC 6533 §3 has it when the type is "utf-8". */
export function encodeOriginalRecipient(value: string): string {
  if (!/^utf-8;/i.test(value)) return xtext(value);
  return value.replace(/[^!-*,-<>-[\]-~]/gu, (c) => `\\x{${c.codePointAt(0)!.toString(16).toUpperCase()}}`);
}

/** RFC 3461 §4: characters outside "!" to "~", "+" and "=" become "+" and two hexadecimal digits. */
export function xtext(value: string): string {
  let plain = 0;
  while (plain < value.length && isPlain(value.charCodeAt(plain))) plain++;
  if (plain === value.length) return value; // the usual case
  let text = '';
  for (const byte of utf8.encode(value)) {
    text += isPlain(byte)
      ? String.fromCharCode(byte)
      : '+' + byte.toString(16).toUpperCase().padStart(2, '0');
  }
  return text;
}

function isPlain(code: number): boolean {
  return code > 0x20 && code < 0x7f && code !== 0x2b && code !== 0x3d;
}
