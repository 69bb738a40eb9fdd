/**
 * ldap-expand — %s, %u, %d and their like in queries and results of a table
 *
 * A template is taken apart once, when its table is opened. In a query filter that is a filter before the
 * key is put in, the key goes into the values of the filter, so that no text has to be made and read for
 * each lookup.
 *
 * SEE ALSO  ldap_table(5) query_filter and result_format; db_common(3)
 */
import * as utf8 from '../../../bytes/utf8.ts';

import { escapeFilterValue, readFilter } from '../../clients/ldap.ts';
import type { Filter } from '../../../protocols/ldap/filter.ts';
import { formatFilter } from '../../../protocols/ldap/filter-text.ts';

/** Text with places for parts of a key or of a value. */
export class Template {
  /** text and letters in turn, beginning with text */
  readonly #pieces: readonly string[];
  readonly #isWhole: boolean;

  constructor(text: string) {
    this.#pieces = text.split(/%([%A-Za-z1-9])/);
    this.#isWhole = text === '%s';
  }

  /** Whether it is %s alone. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /**
   * Puts parts in.
   * @returns null when a part is missing
   */
  fill(part: (letter: string) => string | null): string | null {
    let text = this.#pieces[0]!;
    for (let i = 1; i < this.#pieces.length; i += 2) {
      const letter = this.#pieces[i]!;
      const value = letter === '%' ? '%' : part(letter);
      if (value === null) return null;
      text += value + this.#pieces[i + 1]!;
    }
    return text;
  }
}

/**
 * Puts the parts of a key into a query.
 * @param place what is quoted: a value in a filter (RFC 4515) or in a DN (RFC 4514)
 * @returns null when the key lacks a part that the query needs: the lookup finds nothing
 */
export function expandQuery(template: Template, key: string, place: 'filter' | 'dn'): string | null {
  const quote = place === 'filter' ? escapeFilterValue : quoteDnValue;
  return template.fill((letter) => {
    const value = partOf(key, letter.toLowerCase());
    return value === null ? null : quote(value);
  });
}

/** Formats one value of a result. %s, %u and %d are of the value; %S, %U, %D and %1–%9 of the key. */
export function expandResult(
  template: Template,
  { value, key }: { value: string; key: string },
): string | null {
  if (value === '') return null;
  if (template.isWhole) return value;
  return template.fill((letter) => {
    const ofKey = letter < 'a'; // a digit or a capital
    return partOf(ofKey ? key : value, letter.toLowerCase());
  });
}

/** A query filter, to be made for one key after another. */
export class QueryFilter {
  readonly #text: Template;
  /** null: the key goes elsewhere than into values of equality, so that the text must be read each time */
  readonly #part: Part | null;

  constructor(text: string) {
    this.#text = new Template(text);
    const filter = text.includes('\\') ? null : readFilter(text);
    this.#part = filter === null ? null : compile(filter);
  }

  /** The filter for a key, or its text; null when the key lacks a part that the query needs. */
  expand(key: string): Filter | string | null {
    if (this.#part === null) return expandQuery(this.#text, key, 'filter');
    return make(this.#part, key, utf8.encode(key));
  }
}

type Part =
  | { kind: 'and' | 'or'; parts: Part[] }
  | { kind: 'equality'; attribute: string; value: Template }
  | { kind: 'fixed'; filter: Filter };

/** @returns null when a key goes elsewhere than into values of equality */
function compile(filter: Filter): Part | null {
  if (filter.kind === 'and' || filter.kind === 'or') {
    const parts = filter.filters.map(compile);
    return parts.includes(null) ? null : { kind: filter.kind, parts: parts as Part[] };
  }
  if (!formatFilter(filter).includes('%')) return { kind: 'fixed', filter };
  if (filter.kind !== 'equality' || filter.attribute.includes('%')) return null;
  return { kind: 'equality', attribute: filter.attribute, value: new Template(utf8.decode(filter.value)) };
}

function make(part: Part, key: string, octets: Uint8Array): Filter | null {
  if (part.kind === 'fixed') return part.filter;
  if (part.kind === 'equality') {
    const { attribute, value } = part;
    if (value.isWhole) return { kind: 'equality', attribute, value: octets };
    const text = value.fill((letter) => partOf(key, letter.toLowerCase()));
    return text === null ? null : { kind: 'equality', attribute, value: utf8.encode(text) };
  }
  const filters: Filter[] = [];
  for (let i = 0; i < part.parts.length; i++) {
    const filter = make(part.parts[i]!, key, octets);
    if (filter === null) return null;
    filters.push(filter);
  }
  return { kind: part.kind, filters };
}

function partOf(text: string, letter: string): string | null {
  const at = text.lastIndexOf('@');
  const domain = at < 0 ? '' : text.slice(at + 1);
  if (letter === 's') return text;
  if (letter === 'u') return at < 0 ? text : at === 0 ? null : text.slice(0, at);
  if (letter === 'd') return domain === '' ? null : domain;
  // %1 is the top-level domain, %2 what is left of it …
  const labels = domain === '' ? [] : domain.split('.').reverse();
  return labels[Number(letter) - 1] ?? null;
}

function quoteDnValue(value: string): string {
  return value.replace(
    /[ "#+,;<>\\]/g,
    (sign) => `\\${sign.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  );
}
