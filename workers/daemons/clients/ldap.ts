/**
 * ldap — the client half of an LDAP session, as libldap: bind, search, unbind over one persistent connection
 *
 * One operation at a time per session; each has its message id and its deadline. When the connection
 * breaks or the answer does not come, the operation ends with try-again and the session is over (`open`
 * is false): the owner opens another one. Every search is a `lookup.answered` fact (service "ldap").
 *
 * STANDARDS  RFC 4511
 * ERRORS     values: refused (the server's result code and text), try-again (with the words of
 * ldap_err2string)
 */
import { DecodeError } from '../../bytes/byte-reader.ts';
import * as utf8 from '../../bytes/utf8.ts';

import { makeLdapFramer } from '../../protocols/ldap/ber.ts';
import type { Filter } from '../../protocols/ldap/filter.ts';
import type { FilledFilter } from '../../protocols/ldap/filter-template.ts';
import { FilterError, parseFilter } from '../../protocols/ldap/filter-text.ts';
import {
  decodeMessage,
  encodeMessage,
  type LdapMessage,
  type LdapOperation,
} from '../../protocols/ldap/message.ts';
import type { LdapRequest, SearchToEncode } from '../../protocols/ldap/request.ts';
import type { LdapResult as ResultOnWire, SearchResultEntry } from '../../protocols/ldap/response.ts';
import { describeResult, resultCodes, serverDown, timedOut } from '../../protocols/ldap/types.ts';

import { SECOND, type Connection, type Os, type Proc, type VirtualTime } from '../../os/os.ts';

import { lookupAddresses } from './dns.ts';

export { escapeFilterValue } from '../../protocols/ldap/filter-text.ts';

/** No usable answer: -1 no connection, -5 no answer in time (ldap_error(3)); why is what libldap calls it. */
export interface LdapTryAgain {
  kind: 'try-again';
  why: string;
  code: number;
}

export type LdapResult = { kind: 'ok' } | { kind: 'refused'; code: number; text: string } | LdapTryAgain;

export interface LdapEntry {
  dn: string;
  /** values by attribute name in lower case, in the order of the answer */
  attributes: ReadonlyMap<string, readonly Uint8Array[]>;
}

export type LdapSearchResult =
  { kind: 'entries'; entries: LdapEntry[] } | Exclude<LdapResult, { kind: 'ok' }>;

export interface LdapSearch {
  base: string;
  scope: 'base' | 'one' | 'sub';
  /** RFC 4515 text, or a template with its values */
  filter: string | FilledFilter;
  /** [] = all user attributes */
  attributes: readonly string[];
  deadline: VirtualTime;
  /** entries the server shall send at most; 0 = its own limit */
  sizeLimit?: number;
  /** what the search is for, in the trace: the table's file, "saslauthd", "mailbox" */
  table?: string;
  /** what is looked up, in the trace; default the text of the filter */
  key?: string;
}

const responseBytesMax = 4 * 1024 * 1024;
const entriesMax = 100_000;
const noticeId = 0;

/**
 * A connection to a server. `os` of the methods is the proc that uses it, when it is not the one that
 * opened it.
 */
export class LdapSession {
  readonly #os: Os;
  readonly #conn: Connection;
  #lastId = 0;
  #open = true;

  constructor(os: Os, conn: Connection) {
    this.#os = os;
    this.#conn = conn;
  }

  /** Whether another operation can be tried. */
  get open(): boolean {
    return this.#open;
  }

