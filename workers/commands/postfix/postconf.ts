/**
 * postconf — shows and changes main.cf and master.cf: -n -d -x -h -H -f -C -o, -e -X -#, -M -F -P, -a -A -l
 * -m
 *
 * Warns of names that nothing uses, and of entries that a later one overrides, as the real one does.
 *
 * SIMPLIFIED: -b and -t (bounce templates) and -T (TLS) print nothing.
 *
 * SEE ALSO  postconf(1), known-parameters.ts, postconf-edit.ts, postconf-master.ts
 */
import * as utf8 from '../../bytes/utf8.ts';

import type { Os } from '../../os/os.ts';
import { expandValue } from '../../daemons/postfix/expand.ts';
import { logicalLines, makeParameters, parseMainCf } from '../../daemons/postfix/main-cf.ts';

import { Program, type Command } from './command.ts';
import { getopt } from './getopt.ts';
import { knownParameters, type ParameterClass } from './known-parameters.ts';
import { parseMasterFile } from './master-file.ts';
import { editMain } from './postconf-edit.ts';
import { formatEntry, type Configuration, type Show } from './shown-entry.ts';
import { editMaster, listMaster, type MasterMode } from './postconf-master.ts';

const usage =
  'usage: postconf [-a (server SASL types)] [-A (client SASL types)] [-b (bounce templates)] ' +
  '[-c config_dir] [-c param_class] [-d (parameter defaults)] [-e (edit configuration)] [-f (fold lines)] ' +
  '[-F (master.cf fields)] [-h (no names)] [-H (no values)] [-l (lock types)] [-m (map types)] ' +
  '[-M (master.cf)] [-n (non-default parameters)] [-o name=value (override parameter value)] ' +
  '[-p (main.cf, default)] [-P (master.cf parameters)] [-t (bounce templates)] ' +
  '[-T compile-version|run-version|public-key-algorithms] [-v (verbose)] [-x (expand parameter values)] ' +
  '[-X (exclude)] [-# (comment-out)] [name...]';

/** postconf(1) */
export const postconf: Command = function* (os, args, _stdin, io) {
  const program = new Program(os, io, { name: 'postconf', logs: false });
  const { options, operands, wrong } = getopt(program, args, 'aAbc:C:deEfFhHlmMno:pPtT:vxX#');
  if (wrong) return program.fatal(usage);
  const has = (letter: string): boolean => options.some((option) => option.letter === letter);
  const fixed = fixedList(options.map(({ letter }) => letter));
  if (fixed !== null) {
    program.print(fixed);
    return 0;
  }
  if (has('d') && has('n')) return program.fatal('specify one of -d -n');
  const given = options.find(({ letter }) => letter === 'c')?.value;
  const show: Show = { names: !has('h'), values: !has('H'), fold: has('f'), expand: has('x') };
  const overrides = options.filter(({ letter }) => letter === 'o').map(({ value }) => value);
  const bad = overrides.find((text) => !text.includes('='));
  if (bad !== undefined) return program.fatal(`missing '=' after attribute name: "${bad}"`);
  const isMaster = has('M') || has('F') || has('P');
  const assigns = operands.some((operand) => operand.includes('='));
  const edit = has('X') ? 'X' : has('#') ? '#' : has('e') || assigns ? 'e' : null;
  const directory = given ?? '/etc/postfix';
  if (edit !== null && !isMaster) return editMain(program, directory, edit, operands);
  const mode: MasterMode = has('M') ? 'M' : has('F') ? 'F' : 'P';
  if (edit !== null) return editMaster(program, directory, { mode, edit, operands });
  const configuration = readConfiguration(os, directory, given, overrides);
  if (configuration === null) return program.fatal(`open ${directory}/main.cf: No such file or directory`);
  if (!has('d')) warnOverridden(program, os, directory);
  if (isMaster) {
    listMaster(program, configuration, { mode, show, operands });
    warnUnused(program, configuration, { main: false });
    return 0;
  }
  const classes = classesOf(options.filter(({ letter }) => letter === 'C').map(({ value }) => value));
  const which = has('d') ? 'usual' : has('n') ? 'changed' : 'all';
  listMain(program, configuration, { which, classes, show, operands });
  if (which !== 'usual') warnUnused(program, configuration, { main: true });
  return 0;
};

