/**
 * terminal — a terminal of a host and the shell behind it: lines come in, output leaves as facts of the trace
 *
 * The page edits a line and sends it whole; what is typed is echoed here, as a terminal's driver does it, so
 * that the transcript is in the trace. A command runs in procs of a group that Ctrl-C ends. What is typed
 * meanwhile waits for the command, or for the next prompt.
 *
 * SIMPLIFIED: no job control (Ctrl-Z, fg, bg).
 *
 * SEE ALSO  shell.ts, ../../hosts/host-shell.ts (what opens one)
 */
import * as ascii from '../../bytes/ascii.ts';
import * as utf8 from '../../bytes/utf8.ts';

import { NEVER, type Channel, type InputCommand, type Os, type Proc, type ProcGroup } from '../../os/os.ts';

import type { List } from './ast.ts';
import { complete, completerPath, type Completer } from './complete.ts';
import { ShellSyntaxError } from './lexer.ts';
import { parseScript } from './parser.ts';
import type { Programs } from './process.ts';
import type { Session } from './session.ts';
import { Shell } from './shell.ts';
import { ShellState } from './shell-state.ts';
import type { Stream } from './stream.ts';
import { Tty } from './tty.ts';
import { Unwind } from './unwind.ts';

/** What is done at a terminal. */
export type TtyInput = Extract<InputCommand, { kind: `tty.${string}` }>;
type TtyEvent = TtyInput | { kind: 'ended'; job: number; status: number; exits: boolean };

const historyMax = 1000;
const pendingCharsMax = 262_144;

export interface TerminalOptions {
  readonly tty: number;
  readonly columns: number;
  readonly rows: number;
  readonly programs: Programs;
  /** called when a command is done */
  onCommandEnded(os: Os): void;
}

/** A shell at a terminal, until it is closed. @param events bound to /dev/pts/N */
export function* runTerminal(os: Os, events: Channel<TtyInput>, options: TerminalOptions): Proc<void> {
  os.trace({ kind: 'tty.opened', tty: options.tty, columns: options.columns });
  const terminal = new Terminal(os, events as Channel<TtyEvent>, options);
  const path = completerPath(options.tty);
  // Nobody puts anything into this queue: it is there to be found and asked.
  os.bind(path, Object.assign(os.channel<never>(), terminal.completer));
  try {
    yield* terminal.run();
  } finally {
    terminal.close();
    os.unbind(path);
    os.unbind(`/dev/pts/${options.tty}`);
  }
}

class Terminal {
  readonly #os: Os;
  readonly #events: Channel<TtyEvent>;
  readonly #options: TerminalOptions;
  readonly #tty: Tty;
  readonly #state: ShellState;
  readonly #session: Session;
  /** what ends with the terminal: its driver and the jobs in the background */
  readonly #background: ProcGroup;
  readonly #history: string[] = [];
  #descriptors: Map<number, Stream>;
  /** lines of a command that is not complete */
  #command = '';
  #job: { number: number; group: ProcGroup; text: string } | null = null;
  #jobsStarted = 0;
  #exited = false;

