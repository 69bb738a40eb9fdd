/**
 * command — what a command of Postfix is: a proc of the host with arguments, standard input and two sinks
 *
 * Diagnostics are printed with the program's name in front, and those of programs that log go to syslog too,
 * as msg(3) does it.
 *
 * SEE ALSO  postfix-commands.ts (the commands by name), getopt.ts
 */
import * as utf8 from '../../bytes/utf8.ts';

import type { Os, Proc } from '../../os/os.ts';
import { readMainCf } from '../../daemons/postfix/main-cf.ts';
import type { Parameters } from '../../daemons/postfix/parameters.ts';

/** Where a program writes to. */
export interface Sink {
  write(bytes: Uint8Array): void;
}

export interface CommandIo {
  readonly stdout: Sink;
  readonly stderr: Sink;
}

/** Reads all of the standard input. */
export type Stdin = () => Proc<Uint8Array>;

/** A command. @param args without the program's name @returns the exit status */
export type Command = (os: Os, args: readonly string[], stdin: Stdin, io: CommandIo) => Proc<number>;

/** sysexits(3) */
export const exUnavailable = 69;
export const exSoftware = 70;
export const exTempFail = 75;

/** One run of a program: how it talks. */
export class Program {
  readonly os: Os;
  readonly name: string;
  readonly #io: CommandIo;
  readonly #logs: boolean;

  /** @param options logs = diagnostics go to the mail log too */
  constructor(os: Os, io: CommandIo, options: { name: string; logs: boolean }) {
    this.os = os;
    this.name = options.name;
    this.#io = io;
    this.#logs = options.logs;
  }

  print(text: string): void {
    this.#io.stdout.write(utf8.encode(text));
  }
  printBytes(bytes: Uint8Array): void {
    this.#io.stdout.write(bytes);
  }
  /** A line to standard error that is no diagnostic. */
  complain(text: string): void {
    this.#io.stderr.write(utf8.encode(`${text}\n`));
  }
  info(text: string): void {
    this.#say(text);
  }
  warn(text: string): void {
    this.#say(`warning: ${text}`);
  }
  error(text: string): void {
    this.#say(`error: ${text}`);
  }
  /** The last words of a program. @returns its exit status */
  fatal(text: string, status = 1): number {
    this.#say(`fatal: ${text}`);
    return status;
  }

  /** main.cf as it is now; @returns an exit status when it cannot be used */
  readParameters(configDirectory = '/etc/postfix'): Parameters | number {
    const path = `${configDirectory}/main.cf`;
    if (!this.os.files.exists(path)) return this.fatal(`open ${path}: No such file or directory`);
    const { parameters, problems } = readMainCf(this.os, path);
    const [problem] = problems;
    if (problem === undefined) return parameters;
    return this.fatal(`file ${problem.file}: line ${problem.line}: ${problem.text}`);
  }

  #say(text: string): void {
    this.complain(`${this.name}: ${text}`);
    if (this.#logs) this.os.log(`postfix/${this.name}`, text);
  }
}
