// A grammar of SMTP clients: what one says next, given what the server answered last. Seeded, so that a dialogue can be
// told again by its number.
import * as words from './vocabulary.mjs';

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

// From so many errors on most servers make the client wait before each reply: most clients leave then.
const errorsBorne = { limits: 3, default: 9 };

/** What a client of this grammar says next: {send}, {message} or {raw}; null when it has nothing more to say. */
export class Client {
  #random;
  #profile;
  #left;
  #errors = 0;
  #state = 'start';

  constructor(seed, profile = 'mx') {
    this.#random = randomOf(seed);
    this.#profile = profile;
    this.#left = 4 + this.#random(14);
  }

  /** @param code of the last reply */
  next(code) {
    const r = this.#random;
    if (code >= 400) this.#errors++;
    if (this.#state === 'last chunk' && code >= 400) return this.#say('hello', 'RSET');
    if (code === 354) return this.#say('sent', null, { message: this.#message() });
    if (code === 334 && this.#left-- > -8) return { send: this.#pick(words.responses) };
    const isPatient = r(8) === 0;
    const borne = errorsBorne[this.#profile] ?? errorsBorne.default;
    if (this.#left-- <= 0 || (this.#errors >= borne && !isPatient)) return null;
    if (this.#state === 'start' && r(10) < 9) return this.#hello(3);
    const dice = r(100);
    if (dice < 14) return { send: this.#pick(words.odd) };
    if (dice < 18) return this.#special();
    if (dice < 21) return this.#hello(1);
    if (dice < 26) return this.#bdat();
    if (dice < 29) return this.#burst();
    if (this.#state === 'rcpt' && dice < 60) return this.#say('data', 'DATA');
    if (this.#state === 'mail' || this.#state === 'rcpt') return this.#say('rcpt', this.#rcpt());
    if (this.#profile === 'submission' && dice < 45) return { send: this.#pick(words.logins) };
    return dice < 90 ? this.#say('mail', this.#mail()) : this.#say('rcpt', this.#rcpt());
  }

  #say(state, line, said = { send: line }) {
    this.#state = state;
    return said;
  }
  #pick(list) {
    return list[this.#random(list.length)];
  }
  #hello(usual) {
    const name = this.#random(1 + usual) === 0 ? this.#pick(words.helloNames) : 'client.example';
    return this.#say('hello', `${this.#pick(['EHLO', 'EHLO', 'EHLO', 'HELO', 'ehlo'])} ${name}`);
  }
  #mail() {
    const owner = this.#profile === 'submission' ? '<alice@example.com>' : '<c@sender.example>';
    const address = this.#random(2) === 0 ? owner : this.#pick(words.senders);
    return `MAIL FROM:${address}${this.#random(4) === 0 ? ` ${this.#pick(words.mailParameters)}` : ''}`;
  }
  #rcpt() {
    const address = this.#random(3) === 0 ? '<alice@example.com>' : this.#pick(words.recipients);
    return `RCPT TO:${address}${this.#random(5) === 0 ? ` ${this.#pick(words.rcptParameters)}` : ''}`;
  }
  #special() {
    const line = this.#pick(this.#pick([words.forwards, words.impersonations, words.logins]));
    if (line.startsWith('XCLIENT')) this.#state = 'start';
    return { send: line };
  }
  #bdat() {
    const dice = this.#random(10);
    if (dice === 0)
      return { send: this.#pick(['BDAT', 'BDAT x', 'BDAT 0', 'BDAT 1 LAST x', 'BDAT -1', 'BDAT 1 FIRST']) };
    const last = this.#random(2) === 0;
    const text = Buffer.from(this.#message().join('\r\n') + '\r\n').toString('latin1');
    const bytes =
      dice === 1 ? text.slice(0, this.#random(text.length)) : dice === 2 ? 'x'.repeat(6000) : text;
    const said = { raw: `BDAT ${bytes.length}${last ? ' LAST' : ''}\r\n${bytes}` };
    return last ? this.#say('last chunk', null, said) : said;
  }
  #burst() {
    const pair = ['MAIL FROM:<c@sender.example>', 'RCPT TO:<alice@example.com>'];
    const lines = this.#pick([
      [...pair, this.#rcpt()],
      [...pair, this.#rcpt(), this.#rcpt()],
      ['RSET', ...pair],
      [this.#mail(), this.#rcpt()],
      ['NOOP', ...pair],
      ['EHLO client.example', ...pair],
      ['VRFY alice@example.com', 'RSET'],
    ]);
    return this.#say('rcpt', null, { send: lines });
  }
  #message() {
    const lines = [];
    for (let i = this.#random(6); i > 0; i--) lines.push(this.#pick(words.headers));
    lines.push('');
    for (let i = this.#random(3); i > 0; i--) lines.push(this.#pick(words.bodies));
    return lines.map((line) => (line.startsWith('.') ? `.${line}` : line));
  }
}
