/**
 * database — the files that postmap(1) and postalias(1) make of a table's source: keys and values, each ended
 * by a zero octet
 *
 * SIMPLIFIED: hash, btree, lmdb, cdb and dbm files have the same content here, and their order is that of the
 * source.
 *
 * SEE ALSO  text-table.ts (who reads them), DATABASE_README
 */
import * as utf8 from '../../../bytes/utf8.ts';

const suffixes: Readonly<Record<string, string>> = Object.freeze({
  hash: '.db',
  btree: '.db',
  lmdb: '.lmdb',
  cdb: '.cdb',
  dbm: '.pag',
});

/** What follows the source's name in the database's, ".db"; null = the type has no database. */
export function databaseSuffix(type: string): string | null {
  return suffixes[type] ?? null;
}

/** The database as a file. */
export function encodeDatabase(entries: ReadonlyMap<string, string>): Uint8Array {
  let text = '';
  for (const [key, value] of entries) text += `${key}\0${value}\0`;
  return utf8.encode(text);
}

/** What is in a database. */
export function decodeDatabase(bytes: Uint8Array): Map<string, string> {
  const entries = new Map<string, string>();
  const parts = utf8.decode(bytes).split('\0');
  for (let i = 0; i + 1 < parts.length; i += 2) entries.set(parts[i]!, parts[i + 1]!);
  return entries;
}
