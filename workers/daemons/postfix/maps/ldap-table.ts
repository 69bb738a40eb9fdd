/**
 * ldap-table — an LDAP directory as a lookup table: search, take attributes, format them
 *
 * Connections stay open between lookups, one per lookup under way, as the processes of proxymap(8) have
 * them. A connection found dead is opened again once; when that fails, the answer is try-again and the
 * warning is logged.
 *
 * SIMPLIFIED: warnings are logged as postfix/proxymap, also for a table used without "proxy:", where the
 * real daemon logs them itself; tables with the same server share no connection.
 *
 * SEE ALSO  ldap_table(5), LDAP_README; ldap-expand.ts, ../../clients/ldap.ts
 */
import * as utf8 from '../../../bytes/utf8.ts';

import {
  LdapSession, openLdapServers, parseLdapServers,
  type LdapEntry, type LdapSearch, type LdapSearchResult, type LdapServer,
} from '../../clients/ldap.ts'; // prettier-ignore
import { call, SECOND, type Os, type Proc } from '../../../os/os.ts';
import type { FilledFilter } from '../../../protocols/ldap/filter-template.ts';
import { describeResult, resultCodes, serverDown } from '../../../protocols/ldap/types.ts';

import { parseMainCf } from '../main-cf.ts';

import { expandQuery, expandResult, QueryFilter, Template } from './ldap-expand.ts';
import type { TableAnswer } from './lookup-table.ts';
import type { Table } from './table.ts';

interface LdapTable {
  path: string;
  title: string;
  conf: LdapConf | null;
  /** open connections that no lookup uses */
  idle: LdapSession[];
}

interface LdapConf {
  servers: LdapServer[];
  uris: string;
  timeoutUs: number;
  bind: boolean;
  bindDn: string;
  bindPw: string;
  searchBase: Template;
  /** whether the base depends on the key */
  baseHasKey: boolean;
  scope: 'base' | 'one' | 'sub';
  queryFilter: QueryFilter;
  resultFormat: Template;
  /** in lower case */
  domains: readonly string[];
  /** what is asked for: the result attributes, then the special ones */
  attributes: readonly string[];
  /** in lower case */
  resultAttributes: readonly string[];
  /** in lower case */
  specialAttributes: readonly string[];
  expansionLimit: number;
  sizeLimit: number;
  recursionLimit: number;
}

const ident = 'postfix/proxymap';
const idleMax = 8;

/**
 * Opens a table.
 * @param path its configuration file
 * @param title as main.cf names it
 */
export function openLdapTable(path: string, title: string): Table {
  const table: LdapTable = { path, title, conf: null, idle: [] };
  return { title, fixed: true, lookup: (os, key) => lookup(os, table, key) };
}

function* lookup(os: Os, table: LdapTable, key: string): Proc<TableAnswer> {
  table.conf ??= readConf(os, table.path);
  const { conf } = table;
  if (conf === null) {
    const why = `open ${table.path}: No such file or directory`;
    os.log(ident, `error: ${why}`);
    return { kind: 'try-again', why };
  }
  const folded = key.toLowerCase(); // dict_ldap: DICT_FLAG_FOLD_FIX
  if (conf.domains.length > 0) {
    const at = folded.lastIndexOf('@');
    if (at < 0 || !conf.domains.includes(folded.slice(at + 1))) return notFound;
  }
  const filter = conf.queryFilter.fill(folded);
  const base = expandQuery(conf.searchBase, folded, 'dn');
  if (filter === null || base === null) return notFound;
  const query = { conf, base, filter, key: folded };
  let result = yield* searchOnce(os, table, query);
  if (result === 'stale') {
    // What killed this connection, a restart of the server, has killed the idle ones too.
    for (const session of table.idle.splice(0)) session.close();
    result = yield* searchOnce(os, table, query);
  }
  return result === 'stale' ? { kind: 'try-again', why: describeResult(serverDown) } : result;
}

interface Query {
  conf: LdapConf;
  base: string;
  filter: FilledFilter | string;
  key: string;
}

