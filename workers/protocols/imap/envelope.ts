/**
 * envelope — ENVELOPE and BODYSTRUCTURE of a message
 *
 * Values are the raw header bytes, one character each, unfolded and not decoded: the client decodes.
 *
 * STANDARDS  RFC 3501 §7.4.2; RFC 5322 §3.4 (addresses, groups)
 */
import { bodyLines, fieldOf, type MimePart } from '../mime/part.ts';
import { parseParameterized, type ParameterizedValue } from '../mime/content-type.ts';

import { formatNstring, formatString } from './format.ts';

/** An address, or the start (host null) or end (mailbox and host null) of a group. */
export interface EnvelopeAddress {
  name: string | null;
  mailbox: string | null;
  host: string | null;
}

/** The parenthesized list that follows ENVELOPE. */
export function formatEnvelope(message: MimePart): string {
  const field = (name: string): string | null => fieldOf(message, name);
  const from = formatAddresses(field('from'));
  const orFrom = (name: string): string => (field(name) === null ? from : formatAddresses(field(name)));
  return `(${[
    formatNstring(field('date')),
    formatNstring(field('subject')),
    from,
    orFrom('sender'),
    orFrom('reply-to'),
    formatAddresses(field('to')),
    formatAddresses(field('cc')),
    formatAddresses(field('bcc')),
    formatNstring(field('in-reply-to')),
    formatNstring(field('message-id')),
  ].join(' ')})`;
}

/** BODYSTRUCTURE, or BODY without the extension data. */
export function formatBodyStructure(bytes: Uint8Array, part: MimePart, extended: boolean): string {
  if (part.children.length > 0) {
    const children = part.children.map((child) => formatBodyStructure(bytes, child, extended)).join('');
    const extension = extended
      ? ` ${formatParameters(part.contentType.parameters)} ${dispositionAndLocation(part)}`
      : '';
    return `(${children} ${formatString(part.subtype)}${extension})`;
  }
  const items = [
    formatString(part.type),
    formatString(part.subtype),
    formatParameters(defaulted(part)),
    formatNstring(fieldOf(part, 'content-id')),
    formatNstring(fieldOf(part, 'content-description')),
    formatString(fieldOf(part, 'content-transfer-encoding') ?? '7bit'),
    String(part.bodyEnd - part.bodyStart),
  ];
  if (part.message !== null) {
    items.push(formatEnvelope(part.message), formatBodyStructure(bytes, part.message, extended));
  }
  if (part.message !== null || part.type === 'text') items.push(String(bodyLines(bytes, part)));
  if (extended) items.push(formatNstring(fieldOf(part, 'content-md5')), dispositionAndLocation(part));
  return `(${items.join(' ')})`;
}

/** Parses an address list; never fails. Texts are as written, without quotes and comments. */
export function parseAddresses(text: string): EnvelopeAddress[] {
  return new AddressParser(text).all();
}

function formatAddresses(text: string | null): string {
  const addresses = text === null ? [] : parseAddresses(text);
  if (addresses.length === 0) return 'NIL';
  const nstrings = (...texts: (string | null)[]): string => texts.map(formatNstring).join(' ');
  const formatted = addresses.map(
    ({ name, mailbox, host }) => `(${formatNstring(name)} NIL ${nstrings(mailbox, host)})`,
  );
  return `(${formatted.join('')})`;
}

// RFC 2045 §5.2: text without a charset is US-ASCII, and Dovecot says so.
function defaulted(part: MimePart): [string, string][] {
  const { parameters } = part.contentType;
  if (part.type !== 'text' || parameters.some(([name]) => name.toLowerCase() === 'charset'))
    return parameters;
  return [...parameters, ['charset', 'us-ascii']];
}

function formatParameters(parameters: readonly [string, string][]): string {
  if (parameters.length === 0) return 'NIL';
  const pairs = parameters.map(
    ([name, value]) => `${formatString(name.toLowerCase())} ${formatString(value)}`,
  );
  return `(${pairs.join(' ')})`;
}

function formatDisposition(part: MimePart): string {
  const text = fieldOf(part, 'content-disposition');
  if (text === null) return 'NIL';
  const disposition: ParameterizedValue = parseParameterized(text);
  return `(${formatString(disposition.value)} ${formatParameters(disposition.parameters)})`;
}

function dispositionAndLocation(part: MimePart): string {
  const others = ['content-language', 'content-location'].map((name) => formatNstring(fieldOf(part, name)));
  return [formatDisposition(part), ...others].join(' ');
}

const addressesMax = 1000;

class AddressParser {
  readonly #text: string;
  #at = 0;
  readonly #found: EnvelopeAddress[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  all(): EnvelopeAddress[] {
    let phrase = '';
    let comment: string | null = null;
    let quoted = false;
    const finish = (): void => {
      const words = phrase.trim();
      phrase = '';
      if (words !== '' || quoted) this.#push(null, words, comment);
      comment = null;
      quoted = false;
    };
    while (this.#at < this.#text.length && this.#found.length < addressesMax) {
      const c = this.#text[this.#at++]!;
      if (c === '"') {
        phrase += this.#until('"');
        quoted = true;
      } else if (c === '(') comment = this.#comment();
      else if (c === '<') {
        const address = this.#until('>').replace(/^@[^:]*:/, '');
        this.#push(phrase.trim().replace(/\s+/g, ' ') || comment, address, null);
        phrase = '';
        comment = null;
        quoted = false;
        while (this.#at < this.#text.length && !',;'.includes(this.#text[this.#at]!)) this.#at++;
      } else if (c === ':') {
        this.#found.push({ name: null, mailbox: phrase.trim(), host: null });
        phrase = '';
      } else if (c === ';') {
        finish();
        this.#found.push({ name: null, mailbox: null, host: null });
      } else if (c === ',') finish();
      else phrase += c;
    }
    finish();
    return this.#found;
  }

  #push(name: string | null, address: string, comment: string | null): void {
    const at = address.lastIndexOf('@');
    const mailbox = at === -1 ? address : address.slice(0, at);
    // An address without a domain gets the host that Dovecot shows for it.
    this.#found.push({
      name: name ?? comment,
      mailbox: mailbox.trim(),
      host: at === -1 ? 'MISSING_DOMAIN' : address.slice(at + 1).trim(),
    });
  }

  #until(end: string): string {
    let text = '';
    for (; this.#at < this.#text.length; this.#at++) {
      const c = this.#text[this.#at]!;
      if (c === end) {
        this.#at++;
        break;
      }
      if (c === '\\' && end === '"' && this.#at + 1 < this.#text.length) text += this.#text[++this.#at]!;
      else text += c;
    }
    return text;
  }

  #comment(): string {
    let depth = 1;
    let text = '';
    for (; this.#at < this.#text.length; this.#at++) {
      const c = this.#text[this.#at]!;
      if (c === '(') depth++;
      if (c === ')' && --depth === 0) {
        this.#at++;
        break;
      }
      text += c;
    }
    return text;
  }
}
