/**
 * xargs — runs a command with words from its input as arguments
 */
import type { Proc } from '../../os/os.ts';

import type { Process } from '../shell/process.ts';
import { runOther } from '../shell/run-program.ts';
import { nothing } from '../shell/stream.ts';
import { parseCount, type Options, type Tool } from '../shell/tool.ts';

const wordsAtOnce = 5000;

export const xargs: Tool = {
  summary: 'run a command with words from the input as arguments',
  synopsis: '[-n NUM] [-I TEXT] [-r] [-0] [-d CHAR] [-t] [COMMAND [ARGUMENT]…]',
  options: [
    ['-n, --max-args NUM', 'at most so many words each time'],
    ['-L, --max-lines NUM', 'the words of so many lines each time'],
    ['-I TEXT', 'once for each line, which goes where TEXT stands'],
    ['-r, --no-run-if-empty', 'not at all without words'],
    ['-0, --null', 'words end at a NUL'],
    ['-d, --delimiter CHAR', 'words end at this character'],
    ['-t, --verbose', 'show each command'],
    ['-P, --max-procs NUM', 'no effect: one after the other'],
  ],
  missing: '-a -E -p -s -x -o',
  stopsAtOperand: true,
  *run(me, options) {
    const command = options.operands.length > 0 ? options.operands : ['echo'];
    const text = yield* me.readAll(me.input);
    const place = options.value('I');
    const words = wordsOf(text, options, place !== null);
    if (words === null)
      return yield* me.fail(
        'unmatched quote; by default quotes are special to xargs unless you use the -0 option',
      );
    if (place !== null) {
      let status = 0;
      for (const word of words)
        status = worst(
          status,
          yield* runOne(
            me,
            options,
            command.map((part) => part.replaceAll(place, word)),
          ),
        );
      return status;
    }
    if (words.length === 0 && options.has('r')) return 0;
    const lines = parseCount(options.value('L'));
    const size = parseCount(options.value('n')) ?? wordsAtOnce;
    if (size === 0) return yield* me.fail('value 0 for -n option should be >= 1');
    const groups =
      lines === null
        ? inGroups(words, size)
        : inGroups(
            text.split('\n').filter((line) => line.trim() !== ''),
            Math.max(1, lines),
          ).map((some) => some.flatMap((line) => line.trim().split(/\s+/)));
    let status = 0;
    for (const group of groups.length > 0 ? groups : [[]])
      status = worst(status, yield* runOne(me, options, [...command, ...group]));
    return status;
  },
};

function* runOne(me: Process, options: Options, argv: readonly string[]): Proc<number> {
  if (options.has('t')) yield* me.write(2, `${argv.join(' ')}\n`);
  return yield* runOther(me, argv, { descriptors: new Map(me.descriptors).set(0, nothing) });
}

function worst(before: number, status: number): number {
  if (status === 127 || status === 126) return status;
  return status === 0 ? before : status === 255 ? 124 : 123;
}

function inGroups<T>(items: readonly T[], size: number): T[][] {
  const groups: T[][] = [];
  for (let at = 0; at < items.length; at += size) groups.push(items.slice(at, at + size));
  return groups;
}

/** Blanks and quotes as xargs takes them; null = a quote is missing. */
function wordsOf(text: string, options: Options, byLine: boolean): string[] | null {
  const delimiter = options.has('0')
    ? '\0'
    : (options.value('d')?.replace('\\n', '\n').replace('\\t', '\t') ?? null);
  if (delimiter !== null) {
    const parts = text.split(delimiter);
    if (parts.at(-1) === '') parts.pop();
    return parts;
  }
  if (byLine)
    return text
      .split('\n')
      .map((line) => line.trimStart())
      .filter((line) => line !== '');
  const words: string[] = [];
  for (const match of text.matchAll(/(?:"[^"\n]*"|'[^'\n]*'|\\[\s\S]|[^\s"'\\])+|["']/g)) {
    if (match[0] === '"' || match[0] === "'") return null;
    words.push(
      match[0].replace(
        /"([^"]*)"|'([^']*)'|\\([\s\S])/g,
        (_, a?: string, b?: string, c?: string) => a ?? b ?? c ?? '',
      ),
    );
  }
  return words;
}
