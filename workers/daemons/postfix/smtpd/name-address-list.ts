/**
 * name-address-list — whether a client is in a list of networks, addresses, names and tables, such as
 * mynetworks
 *
 * "192.0.2.0/24", "[2001:db8::]/32" in brackets, "192.0.2.1", "host.example", ".example" and, as parent
 * domains match subdomains, "example"; "!pattern" excludes; "type:table" and "/file/name" are looked up. The
 * first match decides.
 *
 * SEE ALSO  postconf(5) mynetworks, match_list(3)
 */
import * as ascii from '../../../bytes/ascii.ts';

import type { Proc } from '../../../os/os.ts';

import type { Session } from './session.ts';

const filesMax = 8; // files that name files

/** Whether the session's client is in the list. */
export function* isInNetworks(session: Session, list: readonly string[]): Proc<boolean> {
  return (yield* match(session, list, 0)) === true;
}

function* match(session: Session, list: readonly string[], depth: number): Proc<boolean | null> {
  const { name, address } = session.client;
  for (const item of list) {
    const excluded = item.startsWith('!');
    const pattern = excluded ? item.slice(1) : item;
    let found: boolean;
    if (pattern.startsWith('/')) {
      const bytes = depth < filesMax ? session.os.files.read(pattern) : null;
      const lines =
        bytes === null
          ? []
          : ascii
              .decode(bytes)
              .replace(/^#.*$/gm, '')
              .split(/[\s,]+/)
              .filter((word) => word !== '');
      const inner = yield* match(session, lines, depth + 1);
      if (inner !== null) return excluded ? !inner : inner;
      continue;
    } else if (isTable(pattern)) found = yield* inTable(session, pattern);
    else found = matchesAddress(pattern, address) || matchesName(pattern, name);
    if (found) return !excluded;
  }
  return null;
}

function isTable(pattern: string): boolean {
  return /^[a-z]\w*:/i.test(pattern);
}

function* inTable(session: Session, pattern: string): Proc<boolean> {
  const tables = session.service.instance.tables(pattern);
  for (const key of [session.client.name, session.client.address]) {
    const answer = yield* tables.lookup(session.os, key);
    if (answer.kind === 'found') return true;
  }
  return false;
}

/** "192.0.2.0/24" or "192.0.2.1" */
export function matchesAddress(pattern: string, address: string): boolean {
  const [network, bitsText] = pattern.replace(/[[\]]/g, '').split('/');
  if (bitsText === undefined) return network === address;
  const bits = Number(bitsText);
  const [wanted, actual] = [toNumber(network ?? ''), toNumber(address)];
  if (wanted === null || actual === null || !/^\d{1,2}$/.test(bitsText) || bits > 32) return false;
  const size = 2 ** (32 - bits);
  return Math.floor(wanted / size) === Math.floor(actual / size);
}

function matchesName(pattern: string, name: string): boolean {
  const [wanted, actual] = [pattern.toLowerCase(), name.toLowerCase()];
  if (wanted === actual) return true;
  return actual.endsWith(wanted.startsWith('.') ? wanted : `.${wanted}`);
}

function toNumber(address: string): number | null {
  const parts = address.split('.');
  if (parts.length > 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return null;
  return [0, 1, 2, 3].reduce((sum, i) => sum * 256 + Number(parts[i] ?? 0), 0);
}
