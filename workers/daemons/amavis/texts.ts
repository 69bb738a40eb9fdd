/**
 * texts — what amavisd says to its client and in its log
 *
 * Recorded from amavis 2.13 behind Postfix. The name in its replies is the address that it listens on.
 */

import * as utf8 from '../../bytes/utf8.ts';

const listenName = '[127.0.0.1]';

/** What XFORWARD can carry, in the order in which it is passed on. */
export const xforwardNames: readonly string[] = Object.freeze([
  'NAME',
  'ADDR',
  'PORT',
  'PROTO',
  'HELO',
  'IDENT',
  'SOURCE',
]);

const helloLines = Object.freeze([
  listenName,
  'VRFY',
  'PIPELINING',
  'SIZE',
  'ENHANCEDSTATUSCODES',
  '8BITMIME',
  'SMTPUTF8',
  'DSN',
  'XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE',
]);

/** A reply as it is sent. */
export function encodeReply(text: string): Uint8Array {
  return utf8.encode(`${text}\r\n`);
}

/** Replies as they are sent; what names something is made when it is needed. */
export const texts = Object.freeze({
  hello: encodeReply(
    helloLines.map((line, i) => `250${i < helloLines.length - 1 ? '-' : ' '}${line}`).join('\r\n'),
  ),
  helo: encodeReply(`250 ${listenName}`),
  greeting: encodeReply(`220 ${listenName} ESMTP amavis service ready`),
  sender: (address: string): Uint8Array => encodeReply(`250 2.1.0 Sender <${address}> OK`),
  badSender: encodeReply('501 5.5.2 Syntax: MAIL FROM:<address>'),
  nestedMail: encodeReply('503 5.5.1 Error: nested MAIL command'),
  recipient: (address: string): Uint8Array => encodeReply(`250 2.1.5 Recipient <${address}> OK`),
  badRecipient: encodeReply('501 5.5.2 Syntax: RCPT TO:<address>'),
  needMailBeforeRcpt: encodeReply('503 5.5.1 Need MAIL command before RCPT'),
  needMailBeforeData: encodeReply('503 5.5.1 Need MAIL command before DATA'),
  needRcptBeforeData: encodeReply('503 5.5.1 Need RCPT command before DATA'),
  tooManyRecipients: encodeReply('452 4.5.3 Too many recipients'),
  data: encodeReply('354 End data with <CR><LF>.<CR><LF>'),
  verify: encodeReply('252 2.0.0 Argument not checked'),
  help: encodeReply('214-2.0.0 See amavis home page at:\r\n214 2.0.0 http://www.ijs.si/software/amavisd/'),
  xforward: encodeReply('250 2.5.0 Ok XFORWARD'),
  badXforward: (parameter: string): Uint8Array =>
    encodeReply(`501 5.5.4 XFORWARD command parameter error: ${parameter}`),
  notAvailable: encodeReply('502 5.5.1 Error: command not available'),
  notImplemented: (verb: string): Uint8Array =>
    encodeReply(`502 5.5.1 Error: command ${verb} not implemented`),
  notRecognized: (verb: string): Uint8Array => encodeReply(`500 5.5.2 Error: command ${verb} not recognized`),
  lineTooLong: encodeReply('500 5.5.2 Error: line too long'),
  /** to the end of DATA, where the text is given for each recipient */
  tooBig: '552 5.3.4 Message size exceeds fixed maximum message size',
  bye: encodeReply(`221 2.0.0 ${listenName} amavis closing transmission channel`),
  timeout: encodeReply(`421 4.4.2 ${listenName} Idle timeout exceeded, closing transmission channel`),
});

/** "NOOP" and "RSET" are answered with their name. */
export function okReply(verb: string): Uint8Array {
  return encodeReply(`250 2.0.0 Ok ${verb}`);
}
