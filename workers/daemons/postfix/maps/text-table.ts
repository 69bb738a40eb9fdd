/**
 * text-table — tables whose source is a text of keys and values: hash, btree, lmdb, texthash, inline, static,
 * unix, fail
 *
 * SIMPLIFIED: where there is no database that postmap(1) or postalias(1) made, the source file is read, as if
 * one had been made of it when the host was set up. Where there is one, an edit counts when it is made again.
 *
 * SEE ALSO  postmap(1), aliases(5), DATABASE_README
 */
import * as utf8 from '../../../bytes/utf8.ts';

import type { Os, Proc } from '../../../os/os.ts';

import { logicalLines, splitOutsideBraces } from '../main-cf.ts';

import { decodeDatabase } from './database.ts';
import type { TableAnswer } from './lookup-table.ts';
import type { Table } from './table.ts';

/** How a source file is written: "key value" for postmap(1), "name: value" for postalias(1), passwd(5). */
export type SourceFormat = 'postmap' | 'postalias' | 'passwd';

/** A table read from a file of the host. Keys are folded to lower case, as hash: and its kin do. */
export function fileTable(title: string, path: string, format: SourceFormat, suffix = ''): Table {
  let source: Uint8Array | null = null;
  let entries: ReadonlyMap<string, string> | null = null;
  return {
    title,
    fixed: true,
    *lookup(os: Os, key: string): Proc<TableAnswer> {
      const built = suffix === '' ? null : os.files.read(path + suffix);
      const bytes = built ?? os.files.read(path);
      if (bytes === null)
        return { kind: 'try-again', why: `open database ${path}${suffix}: No such file or directory` };
      if (bytes !== source || entries === null) {
        source = bytes;
        entries = built === null ? parseSource(utf8.decode(bytes), format) : decodeDatabase(built);
      }
      return answer(entries, key.toLowerCase());
    },
  };
}

/** inline:{ key=value, {key = text with spaces} } */
export function inlineTable(title: string, text: string): Table {
  const entries = new Map<string, string>();
  const inner = text.startsWith('{') && text.endsWith('}') ? text.slice(1, -1) : text;
  for (const item of splitOutsideBraces(inner, /[\s,]/)) {
    const bare = item.startsWith('{') ? item.slice(1, -1) : item;
    const equals = bare.indexOf('=');
    if (equals > 0) entries.set(bare.slice(0, equals).trim().toLowerCase(), bare.slice(equals + 1).trim());
  }
  return {
    title,
    fixed: true,
    *lookup(_: Os, key: string): Proc<TableAnswer> {
      return answer(entries, key.toLowerCase());
    },
  };
}

/** static:value answers every key. */
export function staticTable(title: string, value: string): Table {
  const text = value.startsWith('{') && value.endsWith('}') ? value.slice(1, -1).trim() : value;
  return constantTable(title, { kind: 'found', value: text });
}

/** A table with one answer for all keys: static:, fail:, a service that is not there. */
export function constantTable(title: string, always: TableAnswer): Table {
  return {
    title,
    fixed: true,
    *lookup(): Proc<TableAnswer> {
      return always;
    },
  };
}

/** Parses a source file; a later definition of a key is a duplicate, and the first one counts. */
export function parseSource(text: string, format: SourceFormat): Map<string, string> {
  const entries = new Map<string, string>();
  const add = (key: string, value: string): void => {
    const folded = key.toLowerCase();
    if (!entries.has(folded)) entries.set(folded, value);
  };
  if (format === 'passwd') {
    for (const line of text.split('\n'))
      if (/^[^#:\s][^:]*:/.test(line)) add(line.slice(0, line.indexOf(':')), line);
    return entries;
  }
  for (const { text: line } of logicalLines(text)) {
    const pattern = format === 'postalias' ? /^("[^"]*"|[^\s:]+)\s*:\s*(.*)$/ : /^("[^"]*"|\S+)\s+(.*)$/;
    const match = pattern.exec(line);
    if (match === null) continue;
    add(match[1]!.replace(/^"(.*)"$/, '$1'), match[2]!.trim());
  }
  return entries;
}

function answer(entries: ReadonlyMap<string, string>, key: string): TableAnswer {
  const value = entries.get(key);
  return value === undefined ? notFound : { kind: 'found', value };
}

const notFound: TableAnswer = Object.freeze({ kind: 'not-found' });
