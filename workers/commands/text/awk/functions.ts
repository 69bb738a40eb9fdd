/**
 * functions — awk's own functions: length, substr, index, split, sub, gsub, match, sprintf, tolower …
 */
import type { Proc } from '../../../os/os.ts';

import { AwkError, type Expr } from './tree.ts';
import type { AwkRun } from './run.ts';
import { Field, numberOf, sprintf, textOf, type Value } from './values.ts';

/** @param values what the arguments are, for those that take values alone */
export function* callBuiltin(
  run: AwkRun,
  name: string,
  args: readonly Expr[],
  values: readonly Value[],
): Proc<Value> {
  const [a, b, c] = values;
  switch (name) {
    case '(':
      return values.at(-1);
    case 'length':
      return yield* length(run, args[0]);
    case 'substr': {
      const text = textOf(a);
      const from = Math.round(numberOf(b));
      const end = values.length > 2 ? from + Math.round(numberOf(c)) : Infinity;
      return text.slice(Math.max(0, from - 1), Math.max(0, end - 1));
    }
    case 'index':
      return textOf(a).indexOf(textOf(b)) + 1;
    case 'sprintf':
      return sprintf(textOf(a), values.slice(1));
    case 'tolower':
      return textOf(a).toLowerCase();
    case 'toupper':
      return textOf(a).toUpperCase();
    case 'int':
      return Math.trunc(numberOf(a));
    case 'sqrt':
      return Math.sqrt(numberOf(a));
    case 'close':
    case 'fflush':
      yield* run.flush();
      return 0;
    case 'split':
      return yield* split(run, args);
    case 'match':
      return yield* match(run, args);
    case 'sub':
    case 'gsub':
      return yield* substitute(run, args, name === 'gsub');
    default:
      throw new AwkError(
        `function ${name} is not there: the real awk may have it; this simulator doesn't yet`,
      );
  }
}

function* length(run: AwkRun, arg: Expr | undefined): Proc<number> {
  if (arg === undefined)
    return textOf(yield* run.value({ kind: 'field', index: { kind: 'number', value: 0 } })).length;
  if (arg.kind === 'variable' && run.isArray(arg.name)) return run.array(arg.name).size;
  return textOf(yield* run.value(arg)).length;
}

function* pattern(run: AwkRun, e: Expr): Proc<string> {
  return e.kind === 'regex' ? e.source : textOf(yield* run.value(e));
}

function* split(run: AwkRun, [text, array, separator]: readonly Expr[]): Proc<number> {
  if (text === undefined || array?.kind !== 'variable') throw new AwkError('split needs a text and an array');
  const by = separator === undefined ? run.text('FS') : yield* pattern(run, separator);
  const parts = run.splitText(textOf(yield* run.value(text)), by);
  const target = run.array(array.name);
  target.clear();
  for (const [i, part] of parts.entries()) target.set(String(i + 1), new Field(part));
  return parts.length;
}

function* match(run: AwkRun, [text, regex]: readonly Expr[]): Proc<number> {
  if (text === undefined || regex === undefined)
    throw new AwkError('match needs a text and a regular expression');
  const found = run.regex(yield* pattern(run, regex)).exec(textOf(yield* run.value(text)));
  run.set('RSTART', found === null ? 0 : found[0]! + 1);
  run.set('RLENGTH', found === null ? -1 : found[1]! - found[0]!);
  return found === null ? 0 : found[0]! + 1;
}

function* substitute(run: AwkRun, args: readonly Expr[], global: boolean): Proc<number> {
  const [source, by, given] = args;
  if (source === undefined || by === undefined)
    throw new AwkError('sub needs a regular expression and a text');
  const target: Expr = given ?? { kind: 'field', index: { kind: 'number', value: 0 } };
  const regex = run.regex(yield* pattern(run, source));
  const replacement = textOf(yield* run.value(by));
  const text = textOf(yield* run.value(target));
  let out = '';
  let copied = 0;
  let count = 0;
  for (let at = 0; at <= text.length;) {
    const found = regex.exec(text, at);
    if (found === null) break;
    const [start, end] = found as [number, number];
    if (!(start === end && start === copied && count > 0)) {
      const matched = text.slice(start, end);
      out +=
        text.slice(copied, start) + replacement.replace(/\\&|&/g, (one) => (one === '&' ? matched : '&'));
      copied = end;
      count++;
      if (!global) break;
    }
    at = end > start ? end : end + 1;
  }
  if (count > 0) yield* run.store(target, out + text.slice(copied));
  return count;
}
