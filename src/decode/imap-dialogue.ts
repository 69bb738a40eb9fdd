/** imap-dialogue — IMAP: tagged commands and their completion, untagged answers, literals of counted octets */
import type { Side } from './conversation.ts';
import type { Dialogue, Talk } from './dialogue.ts';
import type { Found } from './line-reader.ts';
import { decoded } from './smtp-dialogue.ts';

const tagsMax = 1000;

/** Reads the two directions of an IMAP connection as commands and responses. */
export class ImapDialogue implements Dialogue {
  readonly firstMode = () => ({ kind: 'lines' }) as const;
  /** verbs of the commands not completed, by tag */
  readonly #verbs = new Map<string, string>();
  #lastVerb = '';
  #greeted = false;
  #answerDue = false;
  /** the line goes on after a literal */
  readonly #goesOn = { client: false, server: false };

  read(side: Side, found: Found, talk: Talk): void {
    if (found.kind === 'opaque') talk.opaque(side, found.piece);
    else if (found.kind === 'body') talk.body(side, found, 'literal');
    else if (found.kind === 'line') {
      const said = this.#goesOn[side]
        ? { role: 'rest', about: '' }
        : side === 'client'
          ? this.#command(found.text)
          : this.#answer(found.text, talk);
      talk.say(side, { text: found.text, tone: toneOf(said.role), ...said }, found.pieces);
      this.#literal(side, found.text, talk);
    }
  }

  #command(text: string): { role: string; about: string } {
    if (this.#answerDue) {
      this.#answerDue = false;
      return { role: 'auth-answer', about: text === '*' ? '' : decoded(text) };
    }
    if (/^DONE$/i.test(text)) return { role: 'DONE', about: '' };
    const match = /^(\S+) (UID )?([A-Za-z]+)(?: (.*))?$/i.exec(text);
    if (match === null) return { role: 'unknown', about: '' };
    const verb = `${match[2]?.toUpperCase() ?? ''}${match[3]!.toUpperCase()}`;
    if (this.#verbs.size < tagsMax) this.#verbs.set(match[1]!, verb);
    this.#lastVerb = verb;
    return { role: verb, about: verb === 'AUTHENTICATE' ? decoded(match[4]?.split(' ')[1] ?? '') : '' };
  }

  #answer(text: string, talk: Talk): { role: string; about: string } {
    if (text.startsWith('+')) {
      this.#answerDue = this.#lastVerb === 'AUTHENTICATE';
      return { role: `+ ${this.#lastVerb}`, about: '' };
    }
    const untagged = /^\* (?:(\d+) )?([A-Za-z]+)/.exec(text);
    if (untagged !== null) {
      const greeting = !this.#greeted;
      this.#greeted = true;
      return { role: greeting ? '* greeting' : `* ${untagged[2]!.toUpperCase()}`, about: untagged[1] ?? '' };
    }
    const tagged = /^(\S+) (OK|NO|BAD)\b/i.exec(text);
    if (tagged === null) return { role: 'unknown', about: '' };
    const verb = this.#verbs.get(tagged[1]!) ?? '';
    const result = tagged[2]!.toUpperCase();
    this.#verbs.delete(tagged[1]!);
    this.#answerDue = false;
    if (verb === 'STARTTLS' && result === 'OK') {
      talk.cut('client', { kind: 'opaque' });
      talk.cut('server', { kind: 'opaque' });
    }
    return { role: `${result} ${verb}`, about: '' };
  }

  // RFC 9051 §4.3: the octets follow the line end; the line then goes on.
  #literal(side: Side, text: string, talk: Talk): void {
    const size = Number(/\{(\d{1,10})\+?\}$/.exec(text)?.[1] ?? 0);
    this.#goesOn[side] = size > 0;
    if (size > 0) talk.cut(side, { kind: 'literal', left: size });
  }
}

function toneOf(role: string): 'plain' | 'fail' {
  return /^(NO|BAD|\* BYE|\* NO|\* BAD)\b/.test(role) && role !== '* BYE' ? 'fail' : 'plain';
}
