/**
 * session — the SMTP dialogue of a receiver: what its personalities do not answer is accepted
 *
 * Replies and log lines are those of Postfix's smtpd(8) and local(8), as far as no personality imitates
 * something else.
 *
 * STANDARDS  RFC 5321, RFC 1870 (SIZE), RFC 2920 (PIPELINING), RFC 2034 (enhanced status codes)
 * SIMPLIFIED: no TLS, no AUTH, no DSN; a bare LF ends a command, but not a message.
 */
import * as ascii from '../../bytes/ascii.ts';

import { domainOf, parseEnvelopeAddress } from '../../protocols/smtp/address.ts';
import { tokenize } from '../../protocols/smtp/command.ts';
import { formatReply, printable } from '../../protocols/smtp/reply.ts';

import { MILLISECOND, SECOND, type Proc } from '../../os/os.ts';

import { nameAndAddress } from './client.ts';
import { number, text } from './conf.ts';
import { readContent } from './content.ts';
import { storeMessage } from './mailbox.ts';
import type { Receiver } from './receiver.ts';
import type { Phase } from './rules.ts';
import type { Occasion, Personality, Talk } from './talk.ts';

const lineBytesMax = 4096;
const recipientsMax = 1000; // smtpd_recipient_limit
const errorsMax = 20; // smtpd_hard_error_limit
const commandTimeoutUs = 300 * SECOND; // smtpd_timeout
const hangUs = 86_400 * SECOND;
const ident = 'postfix/smtpd';

/** What was said: the reply, or that the connection is over. */
type Said = string | null;

/** One connection, until it is over. */
export class Session {
  readonly #receiver: Receiver;
  readonly #talk: Talk;
  /** those there were at its start */
  readonly #personalities: readonly Personality[];
  #errors = 0;

  constructor(receiver: Receiver, talk: Talk) {
    this.#receiver = receiver;
    this.#talk = talk;
    this.#personalities = receiver.personalities;
  }

