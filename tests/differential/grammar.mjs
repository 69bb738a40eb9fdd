// A grammar of SMTP clients: what one says next, given what the server answered last. Seeded, so that a dialogue can be
// told again by its number.

/** A small seeded generator (mulberry32). @returns a function: whole number below `bound` */
export function randomOf(seed) {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % bound;
  };
}

const helloNames = [
  'client.example', 'Client.Example', '[127.0.0.1]', '[IPv6:::1]', 'localhost', 'nodots', 'spam.client.example', 'warnme.client.example',
  '127.0.0.1', 'bad_name.example', '-bad.example', 'client.example.', 'client..example', '[127.0.0.999]', 'nxdomain.example', 'a b', '',
]; // prettier-ignore

const senders = [
  '<c@sender.example>', '<>', '<alice@example.com>', '<bob@example.com>', '<nodomain>', '<c@nxdomain.example>', '<c@nullmx.example>', '<c@servfail.example>',
  '<C.D@Sender.Example>', '<"a b"@sender.example>', '<"a\\"b"@sender.example>', '<@relay.example:c@sender.example>', '<a@b@sender.example>', '<c@[127.0.0.1]>',
  '<c@[300.0.0.1]>', 'c@sender.example', '<c@sender.example', 'c@sender.example>', '<c@sender.example>>', '< c@sender.example >', '<.c@sender.example>', '<c.@sender.example>',
  '<c..d@sender.example>', '<blocked@sender.example>', '<defer@sender.example>', '<hold@sender.example>', '<text@sender.example>', '<four@sender.example>', '<rej@sender.example>',
  '<discard@sender.example>', '<eod@sender.example>', '<c@txtonly.example>', '<c@sender.example.>', '<c!d@sender.example>', '<host!user>', '<user%host@sender.example>', '<müller@sender.example>',
  '<c@bücher.example>', 'Carol <c@sender.example>', '<c@sender.example> extra', '<c(comment)@sender.example>', '<c@-bad.example>', '<c@sender_x.example>', '<postmaster>', '',
]; // prettier-ignore

const recipients = [
  '<alice@example.com>', '<bob@example.com>', '<carol@example.com>', '<Alice@Example.COM>', '<nobody@example.com>', '<sales@example.com>', '<all@example.com>', '<x@alias.example.org>',
  '<alice@alias.example.org>', '<x@elsewhere.example>', '<postmaster>', '<postmaster@example.com>', '<ok@relay.example>', '<no@relay.example>', '<noway@example.com>', '<later@example.com>',
  '<gone@example.com>', '<redirect@example.com>', '<x@nullmx.example>', '<x@servfail.example>', '<x@nodomain.example>', '<x@txtonly.example>', '<o\'brien@example.com>', '<"alice"@example.com>',
  '<alice+ext@example.com>', '<@relay.example:alice@example.com>', '<alice%elsewhere.example@example.com>', '<elsewhere.example!alice@example.com>', '<alice@[127.0.0.1]>', '<alice@localhost>',
  '<alice@mail.example.com>', '<>', 'alice@example.com', '<alice@example.com', 'alice@example.com>', '<alice>', '<alice@>', '<@example.com>', '<alice @example.com>', '<"al ice"@example.com>',
  '<alice@example.com> extra', '<älice@example.com>', '<.alice@example.com>', '<alice@example.com.>', '<alice@@example.com>', '<user@sink.example>', '<user@discard.example>', '<typo@example.com>', '',
]; // prettier-ignore

const mailParameters = [
  'SIZE=100', 'SIZE=999999999', 'SIZE=', 'SIZE=abc', 'BODY=8BITMIME', 'BODY=7BIT', 'BODY=BINARYMIME', 'BODY=x', 'SMTPUTF8', 'SMTPUTF8=1', 'RET=FULL', 'RET=HDRS', 'RET=x', 'ENVID=abc', 'ENVID=a+20b',
  'ENVID=', 'AUTH=<>', 'AUTH=c@sender.example', 'FOO=bar', 'FOO', 'size=100', 'body=8bitmime', 'RET=FULL RET=HDRS', 'SIZE=10 SIZE=20', 'ENVID=a+ZZ', 'HOLDFOR=10',
]; // prettier-ignore
const rcptParameters = [
  'NOTIFY=NEVER', 'NOTIFY=SUCCESS', 'NOTIFY=SUCCESS,FAILURE,DELAY', 'NOTIFY=NEVER,SUCCESS', 'NOTIFY=', 'NOTIFY=x', 'ORCPT=rfc822;alice@example.com', 'ORCPT=rfc822;a+2Bb@example.com', 'ORCPT=alice',
  'ORCPT=utf-8;alice@example.com', 'ORCPT=', 'FOO=bar', 'notify=success', 'NOTIFY=SUCCESS NOTIFY=NEVER', 'ORCPT=;x', 'SIZE=1',
]; // prettier-ignore

