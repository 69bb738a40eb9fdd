/**
 * expand — from a word to its fields: variables, substitution, arithmetic, splitting, paths
 *
 * STANDARDS  POSIX.1-2017, XCU 2.6
 */
import type { Proc } from '../../os/os.ts';

import type { List, Part, Word } from './ast.ts';
import { ArithmeticError, evaluate } from './arithmetic.ts';
import { expandPaths, globMatcher, isPattern } from './glob.ts';
import type { ShellState } from './shell-state.ts';

/** A word that cannot be expanded: the command is not run. */
export class ExpansionError {
  readonly text: string;
  /** of a shell that ends by it */
  readonly status: number;
  constructor(text: string, status = 1) {
    this.text = text;
    this.status = status;
  }
}

/** What the expansion asks the shell to do. */
export interface Expander {
  readonly state: ShellState;
  /** runs the list in a subshell; @returns what it printed */
  substitute(list: List): Proc<string>;
}

const valueCharsMax = 1_048_576;
const fieldsMax = 100_000;
const special = /[\\*?[\]]/g;

/** A field as it grows: its text, and the same with what was quoted kept from being a pattern. */
interface Field {
  text: string;
  pattern: string;
  /** something, if only "", was quoted */
  quoted: boolean;
}

/** The fields of words, as a command gets them. */
export function* expandWords(shell: Expander, words: readonly Word[]): Proc<string[]> {
  const fields: string[] = [];
  for (const word of words.flatMap(expandBraces)) {
    for (const field of yield* fieldsOf(shell, word)) {
      const paths = isPattern(field.pattern) ? pathsOf(shell.state, field.pattern) : [];
      if (paths.length > 0) fields.push(...paths);
      else fields.push(field.text);
    }
    if (fields.length > fieldsMax) throw new ExpansionError('argument list too long');
  }
  return fields;
}

/** One text, neither split nor matched with paths: the value of an assignment, a redirection's file. */
export function* expandText(shell: Expander, word: Word): Proc<string> {
  let text = '';
  for (const part of word) text += (yield* valueOf(shell, part, ' ')).join(' ');
  return bounded(text);
}

/** As expandText, but what is quoted stands for itself in the pattern that comes out. */
export function* expandPattern(shell: Expander, word: Word): Proc<string> {
  let pattern = '';
  for (const part of word) {
    const text = (yield* valueOf(shell, part, ' ')).join(' ');
    pattern += 'quoted' in part && part.quoted ? text.replace(special, '\\$&') : text;
  }
  return pattern;
}

function pathsOf(state: ShellState, pattern: string): string[] {
  return state.noGlob ? [] : expandPaths(state.files, state.directory, pattern);
}

function* fieldsOf(shell: Expander, word: Word): Proc<Field[]> {
  const fields: Field[] = [];
  let field: Field | null = null;
  const add = (text: string, quoted: boolean): void => {
    field ??= { text: '', pattern: '', quoted: false };
    field.text += text;
    field.pattern += quoted ? text.replace(special, '\\$&') : text;
    field.quoted ||= quoted;
  };
  const separators = shell.state.get('IFS') ?? ' \t\n';
  for (const part of word) {
    const quoted = part.kind !== 'tilde' && part.quoted;
    const values = yield* valueOf(shell, part, separators[0] ?? '');
    for (const [i, value] of values.entries()) {
      if (i > 0 && field !== null) {
        fields.push(field);
        field = null;
      }
      if (quoted || part.kind === 'text' || part.kind === 'tilde')
        add(value, quoted || part.kind === 'tilde');
      else
        for (const [j, piece] of split(value, separators).entries()) {
          if (j > 0 && field !== null) {
            fields.push(field);
            field = null;
          }
          if (piece !== null) add(piece, false);
        }
    }
    // "$@" with no arguments is no field at all, not an empty one.
    if (quoted && values.length > 0) add('', true);
  }
  if (field !== null) fields.push(field);
  return fields.filter(({ text, quoted }) => text !== '' || quoted);
}

