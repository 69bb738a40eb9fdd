/**
 * about — hostname, uname, id, whoami, who, ps, pgrep, env, which, help, man: about the host and its programs
 */
import type { Proc } from '../../os/os.ts';

import type { Process } from '../shell/process.ts';
import { runOther } from '../shell/run-program.ts';
import { asBytes, type RawTool, type Tool } from '../shell/tool.ts';
import { builtinSummaries } from '../shell/builtin-summaries.ts';
import { nearestName } from '../postfix/nearest-name.ts';

import { formatTime } from './civil-time.ts';

export const hostname: Tool = {
  summary: "show the host's name",
  synopsis: '[-f | -s | -d | -i | -I]',
  options: [
    ['-f, --fqdn', 'the whole name'],
    ['-s, --short', 'up to the first dot'],
    ['-d, --domain', 'behind it'],
    ['-i, --ip-address', 'its address'],
    ['-I, --all-ip-addresses', 'all its addresses'],
  ],
  *run(me, options) {
    const name = me.os.hostName;
    const dot = name.indexOf('.');
    let shown = name;
    if (options.has('s')) shown = dot < 0 ? name : name.slice(0, dot);
    else if (options.has('d')) shown = dot < 0 ? '' : name.slice(dot + 1);
    else if (options.has('i')) shown = me.os.addresses[0] ?? '';
    else if (options.has('I')) shown = me.os.addresses.join(' ');
    if (options.operands.length > 0) return yield* me.fail("this simulator's hosts keep their names");
    yield* me.print(`${shown}\n`);
    return 0;
  },
};

export const uname: RawTool = {
  summary: 'say what system it is',
  synopsis: '[-a]',
  *run(me) {
    yield* me.print(
      me.args.includes('-a')
        ? `Linux ${me.os.hostName} 6.1.0 #1 SMP x86_64 GNU/Linux\n`
        : me.args.includes('-n')
          ? `${me.os.hostName}\n`
          : 'Linux\n',
    );
    return 0;
  },
};

export const whoami: RawTool = {
  summary: 'who you are',
  synopsis: '',
  *run(me) {
    yield* me.print('root\n');
    return 0;
  },
};

export const id: RawTool = {
  summary: 'who you are, with numbers',
  synopsis: '[-u]',
  *run(me) {
    yield* me.print(me.args.includes('-u') ? '0\n' : 'uid=0(root) gid=0(root) groups=0(root)\n');
    return 0;
  },
};

/** Postfix's daemons run as children of master, under its user; what is typed is root's. */
function ownerOfProcess(name: string): string {
  return /^(qmgr|pickup|smtpd|cleanup|smtp|lmtp|trivial-rewrite|bounce|showq|local|anvil|flush)$/.test(name)
    ? 'postfix'
    : 'root';
}

export const ps: RawTool = {
  summary: 'what runs on the host',
  synopsis: '[aux | -ef | -e]',
  description: `aux, -ef: all processes; without: those of terminals.
    Not in this simulator: other columns (-o), processor time, memory.`,
  *run(me) {
    const asked = me.args.join(' ');
    const all = me.os.processes();
    const start = formatTime('%H:%M', me.os.epochUs());
    const owned = ({ pid, name }: { pid: number; name: string }, middle: string): string =>
      `${ownerOfProcess(name).padEnd(8)} ${String(pid).padStart(7)}${middle}${name}\n`;
    if (/^-?aux?w*$|^-?aw*ux?w*$/.test(asked)) {
      yield* me.print('USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n');
      const middle = `  0.0  0.0      0     0 ?        S    ${start}   0:00 `;
      yield* me.print(all.map((its) => owned(its, middle)).join(''));
    } else if (asked === '-ef' || asked === '-eF' || asked === '-fe') {
      yield* me.print('UID          PID    PPID  C STIME TTY          TIME CMD\n');
      const middle = `       1  0 ${start} ?        00:00:00 `;
      yield* me.print(all.map((its) => owned(its, middle)).join(''));
    } else if (asked === '' || asked === '-e' || asked === '-A' || asked === 'ax') {
      const mine = asked === '' ? all.filter(({ name }) => name === 'bash' || name === 'ps') : all;
      const middle = ` ${asked === '' ? 'pts/0' : '?    '}    00:00:00 `;
      yield* me.print('    PID TTY          TIME CMD\n');
      yield* me.print(mine.map(({ pid, name }) => `${String(pid).padStart(7)}${middle}${name}\n`).join(''));
    } else return yield* me.fail(`the real tool may have "${asked}"; this simulator has aux, -ef and -e`);
    return 0;
  },
};

