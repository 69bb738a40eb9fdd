/**
 * shell-line — a command line of a scenario's operation, run on a simulated host
 */
import { capturedText, runArgv } from '../commands/run-argv.ts';
import { Captured } from '../commands/shell/stream.ts';
import type { Os, Proc } from '../os/os.ts';

/** How it ended and what it printed: standard output, then standard error. */
export interface Ran {
  rc: number;
  out: string;
}

const outputMax = 1 << 24;

/** Runs a line. @param shell whether it is for a shell; otherwise it is one command and its words */
export function* runLine(os: Os, line: string, shell: boolean, stdin = ''): Proc<Ran> {
  const [stdout, stderr] = [new Captured(outputMax), new Captured(outputMax)];
  const argv = shell ? ['bash', '-c', line] : line.split(' ');
  const rc = yield* runArgv(os, argv, { stdin, stdout, stderr });
  if (rc === null) throw new Error(`${argv[0]!}: no such command`);
  return { rc, out: capturedText(stdout) + capturedText(stderr) };
}
