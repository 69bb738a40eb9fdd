/**
 * glob — patterns of the shell: *, ?, [a-z], [!a-z]; against a text, and against the paths of a host
 *
 * A backslash takes the next character as it is. Matching is linear in the pattern for every position of the
 * text: a star that was passed is never gone back to twice.
 */
import type { Files } from '../../os/os.ts';

import { isDirectory, kindOfPath, namesIn } from './directory.ts';
import { absolutePath } from './process.ts';

/** One element of a pattern. */
type Item =
  | { kind: 'star' }
  | { kind: 'any' }
  | { kind: 'one'; char: string }
  | { kind: 'set'; has: (c: string) => boolean };

const pathsMax = 10_000;

/** Whether it has anything but characters that stand for themselves. */
export function isPattern(pattern: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*[*?[]/.test(pattern);
}

/** Whether all of the text matches. */
export function matchesGlob(pattern: string, text: string): boolean {
  return matchItems(parseGlob(pattern), text);
}

/** A matcher that is used many times. */
export function globMatcher(pattern: string): (text: string) => boolean {
  const items = parseGlob(pattern);
  return (text) => matchItems(items, text);
}

function matchItems(items: readonly Item[], text: string): boolean {
  let item = 0;
  let at = 0;
  let starItem = -1;
  let starAt = 0;
  while (at < text.length) {
    const one = items[item];
    if (one?.kind === 'star') {
      starItem = item++;
      starAt = at;
    } else if (one !== undefined && takes(one, text[at]!)) {
      item++;
      at++;
    } else if (starItem >= 0) {
      item = starItem + 1;
      at = ++starAt;
    } else return false;
  }
  while (items[item]?.kind === 'star') item++;
  return item === items.length;
}

function takes(item: Item, c: string): boolean {
  if (item.kind === 'one') return item.char === c;
  return item.kind === 'any' || (item.kind === 'set' && item.has(c));
}

function parseGlob(pattern: string): Item[] {
  const items: Item[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const c = pattern[at]!;
    if (c === '*') {
      if (items.at(-1)?.kind !== 'star') items.push({ kind: 'star' });
    } else if (c === '?') items.push({ kind: 'any' });
    else if (c === '\\' && at + 1 < pattern.length) items.push({ kind: 'one', char: pattern[++at]! });
    else if (c === '[') {
      const set = parseSet(pattern, at);
      if (set === null) items.push({ kind: 'one', char: '[' });
      else {
        items.push({ kind: 'set', has: set.has });
        at = set.end;
      }
    } else items.push({ kind: 'one', char: c });
  }
  return items;
}

/** [:alpha:] and the like, in the C locale. */
export const characterClasses: Readonly<Record<string, RegExp>> = Object.freeze({
  alpha: /[A-Za-z]/,
  digit: /\d/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /[ \t\n\v\f\r]/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  print: /[ -~]/,
  graph: /[!-~]/,
  cntrl: /[\x00-\x1f\x7f]/,
  xdigit: /[0-9A-Fa-f]/,
});

/** A set of characters as in [a-z[:digit:]]; null: no set, "]" is missing. */
export function parseSet(
  pattern: string,
  start: number,
  backslash = true,
): { has: (c: string) => boolean; end: number } | null {
  let at = start + 1;
  const negated = pattern[at] === '^' || pattern[at] === '!';
  if (negated) at++;
  const members = new Set<string>();
  const tests: RegExp[] = [];
  for (let first = true; pattern[at] !== ']' || first; first = false) {
    if (at >= pattern.length) return null;
    const name = /^\[:(\w+):\]/.exec(pattern.slice(at, at + 12));
    if (name !== null) {
      const test = characterClasses[name[1]!];
      if (test === undefined) return null;
      tests.push(test);
      at += name[0].length;
      continue;
    }
    if (backslash && pattern[at] === '\\') at++;
    const from = pattern.charCodeAt(at++);
    let to = from;
    if (pattern[at] === '-' && pattern[at + 1] !== ']' && pattern[at + 1] !== undefined) {
      if (backslash && pattern[at + 1] === '\\') at++;
      to = pattern.charCodeAt(at + 1);
      at += 2;
    }
    for (let code = from; code <= to && code < 0x100; code++) members.add(String.fromCharCode(code));
  }
  const has = (c: string): boolean => (members.has(c) || tests.some((test) => test.test(c))) !== negated;
  return { has, end: at };
}

/** The paths that match, in order; none = the pattern stands for itself. */
export function expandPaths(files: Files, directory: string, pattern: string): string[] {
  const segments = pattern.split('/');
  const isAbsolute = segments[0] === '';
  let found: string[] = [isAbsolute ? '/' : ''];
  for (const [i, segment] of segments.entries()) {
    if (i === 0 && isAbsolute) continue;
    const isLast = i === segments.length - 1;
    const next: string[] = [];
    for (const base of found) {
      const here = absolutePath(directory, base === '' ? '.' : base);
      if (segment === '') {
        if (isDirectory(files, here)) next.push(isLast ? `${base.replace(/\/$/, '')}/` : base);
        continue;
      }
      for (const name of matching(files, here, segment)) {
        const path = base === '' || base.endsWith('/') ? `${base}${name}` : `${base}/${name}`;
        if (isLast || isDirectory(files, absolutePath(directory, path))) next.push(path);
      }
    }
    found = next.slice(0, pathsMax);
  }
  return found;
}

function matching(files: Files, directory: string, segment: string): string[] {
  if (!isPattern(segment)) {
    const name = segment.replace(/\\(.)/g, '$1');
    return kindOfPath(files, absolutePath(directory, name)) === 'missing' ? [] : [name];
  }
  const matches = globMatcher(segment);
  return namesIn(files, directory).filter(
    (name) => (!name.startsWith('.') || segment.startsWith('.')) && matches(name),
  );
}
