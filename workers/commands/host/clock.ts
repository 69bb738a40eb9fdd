/**
 * clock — date, sleep, watch, timeout, uptime: with the time of the simulation
 */
import { SECOND, type Proc } from '../../os/os.ts';

import { openOperand, type RawTool, type Tool } from '../shell/tool.ts';
import { runOther } from '../shell/run-program.ts';
import { Process } from '../shell/process.ts';

import { formatTime, parseDuration, parseTime } from './civil-time.ts';

export const date: Tool = {
  summary: 'show the date and time',
  synopsis: '[-u] [-d TIME] [-I[FMT]] [-R] [+FORMAT]',
  options: [
    ['-d, --date TIME', 'another time: "@SECONDS", "2026-03-03 09:00", "5 minutes ago", "yesterday"'],
    ['-u, --utc, --universal', 'no effect: hosts keep UTC'],
    ['-R, --rfc-email', 'as in the Date: of a mail'],
    ['-I, --iso-8601', '2026-03-03'],
    ['-r, --reference FILE', 'when a file was changed'],
  ],
  optionalValue: 'I',
  missing: '-s -f --set --rfc-3339',
  *run(me, options) {
    const now = me.os.epochUs();
    let at: number | null = now;
    const given = options.value('d');
    if (given !== null) at = parseTime(given, now);
    if (at === null) return yield* me.fail(`invalid date '${given!}'`);
    const reference = options.value('r');
    if (reference !== null) {
      if ((yield* openOperand(me, reference)) === null) return 1;
      at = me.os.epochUs(me.os.files.modifiedAt(me.path(reference)) ?? 0);
    }
    const [format] = options.operands;
    if (format !== undefined && !format.startsWith('+')) return yield* me.fail(`invalid date '${format}'`);
    const usual = options.has('R') ? '%a, %d %b %Y %T %z' : options.has('I') ? '%F' : '%a %b %e %T %Z %Y';
    yield* me.print(`${formatTime(format?.slice(1) ?? usual, at)}\n`);
    return 0;
  },
};

export const sleep: RawTool = {
  summary: 'wait',
  synopsis: 'NUMBER[s|m|h|d]…',
  *run(me) {
    if (me.args.length === 0) return yield* me.fail('missing operand');
    let us = 0;
    for (const arg of me.args) {
      const one = parseDuration(arg);
      if (one === null) return yield* me.fail(`invalid time interval '${arg}'`);
      us += one;
    }
    yield* me.os.sleepUntil(me.os.now() + us);
    return 0;
  },
};

const clear = '\x1b[H\x1b[2J';

export const watch: Tool = {
  summary: 'run a command again and again',
  synopsis: '[-n SECONDS] COMMAND…',
  options: [
    ['-n, --interval SECONDS', 'wait so long in between (2)'],
    ['-d, --differences', 'no effect'],
    ['-t, --no-title', 'no line with the time above'],
  ],
  missing: '-b -c -e -g -p -x',
  stopsAtOperand: true,
  *run(me, options) {
    const interval = parseDuration(options.value('n') ?? '2');
    const command = options.operands.join(' ');
    if (command === '') return yield* me.fail('usage: watch [-n SECONDS] COMMAND');
    if (interval === null) return yield* me.fail(`failed to parse argument: '${options.value('n')!}'`);
    const us = Math.max(interval, SECOND / 10);
    me.terminal?.takeWindow();
    for (;;) {
      const title = `Every ${(us / SECOND).toFixed(1)}s: ${command}`;
      const time = `${me.os.hostName.split('.')[0]!}: ${formatTime('%a %b %e %T %Y', me.os.epochUs())}`;
      yield* me.print(clear);
      if (!options.has('t'))
        yield* me.print(
          `${title}${' '.repeat(Math.max(1, me.columns - title.length - time.length))}${time}\n\n`,
        );
      yield* runOther(me, ['bash', '-c', command]);
      yield* me.os.sleepUntil(me.os.now() + us);
    }
  },
};

export const timeout: Tool = {
  summary: 'run a command, and end it when it takes too long',
  synopsis: 'DURATION COMMAND [ARGUMENT]…',
  options: [],
  missing: '-k -s --preserve-status --foreground -v',
  stopsAtOperand: true,
  *run(me, options) {
    const [given, ...command] = options.operands;
    const us = parseDuration(given ?? '');
    if (us === null || command.length === 0)
      return yield* me.fail('usage: timeout DURATION COMMAND [ARGUMENT]…', 125);
    return yield* within(me, us, command);
  },
};

function* within(me: Process, us: number, command: readonly string[]): Proc<number> {
  let status = 124;
  const group = me.os.group();
  const handle = group.os.spawn(command[0]!, function* (os): Proc<void> {
    status = yield* runOther(new Process(os, me), command);
  });
  try {
    yield* handle.join({ deadline: me.os.now() + us });
  } finally {
    group.kill();
  }
  return status;
}

export const uptime: RawTool = {
  summary: 'how long the host has been running',
  synopsis: '',
  *run(me) {
    const minutes = Math.floor(me.os.now() / (60 * SECOND));
    const days = Math.floor(minutes / 1440);
    const hours = `${Math.floor(minutes / 60) % 24}:${String(minutes % 60).padStart(2, '0')}`;
    const text =
      days > 0 ? `${days} day${days > 1 ? 's' : ''}, ${hours}` : minutes < 60 ? `${minutes} min` : hours;
    yield* me.print(
      ` ${formatTime('%T', me.os.epochUs())} up ${text},  1 user,  load average: 0.00, 0.00, 0.00\n`,
    );
    return 0;
  },
};

export const clearScreen: RawTool = {
  summary: 'clear the screen',
  synopsis: '',
  *run(me) {
    yield* me.print(`${clear}\x1b[3J`);
    return 0;
  },
};
