/**
 * host-shell — what an administrator does on a host: opens terminals, runs a command, saves a file of the
 * configuration
 *
 * A browser fetches this file for the first such input; in Node it is always there. What ran, how it ended
 * and what it printed is a fact of the trace.
 *
 * SEE ALSO  ../commands/shell/terminal.ts, ../commands/programs.ts, administer.ts (when it is fetched)
 */
import * as utf8 from '../bytes/utf8.ts';

import { runTerminal } from '../commands/shell/terminal.ts';
import { installedPrograms } from '../commands/programs.ts';
import { capturedText, runArgv } from '../commands/run-argv.ts';
import { isDirectory } from '../commands/shell/directory.ts';
import { quoted } from '../commands/shell/quoted.ts';
import type { Installed, Process, Programs } from '../commands/shell/process.ts';
import { Captured } from '../commands/shell/stream.ts';
import type { Channel, EventId, Os, Proc } from '../os/os.ts';

import type { Errand, TtyInput, TtyOpen } from './administer.ts';

const outputMax = 16_384;
const usualRows = 24;
const statusNotFound = 127;
/** What a command may change and the page shows. */
const watchedFiles = Object.freeze(['/etc/postfix/main.cf', '/etc/postfix/master.cf', '/etc/receiver.conf']);

/** Does what the input asks. */
export function runErrand(os: Os, command: Errand): Proc<void> {
  return command.kind === 'file.write' ? saveFile(os, command) : runCommand(os, command);
}

/** The shell of a terminal, until it is closed. */
export function runTty(os: Os, events: Channel<TtyInput>, opened: TtyOpen): Proc<void> {
  const { tty, columns, rows = usualRows } = opened;
  const changes = new Changes(os);
  const programs = watched(installedPrograms(), changes);
  const onCommandEnded = (its: Os): void => changes.trace(its);
  return runTerminal(os, events, { tty, columns, rows, programs, onCommandEnded });
}

function* saveFile(os: Os, { path, text }: Extract<Errand, { kind: 'file.write' }>): Proc<void> {
  if (isDirectory(os.files, path)) return;
  os.files.write(path, utf8.encode(text));
  os.trace({ kind: 'file.written', path, text });
  yield* os.files.fsync(path);
}

function* runCommand(os: Os, { argv, stdin = '' }: Extract<Errand, { kind: 'host.run' }>): Proc<void> {
  const asked = os.cause;
  const output = new Captured(outputMax);
  const changes = new Changes(os);
  const programs = watched(installedPrograms(), changes);
  let status = yield* runArgv(os, argv, { stdin, stdout: output, stderr: output }, programs);
  if (status === null) {
    yield* output.write(os, `sh: 1: ${argv[0]!}: not found\n`);
    status = statusNotFound;
  }
  os.trace(
    {
      kind: 'command.ended',
      pid: os.pid,
      command: argv.map(quoted).join(' '),
      status,
      output: capturedText(output),
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

/** What each program changed is told when it ends: of `postconf -e … && postfix reload` before the reload. */
function watched(programs: Programs, changes: Changes): Programs {
  const find = (name: string): Installed | null => {
    const found = programs.find(name);
    if (found === null) return null;
    const run = function* (me: Process): Proc<number> {
      const status = yield* found.run(me);
      changes.trace(me.os);
      return status;
    };
    return { ...found, run };
  };
  return { find, names: programs.names };
}

function isEqual(a: Uint8Array, b: Uint8Array | null): boolean {
  return a === b || (a.length === b?.length && a.every((byte, i) => byte === b[i]));
}
