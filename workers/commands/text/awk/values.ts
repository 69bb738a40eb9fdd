/**
 * values — awk's values: texts and numbers, and texts from the input that look like numbers
 */
import { AwkError } from './tree.ts';
import type { Regex } from '../regex/regex.ts';
import { eachConversion, formatNumber, formatText } from '../printf.ts';

/** A text that came from the input: a number when it looks like one. */
export class Field {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
export type Value = string | number | Field | undefined;

const numeric = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/;

export function numberOf(value: Value): number {
  if (typeof value === 'number') return value;
  const text = value instanceof Field ? value.text : (value ?? '');
  return Number(/^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/.exec(text)?.[1] ?? '0');
}

/** @param format CONVFMT or OFMT */
export function textOf(value: Value, format = '%.6g'): string {
  if (typeof value !== 'number') return value instanceof Field ? value.text : (value ?? '');
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return String(value === 0 ? 0 : value);
  return sprintf(format, [value]);
}

/** Whether it counts as true. */
export function isTrue(value: Value): boolean {
  if (value instanceof Field) return numeric.test(value.text) ? numberOf(value) !== 0 : value.text !== '';
  return typeof value === 'number' ? value !== 0 : value !== undefined && value !== '';
}

/** Below, equal, above: as numbers when both are or look like ones. */
export function compare(a: Value, b: Value, format: string): number {
  const isNumber = (value: Value): boolean =>
    typeof value === 'number' || value === undefined || (value instanceof Field && numeric.test(value.text));
  if (isNumber(a) && isNumber(b)) return numberOf(a) - numberOf(b);
  const left = textOf(a, format);
  const right = textOf(b, format);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** printf of awk. */
export function sprintf(format: string, args: readonly Value[]): string {
  let at = 0;
  return eachConversion(format, (letter, flags) => {
    const width = flags.width === '*' ? textOf(args[at++]) : flags.width;
    const precision = flags.precision === '*' ? textOf(args[at++]) : flags.precision;
    const filled = { ...flags, width, precision };
    const value = args[at++];
    if (letter === 's') return formatText(textOf(value), filled);
    if (letter !== 'c') return formatNumber(numberOf(value), letter, filled);
    return formatText(
      typeof value === 'number' ? String.fromCharCode(value & 255) : textOf(value).slice(0, 1),
      filled,
    );
  });
}

/** The operators of arithmetic. */
export function calculate(operator: string, a: number, b: number): number {
  if ((operator === '/' || operator === '%') && b === 0) throw new AwkError('division by zero');
  if (operator === '+') return a + b;
  if (operator === '-') return a - b;
  if (operator === '*') return a * b;
  if (operator === '/') return a / b;
  if (operator === '%') return a % b;
  if (!Number.isInteger(b) || Math.abs(b) > 2000)
    throw new AwkError("this simulator's awk has powers of whole numbers alone");
  let power = 1;
  for (let i = 0; i < Math.abs(b); i++) power *= a;
  return b < 0 ? 1 / power : power;
}

/** Fields by a separator: a character, or a regular expression; " " is any blanks. */
export function splitText(text: string, separator: string, compile: (source: string) => Regex): string[] {
  if (separator === ' ') return text.trim() === '' ? [] : text.trim().split(/[ \t\n]+/);
  if (text === '') return [];
  if (separator.length === 1 && separator !== '\\') return text.split(separator);
  const regex = compile(separator);
  const parts: string[] = [];
  let from = 0;
  for (
    let match = regex.exec(text, 0);
    match !== null && match[1]! > match[0]!;
    match = regex.exec(text, from)
  ) {
    parts.push(text.slice(from, match[0]));
    from = match[1]!;
  }
  return [...parts, text.slice(from)];
}