/** Cuts at separators; null at an end where something may be joined on: nothing is there. */
function split(value: string, separators: string): (string | null)[] {
  if (separators === '') return [value];
  const isBlank = (c: string): boolean => /[ \t\n]/.test(c) && separators.includes(c);
  const pieces: (string | null)[] = [];
  let piece: string | null = null;
  for (let at = 0; at < value.length;) {
    const c = value[at]!;
    if (!separators.includes(c)) {
      const from = at;
      while (at < value.length && !separators.includes(value[at]!)) at++;
      piece = value.slice(from, at);
      continue;
    }
    let hard = 0;
    const from = at;
    while (at < value.length && (isBlank(value[at]!) || (separators.includes(value[at]!) && hard++ === 0)))
      at++;
    if (at === from) at++;
    pieces.push(piece ?? (hard > 0 ? '' : null));
    piece = null;
  }
  pieces.push(piece);
  return pieces;
}

/** What a part stands for; more than one value only for $@. */
function* valueOf(shell: Expander, part: Part, joint: string): Proc<string[]> {
  switch (part.kind) {
    case 'text':
      return [part.text];
    case 'tilde':
      return [shell.state.get('HOME') ?? '/root'];
    case 'command':
      return [(yield* shell.substitute(part.list)).replace(/\n+$/, '').replaceAll('\0', '')];
    case 'arithmetic':
      return [String(yield* arithmetic(shell, part.source))];
    case 'variable':
      return yield* variable(shell, part, joint);
  }
}

/** The value of an arithmetic expression. */
export function* arithmetic(shell: Expander, source: Word): Proc<bigint> {
  const text = yield* expandText(shell, source);
  const { state } = shell;
  try {
    return evaluate(text, {
      get: (name) => state.get(name) ?? '',
      set: (name, value) => state.set(name, value),
    });
  } catch (error) {
    if (error instanceof ArithmeticError) throw new ExpansionError(error.text);
    throw error;
  }
}

type Variable = Extract<Part, { kind: 'variable' }>;

function* variable(shell: Expander, part: Variable, joint: string): Proc<string[]> {
  const { name, operator } = part;
  const { state } = shell;
  if (name === '@' || name === '*') {
    if (operator === 'length') return [String(state.positional.length)];
    if (operator !== '' && state.positional.length === 0) return yield* conditional(shell, part, undefined);
    if (operator === ':') return yield* slicePositional(shell, part);
    if (name === '@' || !part.quoted) return [...state.positional];
    return [state.positional.join(joint)];
  }
  const value = state.get(name);
  if (operator === 'length') return [String((value ?? '').length)];
  if (value === undefined && state.noUnset && !/[-=+?]$/.test(operator))
    throw new ExpansionError(`${name}: unbound variable`, 127);
  return yield* conditional(shell, part, value);
}

function* conditional(shell: Expander, part: Variable, value: string | undefined): Proc<string[]> {
  const { name, operator, word } = part;
  const missing = value === undefined || (operator.startsWith(':') && value === '');
  switch (operator) {
    case '':
      return value === undefined ? [''] : [value];
    case '-':
    case ':-':
      return missing ? [yield* expandText(shell, word)] : [value];
    case '=':
    case ':=': {
      if (!missing) return [value];
      const given = yield* expandText(shell, word);
      shell.state.set(name, given);
      return [given];
    }
    case '+':
    case ':+':
      return missing ? [''] : [yield* expandText(shell, word)];
    case '?':
    case ':?': {
      if (!missing) return [value];
      const why = yield* expandText(shell, word);
      throw new ExpansionError(`${name}: ${why === '' ? 'parameter null or not set' : why}`);
    }
    default:
      return [yield* edited(shell, part, value ?? '')];
  }
}