function fixedList(letters: readonly string[]): string | null {
  if (letters.includes('a')) return 'cyrus\ndovecot\n';
  if (letters.includes('A')) return 'cyrus\n';
  if (letters.includes('l')) return 'flock\nfcntl\ndotlock\n';
  if (letters.includes('m')) return `${mapTypes.join('\n')}\n`;
  return letters.some((letter) => 'btT'.includes(letter)) ? '' : null;
}

const mapTypes = Object.freeze(
  'btree cidr fail hash inline ldap lmdb nis pcre proxy regexp static texthash unionmap unix'.split(' '),
);

function classesOf(given: readonly string[]): ReadonlySet<ParameterClass> {
  const all = ['builtin', 'service', 'user'] as const;
  if (given.length === 0 || given.includes('all')) return new Set(all);
  return new Set(all.filter((one) => given.includes(one)));
}

function readConfiguration(
  os: Os,
  directory: string,
  given: string | undefined,
  overrides: readonly string[],
): Configuration | null {
  const text = textOf(os, `${directory}/main.cf`);
  if (text === null) return null;
  const main = parseMainCf(text, `${directory}/main.cf`);
  if (given !== undefined) main.values.set('config_directory', given);
  for (const override of overrides) {
    const equals = override.indexOf('=');
    main.values.set(override.slice(0, equals).trim(), override.slice(equals + 1).trim());
  }
  const services = parseMasterFile(textOf(os, `${directory}/master.cf`) ?? '');
  return { directory, main, services, known: knownParameters(main, services, hostValues(os)) };
}

// What Postfix finds out about its host.
function hostValues(os: Os): Map<string, string> {
  const parameters = makeParameters(new Map(), { hostName: os.hostName, addresses: os.addresses });
  const names = ['myhostname', 'mydomain', 'mynetworks'];
  return new Map([
    ...names.map((name) => [name, parameters.text(name)] as const),
    ['process_id', String(os.pid)],
    ['process_name', 'postconf'],
  ]);
}

function textOf(os: Os, path: string): string | null {
  const bytes = os.files.read(path);
  return bytes === null ? null : utf8.decode(bytes);
}

interface Listing {
  which: 'all' | 'usual' | 'changed';
  classes: ReadonlySet<ParameterClass>;
  show: Show;
  operands: readonly string[];
}

function listMain(program: Program, { main, known }: Configuration, listing: Listing): void {
  const { which, classes, show, operands } = listing;
  const written = (name: string): string | undefined =>
    which === 'usual' ? undefined : main.values.get(name);
  const lookup = (name: string): string | null => written(name) ?? known.get(name)?.usual ?? null;
  const names =
    operands.length > 0 ? operands : [...known.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  for (const name of names) {
    const row = known.get(name);
    if (row === undefined) {
      if (operands.length > 0) program.warn(`${name}: unknown parameter`);
      continue;
    }
    if (!classes.has(row.kind)) continue;
    if (which === 'changed' && written(name) === undefined) continue;
    if (which === 'usual' && row.kind === 'user') continue;
    const value = written(name) ?? row.usual;
    program.print(formatEntry(name, show.expand ? expandValue(value, lookup) : value, show));
  }
}

function warnOverridden(program: Program, os: Os, directory: string): void {
  const file = `${directory}/main.cf`;
  const seen = new Map<string, string>();
  for (const { line, text } of logicalLines(textOf(os, file) ?? '')) {
    const match = /^([^\s=]+)\s*=([\s\S]*)$/.exec(text);
    if (match === null) continue;
    const [, name, given] = match as unknown as [string, string, string];
    const value = given.trim();
    const earlier = seen.get(name);
    if (earlier !== undefined && earlier !== value)
      program.warn(`${file}, line ${line}: overriding earlier entry: ${name}=${earlier}`);
    seen.set(name, value);
  }
}

function warnUnused(
  program: Program,
  { directory, main, services, known }: Configuration,
  { main: alsoMain }: { main: boolean },
): void {
  if (alsoMain)
    for (const [name, value] of main.values)
      if (!known.has(name)) program.warn(`${directory}/main.cf: unused parameter: ${name}=${value}`);
  for (const { overrides } of services)
    for (const [name, value] of overrides)
      if (!known.has(name)) program.warn(`${directory}/master.cf: unused parameter: ${name}=${value}`);
}