  *run(): Proc<void> {
    const talk = this.#talk;
    talk.os.log(ident, `connect from ${nameAndAddress(talk.client)}`);
    const greeting = `220 ${talk.hostname} ESMTP Postfix`;
    if ((yield* this.#answer('connect', '', null)) !== null) {
      const said = yield* this.#answer('greeting', '', greeting);
      if (said !== null) yield* this.#converse();
    }
    for (const personality of this.#personalities) yield* personality.ended?.(talk) ?? nothing();
    talk.os.log(ident, `disconnect from ${nameAndAddress(talk.client)}`);
  }

  *#converse(): Proc<void> {
    const { os, conn, client, hostname } = this.#talk;
    for (;;) {
      const line = yield* conn.readLine({ bytesMax: lineBytesMax, deadline: os.now() + commandTimeoutUs });
      if (line === 'timeout') {
        yield* this.#write(`421 4.4.2 ${hostname} Error: timeout exceeded`);
        return os.log(ident, `timeout from ${nameAndAddress(client)}`);
      }
      if (typeof line === 'string') return os.log(ident, `lost connection from ${nameAndAddress(client)}`);
      const said = yield* this.#command(ascii.decode(line.bytes), line.ending === 'lf');
      if (said === null) return;
      if (/^[45]/.test(said) && ++this.#errors > errorsMax)
        return void (yield* this.#write(`421 4.7.0 ${hostname} Error: too many errors`));
    }
  }

  *#command(line: string, bareLf: boolean): Proc<Said> {
    const talk = this.#talk;
    const words = tokenize(line).map((token) => token.text);
    switch (words[0]?.toUpperCase()) {
      case 'EHLO':
      case 'HELO':
        return yield* this.#hello(line, words, bareLf);
      case 'MAIL':
        return yield* this.#mail(line, words, bareLf);
      case 'RCPT':
        return yield* this.#rcpt(line, words, bareLf);
      case 'DATA':
        return yield* this.#data(line, bareLf);
      case 'RSET':
        forgetTransaction(talk);
        return yield* this.#answer('rset', line, '250 2.0.0 Ok', { bareLf });
      case 'NOOP':
        return yield* this.#answer('other', line, '250 2.0.0 Ok', { bareLf });
      case 'VRFY':
        return yield* this.#answer('other', line, '252 2.0.0 Cannot VRFY user', { bareLf });
      case 'QUIT':
        yield* this.#answer('quit', line, '221 2.0.0 Bye', { bareLf });
        return null;
      default: {
        const unknown = '502 5.5.2 Error: command not recognized';
        return yield* this.#answer('other', line, unknown, { bareLf });
      }
    }
  }

  *#hello(line: string, words: readonly string[], bareLf: boolean): Proc<Said> {
    const talk = this.#talk;
    const name = words[1] ?? '';
    const verb = words[0]!.toUpperCase();
    if (name === '') return yield* this.#write(`501 Syntax: ${verb} hostname`);
    forgetTransaction(talk);
    talk.helo = printable(name, '?').slice(0, 255);
    talk.protocol = verb === 'EHLO' ? 'ESMTP' : 'SMTP';
    const size = number(this.#receiver.conf.host, 'message_size_limit');
    const offers = ['PIPELINING', `SIZE ${size}`, 'VRFY', 'ENHANCEDSTATUSCODES', '8BITMIME'];
    const usual = verb === 'EHLO' ? formatReply('250', [talk.hostname, ...offers]) : `250 ${talk.hostname}`;
    const said = yield* this.#answer('helo', line, usual.replaceAll('\r\n', '\n'), { bareLf });
    if (said !== null && !said.startsWith('2')) talk.helo = '';
    return said;
  }

  *#mail(line: string, words: readonly string[], bareLf: boolean): Proc<Said> {
    const talk = this.#talk;
    if (talk.helo === '') return yield* this.#write('503 5.5.1 Error: send HELO/EHLO first');
    if (talk.sender !== null) return yield* this.#write('503 5.5.1 Error: nested MAIL command');
    const path = words[1]?.toUpperCase() === 'FROM:' ? words[2] : undefined;
    const address = path === undefined ? null : parseEnvelopeAddress(path);
    if (address === null) return yield* this.#write('501 5.5.4 Syntax: MAIL FROM:<address>');
    const size = /^SIZE=(\d{1,15})$/i;
    talk.declaredBytes = Number(
      words
        .slice(3)
        .map((word) => size.exec(word)?.[1])
        .find(Boolean) ?? 0,
    );
    if (this.#isTooLarge(talk.declaredBytes))
      return yield* this.#write('552 5.3.4 Message size exceeds fixed limit');
    talk.sender = address.address;
    const said = yield* this.#answer('mail', line, '250 2.1.0 Ok', { bareLf });
    if (said === null || !said.startsWith('2')) forgetTransaction(talk);
    return said;
  }

  *#rcpt(line: string, words: readonly string[], bareLf: boolean): Proc<Said> {
    const talk = this.#talk;
    if (talk.sender === null) return yield* this.#write('503 5.5.1 Error: need MAIL command');
    const path = words[1]?.toUpperCase() === 'TO:' ? words[2] : undefined;
    const recipient = path === undefined ? '' : (parseEnvelopeAddress(path)?.address ?? '');
    if (recipient === '') return yield* this.#write('501 5.5.4 Syntax: RCPT TO:<address>');
    if (talk.recipients.length >= recipientsMax)
      return yield* this.#write('452 4.5.3 Error: too many recipients');
    const stranger = this.#stranger(recipient);
    const said =
      stranger === null
        ? yield* this.#answer('rcpt', line, '250 2.1.5 Ok', { recipient, bareLf })
        : yield* this.#refused('rcpt', stranger, recipient);
    if (said?.startsWith('2') === true) talk.recipients.push(recipient);
    return said;
  }

  /** @returns the reply for an address that has no mailbox here */
  #stranger(recipient: string): string | null {
    const domains = wordsOf(text(this.#receiver.conf.host, 'domains'));
    const users = wordsOf(text(this.#receiver.conf.host, 'users'));
    const domain = domainOf(recipient).toLowerCase();
    if (domains.length > 0 && !domains.includes(domain))
      return `554 5.7.1 <${recipient}>: Relay access denied`;
    const local = recipient.slice(0, recipient.lastIndexOf('@')).toLowerCase();
    if (users.length > 0 && !users.includes(local))
      return `550 5.1.1 <${recipient}>: Recipient address rejected: User unknown in local recipient table`;
    return null;
  }

  *#data(line: string, bareLf: boolean): Proc<Said> {
    const talk = this.#talk;
    const { os, conn, hostname, recipients } = talk;
    if (recipients.length === 0)
      return yield* this.#write(
        talk.sender === null ? '503 5.5.1 Error: need RCPT command' : '554 5.5.1 Error: no valid recipients',
      );
    const usual = '354 End data with <CR><LF>.<CR><LF>';
    const said = yield* this.#answer('data', line, usual, { bareLf });
    if (said === null || !said.startsWith('3')) return said;
    const limit = number(this.#receiver.conf.host, 'message_size_limit');
    const content = yield* readContent(os, conn, limit);
    if (typeof content === 'string') {
      if (content === 'timeout') yield* this.#write(`421 4.4.2 ${hostname} Error: timeout exceeded`);
      const what = content === 'timeout' ? 'timeout' : 'lost connection';
      os.log(ident, `${what} after DATA from ${nameAndAddress(talk.client)}`);
      return null;
    }
    talk.content = content;
    const ended = content.isTooLong
      ? yield* this.#write('552 5.3.4 Error: message file too big')
      : yield* this.#endOfData(recipients.join(' '));
    forgetTransaction(talk);
    return ended;
  }

  /** The mail is stored before it is acknowledged. */
  *#endOfData(line: string): Proc<Said> {
    const { verdict, says } = yield* this.#judged({ at: 'eod', line, recipient: '', bareLf: false });
    if (says !== null && !says.startsWith('2')) return yield* this.#conclude('eod', says, verdict, '');
    const id = this.#messageId();
    if (verdict === null || says !== null) yield* this.#store(id);
    return yield* this.#conclude('eod', says ?? `250 2.0.0 Ok: queued as ${id}`, verdict, '');
  }

  *#store(id: string): Proc<void> {
    const talk = this.#talk;
    const { os, sender, client } = talk;
    os.log(ident, `${id}: client=${nameAndAddress(client)}`);
    const { mailboxes, quota } = this.#receiver;
    for (const recipient of talk.recipients) {
      const { hostname } = talk;
      yield* storeMessage(talk, { recipient, id, hostname, quota, mailboxes });
      const from = sender === '' ? 'from=<>' : `from=<${sender ?? ''}>`;
      const status = 'status=sent (delivered to mailbox)';
      os.log('postfix/virtual', `${id}: to=<${recipient}>, ${from}, relay=virtual, dsn=2.0.0, ${status}`);
    }
  }

  #messageId(): string {
    const { os } = this.#talk;
    const us = os.epochUs() % SECOND;
    const number = os.files.inode('/var/lib/receiver/mailboxes') + this.#talk.connection;
    return `${us.toString(16).padStart(5, '0')}${number.toString(16)}`.toUpperCase();
  }

