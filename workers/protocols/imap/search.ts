/**
 * search — what a SEARCH asks for
 *
 * STANDARDS  RFC 3501 §6.4.4, §9 (search-key)
 * ERRORS     DecodeError with Dovecot's words
 */
import { monthNames } from '../../bytes/month-names.ts';
import { DecodeError } from '../../bytes/byte-reader.ts';

import { daysFromCivil } from '../../bytes/civil-date.ts';

import { textOf, type Argument } from './command.ts';
import { parseSequenceSet, type SequenceSet } from './sequence-set.ts';

export type SearchKey =
  | { kind: 'all' }
  | { kind: 'flag'; flag: string; set: boolean }
  | { kind: 'recent'; recent: boolean }
  | { kind: 'new' }
  /** field in lower case; text '' = the field is there */
  | { kind: 'header'; field: string; text: string }
  | { kind: 'body' | 'text'; text: string }
  /** days since 1970; sent = the Date field, else INTERNALDATE */
  | { kind: 'date'; sent: boolean; when: 'before' | 'on' | 'since'; day: number }
  | { kind: 'larger' | 'smaller'; bytes: number }
  | { kind: 'numbers' | 'uids'; set: SequenceSet }
  | { kind: 'and' | 'or'; keys: SearchKey[] }
  | { kind: 'not'; key: SearchKey };

const depthMax = 50;

/** All keys together. @throws DecodeError */
export function parseSearch(args: readonly Argument[]): SearchKey {
  const parser = new SearchParser(args);
  if (textOf(args[0])?.toUpperCase() === 'CHARSET') parser.charset();
  return parser.all(0);
}

const flagKeys: ReadonlyMap<string, string> = new Map([
  ['ANSWERED', '\\Answered'],
  ['DELETED', '\\Deleted'],
  ['DRAFT', '\\Draft'],
  ['FLAGGED', '\\Flagged'],
  ['SEEN', '\\Seen'],
]);

class SearchParser {
  readonly #args: readonly Argument[];
  #at = 0;

  constructor(args: readonly Argument[]) {
    this.#args = args;
  }

  charset(): void {
    this.#at = 2;
    const name = textOf(this.#args[1])?.toUpperCase();
    if (name !== 'UTF-8' && name !== 'US-ASCII') throw new DecodeError(0, 'Unknown charset.');
  }

  all(depth: number): SearchKey {
    if (depth > depthMax) throw new DecodeError(0, 'Too many nested search keys.');
    if (this.#at >= this.#args.length) throw new DecodeError(0, 'Missing search parameters.');
    const keys: SearchKey[] = [];
    while (this.#at < this.#args.length) keys.push(this.#key(depth));
    return keys.length === 1 ? keys[0]! : { kind: 'and', keys };
  }

  #key(depth: number): SearchKey {
    if (depth > depthMax) throw new DecodeError(0, 'Too many nested search keys.');
    const argument = this.#args[this.#at++];
    if (argument === undefined) throw new DecodeError(0, 'Missing search parameters.');
    if (argument.kind === 'list') return new SearchParser(argument.items).all(depth + 1);
    const name = argument.text.toUpperCase();
    const flag = flagKeys.get(name) ?? flagKeys.get(name.replace(/^UN/, ''));
    if (flag !== undefined) return { kind: 'flag', flag, set: flagKeys.has(name) };
    const set = /^[0-9*]/.test(name) ? parseSequenceSet(name) : null;
    if (set !== null) return { kind: 'numbers', set };
    return this.#date(name) ?? this.#other(name, depth);
  }

  #date(name: string): SearchKey | null {
    const match = /^(SENT)?(BEFORE|ON|SINCE)$/.exec(name);
    if (match === null) return null;
    const day = parseDay(this.#text(name));
    if (day === null) throw new DecodeError(0, 'Invalid search date parameter.');
    return { kind: 'date', sent: match[1] !== undefined, when: match[2]!.toLowerCase() as 'before', day };
  }

  #other(name: string, depth: number): SearchKey {
    switch (name) {
      case 'ALL':
        return { kind: 'all' };
      case 'NEW':
        return { kind: 'new' };
      case 'RECENT':
      case 'OLD':
        return { kind: 'recent', recent: name === 'RECENT' };
      case 'BCC':
      case 'CC':
      case 'FROM':
      case 'SUBJECT':
      case 'TO':
        return { kind: 'header', field: name.toLowerCase(), text: this.#text(name) };
      case 'HEADER':
        return { kind: 'header', field: this.#text(name).toLowerCase(), text: this.#text(name) };
      case 'BODY':
      case 'TEXT':
        return { kind: name === 'BODY' ? 'body' : 'text', text: this.#text(name) };
      case 'LARGER':
      case 'SMALLER':
        return { kind: name === 'LARGER' ? 'larger' : 'smaller', bytes: this.#number(name) };
      case 'KEYWORD':
      case 'UNKEYWORD': {
        this.#text(name);
        return name === 'KEYWORD' ? { kind: 'not', key: { kind: 'all' } } : { kind: 'all' };
      }
      case 'UID': {
        const set = parseSequenceSet(this.#text(name));
        if (set === null) throw new DecodeError(0, 'Invalid UID messageset');
        return { kind: 'uids', set };
      }
      case 'NOT':
        return { kind: 'not', key: this.#key(depth + 1) };
      case 'OR':
        return { kind: 'or', keys: [this.#key(depth + 1), this.#key(depth + 1)] };
      default:
        throw new DecodeError(0, `Unknown argument ${name}`);
    }
  }

  #text(name: string): string {
    const text = textOf(this.#args[this.#at++]);
    if (text === null) throw new DecodeError(0, `Missing parameter for argument ${name}`);
    return text;
  }
  #number(name: string): number {
    const text = this.#text(name);
    if (!/^\d{1,10}$/.test(text)) throw new DecodeError(0, 'Invalid search size parameter.');
    return Number(text);
  }
}

/** "1-Feb-2015" as days since 1970. */
function parseDay(text: string): number | null {
  const match = /^ ?(\d{1,2})-([A-Za-z]{3})-(\d{4})$/.exec(text);
  if (match === null) return null;
  const month = monthNames.findIndex((name) => name.toLowerCase() === match[2]!.toLowerCase()) + 1;
  return month === 0 ? null : daysFromCivil(Number(match[3]), month, Number(match[1]));
}
