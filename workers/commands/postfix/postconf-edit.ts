/**
 * postconf-edit — changes main.cf: -e sets, -X removes, -# comments out; all else in the file stays as it is
 *
 * SEE ALSO  postconf.ts
 */
import * as utf8 from '../../bytes/utf8.ts';

import type { Program } from './command.ts';

export type Edit = 'e' | 'X' | '#';

/** @param operands name=value for -e, names for the others */
export function editMain(
  program: Program,
  directory: string,
  edit: Edit,
  operands: readonly string[],
): number {
  if (operands.length === 0)
    return program.fatal(edit === 'e' ? '-e requires name=value argument' : 'missing service argument');
  const wanted = new Map<string, string>();
  for (const operand of operands) {
    const match = /^\s*([^\s=]+)\s*(?:=\s*([\s\S]*?)\s*)?$/.exec(operand);
    if (edit === 'e' && (match === null || match[2] === undefined))
      return program.fatal(`missing '=' after attribute name: "${operand}"`);
    if (edit !== 'e' && (match === null || operand.includes('=')))
      return program.fatal(`-X or -# requires names without value: "${operand}"`);
    wanted.set(match![1]!, match![2] ?? '');
  }
  const path = `${directory}/main.cf`;
  const bytes = program.os.files.read(path);
  if (bytes === null) return program.fatal(`open ${path}: No such file or directory`);
  program.os.files.write(path, utf8.encode(edited(program, path, utf8.decode(bytes), { edit, wanted })));
  return 0;
}

function edited(
  program: Program,
  path: string,
  text: string,
  { edit, wanted }: { edit: Edit; wanted: ReadonlyMap<string, string> },
): string {
  const out: string[] = [];
  const seen = new Set<string>();
  let concerned = false;
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const isComment = /^\s*(#|$)/.test(line);
    if (!isComment && !/^[ \t]/.test(line)) {
      const name = /^([^\s=]+)/.exec(line)?.[1] ?? '';
      concerned = wanted.has(name);
      if (concerned && seen.has(name)) program.warn(`${path}: multiple entries for "${name}"`);
      else if (concerned && edit === 'e') out.push(`${name} = ${wanted.get(name)!}`);
      if (concerned) seen.add(name);
    }
    if (isComment || !concerned) out.push(line);
    else if (edit === '#') out.push(`#${line}`);
  }
  if (edit === 'e') for (const [name, value] of wanted) if (!seen.has(name)) out.push(`${name} = ${value}`);
  return `${out.join('\n')}\n`;
}
