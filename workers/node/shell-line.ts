/**
 * shell-line — a command line of a scenario's operation, run on a simulated host
 *
 * SIMPLIFIED: no shell. Of bash's grammar there are quotes, "a; b", "a && b", "a | b", <<<, $? and 2>&1,
 * which is what such operations use; the commands are those of Postfix, sleep, echo, printf and sort.
 */
import * as utf8 from '../bytes/utf8.ts';
import type { CommandIo } from '../commands/postfix/command.ts';
import { postfixCommands } from '../commands/postfix/postfix-commands.ts';
import { SECOND, type Os, type Proc } from '../os/os.ts';

/** How it ended and what it printed: standard output, then standard error. */
export interface Ran {
  rc: number;
  out: string;
}

/** Runs a line. @param shell whether it is more than one command and its words */
export function* runLine(os: Os, line: string, shell: boolean): Proc<Ran> {
  const output = new Output();
  const rc = shell
    ? yield* runList(os, line, output)
    : yield* runCommand(os, line.split(' '), { output, stdin: '', piped: null });
  return { rc, out: output.out.join('') + output.err.join('') };
}

class Output {
  readonly out: string[] = [];
  readonly err: string[] = [];
}

interface Setting {
  output: Output;
  stdin: string;
  /** where standard output goes instead */
  piped: string[] | null;
}

// What ends the last command of a line.
const endOfLine = [undefined, undefined, undefined, ';', undefined];

function* runList(os: Os, line: string, output: Output): Proc<number> {
  let rc = 0;
  let words: string[] = [];
  let stdin = '';
  const tokens = [...line.matchAll(/"([^"]*)"|'([^']*)'|(;|&&|\|\||\||<<<|2>&1)|([^\s;&|<]+)/g)];
  for (const token of [...tokens, endOfLine]) {
    const [, double, single, operator, plain] = token;
    if (operator === undefined) {
      words.push((double ?? single ?? plain)!.replaceAll('$?', String(rc)));
      continue;
    }
    if (operator === '2>&1') continue;
    if (operator === '<<<') {
      words.push('<<<');
      continue;
    }
    const here = words.indexOf('<<<');
    if (here >= 0) stdin = `${words.splice(here).slice(1).join(' ')}\n`;
    const piped: string[] | null = operator === '|' ? [] : null;
    if (words.length > 0) rc = yield* runCommand(os, words, { output, stdin, piped });
    stdin = piped?.join('') ?? '';
    words = [];
    if ((operator === '&&' && rc !== 0) || (operator === '||' && rc === 0)) break;
  }
  return rc;
}

function* runCommand(os: Os, [name, ...args]: string[], setting: Setting): Proc<number> {
  const { output, stdin } = setting;
  const out = setting.piped ?? output.out;
  if (name === 'sleep') {
    yield* os.sleepUntil(os.now() + Math.round(Number(args[0]) * SECOND));
    return 0;
  }
  if (name === 'printf') out.push(args[0]!.replaceAll('\\n', '\n'));
  else if (name === 'echo') out.push(`${args.join(' ')}\n`);
  else if (name === 'sort')
    out.push(
      stdin
        .split(/(?<=\n)/)
        .sort()
        .join(''),
    );
  else {
    const command = postfixCommands.get(name!);
    if (command === undefined) {
      output.err.push(`bash: line 1: ${name!}: command not found\n`);
      return 127;
    }
    const io: CommandIo = {
      stdout: { write: (bytes) => void out.push(utf8.decode(bytes)) },
      stderr: { write: (bytes) => void output.err.push(utf8.decode(bytes)) },
    };
    return yield* command(os, args, () => given(stdin), io);
  }
  return 0;
}

function* given(stdin: string): Proc<Uint8Array> {
  return utf8.encode(stdin);
}