  /** Simple bind. dn and password '' bind anonymously. */
  *bind(options: { dn: string; password: string; deadline: VirtualTime }): Proc<LdapResult> {
    const { dn, password, deadline } = options;
    const authentication = { method: 'simple', password: utf8.encode(password) } as const;
    const bytes = this.#encode({ kind: 'bind-request', version: 3, name: dn, authentication });
    if (!this.#open || (yield* this.#conn.write(bytes)) !== 'ok') return this.#lost(serverDown);
    for (;;) {
      const read = this.#read(yield* this.#conn.readFrame({ ...reading, deadline }));
      if (read === null) continue;
      if ('why' in read) return read;
      if (read.kind !== 'bind-response') return this.#lost(serverDown);
      return judge(read.result) ?? { kind: 'ok' };
    }
  }

  /** Searches; entries in the order of the server's answer. References to other servers are not followed. */
  *search(options: LdapSearch, os: Os = this.#os): Proc<LdapSearchResult> {
    const { filter, deadline } = options;
    const parsed = typeof filter === 'string' ? readFilter(filter) : filter;
    let result: LdapSearchResult | null = null;
    if (parsed === null)
      result = { kind: 'refused', code: -7, text: 'Bad search filter' }; // LDAP_FILTER_ERROR
    else if (!this.#open || (yield* this.#conn.write(this.#encode(toRequest(options, parsed)))) !== 'ok')
      result = this.#lost(serverDown);
    const found = { entries: [], count: 0 };
    while (result === null) {
      const frame = yield* this.#conn.readFrame({
        framer: responseFramer,
        deadline,
        bytesMax: responseBytesMax,
      });
      result = this.#collect(frame, found);
    }
    os.trace({
      kind: 'lookup.answered',
      service: 'ldap',
      table: options.table ?? '',
      key: options.key ?? (typeof filter === 'string' ? filter : ''),
      result: result.kind !== 'entries' ? 'try-again' : result.entries.length > 0 ? 'found' : 'not-found',
      value: describeAnswer(result, options.attributes),
    });
    return result;
  }

  /** Says goodbye and closes. */
  *unbind(): Proc<void> {
    if (this.#open) yield* this.#conn.write(this.#encode({ kind: 'unbind-request' }));
    this.close();
  }

  /** Closes without a word; for finally blocks. */
  close(): void {
    this.#open = false;
    this.#conn.close();
  }

  /** Takes what came for a search. @returns null while there is more to come */
  #collect(
    frame: Uint8Array | string,
    found: { entries: LdapEntry[]; count: number },
  ): LdapSearchResult | null {
    const read = this.#read(frame);
    if (read === null || 'why' in read) return read;
    if (read.kind === 'search-result-done')
      return judge(read.result) ?? { kind: 'entries', entries: found.entries };
    found.count++;
    if (read.kind === 'search-result-entry') found.entries.push(toEntry(read));
    else if (read.kind !== 'search-result-reference') return this.#lost(serverDown);
    return found.count < entriesMax ? null : this.#lost(serverDown);
  }

  #encode(operation: LdapRequest | SearchToEncode): Uint8Array {
    this.#lastId++;
    return encodeMessage({ id: this.#lastId, operation, controls: [] });
  }

  /** Reads what came. @returns null when it answers another request than the last */
  #read(frame: Uint8Array | string): LdapOperation | LdapTryAgain | null {
    if (typeof frame === 'string') return this.#lost(frame === 'timeout' ? timedOut : serverDown);
    const message = readMessage(frame);
    // A notice of disconnection (id 0) says that the server is about to close.
    if (message === null || message.id === noticeId) return this.#lost(serverDown);
    return message.id === this.#lastId ? message.operation : null;
  }

  #lost(code: number): LdapTryAgain {
    this.close();
    return { kind: 'try-again', why: describeResult(code), code };
  }
}

const responseFramer = makeLdapFramer(responseBytesMax);
const reading = Object.freeze({ framer: responseFramer, bytesMax: responseBytesMax });

/** Connects to the first address of the host that answers. `host` is a name or an address. */
export function* openLdap(
  os: Os,
  options: { host: string; port: number; deadline: VirtualTime },
): Proc<LdapSession | LdapTryAgain> {
  const { host, port, deadline } = options;
  const found = yield* lookupAddresses(os, host, deadline);
  if (found.kind === 'found') {
    for (const address of found.addresses) {
      const conn = yield* os.connect({ to: { address, port }, deadline });
      if (typeof conn !== 'string') return new LdapSession(os, conn);
    }
  }
  return { kind: 'try-again', why: describeResult(serverDown), code: serverDown };
}

