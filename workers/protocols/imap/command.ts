/**
 * command — what an IMAP client says: tag, name, and arguments of atoms, strings, lists and literals
 *
 * A command is parsed from all of its bytes, literals in their places: 'a1 LOGIN {5}CRLF alice "secret"'. Who
 * reads it from a connection finds by `literalAtEnd` that more has to come.
 *
 * STANDARDS  RFC 3501 §2.2.1, §4, §9 (formal syntax); RFC 7888 (literals that are not asked for)
 * ERRORS     DecodeError: where, and the words with which Dovecot refuses it
 */
import * as ascii from '../../bytes/ascii.ts';
import { DecodeError } from '../../bytes/byte-reader.ts';

export type Argument =
  /** An atom or a number, sections and partials included: "BODY.PEEK[HEADER.FIELDS (From To)]<0.100>". */
  | { kind: 'atom'; text: string }
  /** A quoted string or a literal; one character per byte. */
  | { kind: 'string'; text: string; literal: boolean }
  | { kind: 'list'; items: Argument[] };

export interface CommandName {
  tag: string;
  /** upper case; with UID: "UID FETCH" */
  name: string;
  /** where the arguments start */
  offset: number;
}

const depthMax = 16;
const argumentsMax = 10_000;

/** The literal that a line announces at its end: "{12}", or "{12+}" when it follows unasked; null = none. */
export function literalAtEnd(line: Uint8Array): { bytes: number; unasked: boolean } | null {
  if (line[line.length - 1] !== closingBrace) return null;
  const match = /\{(\d{1,10})(\+?)\}$/.exec(ascii.decode(line, Math.max(0, line.length - 13)));
  return match === null ? null : { bytes: Number(match[1]), unasked: match[2] === '+' };
}

/** Reads tag and name. @returns null when there is no usable tag; name '' when the line ends after the tag */
export function parseCommandName(bytes: Uint8Array): CommandName | null {
  const match =
    /^([^\x00-\x20(){%*"\\+\x7f-\xff]+)(?: +([^\x00-\x20(){%*"\\\x7f-\xff]+))?(?: +([A-Za-z]+))?/.exec(
      ascii.decode(bytes, 0, Math.min(bytes.length, nameBytesMax)),
    );
  if (match === null) return null;
  const tag = match[1]!;
  const first = (match[2] ?? '').toUpperCase();
  if (first !== 'UID') {
    const offset =
      match[2] === undefined ? tag.length : match[0].indexOf(match[2], tag.length) + match[2].length;
    return { tag, name: first, offset };
  }
  return {
    tag,
    name: match[3] === undefined ? 'UID' : `UID ${match[3].toUpperCase()}`,
    offset: match[0].length,
  };
}

/** Parses the arguments from `offset` on. @throws DecodeError */
export function parseArguments(bytes: Uint8Array, offset = 0): Argument[] {
  return new ArgumentParser(bytes, offset).all();
}

/** The text of an astring argument (RFC 3501: an atom or a string); null for a list. */
export function textOf(argument: Argument | undefined): string | null {
  return argument === undefined || argument.kind === 'list' ? null : argument.text;
}

const space = 0x20;
const cr = 0x0d;
const lf = 0x0a;
const quote = 0x22;
const backslash = 0x5c;
const openList = 0x28;
const closeList = 0x29;
const openSection = 0x5b;
const closeSection = 0x5d;
const openingBrace = 0x7b;
const closingBrace = 0x7d;
const nameBytesMax = 200;

class ArgumentParser {
  readonly #bytes: Uint8Array;
  #at: number;
  #count = 0;

  constructor(bytes: Uint8Array, offset: number) {
    this.#bytes = bytes;
    this.#at = offset;
  }

  all(): Argument[] {
    const items = this.#items(0);
    if (this.#at < this.#bytes.length) throw new DecodeError(this.#at, "Unexpected ')'.");
    return items;
  }

  #items(depth: number): Argument[] {
    const items: Argument[] = [];
    for (;;) {
      while (this.#bytes[this.#at] === space) this.#at++;
      const c = this.#bytes[this.#at];
      if (c === undefined || c === closeList) return items;
      if (++this.#count > argumentsMax) throw new DecodeError(this.#at, 'Too many arguments.');
      if (c === openList) items.push({ kind: 'list', items: this.#list(depth + 1) });
      else if (c === quote) items.push({ kind: 'string', text: this.#quoted(), literal: false });
      else if (c === openingBrace) items.push({ kind: 'string', text: this.#literal(), literal: true });
      else items.push({ kind: 'atom', text: this.#atom() });
    }
  }

  #list(depth: number): Argument[] {
    if (depth > depthMax) throw new DecodeError(this.#at, 'Too many nested lists.');
    this.#at++;
    const items = this.#items(depth);
    if (this.#bytes[this.#at] !== closeList) throw new DecodeError(this.#at, "Missing ')'.");
    this.#at++;
    return items;
  }

  #quoted(): string {
    const bytes = this.#bytes;
    let text = '';
    let from = ++this.#at;
    for (;;) {
      const c = bytes[this.#at];
      if (c === undefined || c === cr || c === lf) throw new DecodeError(this.#at, "Missing '\"'.");
      if (c === quote) break;
      if (c === backslash) {
        text += ascii.decode(bytes, from, this.#at);
        from = ++this.#at;
        if (bytes[this.#at] === undefined) throw new DecodeError(this.#at, "Missing '\"'.");
      }
      this.#at++;
    }
    text += ascii.decode(bytes, from, this.#at);
    this.#at++;
    return text;
  }

  #literal(): string {
    const bytes = this.#bytes;
    const lineEnd = bytes.indexOf(lf, this.#at);
    const match =
      lineEnd === -1 ? null : /^\{(\d{1,10})\+?\}\r?\n$/.exec(ascii.decode(bytes, this.#at, lineEnd + 1));
    if (match === null) throw new DecodeError(this.#at, 'Invalid literal size.');
    const end = lineEnd + 1 + Number(match[1]);
    if (end > bytes.length) throw new DecodeError(this.#at, 'Literal is not complete.');
    this.#at = end;
    return ascii.decode(bytes, lineEnd + 1, end);
  }

  // RFC 3501 §9: the brackets of a section hold blanks, lists and strings.
  #atom(): string {
    const bytes = this.#bytes;
    const from = this.#at;
    let section = false;
    for (;;) {
      const c = bytes[this.#at];
      if (c === undefined) {
        if (section) throw new DecodeError(this.#at, "Missing ']'.");
        break;
      }
      if (c === openSection) section = true;
      else if (c === closeSection) section = false;
      else if (!section && (c === space || c === openList || c === closeList)) break;
      else if (c < space || c === 0x7f) throw new DecodeError(this.#at, 'Atom contains invalid characters.');
      else if (!section && (c === quote || c === openingBrace))
        throw new DecodeError(this.#at, 'Invalid characters in atom.');
      this.#at++;
    }
    return ascii.decode(bytes, from, this.#at);
  }
}
