/**
 * open-tables — a list of tables as main.cf writes it, "type:name, type:name", opened and searched in order
 *
 * A table that cannot answer ends the search: the caller must try again later rather than take the next
 * table's word.
 *
 * SEE ALSO  maps(3), mail_addr_find(3), DATABASE_README
 */
import type { Os, Proc } from '../../../os/os.ts';

import { lateCode } from '../late.ts';
import { splitList } from '../main-cf.ts';

import { openLdapTable } from './ldap-table.ts';
import type { LookupTables, TableAnswer } from './lookup-table.ts';
import type { Table } from './table.ts';

/** What the tables of an instance need to know of it. */
export interface TableContext {
  /** $recipient_delimiter: the characters that separate user and extension */
  recipientDelimiter: string;
  /** tables written for postalias(1): those of alias_maps and alias_database */
  aliasTables: ReadonlySet<string>;
  /** whether the domain is $myorigin or delivered on this host, so that "user" alone is looked up */
  isLocalDomain(os: Os, domain: string): Proc<boolean>;
}

/** Opens the tables of a parameter's value. */
export function openTables(value: string, context: TableContext): LookupTables {
  return new TableList(
    value,
    splitList(value).map((title) => openTable(title, context)),
    context,
  );
}

/** Opens one table. */
export function openTable(title: string, context: TableContext): Table {
  const colon = title.indexOf(':');
  const type = colon === -1 ? '' : title.slice(0, colon);
  const name = title.slice(colon + 1);
  if (type === 'proxy') return { ...openTable(name, context), title };
  if (type === 'ldap') return openLdapTable(name, title);
  return new LateTable(title, !patternTypes.includes(type), context);
}

const patternTypes: readonly string[] = Object.freeze(['regexp', 'pcre', 'cidr']);

/** A table whose code comes late: opened when it is asked first. */
class LateTable implements Table {
  readonly title: string;
  readonly fixed: boolean;
  readonly lookup: Table['lookup'];

  constructor(title: string, fixed: boolean, context: TableContext) {
    this.title = title;
    this.fixed = fixed;
    let opened: Table | null = null;
    function* open(os: Os, key: string): Proc<TableAnswer> {
      opened = (yield* lateCode(os)).openTextTable(title, context);
      return yield* opened.lookup(os, key);
    }
    this.lookup = (os, key) => (opened === null ? open(os, key) : opened.lookup(os, key));
  }
}

class TableList implements LookupTables {
  readonly title: string;
  readonly #tables: readonly Table[];
  readonly #context: TableContext;

  constructor(title: string, tables: readonly Table[], context: TableContext) {
    this.title = title;
    this.#tables = tables;
    this.#context = context;
  }

  lookup(os: Os, key: string): Proc<TableAnswer> {
    return this.#tables.length === 1 ? this.#tables[0]!.lookup(os, key) : this.#search(os, key, false);
  }

  lookupPart(os: Os, key: string): Proc<TableAnswer> {
    return this.#search(os, key, true);
  }

  *lookupAddress(os: Os, address: string): Proc<TableAnswer> {
    if (this.#tables.length === 0) return notFound;
    const whole = yield* this.lookup(os, address);
    if (whole.kind !== 'not-found') return whole;
    const at = address.lastIndexOf('@');
    const local = at === -1 ? address : address.slice(0, at);
    const domain = at === -1 ? '' : address.slice(at + 1);
    const user = withoutExtension(local, this.#context.recipientDelimiter);
    if (user !== local && domain !== '') {
      const answer = yield* this.#search(os, `${user}@${domain}`, true);
      if (answer.kind !== 'not-found') return withExtension(answer, local.slice(user.length));
    }
    if (domain === '')
      return user === local
        ? whole
        : withExtension(yield* this.#search(os, user, true), local.slice(user.length));
    if (this.#tables.every((table) => !table.fixed)) return notFound;
    if (yield* this.#context.isLocalDomain(os, domain)) {
      for (const key of user === local ? [local] : [local, user]) {
        const answer = yield* this.#search(os, key, true);
        if (answer.kind !== 'not-found') return withExtension(answer, local.slice(key.length));
      }
    }
    return yield* this.#search(os, `@${domain}`, true);
  }

  // Parts of an address are looked up in tables of fixed strings only.
  *#search(os: Os, key: string, fixedOnly: boolean): Proc<TableAnswer> {
    for (const table of this.#tables) {
      if (fixedOnly && !table.fixed) continue;
      const answer = yield* table.lookup(os, key);
      if (answer.kind !== 'not-found') return answer;
    }
    return notFound;
  }
}

const notFound: TableAnswer = Object.freeze({ kind: 'not-found' });

function withExtension(answer: TableAnswer, extension: string): TableAnswer {
  return answer.kind === 'found' && extension !== '' ? { ...answer, extension } : answer;
}

/** The user part before the first delimiter; the whole when there is none, or nothing before it. */
export function withoutExtension(local: string, delimiters: string): string {
  if (delimiters === '') return local;
  if (/^(double-bounce|mailer-daemon|postmaster)$/i.test(local)) return local;
  for (let i = 1; i < local.length; i++) if (delimiters.includes(local[i]!)) return local.slice(0, i);
  return local;
}
