/**
 * shell — runs a tree of commands: pipelines of procs, lists, loops, functions, builtins
 *
 * Every stage of a pipeline and every program is a proc of the host; what changes the shell itself (cd, read,
 * a loop) runs in the shell's own. Processes, depth and sizes are bounded, and everything takes virtual time.
 *
 * STANDARDS  POSIX.1-2017, XCU 2.9; bash(1)
 */
import { SECOND, type Os, type Proc, type ProcHandle } from '../../os/os.ts';

import {
  nameOfCommand,
  type AndOr,
  type Command,
  type List,
  type Pipeline,
  type Redirection,
} from './ast.ts';
import { builtins } from './builtins.ts';
import { runCompound } from './compound.ts';
import { ExpansionError, expandText, expandWords, type Expander } from './expand.ts';
import { Cpu, Process, type Installed } from './process.ts';
import { notFound } from './not-found.ts';
import { quoted } from './quoted.ts';
import { redirect, RedirectionError } from './redirect.ts';
import { runProgram } from './run-program.ts';
import type { Session, ShellOptions } from './session.ts';
import { ShellState } from './shell-state.ts';
import { Captured, Killed, nothing, Pipe, StreamError, type Stream } from './stream.ts';
import { Unwind } from './unwind.ts';

const usPerCommand = 20;
/** fork and exec */
const usPerProcess = 500;
const processesMax = 200;
const functionsDeepMax = 60;
const substitutedCharsMax = 1_048_576;

export class Shell implements Expander {
  readonly os: Os;
  readonly state: ShellState;
  readonly session: Session;
  readonly interactive: boolean;
  readonly cpu: Cpu;
  descriptors: Map<number, Stream>;
  #functionDepth = 0;
  #line = 1;
  /** bash -c, which its diagnostics say */
  isCommandString = false;
  /** in a condition, where set -e does not end the shell */
  tolerant = 0;

  constructor(options: ShellOptions) {
    this.os = options.os;
    this.state = options.state;
    this.session = options.session;
    this.interactive = options.interactive;
    this.descriptors = options.descriptors;
    this.cpu = new Cpu(this.os, this.session.processor);
  }

  /** All of a list; @returns the exit status, also of exit(1). */
  *runAll(list: List): Proc<number> {
    try {
      return yield* this.run(list);
    } catch (error) {
      return this.statusOf(error);
    }
  }

  /** The status that a thrown end means. @throws what is none */
  statusOf(error: unknown): number {
    if (error instanceof Killed || error instanceof Unwind) return error.status;
    throw error;
  }

  *run(list: List): Proc<number> {
    for (const item of list) yield* this.#andOr(item);
    return this.state.lastStatus;
  }

  *complain(text: string): Proc<void> {
    yield* (this.descriptors.get(2) ?? nothing).write(this.os, `${this.#place()}${text}\n`);
  }
  #place(): string {
    return `${this.state.name}: ${this.interactive ? '' : `line ${this.#line}: `}`;
  }