/** @returns stale: the connection was an old one, so that a new one may help */
function* searchOnce(os: Os, table: LdapTable, query: Query): Proc<TableAnswer | 'stale'> {
  const { conf, key } = query;
  const old = table.idle.pop();
  const session = old ?? (yield* connect(os, conf));
  if ('kind' in session) return { kind: 'try-again', why: session.why };
  let kept = false;
  try {
    const result = yield* call(session.search(searchOf(os, table, query), os));
    if (result.kind === 'try-again' && result.code === serverDown && old !== undefined) return 'stale';
    if (result.kind !== 'entries') return refused(os, table, { ...query, result });
    const values: string[] = [];
    let answer: TableAnswer | null = null;
    if (result.entries.length > 0)
      answer = yield* collect(os, { session, conf, table, key, values }, result.entries, 0);
    kept = session.open && table.idle.length < idleMax;
    if (kept) table.idle.push(session);
    if (answer !== null) return answer;
    return values.length === 0 ? notFound : { kind: 'found', value: values.join(',') };
  } finally {
    if (!kept) session.close();
  }
}

function searchOf(os: Os, table: LdapTable, { conf, base, filter, key }: Query): LdapSearch {
  return {
    base,
    scope: conf.scope,
    filter,
    attributes: conf.attributes,
    deadline: os.now() + conf.timeoutUs,
    sizeLimit: conf.sizeLimit,
    table: table.path,
    key,
  };
}

/** What dict_ldap_lookup() warns about when a search did not succeed. */
function refused(
  os: Os,
  table: LdapTable,
  query: Query & { result: Exclude<LdapSearchResult, { kind: 'entries' }> },
): TableAnswer {
  const { result, conf, base } = query;
  const { code } = result;
  const text = describeResult(code);
  if (code === resultCodes.noSuchObject) {
    // A base that depends on the key is a key that is not there.
    if (conf.baseHasKey) return notFound;
    os.log(
      ident,
      `warning: dict_ldap_lookup: ${table.path}: Search base '${base}' not found: ${code}: ${text}`,
    );
  } else os.log(ident, `warning: dict_ldap_lookup: Search error ${code}: ${text} `);
  return { kind: 'try-again', why: text };
}

function* connect(
  os: Os,
  conf: LdapConf,
): Proc<LdapSession | { kind: 'try-again'; code: number; why: string }> {
  const session = yield* openLdapServers(os, conf.servers, conf.timeoutUs);
  if (!(session instanceof LdapSession)) {
    if (conf.bind) warnBind(os, conf, session);
    else os.log(ident, `warning: dict_ldap_lookup: Search error ${session.code}: ${session.why} `);
    return session;
  }
  if (!conf.bind) return session;
  const bound = yield* session.bind({
    dn: conf.bindDn,
    password: conf.bindPw,
    deadline: os.now() + conf.timeoutUs,
  });
  if (bound.kind === 'ok') return session;
  session.close();
  const failure = { kind: 'try-again' as const, code: bound.code, why: describeResult(bound.code) };
  warnBind(os, conf, failure);
  return failure;
}

function warnBind(os: Os, conf: LdapConf, failure: { code: number; why: string }): void {
  const { uris, bindDn } = conf;
  const text = `Unable to bind to server ${uris} with dn ${bindDn}: ${failure.code} (${failure.why})`;
  os.log(ident, `warning: dict_ldap_connect: ${text}`);
}

interface Collection {
  session: LdapSession;
  conf: LdapConf;
  table: LdapTable;
  key: string;
  values: string[];
}

/**
 * Takes the result attributes of entries, in the server's order; a special_result_attribute holds DNs of
 * entries to take them from as well.
 * @returns null, or why the whole lookup must be tried again
 */
