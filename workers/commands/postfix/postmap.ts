/**
 * postmap — makes and asks lookup tables; also postalias(1), whose sources are written as aliases(5)
 *
 * SIMPLIFIED: where there is no database yet, -q, -d, -i and -s work on what the source would give, as the
 * daemons do here. -b, -h and -m, which look a whole message up, take every line for a key.
 *
 * SEE ALSO  postmap(1), postalias(1), ../../daemons/postfix/maps/database.ts, table-source.ts
 */
import * as utf8 from '../../bytes/utf8.ts';

import type { CommandIo, Command } from './command.ts';
import type { Os, Proc } from '../../os/os.ts';
import { databaseSuffix, decodeDatabase, encodeDatabase } from '../../daemons/postfix/maps/database.ts';
import { openTable } from '../../daemons/postfix/maps/open-tables.ts';
import type { Parameters } from '../../daemons/postfix/parameters.ts';

import { Program, type Stdin } from './command.ts';
import { getopt } from './getopt.ts';
import { readAliases, readTable, type SourceEntries } from './table-source.ts';

/** postmap(1) */
export const postmap: Command = (os, args, stdin, io) => run(os, args, stdin, io, 'postmap');
/** postalias(1) */
export const postalias: Command = (os, args, stdin, io) => run(os, args, stdin, io, 'postalias');

type Name = 'postmap' | 'postalias';

const spec = Object.freeze({ postmap: 'bc:d:fFhimnNopq:rsuUvw', postalias: 'c:d:finNopq:rsuvw' });
const usages = Object.freeze({
  postmap: 'usage: postmap [-bfFhimnNoprsuUvw] [-c config_dir] [-d key] [-q key] [map_type:]file...',
  postalias: 'usage: postalias [-Nfinoprsuvw] [-c config_dir] [-d key] [-q key] [map_type:]file...',
});

interface Job {
  program: Program;
  name: Name;
  parameters: Parameters;
  stdin: Uint8Array;
  /** keys are folded to lower case */
  fold: boolean;
  /** what to do with a key that is there already */
  duplicates: 'warn' | 'ignore' | 'replace';
}

function* run(os: Os, args: readonly string[], stdin: Stdin, io: CommandIo, name: Name): Proc<number> {
  const program = new Program(os, io, { name, logs: false });
  const { options, operands, wrong } = getopt(program, args, spec[name]);
  if (wrong) return program.fatal(usages[name]);
  const value = (letter: string): string | undefined =>
    options.find((option) => option.letter === letter)?.value;
  const keyed = options.filter(({ letter }) => 'sqd'.includes(letter));
  if (keyed.length > 1) return program.fatal('specify only one of -s -q or -d');
  if (operands.length === 0) return program.fatal(usages[name]);
  const parameters = program.readParameters(value('c'));
  if (typeof parameters === 'number') return parameters;
  const needsInput = value('i') !== undefined || keyed.some((option) => option.value === '-');
  const job: Job = {
    program,
    name,
    parameters,
    stdin: needsInput ? yield* stdin() : new Uint8Array(0),
    fold: value('f') === undefined,
    duplicates: value('r') !== undefined ? 'replace' : value('w') !== undefined ? 'ignore' : 'warn',
  };
  const tables = operands.map((title) => splitTitle(title, parameters.text('default_database_type')));
  const [action] = keyed;
  if (action?.letter === 'q') return yield* query(job, tables, action.value);
  if (action?.letter === 'd') return remove(job, tables, action.value);
  for (const table of tables) {
    const status = action?.letter === 's' ? list(job, table) : build(job, table, value('i') !== undefined);
    if (status !== 0) return status;
  }
  return 0;
}

interface Title {
  type: string;
  name: string;
  title: string;
}

function splitTitle(title: string, usualType: string): Title {
  const match = /^([A-Za-z][\w-]*):([\s\S]*)$/.exec(title);
  if (match === null) return { type: usualType, name: title, title: `${usualType}:${title}` };
  return { type: match[1]!, name: match[2]!, title };
}

function linesOf(bytes: Uint8Array): string[] {
  return utf8
    .decode(bytes)
    .split('\n')
    .filter((line) => line !== '');
}

function sourceOf(job: Job, name: string, bytes: Uint8Array): SourceEntries {
  const text = utf8.decode(bytes);
  return job.name === 'postalias' ? readAliases(name, text) : readTable(name, text);
}

// @returns what the database has; an exit status when there is neither a database nor a source
function entriesOf(job: Job, { type, name }: Title): Map<string, string> | number {
  const suffix = databaseSuffix(type)!;
  const { files } = job.program.os;
  const built = files.read(name + suffix);
  if (built !== null) return decodeDatabase(built);
  const source = files.read(name);
  if (source === null) return job.program.fatal(`open database ${name}${suffix}: No such file or directory`);
  const entries = new Map<string, string>();
  for (const { key, value } of sourceOf(job, name, source).entries)
    if (!entries.has(folded(job, key))) entries.set(folded(job, key), value);
  return entries;
}

