/**
 * find — walks directories: tests on each path, and what to do with those that pass
 *
 * There are -name, -iname, -path, -type f|d, -size, -mtime, -mmin, -newer, -empty, -maxdepth, -mindepth, !,
 * -o, -a, ( ), -print, -print0, -ls, -delete, -exec … ; and -exec … +
 */
import type { Proc } from '../../os/os.ts';

import { globMatcher } from '../shell/glob.ts';
import { baseName, isDirectory, kindOfPath, namesIn } from '../shell/directory.ts';
import type { Process } from '../shell/process.ts';
import { runOther } from '../shell/run-program.ts';
import type { RawTool } from '../shell/tool.ts';

import { ageSeconds } from './ls.ts';

export const find: RawTool = {
  summary: 'find files',
  synopsis: '[PATH]… [EXPRESSION]',
  description: `-name, -iname, -path PATTERN; -type f|d; -size [+-]N[ckM]; -mtime, -mmin [+-]N; -newer FILE;
    -empty; -maxdepth, -mindepth N; ! -o -a ( ); -print, -print0, -delete, -exec COMMAND {} ; (or +).
    Not in this simulator: -user, -perm, -prune, -regex, -printf, -ok, -links, -inum.`,
  run: runFind,
};

interface Found {
  readonly shown: string;
  readonly path: string;
  readonly isDirectory: boolean;
  readonly depth: number;
}
type Test = (found: Found) => Proc<boolean>;

/** of the real tool, and not here */
const missing = Object.freeze(
  (
    '-user -group -perm -prune -regex -iregex -printf -ok -links -inum -fprint -newermt -atime -ctime ' +
    '-cmin -amin -depth -mount -xdev -follow -quit -nouser'
  ).split(' '),
);
const depthMax = 40;
const foundMax = 50_000;

