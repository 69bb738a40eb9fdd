/**
 * tool — a program with its options and its manual page in one table
 *
 * Options are read as GNU tools do: "-abc", "-n5", "-n 5", "--name=value", anywhere before "--". One that the
 * real tool has and ours lacks says so; nothing is taken silently.
 */
import * as ascii from '../../bytes/ascii.ts';
import * as utf8 from '../../bytes/utf8.ts';

import type { Proc } from '../../os/os.ts';

import { absolutePath, type Installed, type Process } from './process.ts';
import { isDirectory } from './directory.ts';
import { FileReader, nothing, type Stream } from './stream.ts';

export interface Tool {
  /** one line */
  readonly summary: string;
  /** what follows the name in the synopsis */
  readonly synopsis: string;
  /** "-n, --lines NUM" and what it does */
  readonly options: readonly (readonly [spec: string, text: string])[];
  /** options of the real tool that are not here: "-z --null-data" */
  readonly missing?: string;
  /** more of the manual page */
  readonly description?: string;
  /** options end at the first operand: what follows is another command's */
  readonly stopsAtOperand?: boolean;
  /** the letter that "-5" stands for */
  readonly number?: string;
  /** the letter whose value may be missing, and is never the next argument: -i.bak */
  readonly optionalValue?: string;
  /** the exit status of a wrong option */
  readonly usageStatus?: number;
  run(me: Process, options: Options): Proc<number>;
}

/** The options and operands of a command line. */
export class Options {
  readonly operands: string[] = [];
  readonly #given: { letter: string; value: string }[] = [];

  add(letter: string, value: string): void {
    this.#given.push({ letter, value });
  }
  has(letter: string): boolean {
    return this.#given.some((one) => one.letter === letter);
  }
  /** the last one given */
  value(letter: string): string | null {
    return this.#given.findLast((one) => one.letter === letter)?.value ?? null;
  }
  values(letter: string): string[] {
    return this.#given.filter((one) => one.letter === letter).map(({ value }) => value);
  }
  /** in order */
  get all(): readonly { letter: string; value: string }[] {
    return this.#given;
  }
}

interface Known {
  /** how it is asked for: the letter, or the long name */
  key: string;
  letters: string[];
  longs: string[];
  takesValue: boolean;
}

/** Makes a program of it. */
export function installTool(name: string, tool: Tool, directory = '/usr/bin'): Installed {
  return {
    summary: tool.summary,
    manual: manualOf(name, tool),
    path: `${directory}/${name}`,
    *run(me) {
      const options = new Options();
      const wrong = parseOptions(me.args, tool, options);
      if (wrong === 'help') {
        yield* me.print(manualOf(name, tool));
        return 0;
      }
      if (wrong !== null) {
        yield* me.fail(wrong);
        return tool.usageStatus ?? 1;
      }
      return yield* tool.run(me, options);
    },
  };
}

/** A program that reads its arguments itself. */
export interface RawTool {
  readonly summary: string;
  readonly synopsis: string;
  readonly description?: string;
  run(me: Process): Proc<number>;
}

/** Makes a program of it. */
export function installRaw(name: string, tool: RawTool, directory = '/usr/bin'): Installed {
  const manual = manualOf(name, { ...tool, options: [], run: tool.run });
  return { summary: tool.summary, manual, path: `${directory}/${name}`, run: tool.run };
}

function parseOptions(args: readonly string[], tool: Tool, options: Options): string | null {
  const known = tool.options.map(([spec]) => readSpec(spec));
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!;
    if (arg === '--') {
      options.operands.push(...args.slice(at + 1));
      return null;
    }
    if (!arg.startsWith('-') || arg === '-') {
      if (tool.stopsAtOperand === true) {
        options.operands.push(...args.slice(at));
        return null;
      }
      options.operands.push(arg);
      continue;
    }
    const number = tool.number === undefined ? null : /^-(\d+)$/.exec(arg);
    if (number !== null) options.add(tool.number!, number[1]!);
    else {
      const single = known.find(({ letters }) => letters.includes(arg.slice(1)) && arg.length > 2);
      const read = arg.startsWith('--') || single !== undefined ? readLong : readShort;
      const taken = read(args, at, { known, tool, options, single });
      if (typeof taken === 'string') return taken;
      at = taken;
    }
  }
  return null;
}

interface Reading {
  known: readonly Known[];
  tool: Tool;
  options: Options;
  single: Known | undefined;
}

