/**
 * host-shell — what an administrator does on a host: opens terminals, runs a command, saves a file of the
 * configuration
 *
 * A browser fetches this file for the first such input; in Node it is always there. What ran, how it ended
 * and what it printed is a fact of the trace.
 *
 * SEE ALSO  ../commands/shell/terminal.ts, ../commands/programs.ts, administer.ts (when it is fetched)
 */
import * as ascii from '../bytes/ascii.ts';
import * as utf8 from '../bytes/utf8.ts';

import { runTerminal } from '../commands/shell/terminal.ts';
import { installedPrograms } from '../commands/programs.ts';
import { Process } from '../commands/shell/process.ts';
import { quoted } from '../commands/shell/quoted.ts';
import { runProgram } from '../commands/shell/run-program.ts';
import { Captured, textStream, type Stream } from '../commands/shell/stream.ts';
import type { Channel, EventId, Os, Proc } from '../os/os.ts';

import type { Errand, TtyInput, TtyOpen } from './administer.ts';

const outputMax = 16_384;
const statusNotFound = 127;
/** What a command may change and the page shows. */
const watchedFiles = Object.freeze(['/etc/postfix/main.cf', '/etc/postfix/master.cf']);

/** Does what the input asks. */
export function runErrand(os: Os, command: Errand): Proc<void> {
  return command.kind === 'file.write' ? saveFile(os, command) : runCommand(os, command);
}

/** The shell of a terminal, until it is closed. */
export function runTty(os: Os, events: Channel<TtyInput>, opened: TtyOpen): Proc<void> {
  const { tty, columns } = opened;
  const changes = new Changes(os);
  const onCommandEnded = (its: Os): void => changes.trace(its);
  return runTerminal(os, events, { tty, columns, programs: installedPrograms(), onCommandEnded });
}

function* saveFile(os: Os, { path, text }: Extract<Errand, { kind: 'file.write' }>): Proc<void> {
  os.files.write(path, utf8.encode(text));
  os.trace({ kind: 'file.written', path, text });
  yield* os.files.fsync(path);
}

function* runCommand(os: Os, { argv, stdin = '' }: Extract<Errand, { kind: 'host.run' }>): Proc<void> {
  const asked = os.cause;
  const [name, ...args] = argv.map((arg) => ascii.decode(utf8.encode(arg))) as [string, ...string[]];
  const output = new Captured(outputMax);
  const changes = new Changes(os);
  const programs = installedPrograms();
  const program = programs.find(name);
  let status = statusNotFound;
  if (program === null) yield* output.write(os, `sh: 1: ${name}: not found\n`);
  else {
    const input = textStream(ascii.decode(utf8.encode(stdin)));
    const descriptors = new Map<number, Stream>([
      [0, input],
      [1, output],
      [2, output],
    ]);
    const setting = {
      name: name.slice(name.lastIndexOf('/') + 1),
      args,
      descriptors,
      environment: new Map<string, string>(),
      directory: '/root',
      programs,
      processor: { freeAt: 0 },
    };
    status = yield* runProgram(program, new Process(os, setting));
  }
  os.trace(
    {
      kind: 'command.ended',
      pid: os.pid,
      command: argv.map(quoted).join(' '),
      status,
      output: utf8.decode(ascii.encode(output.text())),
      bytesLeftOut: output.bytesLeftOut,
    },
    asked,
  );
  changes.trace(os, asked);
}

/** The watched files as they were, to tell which of them have changed. */
class Changes {
  #before: readonly (Uint8Array | null)[];

  constructor(os: Os) {
    this.#before = watchedFiles.map((path) => os.files.read(path));
  }
  trace(os: Os, cause: EventId = os.cause): void {
    const before = this.#before;
    this.#before = watchedFiles.map((path) => os.files.read(path));
    for (const [i, after] of this.#before.entries())
      if (after !== null && !isEqual(after, before[i]!))
        os.trace({ kind: 'file.written', path: watchedFiles[i]!, text: utf8.decode(after) }, cause);
  }
}

function isEqual(a: Uint8Array, b: Uint8Array | null): boolean {
  return a === b || (a.length === b?.length && a.every((byte, i) => byte === b[i]));
}
