/**
 * process — a program as it runs: arguments, descriptors, environment, directory, and the time it takes
 *
 * SIMPLIFIED: a program takes no processor time of its own; so much a byte and so much a command is counted
 * and slept. It keeps an endless loop from standing still in virtual time.
 *
 * SEE ALSO  stream.ts, programs.ts (the programs by name)
 */
import type { Os, Proc, VirtualTime } from '../../os/os.ts';

import { nothing, StreamError, type Stream, type TerminalStream } from './stream.ts';

/** A program. @returns the exit status */
export type Program = (me: Process) => Proc<number>;

/** What a process gets from who starts it. */
export interface Setting {
  readonly name: string;
  /** what diagnostics begin with, when that is not the name */
  readonly title?: string;
  readonly args: readonly string[];
  /** by number; the process has its own references to them */
  readonly descriptors: Map<number, Stream>;
  readonly environment: ReadonlyMap<string, string>;
  readonly directory: string;
  /** the programs that can be started from here, by name */
  readonly programs: Programs;
  readonly processor: Processor;
}

/** What is installed, and the manual. */
export interface Programs {
  find(name: string): Installed | null;
  readonly names: readonly string[];
}
export interface Installed {
  readonly run: Program;
  /** one line for help and completion */
  readonly summary: string;
  /** our own words, for man */
  readonly manual: string;
  readonly path: string;
}

const sliceUs = 1000;
/** A byte read or written: 50 MB/s. */
const usPerByte = 0.02;

/** What all processes of a terminal run on: one at a time, so that many take longer. */
export interface Processor {
  freeAt: VirtualTime;
}

/** The time that a process takes. */
export class Cpu {
  readonly #os: Os;
  readonly #processor: Processor;
  #debtUs = 0;

  constructor(os: Os, processor: Processor) {
    this.#os = os;
    this.#processor = processor;
  }
  *use(us: number): Proc<void> {
    this.#debtUs += us;
    if (this.#debtUs < sliceUs) return;
    const whole = Math.floor(this.#debtUs);
    this.#debtUs -= whole;
    const from = Math.max(this.#os.now(), this.#processor.freeAt);
    this.#processor.freeAt = from + whole;
    yield* this.#os.sleepUntil(from + whole);
  }
}

/** A program as it runs. */
export class Process implements Setting {
  readonly os: Os;
  readonly name: string;
  readonly title: string;
  readonly args: readonly string[];
  readonly descriptors: Map<number, Stream>;
  readonly environment: ReadonlyMap<string, string>;
  readonly directory: string;
  readonly programs: Programs;
  readonly processor: Processor;
  readonly cpu: Cpu;

  constructor(os: Os, setting: Setting) {
    this.os = os;
    this.name = setting.name;
    this.title = setting.title ?? setting.name;
    this.args = setting.args;
    this.descriptors = setting.descriptors;
    this.environment = setting.environment;
    this.directory = setting.directory;
    this.programs = setting.programs;
    this.processor = setting.processor;
    this.cpu = new Cpu(os, setting.processor);
  }

  get input(): Stream {
    return this.descriptors.get(0) ?? nothing;
  }
  get columns(): number {
    const asked = Number(this.environment.get('COLUMNS') ?? '80');
    return asked >= 20 && asked <= 1000 ? Math.floor(asked) : 80;
  }
  get writesToTerminal(): boolean {
    return this.terminal !== null;
  }
  /** what the output goes to; null = no terminal */
  get terminal(): TerminalStream | null {
    const output = this.descriptors.get(1);
    return output?.kind === 'terminal' ? (output as TerminalStream) : null;
  }

  *print(text: string): Proc<void> {
    yield* this.write(1, text);
  }
  /** "name: text" on standard error. @returns status, for `return yield* me.fail(…)` */
  *fail(text: string, status = 1): Proc<number> {
    yield* this.write(2, `${this.title}: ${text}\n`);
    return status;
  }
  *write(descriptor: number, text: string): Proc<void> {
    yield* this.cpu.use(text.length * usPerByte);
    const stream = this.descriptors.get(descriptor);
    if (stream === undefined) throw new StreamError('Bad file descriptor');
    yield* stream.write(this.os, text);
  }
  *read(stream: Stream, bytesMax = 65_536): Proc<string> {
    const text = yield* stream.read(this.os, bytesMax);
    yield* this.cpu.use(text.length * usPerByte);
    return text;
  }
  *readAll(stream: Stream, bytesMax = 33_554_432): Proc<string> {
    const parts: string[] = [];
    let bytes = 0;
    for (;;) {
      const text = yield* this.read(stream);
      bytes += text.length;
      if (text === '' || bytes > bytesMax) return parts.join('');
      parts.push(text);
    }
  }
  path(name: string): string {
    return absolutePath(this.directory, name);
  }
}

/** Lines of a stream as they come, in batches. */
export class LineBatches {
  readonly #me: Process;
  readonly #stream: Stream;
  #rest = '';
  #ended = false;
  /** whether the last line had its line feed */
  terminated = true;

  constructor(me: Process, stream: Stream) {
    this.#me = me;
    this.#stream = stream;
  }
  /** The next lines, without line feeds; null at the end. */
  *next(): Proc<string[] | null> {
    while (!this.#ended) {
      const text = yield* this.#me.read(this.#stream);
      if (text === '') {
        this.#ended = true;
        if (this.#rest === '') break;
        this.terminated = false;
        return [this.#rest];
      }
      const end = text.lastIndexOf('\n');
      if (end < 0) {
        this.#rest += text;
        continue;
      }
      const whole = this.#rest + text.slice(0, end);
      this.#rest = text.slice(end + 1);
      return whole.split('\n');
    }
    return null;
  }
}

/** A path without ".", ".." and double slashes. */
export function absolutePath(directory: string, name: string): string {
  const parts: string[] = [];
  for (const part of (name.startsWith('/') ? name : `${directory}/${name}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