function* collect(
  os: Os,
  into: Collection,
  entries: readonly LdapEntry[],
  depth: number,
): Proc<TableAnswer | null> {
  const { conf, table, values } = into;
  for (const entry of entries) {
    for (const [name, octets] of entry.attributes) {
      if (conf.resultAttributes.includes(name)) {
        for (const octet of octets) {
          const text = expandResult(conf.resultFormat, { value: utf8.decode(octet), key: into.key });
          if (text !== null) values.push(text);
        }
        if (conf.expansionLimit > 0 && values.length > conf.expansionLimit) {
          os.log(ident, `${warning(depth)} ${table.path}: expansion limit exceeded for key: '${into.key}'`);
          return { kind: 'try-again', why: 'expansion limit exceeded' };
        }
      } else if (conf.specialAttributes.includes(name)) {
        const failure = yield* follow(
          os,
          into,
          octets.map((octet) => utf8.decode(octet)),
          depth,
        );
        if (failure !== null) return failure;
      }
    }
  }
  return null;
}

function* follow(os: Os, into: Collection, dns: readonly string[], depth: number): Proc<TableAnswer | null> {
  const { conf, session, table } = into;
  if (depth >= conf.recursionLimit) {
    os.log(ident, `${warning(depth)} ${table.path}: Recursion limit exceeded`);
    return { kind: 'try-again', why: 'recursion limit exceeded' };
  }
  for (const dn of dns) {
    const result = yield* session.search(
      {
        base: dn,
        scope: 'base',
        filter: '(objectClass=*)',
        attributes: conf.attributes,
        deadline: os.now() + conf.timeoutUs,
        table: table.path,
        key: dn,
      },
      os,
    );
    if (result.kind === 'entries') {
      const failure = yield* collect(os, into, result.entries, depth + 1);
      if (failure !== null) return failure;
    } else if (result.code !== resultCodes.noSuchObject) {
      os.log(ident, `${warning(depth)} search error ${result.code}: ${describeResult(result.code)}`);
      return { kind: 'try-again', why: describeResult(result.code) };
    }
  }
  return null;
}

function warning(depth: number): string {
  return `warning: dict_ldap_get_values[${depth + 1}]:`;
}

/** Reads the file, which has the syntax of main.cf. */
function readConf(os: Os, path: string): LdapConf | null {
  const bytes = os.files.read(path);
  if (bytes === null) return null;
  const { values } = parseMainCf(utf8.decode(bytes), path);
  const text = (name: string, otherwise: string): string => values.get(name) ?? otherwise;
  const count = (name: string, otherwise: number): number => {
    const value = Number(text(name, ''));
    return Number.isInteger(value) && value > 0 ? value : otherwise;
  };
  const list = (name: string, otherwise: string): string[] =>
    text(name, otherwise)
      .split(/[\s,]+/)
      .filter((word) => word !== '');
  const servers = parseLdapServers(text('server_host', 'localhost'), count('server_port', 389));
  const scope = text('scope', 'sub');
  const base = text('search_base', '');
  const resultAttributes = list('result_attribute', 'maildrop');
  const specialAttributes = list('special_result_attribute', '');
  return {
    servers,
    uris: servers.map(({ uri }) => uri).join(' '),
    timeoutUs: count('timeout', 10) * SECOND,
    bind: /^(yes|simple)$/i.test(text('bind', 'yes')),
    bindDn: text('bind_dn', ''),
    bindPw: text('bind_pw', ''),
    searchBase: new Template(base),
    baseHasKey: base.includes('%'),
    scope: scope === 'base' || scope === 'one' ? scope : 'sub',
    queryFilter: new QueryFilter(text('query_filter', '(mailacceptinggeneralid=%s)')),
    resultFormat: new Template(text('result_format', text('result_filter', '%s'))),
    domains: lower(list('domain', '')),
    attributes: [...resultAttributes, ...specialAttributes],
    resultAttributes: lower(resultAttributes),
    specialAttributes: lower(specialAttributes),
    expansionLimit: count('expansion_limit', 0),
    sizeLimit: count('size_limit', count('expansion_limit', 0)),
    recursionLimit: count('recursion_limit', 1000),
  };
}

function lower(words: readonly string[]): string[] {
  return words.map((word) => word.toLowerCase());
}

const notFound: TableAnswer = Object.freeze({ kind: 'not-found' });
