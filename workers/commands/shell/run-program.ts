/**
 * run-program — runs a program in the proc it is called from; what ends it from outside is its exit status
 */
import type { Proc } from '../../os/os.ts';

import { Process, type Installed } from './process.ts';
import { Killed, nothing, StreamError, type Stream } from './stream.ts';

/** @returns the exit status */
export function* runProgram(installed: Installed, me: Process): Proc<number> {
  try {
    return yield* installed.run(me);
  } catch (error) {
    if (error instanceof Killed) return error.status;
    if (!(error instanceof StreamError)) throw error;
    yield* (me.descriptors.get(2) ?? nothing).write(me.os, `${me.name}: write error: ${error.reason}\n`);
    return 1;
  }
}

const usPerProcess = 500;

/**
 * What a program starts in its turn (xargs, watch, env): with the same descriptors unless others are given.
 * @returns 127 when there is no such program
 */
export function* runOther(
  me: Process,
  argv: readonly string[],
  { descriptors, environment }: { descriptors?: Map<number, Stream>; environment?: Map<string, string> } = {},
): Proc<number> {
  const [given = '', ...args] = argv;
  const installed = me.programs.find(given);
  if (installed === null) return yield* me.fail(`${given}: No such file or directory`, 127);
  yield* me.cpu.use(usPerProcess);
  const name = given.slice(given.lastIndexOf('/') + 1);
  const { directory, programs, processor } = me;
  return yield* runProgram(
    installed,
    new Process(me.os, {
      name,
      args,
      descriptors: descriptors ?? me.descriptors,
      environment: environment ?? me.environment,
      directory,
      programs,
      processor,
    }),
  );
}
