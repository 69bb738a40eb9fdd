/**
 * texts — what an LMTP server of each product says
 *
 * Dovecot: lib-smtp (smtp-server-cmd-*.c) and lmtp (lmtp-local.c) of 2.3. Zimbra: LmtpReply.java,
 * LmtpHandler.java.
 */
import type { MailstoreConf } from '../conf.ts';

/** Replies, each with code and enhanced code but without line end. */
export interface LmtpTexts {
  greeting: string;
  /** to LHLO */
  hello: string;
  badHello: string;
  needHello: string;
  sender: string;
  badSender: string;
  nestedMail: string;
  needMail: string;
  unsupported: string;
  recipient: string;
  badRecipient: string;
  noRecipients: string;
  data: string;
  reset: string;
  noop: string;
  verify: string;
  bye: string;
  unknownCommand: string;
  lineTooLong: string;
  timeout: string;
  tooManyErrors: string;
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
    greeting: `220 ${hostname} Dovecot (Debian) ready.`,
    hello: formatHello([hostname, '8BITMIME', 'ENHANCEDSTATUSCODES', 'PIPELINING']),
    badHello: '501 5.5.4 Invalid hostname',
    needHello: '503 5.5.1 Use LHLO first',
    sender: '250 2.1.0 OK',
    badSender: '501 5.5.4 Invalid FROM: Path is not valid',
    nestedMail: '503 5.5.0 MAIL already given',
    needMail: '503 5.5.0 MAIL needed first',
    unsupported: '555 5.5.4 Unsupported parameters',
    recipient: '250 2.1.5 OK',
    badRecipient: '501 5.5.4 Invalid TO: Path is not valid',
    noRecipients: '503 5.5.0 No valid recipients',
    data: '354 OK',
    reset: '250 2.0.0 OK',
    noop: '250 2.0.0 OK',
    verify: '252 2.3.3 Try RCPT instead',
    bye: '221 2.0.0 Bye',
    unknownCommand: '500 5.5.1 Unknown command',
    lineTooLong: '500 5.5.2 Line too long',
    timeout: '421 4.4.2 Disconnected for inactivity',
    tooManyErrors: '421 4.7.0 Too many invalid commands.',
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
    greeting: `220 ${hostname} Zimbra LMTP server ready`,
    hello: formatHello([hostname, '8BITMIME', 'ENHANCEDSTATUSCODES', 'SIZE', 'PIPELINING']),
    badHello: '500 5.5.2 Syntax error',
    needHello: '503 5.5.1 Need LHLO command',
    sender: '250 2.0.0 Sender OK',
    badSender: '501 5.5.4 Syntax error in sender address',
    nestedMail: '503 5.5.1 Nested MAIL command',
    needMail: '503 5.5.1 Need MAIL command',
    unsupported: '501 5.5.4 Syntax error in parameters',
    recipient: '250 2.1.5 Recipient OK',
    badRecipient: '500 5.5.2 Syntax error',
    noRecipients: '503 5.5.1 No recipients',
    data: '354 End data with <CR><LF>.<CR><LF>',
    reset: '250 2.0.0 OK',
    noop: '250 2.0.0 OK',
    verify: '252 2.3.3 Use RCPT to deliver messages',
    bye: `221 ${hostname} Zimbra LMTP server closing connection`,
    unknownCommand: '500 5.5.2 Syntax error',
    lineTooLong: '500 5.5.2 Syntax error',
    timeout: `421 ${hostname} Zimbra LMTP server Timeout exceeded`,
    tooManyErrors: `421 ${hostname} Zimbra LMTP server closing connection; service busy`,
    messageTooBig: '554 5.0.0 Permanent message delivery failure',
    noSuchUser: () => '550 5.1.1 No such user here',
    disabled: () => '450 4.2.1 Mailbox disabled, not accepting messages',
    lookupFailed: () => '450 4.2.1 Mailbox disabled, not accepting messages',
    delivered: () => '250 2.1.5 Delivery OK',
    overQuota: () => '452 4.2.2 Over quota',
  };
}

function formatHello(lines: readonly string[]): string {
  return lines.map((line, i) => `250${i < lines.length - 1 ? '-' : ' '}${line}`).join('\r\n');
}
