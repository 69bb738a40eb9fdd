/**
 * bash — bash and sh as programs: -c, a script's file, or commands from standard input
 */
import type { Proc } from '../../os/os.ts';

import { runSource } from './builtins.ts';
import type { Process } from './process.ts';
import { Shell } from './shell.ts';
import { ShellState } from './shell-state.ts';
import { openOperand, type RawTool } from './tool.ts';

const nestedMax = 20;

export const bash: RawTool = {
  summary: 'the shell',
  synopsis: '[-e] [-u] [-x] [-c COMMANDS [NAME [ARGUMENT]…] | FILE [ARGUMENT]…]',
  description: `Words, quotes, variables, $( ), pipes, redirections, here-documents, && || ; &, if, for,
    while, until, case, functions, [ ], [[ ]], $(( )), globs, {a,b}, cd, read, export, set -eux, eval, source.
    Not in this simulator: job control, arrays, select, coproc, process substitution, traps, aliases.`,
  run: runBash,
};

function* runBash(me: Process): Proc<number> {
  const args = [...me.args];
  const state = new ShellState(me.os.files, me.os.pid);
  state.directory = me.directory;
  state.name = me.name;
  for (const [name, value] of me.environment) {
    if (name === 'PWD') continue;
    state.set(name, value);
    state.export(name);
  }
  state.set('IFS', ' \t\n');
  const depth = Number(me.environment.get('SHLVL') ?? '1') + 1;
  if (depth > nestedMax) return yield* me.fail('nested too deeply', 1);
  state.set('SHLVL', String(depth));
  state.export('SHLVL');
  let source: string | null = null;
  let isCommandString = false;
  for (let arg = args.shift(); ; arg = args.shift()) {
    if (arg !== undefined && /^-[eux]+$/.test(arg)) {
      state.errExit ||= arg.includes('e');
      state.noUnset ||= arg.includes('u');
      state.trace ||= arg.includes('x');
      continue;
    }
    if (arg === '-l' || arg === '-i' || arg === '--login') continue;
    if (arg === '-c') {
      source = args.shift() ?? null;
      isCommandString = true;
      if (source === null) return yield* me.fail('-c: option requires an argument', 2);
      state.name = args.shift() ?? me.name;
    } else if (arg !== undefined) {
      const stream = yield* openOperand(me, arg);
      if (stream === null) return 127;
      source = yield* me.readAll(stream);
      state.name = arg;
    }
    break;
  }
  state.positional = args;
  source ??= yield* me.readAll(me.input);
  const session = {
    programs: me.programs,
    processor: me.processor,
    processes: new Set<never>(),
    jobs: [],
    background: me.os,
    history: [],
  };
  const shell = new Shell({
    os: me.os,
    state,
    descriptors: new Map(me.descriptors),
    session,
    interactive: false,
  });
  shell.isCommandString = isCommandString;
  try {
    return yield* runSource(shell, source);
  } catch (error) {
    return shell.statusOf(error);
  }
}