/** One server of a list "ldap://host:port host:port host". */
export interface LdapServer {
  host: string;
  port: number;
  /** as it is logged */
  uri: string;
}

/** Reads a list of servers as ldap.conf(5), ldap_table(5) and saslauthd write them. */
export function parseLdapServers(text: string, portDefault = 389): LdapServer[] {
  const servers: LdapServer[] = [];
  for (const word of text.split(/[\s,]+/)) {
    const match = /^(?:ldap:\/\/)?([A-Za-z0-9._-]+)(?::(\d{1,5}))?\/?$/.exec(word);
    if (match === null) continue;
    const port = match[2] === undefined ? portDefault : Number(match[2]);
    servers.push({ host: match[1]!, port, uri: `ldap://${match[1]!}:${port}` });
  }
  return servers;
}

/** Tries servers in order; each gets `timeoutUs` (libldap's network timeout). */
export function* openLdapServers(
  os: Os,
  servers: readonly LdapServer[],
  timeoutUs = 10 * SECOND,
): Proc<LdapSession | LdapTryAgain> {
  for (const { host, port } of servers) {
    const session = yield* openLdap(os, { host, port, deadline: os.now() + timeoutUs });
    if (session instanceof LdapSession) return session;
  }
  return { kind: 'try-again', why: describeResult(serverDown), code: serverDown };
}

/** @returns null on success */
function judge(result: ResultOnWire): Exclude<LdapResult, { kind: 'ok' }> | null {
  const { code } = result;
  if (code === resultCodes.success) return null;
  const text = result.text === '' ? describeResult(code) : `${describeResult(code)}: ${result.text}`;
  if (code === resultCodes.busy || code === resultCodes.unavailable)
    return { kind: 'try-again', why: text, code };
  return { kind: 'refused', code, text };
}

function toRequest(options: LdapSearch, filter: Filter | FilledFilter): SearchToEncode {
  return {
    kind: 'search-request',
    base: options.base,
    scope: options.scope === 'base' ? 0 : options.scope === 'one' ? 1 : 2,
    derefAliases: 0,
    sizeLimit: options.sizeLimit ?? 0,
    timeLimit: 0,
    typesOnly: false,
    filter,
    attributes: options.attributes,
  };
}

function toEntry({ dn, attributes }: SearchResultEntry): LdapEntry {
  const byName = new Map<string, readonly Uint8Array[]>();
  for (let i = 0; i < attributes.length; i++) {
    const { type, values } = attributes[i]!;
    byName.set(type.toLowerCase(), values);
  }
  return { dn, attributes: byName };
}

function describeAnswer(result: LdapSearchResult, attributes: readonly string[]): string {
  if (result.kind === 'try-again') return result.why;
  if (result.kind === 'refused') return `${result.text} (${result.code})`;
  let text = '';
  for (let i = 0; i < result.entries.length && i < entriesDescribed; i++) {
    if (i > 0) text += '; ';
    text += describeEntry(result.entries[i]!, attributes);
  }
  return text;
}

const entriesDescribed = 20;

function describeEntry(entry: LdapEntry, attributes: readonly string[]): string {
  if (entry.attributes.size === 0) return entry.dn;
  const texts: string[] = [];
  for (const name of attributes) {
    for (const value of entry.attributes.get(name.toLowerCase()) ?? []) texts.push(utf8.decode(value));
  }
  return texts.length > 0 ? texts.join(', ') : entry.dn;
}

function readMessage(frame: Uint8Array): LdapMessage | null {
  try {
    return decodeMessage(frame);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

/** Parses a filter; null when the text is none. */
export function readFilter(text: string): Filter | null {
  try {
    return parseFilter(text);
  } catch (error) {
    if (error instanceof FilterError) return null;
    throw error;
  }
}