  *#andOr(item: AndOr): Proc<void> {
    if (item.background) return yield* this.#startJob(item);
    let status = 0;
    const last = item.rest.length;
    const run = function* (shell: Shell, pipeline: Pipeline, isLast: boolean): Proc<void> {
      if (!isLast || pipeline.negated) shell.tolerant++;
      try {
        status = yield* shell.#pipeline(pipeline);
      } finally {
        if (!isLast || pipeline.negated) shell.tolerant--;
      }
      shell.state.lastStatus = status;
      const fails = status !== 0 && isLast && !pipeline.negated;
      if (fails && shell.state.errExit && shell.tolerant === 0) throw new Unwind('exit', { status });
    };
    yield* run(this, item.first, last === 0);
    for (const [i, { operator, pipeline }] of item.rest.entries())
      if ((operator === '&&') === (status === 0)) yield* run(this, pipeline, i === last - 1);
  }

  *#pipeline({ negated, commands, withErrors }: Pipeline): Proc<number> {
    let status: number;
    if (commands.length === 1) status = yield* this.runCommand(commands[0]!);
    else status = yield* this.#stages(commands, withErrors);
    return negated ? Number(status === 0) : status;
  }

  *#stages(commands: readonly Command[], withErrors: readonly boolean[]): Proc<number> {
    const started: { handle: ProcHandle; ended: { status: number } }[] = [];
    let input: Stream | null = null;
    for (const [i, command] of commands.entries()) {
      const descriptors = new Map(this.descriptors);
      if (input !== null) descriptors.set(0, input);
      const pipe: Pipe | null = i < commands.length - 1 ? new Pipe(this.os) : null;
      if (pipe !== null) descriptors.set(1, pipe.writer);
      if (pipe !== null && withErrors[i] === true) descriptors.set(2, pipe.writer);
      const stage = yield* this.fork(nameOfCommand(command), descriptors, (shell) =>
        shell.runCommand(command, true),
      );
      if (stage !== null) started.push(stage);
      input?.release();
      pipe?.writer.release();
      input = pipe?.reader ?? null;
    }
    for (const { handle } of started) yield* handle.join();
    const statuses = started.map(({ ended }) => ended.status);
    if (started.length < commands.length) return 254;
    return this.state.pipeFail ? (statuses.findLast((status) => status !== 0) ?? 0) : statuses.at(-1)!;
  }

  /** A subshell in a proc of its own. @returns null when there are too many */
  *fork(
    name: string,
    descriptors: Map<number, Stream>,
    body: (shell: Shell) => Proc<number>,
    host: Os = this.os,
  ): Proc<{ handle: ProcHandle; ended: { status: number } } | null> {
    yield* this.cpu.use(usPerProcess);
    const { processes } = this.session;
    for (let waitUs = SECOND; processes.size >= processesMax; waitUs *= 2) {
      for (const one of processes) if (!one.running) processes.delete(one);
      if (processes.size < processesMax) break;
      const last = waitUs > 8 * SECOND;
      yield* this.complain(`fork: ${last ? '' : 'retry: '}Resource temporarily unavailable`);
      if (last) return null;
      yield* this.os.sleepUntil(this.os.now() + waitUs);
    }
    const ended = { status: 143 }; // until it ends by itself
    for (const stream of descriptors.values()) stream.retain();
    const state = new ShellState(this.state.files, this.state.pid, this.state);
    const handle = host.spawn(name, (os) =>
      subshell({ ...this.#options(), os, state, descriptors }, body, ended),
    );
    processes.add(handle);
    return { handle, ended };
  }

  #options(): ShellOptions {
    const { os, state, descriptors, session, interactive } = this;
    return { os, state, descriptors, session, interactive };
  }

  *#startJob(item: AndOr): Proc<void> {
    const descriptors = new Map(this.descriptors);
    if (descriptors.get(0)?.kind === 'terminal') descriptors.set(0, nothing);
    const list = [{ ...item, background: false }];
    const forked = yield* this.fork('bash', descriptors, (shell) => shell.run(list), this.session.background);
    if (forked === null) return;
    const number = (this.session.jobs.at(-1)?.number ?? 0) + 1;
    this.session.jobs.push({ number, text: item.text, ...forked });
    this.state.lastBackground = String(forked.handle.pid);
    this.state.lastStatus = 0;
    if (this.interactive)
      yield* (this.descriptors.get(2) ?? nothing).write(this.os, `[${number}] ${forked.handle.pid}\n`);
  }

  *substitute(list: List): Proc<string> {
    const output = new Captured(substitutedCharsMax);
    const only = list.length === 1 && list[0]!.rest.length === 0 ? list[0]!.first : null;
    const command = only !== null && only.commands.length === 1 && !only.negated ? only.commands[0]! : null;
    const body = (shell: Shell): Proc<number> =>
      command === null ? shell.run(list) : shell.runCommand(command, true);
    const forked = yield* this.fork('bash', new Map(this.descriptors).set(1, output), body);
    if (forked === null) throw new ExpansionError('cannot make child process');
    yield* forked.handle.join();
    this.state.lastStatus = forked.ended.status;
    if (output.bytesLeftOut > 0) throw new ExpansionError('command substitution: cannot allocate memory');
    return output.text();
  }

  /** @param inPlace a program takes the place of this shell (exec) */
  *runCommand(command: Command, inPlace = false): Proc<number> {
    yield* this.cpu.use(usPerCommand);
    try {
      if (command.kind === 'simple') return yield* this.#simple(command, inPlace);
      return yield* this.redirected(command.redirections, () => runCompound(this, command));
    } catch (error) {
      if (error instanceof StreamError) yield* this.complain(`write error: ${error.reason}`);
      else if (error instanceof ExpansionError || error instanceof RedirectionError) {
        yield* this.complain(error.text);
        if (error instanceof ExpansionError)
          throw new Unwind(this.interactive ? 'abort' : 'exit', { status: error.status });
      } else throw error;
      return 1;
    }
  }

  /** Runs the body with the redirections made, and takes them back. */
  *redirected<T>(redirections: readonly Redirection[], body: () => Proc<T>): Proc<T> {
    if (redirections.length === 0) return yield* body();
    const before = this.descriptors;
    const made = new Map(before);
    try {
      yield* redirect(this, redirections, made);
      this.descriptors = made;
      return yield* body();
    } finally {
      this.descriptors = before;
    }
  }

  *#simple(command: Extract<Command, { kind: 'simple' }>, inPlace: boolean): Proc<number> {
    this.#line = command.line;
    const before = this.state.lastStatus;
    const words = yield* expandWords(this, command.words);
    const [name, ...args] = words;
    if (name === undefined) {
      this.state.lastStatus = command.words.length > 0 ? this.state.lastStatus : 0;
      if (!(yield* this.#assign(command))) return 1;
      yield* this.redirected(command.redirections, function* () {});
      return this.state.lastStatus;
    }
    this.state.lastStatus = before;
    if (this.state.trace) yield* this.#trace(words);
    if (name === 'exec') return yield* this.#exec(command.redirections, args);
    return yield* this.redirected(command.redirections, () => this.#run(command, { name, args, inPlace }));
  }

  *#run(
    command: Extract<Command, { kind: 'simple' }>,
    { name, args, inPlace }: { name: string; args: string[]; inPlace: boolean },
  ): Proc<number> {
    const body = this.state.functions.get(name);
    const builtin = body === undefined ? builtins.get(name) : undefined;
    const installed = body === undefined && builtin === undefined ? this.session.programs.find(name) : null;
    const isInside = installed !== null && insidePrograms.includes(name);
    if (command.assignments.length === 0 || (installed !== null && !isInside))
      return yield* this.#dispatch(name, args, { body, installed, inPlace: inPlace || isInside, command });
    const { assignments } = command;
    const hidden = assignments.map((one) => this.state.get(one.name));
    if (!(yield* this.#assign(command))) return 1;
    try {
      return yield* this.#dispatch(name, args, {
        body,
        installed,
        inPlace: inPlace || isInside,
        command: null,
      });
    } finally {
      for (const [i, one] of assignments.entries())
        if (hidden[i] === undefined) this.state.unset(one.name);
        else this.state.set(one.name, hidden[i]!);
    }
  }

  *#dispatch(
    name: string,
    args: string[],
    given: {
      body: Command | undefined;
      installed: Installed | null;
      inPlace: boolean;
      command: Extract<Command, { kind: 'simple' }> | null;
    },
  ): Proc<number> {
    if (given.body !== undefined) return yield* this.call(given.body, args);
    const builtin = builtins.get(name);
    if (builtin !== undefined) return yield* builtin(this, args);
    if (given.installed === null) return yield* notFound(this, name);
    const environment = this.state.environment();
    for (const one of given.command?.assignments ?? [])
      environment.set(one.name, yield* expandText(this, one.value));
    return yield* this.start(given.installed, { name, args, environment, inPlace: given.inPlace });
  }

  /** Runs a program, in a proc of its own unless in place. */
  *start(
    installed: Installed,
    given: { name: string; args: readonly string[]; environment?: Map<string, string>; inPlace: boolean },
  ): Proc<number> {
    const environment = given.environment ?? this.state.environment();
    const name = given.name.slice(given.name.lastIndexOf('/') + 1);
    const run = (shell: Shell): Proc<number> => {
      const { programs, processor } = shell.session;
      const { descriptors } = shell;
      const { directory } = shell.state;
      const title = insidePrograms.includes(name) ? `${shell.#place()}${name}` : name;
      const me = new Process(shell.os, {
        name,
        title,
        args: given.args,
        descriptors,
        environment,
        directory,
        programs,
        processor,
      });
      return runProgram(installed, me);
    };
    if (given.inPlace) return yield* run(this);
    const forked = yield* this.fork(name, new Map(this.descriptors), run);
    if (forked === null) return 254;
    yield* forked.handle.join();
    return forked.ended.status;
  }

  /** A function. */
  *call(body: Command, args: readonly string[]): Proc<number> {
    if (this.#functionDepth >= functionsDeepMax) {
      yield* this.complain(`maximum function nesting level exceeded (${functionsDeepMax})`);
      return 1;
    }
    const { state } = this;
    const { positional } = state;
    state.positional = args;
    state.locals.push(new Map());
    this.#functionDepth++;
    try {
      return yield* this.runCommand(body);
    } catch (error) {
      if (error instanceof Unwind && error.kind === 'return') return error.status;
      throw error;
    } finally {
      this.#functionDepth--;
      state.positional = positional;
      for (const [name, value] of state.locals.pop()!)
        if (value === undefined) state.unset(name);
        else state.set(name, value);
    }
  }

  *#assign(command: Extract<Command, { kind: 'simple' }>): Proc<boolean> {
    for (const { name, value, append } of command.assignments) {
      const text = yield* expandText(this, value);
      if (append && (this.state.get(name) ?? '').length + text.length > substitutedCharsMax)
        throw new ExpansionError('xrealloc: cannot allocate memory');
      if (this.state.set(name, append ? (this.state.get(name) ?? '') + text : text)) continue;
      yield* this.complain(`${name}: readonly variable`);
      return false;
    }
    return true;
  }

  *#exec(redirections: readonly Redirection[], args: string[]): Proc<number> {
    const [name, ...rest] = args;
    if (name === undefined) {
      const made = new Map(this.descriptors);
      yield* redirect(this, redirections, made);
      this.descriptors = made;
      return 0;
    }
    const installed = this.session.programs.find(name);
    if (installed === null) return yield* notFound(this, name);
    const status = yield* this.redirected(redirections, () =>
      this.start(installed, { name, args: rest, inPlace: true }),
    );
    throw new Unwind('exit', { status });
  }

  *#trace(words: readonly string[]): Proc<void> {
    yield* (this.descriptors.get(2) ?? nothing).write(this.os, `+ ${words.map(quoted).join(' ')}\n`);
  }
}

/** Those of the programs that bash has built in: no proc is started for them. */
const insidePrograms = Object.freeze(['echo', 'printf', 'test', '[', 'true', 'false', 'pwd', ':']);

function* subshell(
  options: ShellOptions,
  body: (shell: Shell) => Proc<number>,
  ended: { status: number },
): Proc<void> {
  const shell = new Shell(options);
  try {
    ended.status = yield* body(shell);
  } catch (error) {
    ended.status = shell.statusOf(error);
  } finally {
    for (const stream of options.descriptors.values()) stream.release();
  }
}