export const pgrep: Tool = {
  summary: 'processes by name',
  synopsis: '[-l] [-x] NAME',
  options: [
    ['-l, --list-name', 'with their names'],
    ['-x, --exact', 'the whole name'],
    ['-c, --count', 'how many'],
    ['-f, --full', 'no effect'],
    ['-a, --list-full', 'with their names'],
  ],
  missing: '-u -n -o -v -P -t',
  *run(me, options) {
    const [name] = options.operands;
    if (name === undefined) return yield* me.fail('no matching criteria specified', 2);
    const found = me.os
      .processes()
      .filter(
        (one) => one.pid !== me.os.pid && (options.has('x') ? one.name === name : one.name.includes(name)),
      );
    const named = options.has('l') || options.has('a');
    if (options.has('c')) yield* me.print(`${found.length}\n`);
    else yield* me.print(found.map((one) => `${one.pid}${named ? ` ${one.name}` : ''}\n`).join(''));
    return found.length > 0 ? 0 : 1;
  },
};

export const env: RawTool = {
  summary: 'show the environment, or run a command with more of it',
  synopsis: '[NAME=VALUE]… [COMMAND [ARGUMENT]…]',
  *run(me) {
    const environment = new Map(me.environment);
    let at = 0;
    for (; at < me.args.length; at++) {
      const match = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(me.args[at]!);
      if (match === null) break;
      environment.set(match[1]!, match[2]!);
    }
    if (at < me.args.length) return yield* runOther(me, me.args.slice(at), { environment });
    yield* me.print([...environment].map(([name, value]) => `${name}=${value}\n`).join(''));
    return 0;
  },
};

/** sudo, nohup, nice, command wrappers that change nothing here. */
export const wrapper: RawTool = {
  summary: 'run a command: you are root already, and nothing is in a hurry',
  synopsis: 'COMMAND [ARGUMENT]…',
  *run(me) {
    let args = me.args;
    while (args[0]?.startsWith('-') === true) args = args.slice(/^-(u|g|n)$/.test(args[0]) ? 2 : 1);
    if (args.length === 0) return yield* me.fail('which command?');
    return yield* runOther(me, args);
  },
};

export const which: RawTool = {
  summary: 'where a program is',
  synopsis: 'NAME…',
  *run(me) {
    let status = 0;
    for (const name of me.args) {
      const installed = me.programs.find(name);
      if (installed === null) status = 1;
      else yield* me.print(`${installed.path}\n`);
    }
    return status;
  },
};

export const man: RawTool = {
  summary: 'the manual of a program, in our own words',
  synopsis: '[-k WORD] NAME',
  *run(me) {
    const [first, second] = me.args;
    if (first === undefined) {
      yield* me.print(
        'What manual page do you want?\nFor example, try "man grep", "man -k queue" or "help".\n',
      );
      return 1;
    }
    if (first === '-k') return yield* apropos(me, second ?? '');
    const name = /^\d$/.test(first) && second !== undefined ? second : first;
    const installed = me.programs.find(name);
    const builtin = builtinSummaries[name];
    if (installed === null && builtin !== undefined) {
      yield* me.print(
        asBytes(`NAME\n       ${name} - ${builtin}\n\n       A builtin of the shell; see "help".\n`),
      );
      return 0;
    }
    if (installed === null) {
      const near = nearestName(name, me.programs.names);
      yield* me.write(2, `No manual entry for ${name}${near === null ? '' : `; there is one for ${near}`}\n`);
      return 16;
    }
    yield* me.print(installed.manual);
    return 0;
  },
};

function* apropos(me: Process, word: string): Proc<number> {
  const lower = word.toLowerCase();
  const rows = summaries(me).filter(([name, text]) => `${name} ${text}`.toLowerCase().includes(lower));
  yield* me.print(rows.map(([name, text]) => `${name.padEnd(18)} - ${text}\n`).join(''));
  return rows.length > 0 ? 0 : 16;
}

function summaries(me: Process): [string, string][] {
  return me.programs.names.map((name) => [name, me.programs.find(name)!.summary]);
}

export const help: RawTool = {
  summary: 'what can be typed here',
  synopsis: '[NAME]',
  *run(me) {
    if (me.args.length > 0) return yield* runOther(me, ['man', ...me.args]);
    const row = ([name, text]: readonly [string, string]): string => `  ${name.padEnd(14)} ${text}\n`;
    yield* me.print(asBytes(`Programs ("man NAME" says more):\n${summaries(me).map(row).join('')}`));
    yield* me.print(asBytes(`\nOf the shell itself:\n${Object.entries(builtinSummaries).map(row).join('')}`));
    return 0;
  },
};
