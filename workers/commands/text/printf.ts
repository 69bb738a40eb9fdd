/**
 * printf — texts by a format, as printf(1) and awk have it
 */
import { unescapeC } from '../shell/lexer.ts';
import { quoted } from '../shell/quoted.ts';

const widthMax = 10_000;
const roundsMax = 100_000;

/** The format is used again until all arguments are. @returns also the arguments that are no numbers */
export function formatPrintf(format: string, args: readonly string[]): { text: string; wrong: string[] } {
  const wrong: string[] = [];
  const source = unescapeC(format);
  let text = '';
  let at = 0;
  for (let round = 0; round < roundsMax; round++) {
    const before = at;
    let stop = false;
    text += eachConversion(source, (letter, flags) => {
      if (stop) return '';
      const next = (): string => args[at++] ?? '';
      const width = flags.width === '*' ? next() : flags.width;
      const precision = flags.precision === '*' ? next() : flags.precision;
      const filled = { ...flags, width, precision };
      if (letter === 'b') {
        const value = next();
        stop = value.includes('\\c');
        return pad(unescapeC(value.split('\\c')[0]!), filled);
      }
      if (letter === 'q') return pad(quoted(next()), filled);
      if (letter === 'c') return pad(next().slice(0, 1), filled);
      if (letter === 's') return formatText(next(), filled);
      return formatNumber(numberOf(next(), wrong), letter, filled);
    });
    if (at >= args.length || at === before || stop) break;
  }
  return { text, wrong };
}

export interface Flags {
  readonly minus: boolean;
  readonly zero: boolean;
  readonly plus: string;
  readonly width: string;
  readonly precision: string | null;
  readonly hash?: boolean;
}

/** Replaces each %… of a format. */
export function eachConversion(format: string, convert: (letter: string, flags: Flags) => string): string {
  return format.replace(
    /%([-+ 0#]*)(\d*|\*)(?:\.(\d*|\*))?([A-Za-z%])/g,
    (all, given: string, width: string, precision: string | undefined, letter: string) => {
      if (letter === '%') return '%';
      if (!'sdiuxXocbqeEfFgG'.includes(letter)) return all;
      const plus = given.includes('+') ? '+' : given.includes(' ') ? ' ' : '';
      const flags = {
        minus: given.includes('-'),
        zero: given.includes('0'),
        plus,
        width,
        hash: given.includes('#'),
      };
      return convert(letter, { ...flags, precision: precision ?? null });
    },
  );
}

function numberOf(text: string, wrong: string[]): number {
  if (text === '') return 0;
  if (/^["']/.test(text)) return text.charCodeAt(1);
  const clean = text.trim();
  if (/^[-+]?0[0-7]+$/.test(clean)) return parseInt(clean, 8);
  const value = Number(clean);
  if (clean !== '' && !Number.isNaN(value)) return value;
  wrong.push(text);
  return Number.parseFloat(clean) || 0;
}

/** %s with its precision and width. */
export function formatText(text: string, flags: Flags): string {
  return pad(flags.precision === null ? text : text.slice(0, Number(flags.precision)), flags);
}

/** A number by its letter. */
export function formatNumber(value: number, letter: string, flags: Flags): string {
  const precision = flags.precision === null ? null : Math.min(100, Number(flags.precision));
  let digits: string;
  const size = Math.abs(value);
  if ('diu'.includes(letter))
    digits = whole(size)
      .toString()
      .padStart(precision ?? 0, '0');
  else if (letter === 'x')
    digits = whole(value)
      .toString(16)
      .padStart(precision ?? 0, '0');
  else if (letter === 'X')
    digits = whole(value)
      .toString(16)
      .toUpperCase()
      .padStart(precision ?? 0, '0');
  else if (letter === 'o')
    digits = whole(value)
      .toString(8)
      .padStart(precision ?? 0, '0');
  else if (letter === 'f' || letter === 'F') digits = fixed(size, precision ?? 6);
  else if (letter === 'e' || letter === 'E') digits = exponential(size, precision ?? 6, letter);
  else digits = general(size, precision ?? 6, flags.hash === true);
  const signed = 'xXo'.includes(letter) ? digits : (value < 0 ? '-' : flags.plus) + digits;
  if (flags.zero && !flags.minus && !(precision !== null && 'diuxXo'.includes(letter))) {
    const sign = /^[-+ ]/.exec(signed)?.[0] ?? '';
    return sign + signed.slice(sign.length).padStart(widthOf(flags) - sign.length, '0');
  }
  return pad(signed, flags);
}

function whole(value: number): bigint {
  return Number.isFinite(value) ? BigInt.asIntN(64, BigInt(Math.trunc(value))) : 0n;
}
function fixed(value: number, precision: number): string {
  return Number.isFinite(value) ? value.toFixed(precision) : value > 0 ? 'inf' : 'nan';
}
function exponential(value: number, precision: number, letter: string): string {
  const text = value.toExponential(precision).replace(/e([-+])(\d)$/, 'e$10$2');
  return letter === 'E' ? text.toUpperCase() : text;
}
// %g: as %f or %e, whichever is shorter, without zeros at the end.
function general(value: number, precision: number, keep: boolean): string {
  if (value === 0 || !Number.isFinite(value)) return value === 0 ? '0' : fixed(value, 0);
  const digits = Math.max(1, precision);
  const exponent = Number(value.toExponential(digits - 1).split('e')[1]);
  if (exponent >= -4 && exponent < digits) {
    const text = value.toFixed(Math.max(0, digits - 1 - exponent));
    return keep || !text.includes('.') ? text : text.replace(/\.?0+$/, '');
  }
  return exponential(value, digits - 1, 'e').replace(/\.?0+e/, 'e');
}

function pad(text: string, flags: Flags): string {
  const width = widthOf(flags);
  return flags.minus || flags.width.startsWith('-') ? text.padEnd(width) : text.padStart(width);
}
function widthOf({ width }: Flags): number {
  return Math.min(Math.abs(Number(width) || 0), widthMax);
}