  constructor(os: Os, events: Channel<TtyEvent>, options: TerminalOptions) {
    this.#os = os;
    this.#events = events;
    this.#options = options;
    this.#background = os.group();
    this.#tty = new Tty(this.#background.os, options.tty, options.rows);
    this.#descriptors = new Map<number, Stream>([0, 1, 2].map((number) => [number, this.#tty]));
    this.#session = {
      programs: options.programs,
      processor: { freeAt: 0 },
      processes: new Set(),
      jobs: [],
      background: this.#background.os,
      history: this.#history,
    };
    this.#state = new ShellState(os.files, os.pid);
    this.#state.name = '-bash';
    const environment = {
      HOME: '/root', USER: 'root', LOGNAME: 'root', SHELL: '/bin/bash', TERM: 'xterm-256color', LANG: 'C',
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin', COLUMNS: String(options.columns), LINES: String(options.rows),
    }; // prettier-ignore
    for (const [name, value] of Object.entries(environment)) {
      this.#state.set(name, value);
      this.#state.export(name);
    }
    this.#state.set('HOSTNAME', os.hostName);
    this.#state.set('IFS', ' \t\n');
  }

  /** What the shell could go on with, while it waits for a command. */
  get completer(): Completer {
    return {
      complete: (question) => {
        if (this.#job !== null || this.#exited) return null;
        const { programs } = this.#options;
        return complete(question, { files: this.#os.files, state: this.#state, programs });
      },
    };
  }

  *run(): Proc<void> {
    this.#prompt();
    while (!this.#exited) {
      const event = yield* this.#events.take({ deadline: NEVER });
      if (event === 'timeout') continue;
      if (event.kind === 'tty.close') return;
      if (event.kind === 'tty.input') this.#type(event.text);
      else if (event.kind === 'tty.signal') this.#signal(event.signal);
      else if (event.kind === 'tty.resize') this.#resize(event.columns, event.rows);
      else if (event.kind === 'ended' && event.job === this.#job?.number)
        this.#jobEnded(event.status, event.exits);
      this.#readCommands();
    }
  }

  close(): void {
    this.#job?.group.kill();
    this.#tty.flush();
    this.#background.kill();
    this.#os.trace({ kind: 'tty.closed', tty: this.#options.tty });
  }

  #type(text: string): void {
    this.#tty.type(ascii.decode(utf8.encode(text)));
  }

  #resize(columns: number, rows: number): void {
    this.#tty.rows = rows;
    this.#state.set('COLUMNS', String(columns));
    this.#state.set('LINES', String(rows));
  }

  #signal(signal: 'INT' | 'EOF'): void {
    if (signal === 'EOF') return this.#tty.typeEnd();
    this.#tty.forgetTyped();
    this.#command = '';
    const job = this.#job;
    if (job !== null) this.#tty.setMode('line');
    this.#tty.show('^C\n');
    if (job === null) {
      this.#state.lastStatus = 130;
      return this.#prompt();
    }
    job.group.kill();
    this.#jobEnded(130, false);
  }

  // Lines go to the shell while nothing runs; to the command that runs they go by themselves.
  #readCommands(): void {
    while (this.#job === null && !this.#exited) {
      const line = this.#tty.takeLine();
      if (line !== null) this.#readLine(line);
      else if (this.#tty.takeEnd()) {
        this.#tty.show('exit\n');
        this.#exited = true;
      } else return;
    }
  }

  #readLine(line: string): void {
    const source = this.#expandHistory(this.#command + line);
    let list: List;
    try {
      list = parseScript(source);
    } catch (error) {
      if (!(error instanceof ShellSyntaxError)) throw error;
      if (error.incomplete && source.length < pendingCharsMax) {
        this.#command = source;
        return this.#tty.show('> ');
      }
      this.#command = '';
      this.#remember(source);
      this.#tty.show(`-bash: ${error.text}\n`);
      this.#state.lastStatus = 2;
      return this.#prompt();
    }
    this.#command = '';
    this.#remember(source);
    if (list.length === 0) return this.#prompt();
    this.#start(list, source.trimEnd());
  }

  // "!!" is the line before.
  #expandHistory(source: string): string {
    const last = this.#history.at(-1);
    if (last === undefined || !/^\s*!!|\s!!/.test(source)) return source;
    const expanded = source.replace(/(^\s*|\s)!!/g, (_, before: string) => before + last);
    this.#tty.show(expanded);
    return expanded;
  }

  #remember(source: string): void {
    const text = source.trimEnd();
    if (text === '' || text === this.#history.at(-1)) return;
    this.#history.push(text);
    if (this.#history.length > historyMax) this.#history.shift();
  }

  #start(list: List, text: string): void {
    const number = ++this.#jobsStarted;
    const group = this.#os.group();
    this.#job = { number, group, text };
    const shell = (os: Os): Shell =>
      new Shell({
        os,
        state: this.#state,
        descriptors: this.#descriptors,
        session: this.#session,
        interactive: true,
      });
    const { pid } = group.os.spawn('bash', (os) => this.#runJob(shell(os), list, number));
    this.#os.trace({
      kind: 'tty.command-started',
      tty: this.#options.tty,
      pid,
      command: utf8.decode(ascii.encode(text)),
    });
  }

  *#runJob(shell: Shell, list: List, job: number): Proc<void> {
    let status = 130;
    let exits = false;
    try {
      status = yield* shell.run(list);
    } catch (error) {
      status = shell.statusOf(error);
      exits = error instanceof Unwind && error.kind === 'exit';
    } finally {
      this.#descriptors = shell.descriptors;
      this.#events.put({ kind: 'ended', job, status, exits });
    }
  }

  #jobEnded(status: number, exits: boolean): void {
    const { text } = this.#job!;
    this.#job = null;
    this.#tty.setMode('line');
    this.#state.lastStatus = status;
    this.#state.locals.length = 0;
    this.#tty.flush();
    const command = utf8.decode(ascii.encode(text));
    this.#os.trace({ kind: 'tty.command-ended', tty: this.#options.tty, command, status });
    this.#options.onCommandEnded(this.#os);
    this.#exited = exits;
    if (!exits) this.#prompt();
  }

  #prompt(): void {
    const { jobs } = this.#session;
    for (const job of jobs.filter(({ handle }) => !handle.running))
      this.#tty.show(`[${job.number}]+  Done                    ${job.text}\n`);
    for (let i = jobs.length - 1; i >= 0; i--) if (!jobs[i]!.handle.running) jobs.splice(i, 1);
    const { directory } = this.#state;
    const shown =
      directory === '/root' ? '~' : directory.startsWith('/root/') ? `~${directory.slice(5)}` : directory;
    this.#tty.show(`root@${this.#os.hostName.split('.')[0]!}:${shown}# `);
    this.#tty.flush();
  }
}
