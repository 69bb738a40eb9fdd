/**
 * run-argv — runs one installed program to its end, apart from any terminal
 *
 * SEE ALSO  shell/run-program.ts (in a running shell), programs.ts
 */
import * as ascii from '../bytes/ascii.ts';
import * as utf8 from '../bytes/utf8.ts';
import type { Os, Proc } from '../os/os.ts';

import { installedPrograms } from './programs.ts';
import { Process, type Programs } from './shell/process.ts';
import { runProgram } from './shell/run-program.ts';
import { textStream, type Captured, type Stream } from './shell/stream.ts';

/**
 * Runs it in the proc of the caller, as root in /root.
 * @param io stdin as text; the same stream may be given for both outputs
 * @returns the exit status; null = no program has that name
 */
export function* runArgv(
  os: Os,
  argv: readonly string[],
  io: { stdin: string; stdout: Stream; stderr: Stream },
  programs: Programs = installedPrograms(),
): Proc<number | null> {
  const [name, ...args] = argv.map(bytesOf) as [string, ...string[]];
  const program = programs.find(name);
  if (program === null) return null;
  const descriptors = new Map<number, Stream>([
    [0, textStream(bytesOf(io.stdin))],
    [1, io.stdout],
    [2, io.stderr],
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
  return yield* runProgram(program, new Process(os, setting));
}

/** What a captured stream holds, as text. */
export function capturedText(captured: Captured): string {
  return utf8.decode(ascii.encode(captured.text()));
}

// Programs see bytes, one a character.
function bytesOf(text: string): string {
  return ascii.decode(utf8.encode(text));
}
