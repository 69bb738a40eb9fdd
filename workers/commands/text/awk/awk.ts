/**
 * awk — patterns and what to do with the lines that match
 *
 * SEE ALSO  parse.ts (what is missing), run.ts
 */
import { openOperand, type Tool } from '../../shell/tool.ts';
import { RegexError } from '../regex/regex.ts';

import { parseAwk } from './parse.ts';
import { AwkRun } from './run.ts';
import { AwkError } from './tree.ts';

export const awk: Tool = {
  summary: 'patterns, and what to do with the lines that match',
  synopsis: "[-F SEPARATOR] [-v NAME=VALUE]… 'PROGRAM' [FILE]…",
  usageStatus: 2,
  stopsAtOperand: true,
  options: [
    ['-F SEPARATOR', 'what is between fields: a character or a regular expression'],
    ['-v NAME=VALUE', 'a variable'],
    ['-f FILE', 'the program from a file'],
  ],
  missing: '-W',
  description:
    `BEGIN, END, /re/, comparisons, ranges; print, printf, > FILE, >> FILE; if, while, do, for, for (k in a),
    next, exit, delete, functions, getline [VAR] [< FILE];
    NR NF FNR FILENAME FS OFS ORS RS SUBSEP OFMT CONVFMT ENVIRON;
    length substr index split sub gsub match sprintf tolower toupper int sqrt.
    Not in this simulator: print | command, command | getline, system, sin, cos, exp, log, rand.`
      .split('\n')
      .map((line) => line.trim())
      .join('\n'),
  *run(me, options) {
    const operands = [...options.operands];
    const parts: string[] = [];
    for (const name of options.values('f')) {
      const stream = yield* openOperand(me, name);
      if (stream === null) return 2;
      parts.push(yield* me.readAll(stream));
    }
    if (!options.has('f')) {
      const first = operands.shift();
      if (first === undefined)
        return yield* me.fail("no program; usage: awk [-F fs] [-v var=value] 'program' [file]", 2);
      parts.push(first);
    }
    try {
      const run = new AwkRun(me, parseAwk(parts.join('\n')));
      const separator = options.value('F');
      if (separator !== null) run.assign(`FS=${separator === 't' ? '\\t' : separator}`);
      for (const given of options.values('v')) run.assign(given);
      return yield* run.all(operands);
    } catch (error) {
      if (error instanceof AwkError || error instanceof RegexError) return yield* me.fail(error.text, 2);
      throw error;
    }
  },
};