  /** Asks the personalities, and says what they say, or the usual. */
  *#answer(
    at: Phase,
    line: string,
    usual: string | null,
    more: { recipient?: string; bareLf?: boolean } = {},
  ): Proc<Said> {
    const { recipient = '', bareLf = false } = more;
    const { verdict, says } = yield* this.#judged({ at, line, recipient, bareLf });
    return yield* this.#conclude(at, says ?? usual ?? '', verdict, recipient);
  }

  /** The first that has a reply or does something decides; waits are waited for one after the other. */
  *#judged(occasion: Occasion): Proc<{ verdict: Decision | null; says: string | null }> {
    const { os } = this.#talk;
    for (const personality of this.#personalities) {
      const verdict = yield* personality.judge(this.#talk, occasion);
      if (verdict === null) continue;
      if (verdict.delayUs !== undefined && verdict.delayUs > 0)
        yield* os.sleepUntil(os.now() + verdict.delayUs);
      if (verdict.reply !== undefined || verdict.action !== undefined)
        return { verdict: verdict.action ?? 'reply', says: verdict.reply ?? null };
    }
    return { verdict: null, says: null };
  }

  /** @returns null when the connection is over */
  *#conclude(at: Phase, reply: string, verdict: Decision | null, recipient: string): Proc<Said> {
    const { os, conn } = this.#talk;
    if (verdict === 'reset') {
      conn.abort();
      return null;
    }
    if (verdict === 'hang') {
      yield* drained(this.#talk, os.now() + hangUs);
      return null;
    }
    if (reply === '') return verdict === 'close' ? null : '';
    const said = /^[45]/.test(reply) ? yield* this.#refused(at, reply, recipient) : yield* this.#write(reply);
    return verdict === 'close' ? null : said;
  }

  *#refused(at: Phase, reply: string, recipient: string): Proc<Said> {
    const { os, client, sender, protocol, helo } = this.#talk;
    const where = { connect: 'CONNECT', greeting: 'CONNECT', eod: 'END-OF-MESSAGE' } as Record<
      string,
      string
    >;
    const mail = sender === null ? '' : ` from=<${sender}>`;
    const to = recipient === '' ? '' : ` to=<${recipient}>`;
    const hello = helo === '' ? '' : ` proto=${protocol} helo=<${helo}>`;
    const what = `reject: ${where[at] ?? at.toUpperCase()} from ${nameAndAddress(client)}`;
    os.log(ident, `NOQUEUE: ${what}: ${reply.replaceAll('\n', ' ')};${mail}${to}${hello}`);
    return yield* this.#write(reply);
  }

  /** @returns the reply, null when the peer is gone */
  *#write(reply: string): Proc<Said> {
    const { conn, os, stutterUs } = this.#talk;
    const bytes = ascii.encode(`${reply.replaceAll('\n', '\r\n')}\r\n`);
    if (stutterUs < MILLISECOND) return (yield* conn.write(bytes)) === 'ok' ? reply : null;
    for (let i = 0; i < bytes.length; i++) {
      if ((yield* conn.write(bytes.subarray(i, i + 1))) !== 'ok') return null;
      yield* os.sleepUntil(os.now() + stutterUs);
    }
    return reply;
  }

  #isTooLarge(bytes: number): boolean {
    const limit = number(this.#receiver.conf.host, 'message_size_limit');
    return limit > 0 && bytes > limit;
  }
}

type Decision = 'reply' | 'close' | 'hang' | 'reset';

function forgetTransaction(talk: Talk): void {
  talk.sender = null;
  talk.recipients = [];
  talk.content = null;
  talk.headers = [];
  talk.declaredBytes = 0;
}

function wordsOf(list: string): string[] {
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((word) => word !== '');
}

// Says no more, and reads until the peer is gone.
function* drained({ conn }: Talk, deadline: number): Proc<void> {
  while (typeof (yield* conn.read({ deadline })) !== 'string');
}

function* nothing(): Proc<void> {}
