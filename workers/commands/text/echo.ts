/**
 * echo — echo, printf, yes, seq: text that is made, not read
 */
import type { Proc } from '../../os/os.ts';

import { unescapeC } from '../shell/lexer.ts';
import type { Process } from '../shell/process.ts';
import type { RawTool, Tool } from '../shell/tool.ts';

import { formatPrintf } from './printf.ts';

export const echo: RawTool = {
  summary: 'print its arguments',
  synopsis: '[-n] [-e | -E] [TEXT]…',
  description: '-n: no line end; -e: \\n, \\t and the like are control characters.',
  *run(me) {
    let at = 0;
    let newline = true;
    let escapes = false;
    for (; /^-[neE]+$/.test(me.args[at] ?? ''); at++) {
      newline &&= !me.args[at]!.includes('n');
      escapes = me.args[at]!.includes('e') || (escapes && !me.args[at]!.includes('E'));
    }
    let text = me.args.slice(at).join(' ');
    if (escapes) {
      const end = text.indexOf('\\c');
      if (end >= 0) {
        text = text.slice(0, end);
        newline = false;
      }
      text = unescapeC(text, true);
    }
    yield* me.print(newline ? `${text}\n` : text);
    return 0;
  },
};

export const printf: RawTool = {
  summary: 'print its arguments by a format',
  synopsis: 'FORMAT [ARGUMENT]…',
  description:
    '%s %d %i %u %x %X %o %c %b %q %% %e %f %g, with width, precision, "-" and "0"; \\n, \\t, \\\\.',
  *run(me) {
    const [format, ...args] = me.args[0] === '--' ? me.args.slice(1) : me.args;
    if (format === undefined) return yield* me.fail('usage: printf [-v var] format [arguments]', 2);
    const { text, wrong } = formatPrintf(format, args);
    for (const word of wrong) yield* me.fail(`${word}: invalid number`);
    yield* me.print(text);
    return wrong.length > 0 ? 1 : 0;
  },
};

export const yes: RawTool = {
  summary: 'print a line until it is ended',
  synopsis: '[TEXT]…',
  *run(me) {
    const line = `${me.args.length > 0 ? me.args.join(' ') : 'y'}\n`;
    const text = line.repeat(Math.max(1, Math.floor(8192 / line.length)));
    for (;;) yield* me.print(text);
  },
};

const numbersAtOnce = 1000;

export const seq: Tool = {
  summary: 'print numbers one after the other',
  synopsis: '[-w] [-s TEXT] [FIRST [STEP]] LAST',
  options: [
    ['-s, --separator TEXT', 'between the numbers'],
    ['-w, --equal-width', 'zeros in front'],
  ],
  missing: '-f --format',
  stopsAtOperand: true,
  *run(me, options) {
    const numbers = options.operands.map(Number);
    const bad = options.operands.find((text) => !/^[-+]?\d*\.?\d+$/.test(text));
    if (bad !== undefined) return yield* me.fail(`invalid floating point argument: '${bad}'`);
    if (numbers.length < 1 || numbers.length > 3) return yield* me.fail('missing operand');
    const first = numbers.length > 1 ? numbers[0]! : 1;
    const step = numbers.length > 2 ? numbers[1]! : 1;
    const last = numbers.at(-1)!;
    if (step === 0) return yield* me.fail("invalid Zero increment value: '0'");
    const decimals = Math.max(...options.operands.map((text) => (text.split('.')[1] ?? '').length));
    return yield* count(me, {
      first,
      step,
      last,
      decimals,
      separator: options.value('s') ?? '\n',
      width: options.has('w') ? Math.max(first.toFixed(decimals).length, last.toFixed(decimals).length) : 0,
    });
  },
};

function* count(
  me: Process,
  given: { first: number; step: number; last: number; decimals: number; separator: string; width: number },
): Proc<number> {
  const { first, step, last, decimals, separator, width } = given;
  const total = Math.floor((last - first) / step + 1e-9) + 1;
  let out = '';
  for (let i = 0; i < total; i++) {
    const text = (first + i * step).toFixed(decimals).padStart(width, '0');
    out += i === total - 1 ? `${text}\n` : text + separator;
    if (i % numbersAtOnce === numbersAtOnce - 1) {
      yield* me.print(out);
      out = '';
    }
  }
  yield* me.print(out);
  return 0;
}
