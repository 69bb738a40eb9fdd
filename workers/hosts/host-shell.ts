/**
 * host-shell — what an administrator does on a host: runs a command, saves a file of the configuration
 *
 * A browser fetches this file for the first such input; in Node it is always there. What ran, how it ended
 * and what it printed is a fact of the trace.
 *
 * SIMPLIFIED: no shell reads the command: no variables, pipes or quotes, and only the programs of Postfix are
 * installed. The output is one stream, as on a terminal.
 *
 * SEE ALSO  ../commands/postfix/postfix-commands.ts, administer.ts (when it is fetched)
 */
import * as utf8 from '../bytes/utf8.ts';

import { postfixCommands } from '../commands/postfix/postfix-commands.ts';
import type { Sink } from '../commands/postfix/command.ts';
import type { EventId, Os, Proc } from '../os/os.ts';

import type { AdminCommand } from './administer.ts';

const outputMax = 16_384;
const statusNotFound = 127;
/** What a command may change and the page shows. */
const watchedFiles = Object.freeze(['/etc/postfix/main.cf', '/etc/postfix/master.cf']);

/** Does what the input asks. */
export function runErrand(os: Os, command: AdminCommand): Proc<void> {
  return command.kind === 'file.write' ? saveFile(os, command) : runCommand(os, command);
}

function* saveFile(os: Os, { path, text }: Extract<AdminCommand, { kind: 'file.write' }>): Proc<void> {
  os.files.write(path, utf8.encode(text));
  os.trace({ kind: 'file.written', path, text });
  yield* os.files.fsync(path);
}

function* runCommand(os: Os, { argv, stdin = '' }: Extract<AdminCommand, { kind: 'host.run' }>): Proc<void> {
  const asked = os.cause;
  const [name, ...args] = argv as [string, ...string[]];
  const output = new BoundedOutput();
  const before = watchedFiles.map((path) => os.files.read(path));
  const program = postfixCommands.get(name.replace(/^(\/usr)?\/s?bin\//, ''));
  let status = statusNotFound;
  if (program === undefined) output.write(utf8.encode(`sh: 1: ${name}: not found\n`));
  else status = yield* program(os, args, utf8.encode(stdin), { stdout: output, stderr: output });
  os.trace(
    {
      kind: 'command.ended',
      pid: os.pid,
      command: argv.map(quoted).join(' '),
      status,
      output: output.text(),
      bytesLeftOut: output.bytesLeftOut,
    },
    asked,
  );
  for (const [i, path] of watchedFiles.entries()) traceChange(os, path, before[i]!, asked);
}

function traceChange(os: Os, path: string, before: Uint8Array | null, cause: EventId): void {
  const after = os.files.read(path);
  if (after !== null && !isEqual(after, before))
    os.trace({ kind: 'file.written', path, text: utf8.decode(after) }, cause);
}

function isEqual(a: Uint8Array, b: Uint8Array | null): boolean {
  return a.length === b?.length && a.every((byte, i) => byte === b[i]);
}

/** An argument as it has to be typed into a shell. */
function quoted(arg: string): string {
  return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`;
}

/** What a program printed, the first outputMax bytes of it. */
class BoundedOutput implements Sink {
  readonly #bytes = new Uint8Array(outputMax);
  #length = 0;
  bytesLeftOut = 0;

  write(bytes: Uint8Array): void {
    const room = outputMax - this.#length;
    const taken = bytes.subarray(0, room);
    this.#bytes.set(taken, this.#length);
    this.#length += taken.length;
    this.bytesLeftOut += bytes.length - taken.length;
  }
  text(): string {
    return utf8.decode(this.#bytes.subarray(0, this.#length));
  }
}