const odd = [
  'NOOP', 'NOOP hello', 'noop', 'RSET', 'RSET now', 'HELP', 'HELP MAIL', 'EXPN sales', 'VRFY alice@example.com', 'VRFY <bob@example.com>', 'VRFY nobody@example.com', 'VRFY x@elsewhere.example', 'VRFY', 'VRFY alice',
  'ETRN example.com', 'ETRN elsewhere.example', 'ETRN', 'ETRN @example.com', 'ETRN #x', 'ETRN a b', 'BLAH', 'GET / HTTP/1.1', 'Subject: x', 'XCLIENT ADDR=10.0.0.1', 'XCLIENT NAME=a.example ADDR=192.0.2.1', 'XFORWARD NAME=a.example',
  'XFORWARD ADDR=192.0.2.1 PROTO=ESMTP', 'XFORWARD', 'XFORWARD FOO=bar', 'AUTH', 'AUTH PLAIN', 'AUTH FOO', 'AUTH PLAIN AGFsaWNlAHNlY3JldDE=', 'AUTH PLAIN AGFsaWNlAHdyb25n', 'AUTH PLAIN !!!', 'AUTH PLAIN =', 'AUTH LOGIN YWxpY2U=',
  'STARTTLS now', 'MAIL', 'MAIL FROM', 'MAIL FROM:', 'RCPT', 'RCPT TO', 'RCPT TO:', 'MAIL TO:<c@sender.example>', 'RCPT FROM:<c@sender.example>', 'DATA now', 'BDAT', 'BDAT x', 'BDAT 0', 'BDAT 1 LAST x', 'BDAT -1', 'QUIT now', 'TURN', 'SEND FROM:<x>',
  'mail from:<c@sender.example>', 'MAIL  FROM:<c@sender.example>', 'MAIL FROM: <c@sender.example>', 'MAIL FROM :<c@sender.example>', 'rcpt to:<alice@example.com>', 'RCPT TO: <alice@example.com>', 'EHLO', 'HELO', 'é', ' NOOP', '',
]; // prettier-ignore

const headers = [
  'From: c@sender.example', 'To: alice@example.com', 'Subject: hello', 'Subject: reject-me', 'Subject: discard-me', 'Subject: hold-me', 'Subject: warn-me', 'X-Old: 5', 'X-Front: 1', 'X-Remove-Me: 1', 'Date: Mon, 5 Jan 2026 09:00:00 +0000',
  'Message-ID: <1@sender.example>', 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', 'Received: from a by b; Mon, 5 Jan 2026 09:00:00 +0000', ' folded', 'not a header', 'Bcc: x@example.com', 'Return-Path: <x@example.com>',
]; // prettier-ignore
const bodies = ['body', 'forbidden body line', '..dot', '.', 'grüße', 'x'.repeat(300), '', 'From me'];

/** What a client of this grammar says next: {send}, {message} or {raw}; null when it has nothing more to say. */
export class Client {
  #random;
  #left;
  #state = 'start';

  constructor(seed) {
    this.#random = randomOf(seed);
    this.#left = 4 + this.#random(14);
  }

  /** @param code of the last reply */
  next(code) {
    const r = this.#random;
    if (this.#state === 'data' && code === 354) {
      this.#state = 'sent';
      return { message: this.#message() };
    }
    if (this.#state === 'auth' && code === 334)
      return {
        send: this.#pick(['YWxpY2U=', 'c2VjcmV0MQ==', 'd3Jvbmc=', '*', '!!!', '', 'AGFsaWNlAHNlY3JldDE=']),
      };
    if (this.#left-- <= 0) return null;
    if (this.#state === 'start' && r(10) < 9)
      return this.#say(
        'hello',
        `${this.#pick(['EHLO', 'EHLO', 'EHLO', 'HELO', 'ehlo'])} ${r(3) === 0 ? this.#pick(helloNames) : 'client.example'}`,
      );
    const dice = r(100);
    if (dice < 18) return this.#odd();
    if (dice < 22) return this.#say('hello', `${this.#pick(['EHLO', 'HELO'])} ${this.#pick(helloNames)}`);
    if (dice < 26) return this.#bdat();
    if (dice < 29) return this.#burst();
    if (this.#state === 'rcpt' && dice < 60) return this.#say('data', 'DATA');
    if (this.#state === 'mail' || this.#state === 'rcpt') return this.#say('rcpt', this.#rcpt());
    if (dice < 85) return this.#say('mail', this.#mail());
    return this.#say('rcpt', this.#rcpt());
  }

  #say(state, line) {
    this.#state = state;
    return { send: line };
  }
  #pick(list) {
    return list[this.#random(list.length)];
  }
  #mail() {
    const address = this.#random(2) === 0 ? '<c@sender.example>' : this.#pick(senders);
    return `MAIL FROM:${address}${this.#random(4) === 0 ? ` ${this.#pick(mailParameters)}` : ''}`;
  }
  #rcpt() {
    const address = this.#random(3) === 0 ? '<alice@example.com>' : this.#pick(recipients);
    return `RCPT TO:${address}${this.#random(5) === 0 ? ` ${this.#pick(rcptParameters)}` : ''}`;
  }
  #odd() {
    const line = this.#pick(odd);
    if (/^AUTH/.test(line)) this.#state = 'auth';
    return { send: line };
  }
  #bdat() {
    const text = this.#message().join('\r\n') + '\r\n';
    const last = this.#random(2) === 0 ? ' LAST' : '';
    return { raw: `BDAT ${Buffer.byteLength(text)}${last}\r\n${Buffer.from(text).toString('latin1')}` };
  }
  #burst() {
    const lines = ['MAIL FROM:<c@sender.example>', 'RCPT TO:<alice@example.com>', this.#rcpt()];
    this.#state = 'rcpt';
    return { send: lines };
  }
  #message() {
    const lines = [];
    for (let i = this.#random(6); i > 0; i--) lines.push(this.#pick(headers));
    lines.push('');
    for (let i = this.#random(3); i > 0; i--) lines.push(this.#pick(bodies));
    return lines.map((line) => (line.startsWith('.') ? `.${line}` : line));
  }
}
