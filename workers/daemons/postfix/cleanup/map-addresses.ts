/**
 * map-addresses — canonical and virtual alias mapping of envelope addresses
 *
 * SEE ALSO  cleanup_map11(3), cleanup_map1n(3), canonical(5), virtual(5)
 */
import type { Os, Proc } from '../../../os/os.ts';

import type { LookupTables } from '../maps/lookup-table.ts';
import type { MatchList } from '../maps/match-list.ts';
import { splitList } from '../main-cf.ts';
import { splitAddress } from '../trivial-rewrite/rewrite.ts';

/** why: the rest of the log line "warning: QID: …". */
export type MapFailure = { why: string };

export interface MapContext {
  rewrite: (address: string) => string;
}

/** A canonical table; name = its parameter; propagates: see propagate_unmatched_extensions. */
export interface CanonicalTable {
  readonly tables: LookupTables;
  readonly name: string;
  readonly propagates: boolean;
}

/** masquerade_domains, in their order, lower case; those with "!" are left as they are. */
export interface Masquerade {
  readonly domains: readonly { readonly domain: string; readonly strips: boolean }[];
  /** masquerade_exceptions: users whose addresses are never changed */
  readonly exceptions: MatchList;
}

/** virtual_alias_maps and its limits. */
export interface AliasTable {
  readonly tables: LookupTables;
  readonly propagates: boolean;
  readonly expansionMax: number;
  readonly recursionMax: number;
}

const canonicalStepsMax = 10;

/** The canonical maps, one after the other, then masquerading (null = none). */
export function* mapAddress(
  os: Os,
  context: MapContext,
  rules: { canonical: readonly CanonicalTable[]; masquerade: Masquerade | null },
  address: string,
): Proc<string | MapFailure> {
  let current = address;
  for (const table of rules.canonical) {
    const mapped = yield* mapCanonical(os, context, table, current);
    if (typeof mapped !== 'string') return mapped;
    current = mapped;
  }
  return rules.masquerade === null ? current : yield* masquerade(os, rules.masquerade, current);
}

// One address becomes one; an address that maps to itself is done.
function* mapCanonical(
  os: Os,
  context: MapContext,
  table: CanonicalTable,
  address: string,
): Proc<string | MapFailure> {
  let current = address;
  for (let step = 0; step < canonicalStepsMax; step++) {
    const answer = yield* table.tables.lookupAddress(os, current);
    if (answer.kind === 'try-again') return lookupProblem(table.name, address);
    if (answer.kind === 'not-found') return current;
    const [first] = splitList(answer.value);
    if (first === undefined) return current;
    const mapped = complete(context, first, { key: current, extension: kept(table, answer) });
    if (mapped.toLowerCase() === current.toLowerCase()) return mapped;
    current = mapped;
  }
  return notAccepted(`unreasonable ${table.name} map nesting for ${address}`);
}

// Hides the hosts of a domain: user@host.example.com becomes user@example.com. The first domain of the list
// that the address is in decides.
function* masquerade(os: Os, table: Masquerade, address: string): Proc<string | MapFailure> {
  const at = address.lastIndexOf('@');
  if (at === -1) return address;
  const domain = address.slice(at + 1).toLowerCase();
  const parent = table.domains.find((one) => domain === one.domain || domain.endsWith(`.${one.domain}`));
  if (parent === undefined || !parent.strips || domain === parent.domain) return address;
  const excepted = yield* table.exceptions.matches(os, address.slice(0, at).toLowerCase());
  if (excepted.kind === 'try-again') return lookupProblem('masquerade_exceptions', address);
  return excepted.kind === 'yes' ? address : `${address.slice(0, at)}@${parent.domain}`;
}

/** Maps one recipient to many; results are mapped again, up to the limits. */
export function* expandAliases(
  os: Os,
  context: MapContext,
  table: AliasTable,
  address: string,
): Proc<string[] | MapFailure> {
  const addresses = [address];
  let fixed: Set<string> | null = null;
  for (let index = 0; index < addresses.length; index++) {
    if (addresses.length > table.expansionMax) return unreasonable('expansion size', address);
    for (let nesting = 0; fixed === null || !fixed.has(addresses[index]!.toLowerCase()); nesting++) {
      if (nesting >= table.recursionMax) return unreasonable('nesting', address);
      const key = addresses[index]!;
      const answer = yield* table.tables.lookupAddress(os, key);
      if (answer.kind === 'try-again') return lookupProblem('virtual_alias_maps', key);
      if (answer.kind === 'not-found') break;
      const extension = kept(table, answer);
      const results = splitList(answer.value).map((result) => complete(context, result, { key, extension }));
      if (results.length === 0) break;
      // An address may expand into itself, once.
      const lower = key.toLowerCase();
      if (results.some((result) => result.toLowerCase() === lower)) (fixed ??= new Set()).add(lower);
      addresses[index] = results[0]!;
      addresses.push(...results.slice(1));
      if (addresses.length > table.expansionMax) return unreasonable('expansion size', address);
    }
  }
  return addresses;
}

function unreasonable(what: string, address: string): MapFailure {
  return notAccepted(`unreasonable virtual_alias_maps map ${what} for ${address}`);
}

function lookupProblem(name: string, address: string): MapFailure {
  return notAccepted(`${name} map lookup problem for ${address}`);
}

function notAccepted(why: string): MapFailure {
  return { why: `${why} -- message not accepted, try again later` };
}

// What of the address goes over to what it becomes: "+ext", or nothing.
function kept({ propagates }: { propagates: boolean }, { extension }: { extension?: string }): string {
  return propagates && extension !== undefined ? extension : '';
}

// "@domain" keeps the user.
function complete(context: MapContext, result: string, of: { key: string; extension: string }): string {
  const address = result.startsWith('@') ? `${splitAddress(of.key).local}${result}` : result;
  const rewritten = context.rewrite(address);
  if (of.extension === '') return rewritten;
  const at = rewritten.lastIndexOf('@');
  const end = at === -1 ? rewritten.length : at;
  return rewritten.slice(0, end) + of.extension + rewritten.slice(end);
}
