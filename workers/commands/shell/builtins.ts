/**
 * builtins — what the shell does itself: cd, read, export, set, eval, exit, loops' break and the like
 */
import * as ascii from '../../bytes/ascii.ts';

import type { Proc } from '../../os/os.ts';

import { kindOfPath } from './directory.ts';
import { ArithmeticError, evaluate } from './arithmetic.ts';
import { ShellSyntaxError } from './lexer.ts';
import { parseScript } from './parser.ts';
import { absolutePath } from './process.ts';
import { read } from './read.ts';
import { quoted } from './quoted.ts';
import type { Shell } from './shell.ts';
import { nothing } from './stream.ts';
import { Unwind } from './unwind.ts';

/** @returns the exit status */
export type Builtin = (shell: Shell, args: readonly string[]) => Proc<number>;

const sourceDepthMax = 20;

/** By name. */
export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['cd', cd],
  ['read', read],
  ['export', (shell, args) => declare(shell, args, 'export')],
  ['readonly', (shell, args) => declare(shell, args, 'readonly')],
  ['declare', (shell, args) => declare(shell, args, 'declare')],
  ['local', (shell, args) => declare(shell, args, 'local')],
  ['unset', unset],
  ['set', set],
  ['shift', shift],
  ['eval', (shell, args) => runSource(shell, args.join(' '))],
  ['source', source],
  ['.', source],
  ['exit', (shell, args) => leave(shell, 'exit', args)],
  ['return', (shell, args) => leave(shell, 'return', args)],
  ['break', (shell, args) => leave(shell, 'break', args)],
  ['continue', (shell, args) => leave(shell, 'continue', args)],
  ['command', command],
  ['builtin', command],
  ['type', type],
  ['let', letCommand],
  ['wait', wait],
  ['jobs', jobs],
  ['kill', kill],
  ['history', history],
  ['trap', accept],
  ['shopt', accept],
  ['umask', accept],
  ['ulimit', accept],
  ['alias', accept],
  ['hash', accept],
]);

/** Runs text as commands of this shell. */
export function* runSource(shell: Shell, text: string): Proc<number> {
  try {
    return yield* shell.run(parseScript(text));
  } catch (error) {
    if (!(error instanceof ShellSyntaxError)) throw error;
    const from = shell.isCommandString ? `${shell.state.name}: -c: line ${error.line}: ` : null;
    const source = / near /.test(error.text) ? `\`${text.split('\n')[error.line - 1] ?? ''}'` : null;
    for (const line of source === null ? [error.text] : [error.text, source])
      if (from === null) yield* shell.complain(line);
      else yield* (shell.descriptors.get(2) ?? nothing).write(shell.os, `${from}${line}\n`);
    return 2;
  }
}

/** SIMPLIFIED: taken and without effect; the real ones set traps, limits and options of the shell. */
function* accept(): Proc<number> {
  return 0;
}

function* print(shell: Shell, text: string): Proc<void> {
  yield* (shell.descriptors.get(1) ?? nothing).write(shell.os, text);
}

function* cd(shell: Shell, [given]: readonly string[]): Proc<number> {
  const { state } = shell;
  const name = given === '-' ? state.get('OLDPWD') : (given ?? state.get('HOME') ?? '/root');
  if (name === undefined) {
    yield* shell.complain('cd: OLDPWD not set');
    return 1;
  }
  const path = absolutePath(state.directory, name);
  const kind = kindOfPath(shell.os.files, path);
  if (kind !== 'directory') {
    yield* shell.complain(
      `cd: ${name}: ${kind === 'missing' ? 'No such file or directory' : 'Not a directory'}`,
    );
    return 1;
  }
  state.set('OLDPWD', state.directory);
  state.directory = path;
  if (given === '-') yield* print(shell, `${path}\n`);
  return 0;
}

