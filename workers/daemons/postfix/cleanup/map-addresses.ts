/**
 * map-addresses — canonical and virtual alias mapping of envelope addresses
 *
 * SIMPLIFIED: propagate_unmatched_extensions is not followed: user+ext found as "user" loses its extension.
 * Seen only with a recipient_delimiter.
 *
 * SEE ALSO  cleanup_map11(3), cleanup_map1n(3), canonical(5), virtual(5)
 */
import type { Os, Proc } from '../../../os/os.ts';

import type { LookupTables } from '../maps/lookup-table.ts';
import { splitList } from '../main-cf.ts';
import { splitAddress } from '../trivial-rewrite/rewrite.ts';

/** why: the rest of the log line "warning: QID: …". */
export type MapFailure = { why: string };

export interface MapContext {
  rewrite: (address: string) => string;
}

/** A canonical table; name = its parameter. */
export interface CanonicalTable {
  readonly tables: LookupTables;
  readonly name: string;
}

/** virtual_alias_maps and its limits. */
export interface AliasTable {
  readonly tables: LookupTables;
  readonly expansionMax: number;
  readonly recursionMax: number;
}

const canonicalStepsMax = 10;

/** Maps one address to one; an address that maps to itself is done. */
export function* mapCanonical(
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
    const mapped = complete(context, first, current);
    if (mapped.toLowerCase() === current.toLowerCase()) return mapped;
    current = mapped;
  }
  return notAccepted(`unreasonable ${table.name} map nesting for ${address}`);
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
      const results = splitList(answer.value).map((result) => complete(context, result, key));
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

// "@domain" keeps the user.
function complete(context: MapContext, result: string, key: string): string {
  const address = result.startsWith('@') ? `${splitAddress(key).local}${result}` : result;
  return context.rewrite(address);
}