function folded(job: Job, key: string): string {
  return job.fold ? key.toLowerCase() : key;
}

function* query(job: Job, tables: readonly Title[], key: string): Proc<number> {
  const { program } = job;
  const keys = key === '-' ? linesOf(job.stdin) : [key];
  let found = false;
  for (const one of keys) {
    for (const table of tables) {
      const value = yield* look(job, table, one);
      if (typeof value === 'number') return value;
      if (value === null) continue;
      if (value === '') program.warn(`table ${table.title}: key ${one}: empty string result is not allowed`);
      const colon = job.name === 'postalias' ? ':' : '';
      program.print(key === '-' ? `${one}${colon}\t${value}\n` : `${value}\n`);
      found = true;
      break;
    }
  }
  return found ? 0 : 1;
}

function* look(job: Job, table: Title, key: string): Proc<string | null | number> {
  const { program, parameters } = job;
  if (databaseSuffix(table.type) !== null) {
    const entries = entriesOf(job, table);
    if (typeof entries === 'number') return entries;
    return entries.get(folded(job, key)) ?? null;
  }
  const opened = openTable(table.title, {
    recipientDelimiter: parameters.text('recipient_delimiter'),
    aliasTables: new Set(job.name === 'postalias' ? [table.title] : []),
    *isLocalDomain() {
      return false;
    },
  });
  const answer = yield* opened.lookup(program.os, key);
  switch (answer.kind) {
    case 'found':
      return answer.value;
    case 'not-found':
      return null;
    case 'try-again':
      if (/^(open |unsupported dictionary type)/.test(answer.why)) return program.fatal(answer.why);
      if (table.type !== 'fail') program.warn(answer.why);
      return program.fatal(`table ${table.title}: query error: Application error`);
  }
}

function remove(job: Job, tables: readonly Title[], key: string): number {
  const { program } = job;
  let found = false;
  for (const table of tables) {
    const suffix = databaseSuffix(table.type);
    if (suffix === null) return program.fatal(`table ${table.title}: delete operation is not supported`);
    const entries = entriesOf(job, table);
    if (typeof entries === 'number') return entries;
    for (const one of key === '-' ? linesOf(job.stdin) : [key])
      if (entries.delete(folded(job, one))) found = true;
    program.os.files.write(table.name + suffix, encodeDatabase(entries));
  }
  return found ? 0 : 1;
}

function list(job: Job, table: Title): number {
  const { program } = job;
  const colon = job.name === 'postalias' ? ':' : '';
  let entries: Map<string, string> | number;
  if (table.type === 'texthash') {
    const source = program.os.files.read(table.name);
    if (source === null) return program.fatal(`open ${table.name}: No such file or directory`);
    entries = new Map(
      sourceOf(job, table.name, source).entries.map(({ key, value }) => [folded(job, key), value]),
    );
  } else if (databaseSuffix(table.type) === null)
    return program.fatal(`table ${table.title}: sequence operation is not supported`);
  else entries = entriesOf(job, table);
  if (typeof entries === 'number') return entries;
  for (const [key, value] of entries) program.print(`${key}${colon}\t${value}\n`);
  return 0;
}

// Makes the database from the source, or with -i adds to it from standard input.
function build(job: Job, table: Title, incremental: boolean): number {
  const { program } = job;
  const { files } = program.os;
  const source = incremental ? job.stdin : files.read(table.name);
  if (source === null) return program.fatal(`open ${table.name}: No such file or directory`);
  const suffix = databaseSuffix(table.type);
  if (suffix === null) {
    const known = /^(texthash|static|inline|regexp|pcre|cidr|ldap|unionmap|fail|proxy|unix|nis)$/.test(
      table.type,
    );
    const why = known
      ? `${table.type} does not support bulk-mode creation.`
      : `${table.type}. Is the postfix-${table.type} package installed?`;
    return program.fatal(`unsupported dictionary type: ${why}`);
  }
  const entries = incremental ? entriesOf(job, table) : new Map<string, string>();
  if (typeof entries === 'number') return entries;
  const { entries: read, warnings } = sourceOf(job, incremental ? 'stdin' : table.name, source);
  for (const warning of warnings.filter(({ fatal }) => fatal)) return program.fatal(warning.text);
  for (const { key, value } of read) {
    const kept = folded(job, key);
    if (entries.has(kept) && job.duplicates !== 'replace') {
      if (job.duplicates === 'warn') program.warn(`${table.name}${suffix}: duplicate entry: "${kept}"`);
      continue;
    }
    entries.set(kept, value);
  }
  for (const { text } of warnings) program.warn(text);
  if (job.name === 'postalias' && !incremental) addMarks(job, entries);
  files.write(table.name + suffix, encodeDatabase(entries));
  return 0;
}

// What NIS and Sendmail expect in an alias database.
function addMarks({ program, parameters }: Job, entries: Map<string, string>): void {
  entries.set('YP_LAST_MODIFIED', String(Math.floor(program.os.epochUs() / 1_000_000)));
  entries.set('YP_MASTER_NAME', parameters.text('myhostname'));
  entries.set('@', '@');
}
