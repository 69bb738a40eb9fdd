/**
 * postconf-master — master.cf by postconf(1): -M services, -F their fields, -P their parameters; shown and
 * changed
 *
 * SEE ALSO  postconf.ts, master-file.ts
 */
import * as utf8 from '../../bytes/utf8.ts';

import { splitOutsideBraces } from '../../daemons/postfix/main-cf.ts';

import type { Program } from './command.ts';
import {
  formatFolded,
  formatOverride,
  formatService,
  parseMasterFile,
  parseMasterLine,
  type MasterLine,
} from './master-file.ts';
import { formatEntry, type Configuration, type Show } from './shown-entry.ts';

export type MasterMode = 'M' | 'F' | 'P';

const fieldNames = Object.freeze([
  'service',
  'type',
  'private',
  'unprivileged',
  'chroot',
  'wakeup',
  'process_limit',
  'command',
]);

/** Shows what the operands name, "service/type/name" with "*" for any; all when there are none. */
export function listMaster(
  program: Program,
  { services }: Configuration,
  { mode, show, operands }: { mode: MasterMode; show: Show; operands: readonly string[] },
): void {
  for (const operand of operands.length > 0 ? operands : ['']) {
    const pattern = operand === '' ? [] : operand.split('/');
    let matched = false;
    for (const service of services) {
      if (service.fields.length === 0 || !matches(service.fields, pattern)) continue;
      for (const text of textsOf(service, { mode, show, name: pattern[2] })) {
        program.print(text);
        matched = true;
      }
      matched ||= mode !== 'M' && pattern.length < 3;
    }
    if (!matched && operand !== '') program.warn(`unmatched request: "${operand}"`);
  }
}

function matches(fields: readonly string[], pattern: readonly string[]): boolean {
  return [0, 1].every((i) => pattern[i] === undefined || pattern[i] === '*' || pattern[i] === fields[i]);
}

function* textsOf(
  service: MasterLine,
  { mode, show, name }: { mode: MasterMode; show: Show; name: string | undefined },
): Generator<string, void> {
  const { fields, args, overrides } = service;
  if (mode === 'M') {
    yield `${show.fold ? formatFolded(service) : formatService(service)}\n`;
    return;
  }
  const values: (readonly [string, string])[] =
    mode === 'F'
      ? fieldNames.map((field, i) => [field, [fields[i] ?? '-', ...(i === 7 ? args : [])].join(' ')])
      : [...new Map(overrides)].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  for (const [key, value] of values)
    if (name === undefined || name === '*' || name === key)
      yield formatEntry(`${fields[0]!}/${fields[1]!}/${key}`, value, show);
}

/** Changes master.cf: a service (-M), a field (-F) or a parameter (-P) is set, removed or commented out. */
export function editMaster(
  program: Program,
  directory: string,
  { mode, edit, operands }: { mode: MasterMode; edit: 'e' | 'X' | '#'; operands: readonly string[] },
): number {
  const path = `${directory}/master.cf`;
  const bytes = program.os.files.read(path);
  if (bytes === null) return program.fatal(`open ${path}: No such file or directory`);
  if (operands.length === 0) return program.fatal('missing service argument');
  let services = parseMasterFile(utf8.decode(bytes));
  for (const operand of operands) {
    const equals = operand.indexOf('=');
    if (edit === 'e' && equals === -1) return program.fatal(`missing '=' after attribute name: "${operand}"`);
    const pattern = (equals === -1 ? operand : operand.slice(0, equals)).trim().split('/');
    const value = equals === -1 ? '' : operand.slice(equals + 1).trim();
    const field = fieldNames.indexOf(pattern[2] ?? '');
    if (mode === 'F' && field === -1)
      return program.fatal(`invalid service attribute name: "${pattern[2] ?? ''}"`);
    const change = { mode, edit, pattern, value, field };
    const found = services.some(({ fields }) => fields.length > 0 && matches(fields, pattern));
    services = services.flatMap((service) =>
      service.fields.length > 0 && matches(service.fields, pattern) ? changed(service, change) : [service],
    );
    if (mode === 'M' && edit === 'e' && !found) services.push(written(parseMasterLine(value)));
    else if (edit === 'e' && !found) return program.fatal(`unmatched service entry: "${pattern.join('/')}"`);
  }
  program.os.files.write(path, utf8.encode(`${services.map(({ text }) => text).join('\n')}\n`));
  return 0;
}

interface Change {
  mode: MasterMode;
  edit: 'e' | 'X' | '#';
  pattern: readonly string[];
  value: string;
  field: number;
}

function changed(service: MasterLine, { mode, edit, pattern, value, field }: Change): MasterLine[] {
  if (mode === 'M') {
    if (edit === 'X') return [];
    if (edit === 'e') return [written(parseMasterLine(value))];
    const commented = service.text.split('\n').map((line) => `#${line}`);
    return [{ text: commented.join('\n'), fields: [], args: [], overrides: [] }];
  }
  if (mode === 'F') {
    if (field === 7) {
      const words = splitOutsideBraces(value, /\s/);
      return [written(parseMasterLine([...service.fields.slice(0, 7), ...words].join(' ')))];
    }
    const fields = service.fields.map((old, i) => (i === field ? value : old));
    return [written({ ...service, fields })];
  }
  const name = pattern[2] ?? '';
  const others = (arg: string): boolean =>
    !arg.replace(/^-o \{?/, '').startsWith(`${name}=`) || !arg.startsWith('-o ');
  if (edit !== 'e') return [written({ ...service, args: service.args.filter(others) })];
  const option = formatOverride(name, value);
  const args = service.args.every(others)
    ? [...service.args, option]
    : service.args.map((arg) => (others(arg) ? arg : option));
  return [written({ ...service, args })];
}

// A service that was changed is written anew.
function written(service: MasterLine): MasterLine {
  return { ...service, text: formatFolded(service) };
}