function* edited(shell: Expander, part: Variable, value: string): Proc<string> {
  const { operator, word } = part;
  if (operator === '^' || operator === '^^' || operator === ',' || operator === ',,') {
    const change = (text: string): string =>
      operator.startsWith('^') ? text.toUpperCase() : text.toLowerCase();
    return operator.length === 2 ? change(value) : change(value.slice(0, 1)) + value.slice(1);
  }
  if (operator === ':') return slice(value, yield* range(shell, word));
  const pattern = yield* expandPattern(shell, word);
  const matches = globMatcher(pattern);
  switch (operator) {
    case '#':
      for (let end = 0; end <= value.length; end++) if (matches(value.slice(0, end))) return value.slice(end);
      return value;
    case '##':
      for (let end = value.length; end >= 0; end--) if (matches(value.slice(0, end))) return value.slice(end);
      return value;
    case '%':
      for (let at = value.length; at >= 0; at--) if (matches(value.slice(at))) return value.slice(0, at);
      return value;
    case '%%':
      for (let at = 0; at <= value.length; at++) if (matches(value.slice(at))) return value.slice(0, at);
      return value;
    default:
      return replaced(value, operator, matches, yield* expandText(shell, part.replacement));
  }
}

const replaceCharsMax = 4096;

// ${x/pattern/with}, ${x//pattern/with}, ${x/#…}, ${x/%…}: the longest match at the first place.
function replaced(value: string, operator: string, matches: (text: string) => boolean, by: string): string {
  if (value.length > replaceCharsMax) throw new ExpansionError('value too long for a pattern');
  let result = '';
  for (let at = 0; at <= value.length; at++) {
    let end = value.length;
    while (end >= at && !(matches(value.slice(at, end)) && (operator !== '/%' || end === value.length)))
      end--;
    const found = end >= at && (end > at || value === '');
    if (found) {
      result += by;
      if (operator !== '//') return result + value.slice(end);
      at = end - 1;
    } else {
      if (operator === '/#') return value;
      result += value[at] ?? '';
    }
  }
  return result;
}

function* range(shell: Expander, word: Word): Proc<{ from: number; count: number | null }> {
  const [from = '', count] = (yield* expandText(shell, word)).split(':');
  const number = function* (text: string): Proc<number> {
    return Number(yield* arithmetic(shell, [{ kind: 'text', text, quoted: true }]));
  };
  return { from: yield* number(from), count: count === undefined ? null : yield* number(count) };
}

function slice(value: string, { from, count }: { from: number; count: number | null }): string {
  const start = from < 0 ? value.length + from : from;
  if (start < 0) return '';
  if (count === null) return value.slice(start);
  return value.slice(start, count < 0 ? value.length + count : start + count);
}

function* slicePositional(shell: Expander, part: Variable): Proc<string[]> {
  const { from, count } = yield* range(shell, part.word);
  const all = [shell.state.get('0') ?? 'bash', ...shell.state.positional];
  return all.slice(from < 0 ? all.length + from : from, count === null ? undefined : from + count);
}

function bounded(text: string): string {
  if (text.length > valueCharsMax) throw new ExpansionError('xrealloc: cannot allocate memory');
  return text;
}

const braceWordsMax = 100_000;

/** {a,b} and {1..5}, before all else. */
function expandBraces(word: Word): Word[] {
  for (const [i, part] of word.entries()) {
    if (part.kind !== 'text' || part.quoted) continue;
    const range = /^([\s\S]*?)\{(-?\d{1,9})\.\.(-?\d{1,9})\}([\s\S]*)$/.exec(part.text);
    const list = /^([\s\S]*?)\{([^{}\s]*,[^{}\s]*)\}([\s\S]*)$/.exec(part.text);
    const found = range ?? list;
    if (found === null) continue;
    const alternatives = range === null ? list![2]!.split(',') : numbers(Number(range[2]), Number(range[3]));
    const after = range === null ? list![3]! : range[4]!;
    const made = (text: string): Word => [
      ...word.slice(0, i),
      { ...part, text: `${found[1]!}${text}${after}` },
      ...word.slice(i + 1),
    ];
    return alternatives.flatMap((text) => expandBraces(made(text))).slice(0, braceWordsMax);
  }
  return [word];
}

function numbers(from: number, to: number): string[] {
  const step = from <= to ? 1 : -1;
  const count = Math.min(Math.abs(to - from) + 1, braceWordsMax);
  return Array.from({ length: count }, (_, i) => String(from + i * step));
}