function* declare(shell: Shell, args: readonly string[], kind: string): Proc<number> {
  const { state } = shell;
  let status = 0;
  if (args.length === 0 || args[0] === '-p') {
    const prefix = kind === 'export' ? 'declare -x ' : '';
    const names = kind === 'export' ? [...state.environment().keys()].sort() : state.names();
    yield* print(shell, names.map((name) => `${prefix}${name}=${quoted(state.get(name) ?? '')}\n`).join(''));
    return 0;
  }
  for (const arg of args) {
    if (arg.startsWith('-')) continue; // -i, -r, -x: attributes
    const at = arg.indexOf('=');
    const name = at < 0 ? arg : arg.slice(0, at);
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      yield* shell.complain(`${kind}: \`${arg}': not a valid identifier`);
      status = 1;
      continue;
    }
    const local = state.locals.at(-1);
    if (kind === 'local' && local !== undefined && !local.has(name)) local.set(name, state.get(name));
    if (at >= 0 && !state.set(name, arg.slice(at + 1))) {
      yield* shell.complain(`${name}: readonly variable`);
      status = 1;
    } else if (kind === 'local' && at < 0) state.set(name, '');
    if (kind === 'export') state.export(name);
    if (kind === 'readonly') state.makeReadOnly(name);
  }
  return status;
}

function* unset(shell: Shell, args: readonly string[]): Proc<number> {
  for (const name of args)
    if (args[0] === '-f' || shell.state.get(name) === undefined) shell.state.functions.delete(name);
    else if (!shell.state.unset(name)) {
      yield* shell.complain(`unset: ${name}: cannot unset: readonly variable`);
      return 1;
    }
  return 0;
}

function* set(shell: Shell, args: readonly string[]): Proc<number> {
  const { state } = shell;
  if (args.length === 0) {
    yield* print(
      shell,
      state
        .names()
        .map((name) => `${name}=${quoted(state.get(name)!)}\n`)
        .join(''),
    );
    return 0;
  }
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '--') {
      state.positional = args.slice(i + 1);
      return 0;
    }
    if (!/^[-+]./.test(arg)) {
      state.positional = args.slice(i);
      return 0;
    }
    const on = arg.startsWith('-');
    for (const letter of arg.slice(1)) {
      const isNamed = letter === 'o';
      const option = isNamed ? args[++i] : { e: 'errexit', u: 'nounset', x: 'xtrace', f: 'noglob' }[letter];
      if (option === 'errexit') state.errExit = on;
      else if (option === 'nounset') state.noUnset = on;
      else if (option === 'xtrace') state.trace = on;
      else if (option === 'noglob') state.noGlob = on;
      else if (option === 'pipefail') state.pipeFail = on;
      else {
        yield* shell.complain(
          `set: ${isNamed ? (option ?? '') : `-${letter}`}: this simulator's shell does not have it yet`,
        );
        return 2;
      }
    }
  }
  return 0;
}

function* shift(shell: Shell, [count = '1']: readonly string[]): Proc<number> {
  const by = Number(count);
  if (!(by >= 0 && by <= shell.state.positional.length)) return 1;
  shell.state.positional = shell.state.positional.slice(by);
  return 0;
}

function* source(shell: Shell, [name, ...args]: readonly string[]): Proc<number> {
  if (name === undefined) {
    yield* shell.complain('source: filename argument required');
    return 2;
  }
  const path = absolutePath(shell.state.directory, name);
  const bytes = shell.os.files.read(path);
  if (bytes === null) {
    yield* shell.complain(`${name}: No such file or directory`);
    return 1;
  }
  if (shell.state.locals.length > sourceDepthMax) return 1;
  const { positional } = shell.state;
  if (args.length > 0) shell.state.positional = args;
  shell.state.locals.push(new Map());
  try {
    return yield* runSource(shell, ascii.decode(bytes));
  } catch (error) {
    if (error instanceof Unwind && error.kind === 'return') return error.status;
    throw error;
  } finally {
    shell.state.locals.pop();
    shell.state.positional = positional;
  }
}

