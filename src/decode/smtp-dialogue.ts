/**
 * smtp-dialogue — SMTP and LMTP: commands, replies and which command each answers, letters up to the lone dot
 *
 * Replies are matched to commands in order, so that pipelined ones find theirs. After the dot LMTP answers once for
 * every recipient it took.
 */
import * as base64 from '../../workers/bytes/base64.ts';

import type { Side } from './conversation.ts';
import type { Dialogue, Talk } from './dialogue.ts';
import { readable, type Found, type ReadMode } from './line-reader.ts';
import { sayRecord, tlsMode } from './tls-records.ts';

interface Command {
  verb: string;
  /** the address of RCPT, the mechanism of AUTH */
  about: string;
}

const pendingMax = 1000;

/** Reads the two directions of an SMTP or LMTP connection as commands, replies and letters. */
export class SmtpDialogue implements Dialogue {
  readonly firstMode: () => ReadMode;
  readonly #perRecipient: boolean;
  #pending: Command[] = [];
  #accepted: string[] = [];
  #greeted = false;
  #inLetter = false;
  /** the mechanism whose answer is due from the client; '' = none */
  #mechanism = '';
  #answerDue = false;

  /** @param options tls = from the first byte */
  constructor(options: { lmtp: boolean; tls: boolean }) {
    this.firstMode = () => (options.tls ? tlsMode : { kind: 'lines' });
    this.#perRecipient = options.lmtp;
  }

  read(side: Side, found: Found, talk: Talk): void {
    if (found.kind === 'opaque') talk.opaque(side, found.piece);
    else if (found.kind === 'frame') sayRecord(side, found, talk);
    else if (found.kind === 'body') talk.body(side, found, 'letter');
    else if (side === 'client') this.#command(found, talk);
    else this.#reply(found, talk);
  }

  #command({ text, pieces }: Extract<Found, { kind: 'line' }>, talk: Talk): void {
    if (this.#inLetter && text === '.') {
      this.#inLetter = false;
      this.#await({ verb: 'end', about: '' });
      talk.say('client', { text, role: 'end' }, pieces);
      return;
    }
    if (this.#answerDue) {
      this.#answerDue = false;
      this.#await({ verb: 'AUTH', about: this.#mechanism });
      const about = text === '*' ? '' : decoded(text);
      talk.say('client', { text, role: 'auth-answer', about }, pieces);
      return;
    }
    const verb = /^[A-Za-z]+/.exec(text)?.[0].toUpperCase() ?? '';
    const about = aboutCommand(verb, text);
    talk.say('client', { text, role: verbs.has(verb) ? verb : 'unknown', about }, pieces);
    if (verb === 'BDAT') return this.#chunk(text, talk);
    if (verb === 'AUTH') this.#mechanism = text.split(/\s+/)[1]?.toUpperCase() ?? '';
    this.#await({ verb, about });
  }

  // RFC 3030 §2: the octets follow the command at once; only the last chunk ends the letter.
  #chunk(text: string, talk: Talk): void {
    const [, size = '0', last] = /^BDAT\s+(\d{1,10})(\s+LAST)?/i.exec(text) ?? [];
    this.#await({ verb: last === undefined ? 'BDAT' : 'end', about: '' });
    if (Number(size) > 0) talk.cut('client', { kind: 'literal', left: Number(size) });
  }

  #reply({ text, pieces }: Extract<Found, { kind: 'line' }>, talk: Talk): void {
    const match = /^(\d)(\d\d)([ -]|$)/.exec(text);
    if (match === null) {
      talk.say('server', { text, role: 'unknown' }, pieces);
      return;
    }
    const code = match[1]! + match[2]!;
    const last = match[3] !== '-';
    const command = this.#pending[0] ?? { verb: this.#greeted ? 'unasked' : 'connect', about: '' };
    const { verb } = command;
    const about =
      verb === 'end' && this.#perRecipient ? (this.#accepted[0] ?? '') : aboutReply(code, command, text);
    const tone = match[1] === '4' ? 'wait' : match[1] === '5' ? 'fail' : 'plain';
    talk.say('server', { text, role: `${code} ${verb}`, about, tone }, pieces);
    if (last) this.#answered(code, command, talk);
  }

  #answered(code: string, { verb, about }: Command, talk: Talk): void {
    this.#greeted = true;
    const good = code.startsWith('2');
    switch (verb) {
      case 'RCPT':
        if (good) this.#accepted.push(about);
        break;
      case 'end':
        if (this.#perRecipient && this.#accepted.length > 1) {
          this.#accepted.shift();
          return;
        }
        this.#accepted = [];
        break;
      case 'MAIL':
      case 'RSET':
      case 'EHLO':
      case 'HELO':
      case 'LHLO':
        if (good) this.#accepted = [];
        break;
      case 'DATA':
        if (code !== '354') break;
        this.#inLetter = true;
        talk.cut('client', { kind: 'letter' });
        break;
      case 'AUTH':
        this.#answerDue = code === '334';
        break;
      case 'STARTTLS':
        if (!good) break;
        talk.cut('client', tlsMode);
        talk.cut('server', tlsMode);
    }
    this.#pending.shift();
  }

  #await(command: Command): void {
    if (this.#pending.length < pendingMax) this.#pending.push(command);
  }
}

const verbs: ReadonlySet<string> = new Set([
  ...[
    'EHLO',
    'HELO',
    'LHLO',
    'MAIL',
    'RCPT',
    'DATA',
    'BDAT',
    'RSET',
    'QUIT',
    'NOOP',
    'VRFY',
    'EXPN',
    'HELP',
    'ETRN',
  ],
  ...['AUTH', 'STARTTLS', 'XFORWARD', 'XCLIENT'],
]);

function aboutCommand(verb: string, text: string): string {
  if (verb === 'RCPT' || verb === 'MAIL') return /<([^>]*)>/.exec(text)?.[1] ?? '';
  if (verb !== 'AUTH') return '';
  const initial = text.split(/\s+/)[2];
  return initial === undefined ? '' : decoded(initial);
}

function aboutReply(code: string, { about }: Command, text: string): string {
  return code === '334' ? decoded(text.slice(4)) : about;
}

/** What base64 says: NULs, which separate the parts of PLAIN, as spaces; '' when it is not base64. */
export function decoded(text: string): string {
  const bytes = base64.decode(text.trim());
  return bytes === null ? '' : readable(bytes).replaceAll('\0', ' ').trim();
}