class FindError {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

function* runFind(me: Process): Proc<number> {
  const start = me.args.findIndex((arg) => /^[-!(]/.test(arg));
  const roots = start < 0 ? me.args : me.args.slice(0, start);
  const expression = new Expression(me, start < 0 ? [] : me.args.slice(start));
  let test: Test;
  try {
    test = expression.parse();
  } catch (error) {
    if (error instanceof FindError) return yield* me.fail(error.text);
    throw error;
  }
  let status = 0;
  for (const root of roots.length > 0 ? roots : ['.']) {
    const path = me.path(root);
    if (kindOfPath(me.os.files, path) === 'missing') {
      status = yield* me.fail(`‘${root}’: No such file or directory`.replace(/[‘’]/g, "'"));
      continue;
    }
    for (const found of walk(me, { root, path, ...expression.limits })) {
      yield* me.cpu.use(2);
      yield* test(found);
    }
  }
  yield* expression.finish();
  return status;
}

function walk(
  me: Process,
  given: { root: string; path: string; min: number; max: number; depthFirst: boolean },
): Found[] {
  const all: Found[] = [];
  const visit = (shown: string, path: string, depth: number): void => {
    if (all.length >= foundMax) return;
    const directory = !me.os.files.exists(path) && isDirectory(me.os.files, path);
    const found = { shown, path, isDirectory: directory, depth };
    if (depth >= given.min && !given.depthFirst) all.push(found);
    if (directory && depth < Math.min(given.max, depthMax))
      for (const name of namesIn(me.os.files, path))
        visit(
          `${shown === '/' ? '' : shown.replace(/\/$/, '')}/${name}`,
          path === '/' ? `/${name}` : `${path}/${name}`,
          depth + 1,
        );
    if (depth >= given.min && given.depthFirst) all.push(found);
  };
  visit(given.root, given.path, 0);
  return all;
}

class Expression {
  readonly #me: Process;
  readonly #args: readonly string[];
  #at = 0;
  #acts = false;
  #nesting = 0;
  readonly limits = { min: 0, max: depthMax, depthFirst: false };
  readonly #collected: { command: string[]; names: string[] }[] = [];

  constructor(me: Process, args: readonly string[]) {
    this.#me = me;
    this.#args = args;
  }

  parse(): Test {
    const test = this.#args.length === 0 ? always : this.#or();
    if (this.#at < this.#args.length)
      throw new FindError(`paths must precede expression: \`${this.#args[this.#at]!}'`);
    if (this.#acts) return test;
    const print = this.#print('\n');
    return function* (found) {
      return (yield* test(found)) && (yield* print(found));
    };
  }
  /** What -exec … + collected. */
  *finish(): Proc<void> {
    for (const { command, names } of this.#collected)
      if (names.length > 0)
        yield* runOther(
          this.#me,
          command.flatMap((word) => (word === '{}' ? names : [word])),
        );
  }

  #or(): Test {
    let left = this.#and();
    while (this.#args[this.#at] === '-o' || this.#args[this.#at] === '-or') {
      this.#at++;
      const [a, b] = [left, this.#and()];
      left = function* (found) {
        return (yield* a(found)) || (yield* b(found));
      };
    }
    return left;
  }
  #and(): Test {
    let left = this.#not();
    for (;;) {
      const next = this.#args[this.#at];
      if (next === undefined || next === ')' || next === '-o' || next === '-or') return left;
      if (next === '-a' || next === '-and') this.#at++;
      const [a, b] = [left, this.#not()];
      left = function* (found) {
        return (yield* a(found)) && (yield* b(found));
      };
    }
  }
  #not(): Test {
    if (++this.#nesting > 200) throw new FindError('expression too complex');
    const word = this.#args[this.#at];
    if (word === '!' || word === '-not') {
      this.#at++;
      const test = this.#not();
      return function* (found) {
        return !(yield* test(found));
      };
    }
    if (word === '(') {
      this.#at++;
      const test = this.#or();
      if (this.#args[this.#at++] !== ')')
        throw new FindError("invalid expression; expected to find a ')' but didn't see one");
      return test;
    }
    return this.#primary();
  }

  #primary(): Test {
    const word = this.#args[this.#at++] ?? '';
    const { files } = this.#me.os;
    switch (word) {
      case '-name':
      case '-iname':
      case '-path':
      case '-wholename':
        return this.#byName(word);
      case '-type': {
        const kind = this.#value(word);
        if (kind !== 'f' && kind !== 'd') throw new FindError(`Unknown argument to -type: ${kind}`);
        return plain((found) => found.isDirectory === (kind === 'd'));
      }
      case '-empty':
        return plain(({ path, isDirectory: is }) =>
          is ? namesIn(files, path).length === 0 : files.state(path)?.size === 0,
        );
      case '-size':
        return this.#bySize(this.#value(word));
      case '-mtime':
      case '-mmin':
        return this.#byAge(this.#value(word), word === '-mtime' ? 86_400 : 60);
      case '-newer': {
        const than = files.modifiedAt(this.#me.path(this.#value(word))) ?? 0;
        return plain(({ path }) => (files.modifiedAt(path) ?? 0) > than);
      }
      case '-maxdepth':
        this.limits.max = Number(this.#value(word));
        return always;
      case '-mindepth':
        this.limits.min = Number(this.#value(word));
        return always;
      case '-true':
        return always;
      default:
        return this.#action(word);
    }
  }

  #byName(word: string): Test {
    const value = this.#value(word);
    const ignoreCase = word === '-iname';
    const matches = globMatcher(ignoreCase ? value.toLowerCase() : value);
    if (word === '-path' || word === '-wholename') return plain(({ shown }) => matches(shown));
    return plain(({ shown }) => matches(ignoreCase ? baseName(shown).toLowerCase() : baseName(shown)));
  }

  #bySize(value: string): Test {
    const match = /^([-+]?)(\d{1,12})([ckMGb]?)$/.exec(value);
    if (match === null) throw new FindError(`Invalid argument \`${value}' to -size`);
    const unit = { c: 1, k: 1024, M: 1_048_576, G: 1_073_741_824, b: 512, '': 512 }[match[3]!]!;
    const size = ({ path }: Found): number => Math.ceil((this.#me.os.files.state(path)?.size ?? 4096) / unit);
    return plain((found) => compare(size(found), match[1]!, Number(match[2])));
  }
  #byAge(value: string, unit: number): Test {
    const match = /^([-+]?)(\d{1,12})$/.exec(value);
    if (match === null) throw new FindError(`invalid argument \`${value}'`);
    const me = this.#me;
    return plain(({ path }) => {
      const age = ageSeconds(me, me.os.epochUs(me.os.files.modifiedAt(path) ?? 0));
      return compare(Math.floor(age / unit), match[1]!, Number(match[2]));
    });
  }

  #action(word: string): Test {
    this.#acts = true;
    const me = this.#me;
    if (word === '-print' || word === '-print0') return this.#print(word === '-print' ? '\n' : '\0');
    if (word === '-ls')
      return function* ({ shown }) {
        yield* runOther(me, ['ls', '-lid', shown]);
        return true;
      };
    if (word === '-delete') {
      this.limits.depthFirst = true;
      return plain(({ path, isDirectory: is }) => me.os.files.remove(is ? `${path}/.` : path));
    }
    if (word === '-exec') return this.#exec();
    if (missing.includes(word)) throw new FindError(`the real tool has ${word}; this simulator doesn't yet`);
    throw new FindError(`unknown predicate \`${word}'`);
  }

  #exec(): Test {
    const end = this.#args.findIndex(
      (arg, i) => i >= this.#at && (arg === ';' || (arg === '+' && this.#args[i - 1] === '{}')),
    );
    if (end < 0) throw new FindError("missing argument to `-exec'");
    const command = this.#args.slice(this.#at, end);
    this.#at = end + 1;
    const me = this.#me;
    if (this.#args[end] === '+') {
      const collected = { command, names: [] as string[] };
      this.#collected.push(collected);
      return plain(({ shown }) => collected.names.push(shown) > 0);
    }
    return function* ({ shown }) {
      return (
        (yield* runOther(
          me,
          command.map((part) => part.replaceAll('{}', shown)),
        )) === 0
      );
    };
  }

  #print(end: string): Test {
    const me = this.#me;
    return function* ({ shown }) {
      yield* me.print(shown + end);
      return true;
    };
  }
  #value(word: string): string {
    const value = this.#args[this.#at++];
    if (value === undefined) throw new FindError(`missing argument to \`${word}'`);
    return value;
  }
}

function compare(value: number, sign: string, than: number): boolean {
  return sign === '+' ? value > than : sign === '-' ? value < than : value === than;
}
function plain(test: (found: Found) => boolean): Test {
  return function* (found) {
    return test(found);
  };
}
function* always(): Proc<boolean> {
  return true;
}
