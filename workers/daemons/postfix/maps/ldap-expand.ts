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
import { FilledFilter, FilterTemplate } from '../../../protocols/ldap/filter-template.ts';
import { formatFilter } from '../../../protocols/ldap/filter-text.ts';

/** Text with places for parts of a key or of a value. */
export class Template {
  /** text and letters in turn, beginning with text */
  readonly #pieces: readonly string[];
  readonly text: string;
  /** whether it is %s alone */
  readonly isWhole: boolean;

  constructor(text: string) {
    this.text = text;
    this.#pieces = text.split(/%([%A-Za-z1-9])/);
    this.isWhole = text === '%s';
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

/** A query filter, to be filled with one key after another. */
export class QueryFilter {
  readonly #text: Template;
  /** null: the key goes elsewhere than into values of equality, so that the text must be read each time */
  readonly #template: FilterTemplate | null;
  /** the values that the key goes into */
  readonly #values: Template[] = [];

  constructor(text: string) {
    this.#text = new Template(text);
    const filter = text.includes('\\') ? null : readFilter(text);
    const isTemplate = filter !== null && hasKeyInValuesOnly(filter);
    this.#template = isTemplate ? new FilterTemplate(filter, (item) => this.#placeOf(item)) : null;
  }

  /** The filter for a key, or its text; null when the key lacks a part that the query needs. */
  fill(key: string): FilledFilter | string | null {
    if (this.#template === null) return expandQuery(this.#text, key, 'filter');
    const values: Uint8Array[] = [];
    for (let i = 0; i < this.#values.length; i++) {
      const template = this.#values[i]!;
      const text = template.isWhole ? key : template.fill((letter) => partOf(key, letter.toLowerCase()));
      if (text === null) return null;
      values.push(utf8.encode(text));
    }
    return new FilledFilter(this.#template, values);
  }

  #placeOf({ value }: { value: Uint8Array }): number {
    const text = utf8.decode(value);
    if (!text.includes('%')) return -1;
    const known = this.#values.findIndex((each) => each.text === text);
    return known >= 0 ? known : this.#values.push(new Template(text)) - 1;
  }
}

function hasKeyInValuesOnly(filter: Filter): boolean {
  if (filter.kind === 'and' || filter.kind === 'or') return filter.filters.every(hasKeyInValuesOnly);
  if (filter.kind === 'equality') return !filter.attribute.includes('%');
  return !formatFilter(filter).includes('%');
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
