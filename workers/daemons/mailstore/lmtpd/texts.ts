/**
 * texts — what an LMTP server of each product says
 *
 * Dovecot: lib-smtp (smtp-server-cmd-*.c) and lmtp (lmtp-local.c) of 2.3. Zimbra: LmtpReply.java,
 * LmtpHandler.java.
 */
import * as utf8 from '../../../bytes/utf8.ts';

import type { MailstoreConf } from '../conf.ts';

/** Replies: as they are sent; as text without line end, where they are logged too or given per recipient. */
export interface LmtpTexts {
  greeting: Uint8Array;
  /** to LHLO */
  hello: Uint8Array;
  badHello: Uint8Array;
  needHello: Uint8Array;
  sender: Uint8Array;
  badSender: Uint8Array;
  nestedMail: Uint8Array;
  needMail: Uint8Array;
  unsupported: Uint8Array;
  recipient: Uint8Array;
  badRecipient: Uint8Array;
  noRecipients: Uint8Array;
  data: Uint8Array;
  reset: Uint8Array;
  noop: Uint8Array;
  verify: Uint8Array;
  bye: Uint8Array;
  unknownCommand: Uint8Array;
  lineTooLong: Uint8Array;
  timeout: Uint8Array;
  tooManyErrors: Uint8Array;
  messageTooBig: string;
  noSuchUser(address: string): string;
  disabled(address: string): string;
  lookupFailed(address: string): string;
  delivered(recipient: { address: string; session: string }): string;
  overQuota(address: string): string;
}

/** The texts of the product that the mailstore imitates. */
export function lmtpTexts(conf: MailstoreConf): LmtpTexts {
  return conf.personality === 'zimbra' ? zimbraTexts(conf.hostname) : dovecotTexts(conf.hostname);
}

// SIMPLIFIED: CHUNKING is not offered; Dovecot does. Postfix's lmtp(8) does not use it.
function dovecotTexts(hostname: string): LmtpTexts {
  return {
    greeting: encodeReply(`220 ${hostname} Dovecot (Debian) ready.`),
    hello: encodeHello([hostname, '8BITMIME', 'ENHANCEDSTATUSCODES', 'PIPELINING']),
    badHello: encodeReply('501 5.5.4 Invalid hostname'),
    needHello: encodeReply('503 5.5.1 Use LHLO first'),
    sender: encodeReply('250 2.1.0 OK'),
    badSender: encodeReply('501 5.5.4 Invalid FROM: Path is not valid'),
    nestedMail: encodeReply('503 5.5.0 MAIL already given'),
    needMail: encodeReply('503 5.5.0 MAIL needed first'),
    unsupported: encodeReply('555 5.5.4 Unsupported parameters'),
    recipient: encodeReply('250 2.1.5 OK'),
    badRecipient: encodeReply('501 5.5.4 Invalid TO: Path is not valid'),
    noRecipients: encodeReply('503 5.5.0 No valid recipients'),
    data: encodeReply('354 OK'),
    reset: encodeReply('250 2.0.0 OK'),
    noop: encodeReply('250 2.0.0 OK'),
    verify: encodeReply('252 2.3.3 Try RCPT instead'),
    bye: encodeReply('221 2.0.0 Bye'),
    unknownCommand: encodeReply('500 5.5.1 Unknown command'),
    lineTooLong: encodeReply('500 5.5.2 Line too long'),
    timeout: encodeReply('421 4.4.2 Disconnected for inactivity'),
    tooManyErrors: encodeReply('421 4.7.0 Too many invalid commands.'),
    messageTooBig: '552 5.2.3 Message size exceeds administrative limit',
    noSuchUser: (address) => `550 5.1.1 <${address}> User doesn't exist: ${address}`,
    disabled: (address) => `451 4.3.0 <${address}> Temporary internal error`,
    lookupFailed: (address) => `451 4.3.0 <${address}> Temporary internal error`,
    delivered: ({ address, session }) => `250 2.0.0 <${address}> ${session} Saved`,
    overQuota: (address) => `552 5.2.2 <${address}> Quota exceeded (mailbox for user is full)`,
  };
}

// SIMPLIFIED: STARTTLS is not offered; Zimbra does when it has a certificate.
function zimbraTexts(hostname: string): LmtpTexts {
  return {
    greeting: encodeReply(`220 ${hostname} Zimbra LMTP server ready`),
    hello: encodeHello([hostname, '8BITMIME', 'ENHANCEDSTATUSCODES', 'SIZE', 'PIPELINING']),
    badHello: encodeReply('500 5.5.2 Syntax error'),
    needHello: encodeReply('503 5.5.1 Need LHLO command'),
    sender: encodeReply('250 2.0.0 Sender OK'),
    badSender: encodeReply('501 5.5.4 Syntax error in sender address'),
    nestedMail: encodeReply('503 5.5.1 Nested MAIL command'),
    needMail: encodeReply('503 5.5.1 Need MAIL command'),
    unsupported: encodeReply('501 5.5.4 Syntax error in parameters'),
    recipient: encodeReply('250 2.1.5 Recipient OK'),
    badRecipient: encodeReply('500 5.5.2 Syntax error'),
    noRecipients: encodeReply('503 5.5.1 No recipients'),
    data: encodeReply('354 End data with <CR><LF>.<CR><LF>'),
    reset: encodeReply('250 2.0.0 OK'),
    noop: encodeReply('250 2.0.0 OK'),
    verify: encodeReply('252 2.3.3 Use RCPT to deliver messages'),
    bye: encodeReply(`221 ${hostname} Zimbra LMTP server closing connection`),
    unknownCommand: encodeReply('500 5.5.2 Syntax error'),
    lineTooLong: encodeReply('500 5.5.2 Syntax error'),
    timeout: encodeReply(`421 ${hostname} Zimbra LMTP server Timeout exceeded`),
    tooManyErrors: encodeReply(`421 ${hostname} Zimbra LMTP server closing connection; service busy`),
    messageTooBig: '554 5.0.0 Permanent message delivery failure',
    noSuchUser: () => '550 5.1.1 No such user here',
    disabled: () => '450 4.2.1 Mailbox disabled, not accepting messages',
    lookupFailed: () => '450 4.2.1 Mailbox disabled, not accepting messages',
    delivered: () => '250 2.1.5 Delivery OK',
    overQuota: () => '452 4.2.2 Over quota',
  };
}

function encodeHello(lines: readonly string[]): Uint8Array {
  return encodeReply(lines.map((line, i) => `250${i < lines.length - 1 ? '-' : ' '}${line}`).join('\r\n'));
}

/** A reply as it is sent. */
export function encodeReply(text: string): Uint8Array {
  return utf8.encode(`${text}\r\n`);
}
