/**
 * text-tables — opens one table of any type but ldap
 *
 * SEE ALSO  open-tables.ts (which asks for it late), DATABASE_README
 */
import type { Os, Proc } from '../../../os/os.ts';

import { splitList, splitOutsideBraces } from '../main-cf.ts';

import { databaseSuffix } from './database.ts';
import type { TableAnswer } from './lookup-table.ts';
import { openTable, type TableContext } from './open-tables.ts';
import { inlinePatternTable, patternTable } from './pattern-table.ts';
import type { Table } from './table.ts';
import { constantTable, fileTable, inlineTable, staticTable } from './text-table.ts';

/** Opens one. A type that does not exist answers try-again, with the words of the real program. */
export function openTextTable(title: string, context: TableContext): Table {
  const colon = title.indexOf(':');
  const type = colon === -1 ? '' : title.slice(0, colon);
  const name = title.slice(colon + 1);
  switch (type) {
    case 'hash':
    case 'btree':
    case 'lmdb':
    case 'cdb':
    case 'dbm': {
      const format = context.aliasTables.has(title) ? 'postalias' : 'postmap';
      return fileTable(title, name, format, databaseSuffix(type)!);
    }
    case 'texthash':
      return fileTable(title, name, context.aliasTables.has(title) ? 'postalias' : 'postmap');
    case 'inline':
      return inlineTable(title, name);
    case 'static':
      return staticTable(title, name);
    case 'unix':
      return fileTable(title, name === 'group.byname' ? '/etc/group' : '/etc/passwd', 'passwd');
    case 'regexp':
    case 'pcre':
    case 'cidr':
      if (name.startsWith('{')) return inlinePatternTable(title, { lines: bracedLines(name), dialect: type });
      return patternTable(title, { path: name, dialect: type });
    case 'fail':
      return constantTable(title, { kind: 'try-again', why: `fail table ${name}` });
    case 'nis': // without a NIS domain the real one finds nothing: "NIS lookups disabled"
      return constantTable(title, { kind: 'not-found' });
    case 'unionmap':
      return unionTable(
        title,
        bracedItems(name).map((item) => openTable(item, context)),
      );
    default:
      return constantTable(title, { kind: 'try-again', why: `unsupported dictionary type: ${type}` });
  }
}

function bracedItems(text: string): string[] {
  return splitList(text.startsWith('{') && text.endsWith('}') ? text.slice(1, -1) : text);
}

function bracedLines(text: string): string[] {
  const inner = text.endsWith('}') ? text.slice(1, -1) : text.slice(1);
  return splitOutsideBraces(inner, /[\s,]/).map((item) => item.replace(/^\{([\s\S]*)\}$/, '$1').trim());
}

// All results, joined by commas.
function unionTable(title: string, tables: readonly Table[]): Table {
  return {
    title,
    fixed: true,
    *lookup(os: Os, key: string): Proc<TableAnswer> {
      const values: string[] = [];
      for (const table of tables) {
        const answer = yield* table.lookup(os, key);
        if (answer.kind === 'try-again') return answer;
        if (answer.kind === 'found') values.push(answer.value);
      }
      return values.length === 0 ? { kind: 'not-found' } : { kind: 'found', value: values.join(',') };
    },
  };
}
