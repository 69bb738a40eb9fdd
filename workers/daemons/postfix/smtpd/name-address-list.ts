/**
 * name-address-list — whether a client is in a list of networks, addresses, names and tables, such as
 * mynetworks
 *
 * "192.0.2.0/24", "[2001:db8::]/32" in brackets, "192.0.2.1", "host.example", ".example" and, as parent
 * domains match subdomains, "example"; "!pattern" excludes; "type:table" and "/file/name" are looked up. The
 * first match decides. Patterns are taken apart once; only a list with tables or files has to ask for more.
 *
 * SEE ALSO  postconf(5) mynetworks, match_list(3)
 */
import * as ascii from '../../../bytes/ascii.ts';

import type { Proc } from '../../../os/os.ts';

import type { Session } from './session.ts';

const filesMax = 8; // files that name files

interface Pattern {
  readonly excluded: boolean;
  /** a file or table to ask; '' = neither */
  readonly file: string;
  readonly table: string;
  /** a network: the first address of it divided by its size; size 0 = no network */
  readonly start: number;
  readonly size: number;
  /** an address as written, without brackets */
  readonly address: string;
  /** a name in lower case, and with the dot that parent domains end at */
  readonly name: string;
  readonly ending: string;
}

/** Who may be in a list; a session's client when nobody else is named. */
interface NamedHost {
  readonly name: string;
  readonly address: string;
}

/** A list as main.cf has it, ready to be asked. */
export class NameAddressList {
  readonly #patterns: readonly Pattern[];
  readonly #asks: boolean;

  constructor(items: readonly string[]) {
    this.#patterns = items.map(parsePattern);
    this.#asks = this.#patterns.some(({ file, table }) => file !== '' || table !== '');
  }

  /** Whether the session's client is in the list; null = a table or file must be asked. */
  decides(session: Session, host: NamedHost = session.client): boolean | null {
    if (this.#asks) return null;
    let number = -1;
    for (const pattern of this.#patterns) {
      if (number === -1 && pattern.size > 0) number = addressNumber(host.address) ?? NaN;
      if (matches(pattern, host, number)) return !pattern.excluded;
    }
    return false;
  }

  /** The same, whatever is in the list. */
  *includes(session: Session, host: NamedHost = session.client): Proc<boolean> {
    return this.decides(session, host) ?? (yield* search(session, host, this.#patterns, 0)) === true;
  }
}

function* search(
  session: Session,
  host: NamedHost,
  patterns: readonly Pattern[],
  depth: number,
): Proc<boolean | null> {
  const number = addressNumber(host.address) ?? NaN;
  for (const pattern of patterns) {
    const { excluded, file, table } = pattern;
    if (file !== '') {
      const inner = yield* search(session, host, readPatterns(session, file, depth), depth + 1);
      if (inner !== null) return excluded ? !inner : inner;
    } else if (table !== '' ? yield* inTable(session, host, table) : matches(pattern, host, number))
      return !excluded;
  }
  return null;
}

function readPatterns(session: Session, path: string, depth: number): Pattern[] {
  const bytes = depth < filesMax ? session.os.files.read(path) : null;
  if (bytes === null) return [];
  const words = ascii
    .decode(bytes)
    .replace(/^#.*$/gm, '')
    .split(/[\s,]+/);
  return words.filter((word) => word !== '').map(parsePattern);
}

function* inTable(session: Session, { name, address }: NamedHost, pattern: string): Proc<boolean> {
  const tables = session.service.instance.tables(pattern);
  for (const key of [name, address]) {
    const answer = yield* tables.lookup(session.os, key);
    if (answer.kind === 'found') return true;
  }
  return false;
}

function parsePattern(item: string): Pattern {
  const excluded = item.startsWith('!');
  const text = excluded ? item.slice(1) : item;
  const isFile = text.startsWith('/');
  const [network = '', bits] = text.replace(/[[\]]/g, '').split('/');
  const base = bits === undefined || !/^\d{1,2}$/.test(bits) ? null : addressNumber(network);
  const size = base === null || Number(bits) > 32 ? 0 : 2 ** (32 - Number(bits));
  const name = text.toLowerCase();
  return {
    excluded,
    file: isFile ? text : '',
    table: !isFile && /^[a-z]\w*:/i.test(text) ? text : '',
    start: size === 0 ? 0 : Math.floor(base! / size),
    size,
    address: bits === undefined ? network : '',
    name,
    ending: name.startsWith('.') ? name : `.${name}`,
  };
}

// @param number of the client's address; NaN when it is none
function matches(pattern: Pattern, host: NamedHost, number: number): boolean {
  const { size } = pattern;
  if (size > 0 ? Math.floor(number / size) === pattern.start : host.address === pattern.address) return true;
  const name = host.name.toLowerCase();
  return name === pattern.name || name.endsWith(pattern.ending);
}

/** One to four decimal numbers up to 255, missing ones are 0: "127" is 127.0.0.0. Anything else is null. */
function addressNumber(text: string): number | null {
  let number = 0;
  let dots = 0;
  let part = 0;
  let digits = 0;
  for (let i = 0; i <= text.length; i++) {
    const c = i < text.length ? text.charCodeAt(i) : dotCode;
    if (c === dotCode) {
      if (digits === 0 || part > 255 || dots === 4) return null;
      number = number * 256 + part;
      dots++;
      part = digits = 0;
    } else {
      if (c < 0x30 || c > 0x39 || digits === 3) return null;
      part = part * 10 + c - 0x30;
      digits++;
    }
  }
  return number * 256 ** (4 - dots);
}

const dotCode = 0x2e;
