/**
 * texts — what amavisd says to its client and in its log
 *
 * Recorded from amavis 2.13 behind Postfix. The name in its replies is the address that it listens on.
 */

export const listenName = '[127.0.0.1]';

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

export const texts = Object.freeze({
  hello: helloLines.map((line, i) => `250${i < helloLines.length - 1 ? '-' : ' '}${line}`).join('\r\n'),
  greeting: `220 ${listenName} ESMTP amavis service ready`,
  sender: (address: string): string => `250 2.1.0 Sender <${address}> OK`,
  badSender: '501 5.5.2 Syntax: MAIL FROM:<address>',
  nestedMail: '503 5.5.1 Error: nested MAIL command',
  recipient: (address: string): string => `250 2.1.5 Recipient <${address}> OK`,
  badRecipient: '501 5.5.2 Syntax: RCPT TO:<address>',
  needMailBeforeRcpt: '503 5.5.1 Need MAIL command before RCPT',
  needMailBeforeData: '503 5.5.1 Need MAIL command before DATA',
  needRcptBeforeData: '503 5.5.1 Need RCPT command before DATA',
  tooManyRecipients: '452 4.5.3 Too many recipients',
  data: '354 End data with <CR><LF>.<CR><LF>',
  verify: '252 2.0.0 Argument not checked',
  help: '214-2.0.0 See amavis home page at:\r\n214 2.0.0 http://www.ijs.si/software/amavisd/',
  xforward: '250 2.5.0 Ok XFORWARD',
  badXforward: (parameter: string): string => `501 5.5.4 XFORWARD command parameter error: ${parameter}`,
  notAvailable: '502 5.5.1 Error: command not available',
  notImplemented: (verb: string): string => `502 5.5.1 Error: command ${verb} not implemented`,
  notRecognized: (verb: string): string => `500 5.5.2 Error: command ${verb} not recognized`,
  lineTooLong: '500 5.5.2 Error: line too long',
  tooBig: '552 5.3.4 Message size exceeds fixed maximum message size',
  bye: `221 2.0.0 ${listenName} amavis closing transmission channel`,
  timeout: `421 4.4.2 ${listenName} Idle timeout exceeded, closing transmission channel`,
});

/** "NOOP" and "RSET" are answered with their name. */
export function okReply(verb: string): string {
  return `250 2.0.0 Ok ${verb}`;
}
