/**
 * shell-state — what a shell remembers: variables, functions, arguments, directory, the last exit status
 */
import type { Files } from '../../os/os.ts';

import type { Command } from './ast.ts';

const variablesMax = 2000;

/** The state of one shell; a subshell has a copy. */
export class ShellState {
  readonly files: Files;
  readonly functions: Map<string, Command>;
  readonly #variables: Map<string, string>;
  readonly #exported: Set<string>;
  readonly #readOnly: Set<string>;
  positional: readonly string[] = [];
  directory: string;
  lastStatus = 0;
  lastBackground = '';
  /** $$ */
  pid: number;
  name = 'bash';
  errExit = false;
  noUnset = false;
  trace = false;
  pipeFail = false;
  noGlob = false;
  /** local variables of the functions that run: what they hid */
  readonly locals: Map<string, string | undefined>[] = [];

  constructor(files: Files, pid: number, from?: ShellState) {
    this.files = files;
    this.pid = pid;
    this.directory = from?.directory ?? '/root';
    this.functions = new Map(from?.functions);
    this.#variables = new Map(from === undefined ? undefined : from.#variables);
    this.#exported = new Set(from === undefined ? undefined : from.#exported);
    this.#readOnly = new Set(from === undefined ? undefined : from.#readOnly);
    if (from === undefined) return;
    this.positional = from.positional;
    this.lastStatus = from.lastStatus;
    this.lastBackground = from.lastBackground;
    this.name = from.name;
    this.errExit = from.errExit;
    this.noUnset = from.noUnset;
    this.trace = from.trace;
    this.pipeFail = from.pipeFail;
    this.noGlob = from.noGlob;
  }

  get(name: string): string | undefined {
    switch (name) {
      case '?':
        return String(this.lastStatus);
      case '#':
        return String(this.positional.length);
      case '$':
        return String(this.pid);
      case '!':
        return this.lastBackground;
      case '-':
        return 'hB';
      case '0':
        return this.name;
      case 'PWD':
        return this.directory;
      default:
        return /^[1-9]/.test(name) ? this.positional[Number(name) - 1] : this.#variables.get(name);
    }
  }
  /** @returns false when it is read-only */
  set(name: string, value: string): boolean {
    if (this.#readOnly.has(name)) return false;
    if (this.#variables.size < variablesMax || this.#variables.has(name)) this.#variables.set(name, value);
    return true;
  }
  unset(name: string): boolean {
    if (this.#readOnly.has(name)) return false;
    this.#exported.delete(name);
    this.#variables.delete(name);
    return true;
  }
  export(name: string): void {
    this.#exported.add(name);
  }
  makeReadOnly(name: string): void {
    this.#readOnly.add(name);
  }
  names(): string[] {
    return [...this.#variables.keys()].sort();
  }
  /** What programs get. */
  environment(): Map<string, string> {
    const environment = new Map<string, string>([['PWD', this.directory]]);
    for (const name of this.#exported) {
      const value = this.#variables.get(name);
      if (value !== undefined) environment.set(name, value);
    }
    return environment;
  }
}