function* leave(shell: Shell, kind: Unwind['kind'], [arg]: readonly string[]): Proc<never> {
  const isLoop = kind === 'break' || kind === 'continue';
  if (arg !== undefined && !/^-?\d+$/.test(arg)) {
    yield* shell.complain(`${kind}: ${arg}: numeric argument required`);
    throw new Unwind('exit', { status: 2 });
  }
  const number = arg === undefined ? null : Number(arg);
  if (isLoop) throw new Unwind(kind, { levels: Math.max(1, number ?? 1) });
  throw new Unwind(kind, { status: number === null ? shell.state.lastStatus : number & 255 });
}

// command -v NAME, or a command that is no function.
function* command(shell: Shell, args: readonly string[]): Proc<number> {
  const [first, ...rest] = args;
  if (first === '-v' || first === '-V') {
    let found = 0;
    for (const name of rest) {
      const place = placeOf(shell, name);
      if (place === null) continue;
      found++;
      yield* print(shell, `${place}\n`);
    }
    return found > 0 ? 0 : 1;
  }
  if (first === undefined) return 0;
  const builtin = builtins.get(first);
  if (builtin !== undefined) return yield* builtin(shell, rest);
  const installed = shell.session.programs.find(first);
  if (installed !== null) return yield* shell.start(installed, { name: first, args: rest, inPlace: false });
  yield* shell.complain(`${first}: command not found`);
  return 127;
}

function placeOf(shell: Shell, name: string): string | null {
  if (shell.state.functions.has(name) || builtins.has(name)) return name;
  return shell.session.programs.find(name)?.path ?? null;
}

function* type(shell: Shell, names: readonly string[]): Proc<number> {
  let status = 0;
  for (const name of names) {
    const path = shell.session.programs.find(name)?.path;
    if (shell.state.functions.has(name)) yield* print(shell, `${name} is a function\n`);
    else if (builtins.has(name)) yield* print(shell, `${name} is a shell builtin\n`);
    else if (path !== undefined) yield* print(shell, `${name} is ${path}\n`);
    else {
      yield* shell.complain(`type: ${name}: not found`);
      status = 1;
    }
  }
  return status;
}

function* letCommand(shell: Shell, args: readonly string[]): Proc<number> {
  const { state } = shell;
  let value = 0n;
  try {
    for (const arg of args)
      value = evaluate(arg, {
        get: (name) => state.get(name) ?? '',
        set: (name, text) => state.set(name, text),
      });
  } catch (error) {
    if (!(error instanceof ArithmeticError)) throw error;
    yield* shell.complain(`let: ${error.text}`);
    return 1;
  }
  return value === 0n ? 1 : 0;
}

function* wait(shell: Shell, args: readonly string[]): Proc<number> {
  let status = 0;
  for (const job of shell.session.jobs) {
    if (args.length > 0 && !args.includes(String(job.handle.pid)) && !args.includes(`%${job.number}`))
      continue;
    yield* job.handle.join();
    if (args.length > 0) status = job.ended.status;
  }
  return status;
}

function* jobs(shell: Shell): Proc<number> {
  for (const job of shell.session.jobs.filter(({ handle }) => handle.running))
    yield* print(shell, `[${job.number}]+  Running                 ${job.text} &\n`);
  return 0;
}

// Only what this terminal started; everything else belongs to the host's daemons.
function* kill(shell: Shell, args: readonly string[]): Proc<number> {
  let status = 0;
  for (const arg of args.filter((one) => !one.startsWith('-'))) {
    const { jobs, processes } = shell.session;
    const handle = arg.startsWith('%')
      ? jobs.find(({ number }) => String(number) === arg.slice(1))?.handle
      : [...processes].find(({ pid }) => String(pid) === arg);
    if (handle?.running === true) {
      handle.kill();
      continue;
    }
    const isDaemon = shell.os.processes().some(({ pid }) => String(pid) === arg);
    const why = isDaemon
      ? "this simulator's kill ends only what a terminal started; see postfix stop"
      : 'No such process';
    yield* shell.complain(`kill: (${arg}) - ${why}`);
    status = 1;
  }
  return status;
}

function* history(shell: Shell): Proc<number> {
  const lines = shell.session.history.map((line, i) => `${String(i + 1).padStart(5)}  ${line}\n`);
  yield* print(shell, lines.join(''));
  return 0;
}
