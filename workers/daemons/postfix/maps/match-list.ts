/**
 * match-list — lists of names that may hold tables and files: mydestination, virtual_mailbox_domains,
 * relay_domains
 *
 * Elements are names, "type:table" (the name is looked up as key; what it gives does not matter), "/file" (a
 * list in a file) and "!element" (a match ends the search without success).
 *
 * SEE ALSO  string_list(3), domain_list(3)
 */
import * as utf8 from '../../../bytes/utf8.ts';

import type { Os, Proc } from '../../../os/os.ts';

import { logicalLines, splitList } from '../main-cf.ts';

import type { LookupTables } from './lookup-table.ts';

export type MatchResult = { kind: 'yes' } | { kind: 'no' } | { kind: 'try-again'; why: string };

interface Element {
  negated: boolean;
  /** lower case; '' when it is a table or file */
  name: string;
  tables: LookupTables | null;
  file: string;
}

const filesDeepMax = 10;

export class MatchList {
  readonly #elements: readonly Element[];
  readonly #open: (title: string) => LookupTables;
  /** a name also matches its subdomains (parent_domain_matches_subdomains) */
  readonly #parentMatches: boolean;
  readonly #asks: boolean;

  constructor(
    items: readonly string[],
    options: { open: (title: string) => LookupTables; parentMatches?: boolean },
  ) {
    this.#open = options.open;
    this.#parentMatches = options.parentMatches ?? false;
    this.#elements = items.map((item) => this.#element(item));
    this.#asks = this.#elements.some(({ tables, file }) => tables !== null || file !== '');
  }

  /** @param name lower case. @returns null when a table or file must be asked */
  decides(name: string): MatchResult | null {
    if (this.#asks) return null;
    for (const element of this.#elements)
      if (this.#matchesName(element, name)) return element.negated ? no : yes;
    return no;
  }

  /** The same, whatever is in the list. */
  *matches(os: Os, name: string): Proc<MatchResult> {
    return this.decides(name) ?? (yield* this.#search(os, this.#elements, name, 0));
  }

  *#search(os: Os, elements: readonly Element[], name: string, depth: number): Proc<MatchResult> {
    for (const element of elements) {
      const result = yield* this.#matchesElement(os, element, name, depth);
      if (result.kind === 'try-again') return result;
      if (result.kind === 'yes') return element.negated ? no : yes;
    }
    return no;
  }

  *#matchesElement(os: Os, element: Element, name: string, depth: number): Proc<MatchResult> {
    if (element.tables !== null) return yield* this.#lookUp(os, element.tables, name);
    if (element.file !== '') {
      const bytes = os.files.read(element.file);
      if (bytes === null || depth > filesDeepMax)
        return { kind: 'try-again', why: `open file ${element.file}: No such file or directory` };
      const items = logicalLines(utf8.decode(bytes)).flatMap(({ text }) => splitList(text));
      return yield* this.#search(
        os,
        items.map((item) => this.#element(item)),
        name,
        depth + 1,
      );
    }
    return this.#matchesName(element, name) ? yes : no;
  }

  #matchesName(element: Element, name: string): boolean {
    if (element.name === name) return true;
    if (element.name.startsWith('.')) return name.endsWith(element.name);
    return this.#parentMatches && name.endsWith(`.${element.name}`);
  }

  *#lookUp(os: Os, tables: LookupTables, name: string): Proc<MatchResult> {
    for (let key = name; ;) {
      const answer = yield* tables.lookup(os, key);
      if (answer.kind === 'found') return yes;
      if (answer.kind === 'try-again') return answer;
      const dot = this.#parentMatches ? key.indexOf('.') : -1;
      if (dot === -1) return no;
      key = key.slice(dot + 1);
    }
  }

  #element(item: string): Element {
    const negated = item.startsWith('!');
    const text = negated ? item.replace(/^!+/, '') : item;
    if (text.startsWith('/')) return { negated, name: '', tables: null, file: text };
    if (/^[a-z][\w-]*:/i.test(text)) return { negated, name: '', tables: this.#open(text), file: '' };
    return { negated, name: text.toLowerCase(), tables: null, file: '' };
  }
}

const yes: MatchResult = Object.freeze({ kind: 'yes' });
const no: MatchResult = Object.freeze({ kind: 'no' });