function readLong(
  args: readonly string[],
  at: number,
  { known, tool, options, single }: Reading,
): string | number {
  const [name, ...rest] = (single === undefined ? args[at]!.slice(2) : args[at]!.slice(1)).split('=');
  const option = single ?? known.find(({ longs }) => longs.includes(name!));
  if (option === undefined) {
    if (name === 'help') return 'help';
    if (isMissing(tool, `--${name!}`)) return lacking(`--${name!}`);
    return `unrecognized option '--${name!}'\nTry '--help' for more information.`;
  }
  if (!option.takesValue) {
    options.add(option.key, '');
    return at;
  }
  if (rest.length > 0) {
    options.add(option.key, rest.join('='));
    return at;
  }
  const value = args[at + 1];
  if (value === undefined) return `option '--${name!}' requires an argument`;
  options.add(option.key, value);
  return at + 1;
}

function readShort(
  args: readonly string[],
  start: number,
  { known, tool, options }: Reading,
): string | number {
  const arg = args[start]!;
  for (let i = 1; i < arg.length; i++) {
    const letter = arg[i]!;
    const option = known.find(({ letters }) => letters.includes(letter));
    if (option === undefined) {
      if (isMissing(tool, `-${letter}`)) return lacking(`-${letter}`);
      return `invalid option -- '${letter}'\nTry '--help' for more information.`;
    }
    if (tool.optionalValue === letter) {
      options.add(option.key, arg.slice(i + 1));
      return start;
    }
    if (!option.takesValue) {
      options.add(option.key, '');
      continue;
    }
    const value = i + 1 < arg.length ? arg.slice(i + 1) : args[start + 1];
    if (value === undefined) return `option requires an argument -- '${letter}'`;
    options.add(option.key, value);
    return i + 1 < arg.length ? start : start + 1;
  }
  return start;
}

function isMissing(tool: Tool, option: string): boolean {
  return (tool.missing ?? '').split(' ').includes(option);
}
function lacking(option: string): string {
  return `the real tool has ${option}; this simulator doesn't yet`;
}

// "-n, --lines NUM"
function readSpec(spec: string): Known {
  const [names, value] = spec
    .split(' ')
    .reduce<[string[], boolean]>(
      ([before, has], part) =>
        part.startsWith('-') ? [[...before, part.replace(/,$/, '')], has] : [before, true],
      [[], false],
    );
  const longs = names.filter((name) => name.startsWith('--')).map((name) => name.slice(2));
  const letters = names.filter((name) => !name.startsWith('--')).map((name) => name.slice(1));
  return { key: letters[0] ?? longs[0]!, letters, longs, takesValue: value };
}

function manualOf(name: string, tool: Tool): string {
  const options = tool.options.map(([spec, text]) => `       ${spec}\n              ${text}\n`).join('');
  const description = tool.description === undefined ? '' : `\nDESCRIPTION\n${indented(tool.description)}\n`;
  const missing =
    tool.missing === undefined
      ? ''
      : `\nNOT IN THIS SIMULATOR\n${indented(tool.missing.split(' ').join(', '))}\n`;
  return asBytes(
    `NAME\n       ${name} - ${tool.summary}\n\nSYNOPSIS\n       ${name} ${tool.synopsis}\n${description}` +
      `${options === '' ? '' : `\nOPTIONS\n${options}`}${missing}`,
  );
}

/** Our own words have characters that are more than one byte. */
export function asBytes(text: string): string {
  return ascii.decode(utf8.encode(text));
}

function indented(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => `       ${line.trim()}`.trimEnd())
    .join('\n');
}

/** The file that an operand names, "-" being the standard input; says why it cannot be read. */
export function* openOperand(me: Process, name: string): Proc<Stream | null> {
  if (name === '-' || name === '/dev/stdin') return me.input;
  if (name === '/dev/null') return nothing;
  const path = absolutePath(me.directory, name);
  const state = me.os.files.state(path);
  if (state !== null) return new FileReader(path, state);
  yield* me.fail(
    `${name}: ${isDirectory(me.os.files, path) ? 'Is a directory' : 'No such file or directory'}`,
  );
  return null;
}

/** A count as an option's value; null when it is none. */
export function parseCount(text: string | null): number | null {
  return text !== null && /^\d{1,12}$/.test(text) ? Number(text) : null;
}
