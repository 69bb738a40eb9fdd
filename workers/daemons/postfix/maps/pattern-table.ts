/**
 * pattern-table — tables of patterns tried in order: regexp, pcre and cidr
 *
 * SIMPLIFIED: both dialects are matched by the engine's own regular expressions, or by bounded-pattern.ts
 * where these may take too long. POSIX leftmost-longest alternatives differ; a pattern of rare PCRE syntax is
 * skipped with a warning, as one with a syntax error is. A match beyond the limit of steps is none, without
 * the real one's warning. Patterns see at most 4096 characters of a key. What a bad "if" guards never matches
 * (the real one skips the "if" alone).
 *
 * SEE ALSO  regexp_table(5), pcre_table(5), cidr_table(5)
 */
import * as utf8 from '../../../bytes/utf8.ts';

import type { Os, Proc } from '../../../os/os.ts';

import { logicalLines } from '../main-cf.ts';

import type { TableAnswer } from './lookup-table.ts';
import {
  boundedPattern,
  stepsMax,
  type PatternFlags,
  type StepBudget,
} from '../../../bytes/bounded-pattern.ts';
import { isCostly } from './pattern-cost.ts';
import type { Table } from './table.ts';

/** One rule; rules between if and endif have the guards of the ifs around them. */
interface Rule {
  guards: readonly Match[];
  match: Match;
  /** with $1 … for what the pattern captured */
  result: string;
}
/** @returns what the groups captured; null = no match, or none within the steps that are left */
type Match = (key: string, budget: StepBudget) => readonly string[] | null;

const keyCharactersMax = 4096;
const patternCharactersMax = 4096; // engines refuse very long ones, some only when they are used

/** A table of rules in a file, read again when it changes. @param title as main.cf names it */
export function patternTable(
  title: string,
  options: { path: string; dialect: 'regexp' | 'pcre' | 'cidr' },
): Table {
  let source: Uint8Array | null = null;
  let rules: readonly Rule[] = [];
  const { path, dialect } = options;
  return {
    title,
    fixed: false,
    *lookup(os: Os, key: string): Proc<TableAnswer> {
      const bytes = os.files.read(path);
      if (bytes === null) return { kind: 'try-again', why: `open ${path}: No such file or directory` };
      if (bytes !== source) {
        source = bytes;
        rules = parseRules(os, utf8.decode(bytes), { path, dialect });
      }
      return search(rules, key.slice(0, keyCharactersMax));
    },
  };
}

/** A pattern table written in main.cf: regexp:{ {/pattern/ result} … } */
export function inlinePatternTable(
  title: string,
  options: { lines: string[]; dialect: 'regexp' | 'pcre' | 'cidr' },
): Table {
  let rules: readonly Rule[] | null = null;
  return {
    title,
    fixed: false,
    *lookup(os: Os, key: string): Proc<TableAnswer> {
      rules ??= parseRules(os, options.lines.join('\n'), { path: title, dialect: options.dialect });
      return search(rules, key.slice(0, keyCharactersMax));
    },
  };
}

function search(rules: readonly Rule[], key: string): TableAnswer {
  const budget = { left: stepsMax };
  for (const rule of rules) {
    if (!rule.guards.every((guard) => guard(key, budget) !== null)) continue;
    const groups = rule.match(key, budget);
    if (groups !== null) return { kind: 'found', value: substitute(rule.result, groups) };
  }
  return { kind: 'not-found' };
}

function substitute(result: string, groups: readonly string[]): string {
  if (!result.includes('$')) return result;
  return result.replace(/\$(?:(\$)|(\d)|\{(\d+)\}|\((\d+)\))/g, (_, dollar, a, b, c) =>
    dollar === '$' ? '$' : (groups[Number(a ?? b ?? c)] ?? ''),
  );
}

function parseRules(
  os: Os,
  text: string,
  from: { path: string; dialect: 'regexp' | 'pcre' | 'cidr' },
): Rule[] {
  const rules: Rule[] = [];
  const guards: Match[] = [];
  const type = `dict_${from.dialect}_open`;
  const warn = (line: number, why: string): void =>
    os.log('postfix/proxymap', `warning: ${type}: ${from.path}, line ${line}: ${why}: skipping this rule`);
  for (const { line, text: rule } of logicalLines(text)) {
    if (/^endif\b/i.test(rule)) {
      guards.pop();
      continue;
    }
    const isGuard = /^if\s/i.test(rule);
    const { match, rest } = parseMatch(isGuard ? rule.slice(2).trim() : rule, from.dialect);
    if (match === null) warn(line, 'syntax error');
    if (isGuard) guards.push(match ?? neverMatch);
    else if (match === null) continue;
    else rules.push({ guards: [...guards], match, result: rest });
  }
  return rules;
}

function parseMatch(
  rule: string,
  dialect: 'regexp' | 'pcre' | 'cidr',
): { match: Match | null; rest: string } {
  if (dialect === 'cidr') {
    const [, not, network, rest] = /^(!?)(\S+)\s*(.*)$/.exec(rule) ?? [];
    const match = network === undefined ? null : matchNetwork(network);
    return { match: match === null || not === '' ? match : negate(match), rest: rest ?? '' };
  }
  const not = rule.startsWith('!');
  const text = not ? rule.slice(1).trimStart() : rule;
  const delimiter = text[0];
  if (delimiter === undefined || /[\w\s]/.test(delimiter)) return { match: null, rest: '' };
  let end = 1;
  while (end < text.length && text[end] !== delimiter) end += text[end] === '\\' ? 2 : 1;
  if (end >= text.length) return { match: null, rest: '' };
  const [, flags, rest] = /^([A-Za-z]*)\s*([\s\S]*)$/.exec(text.slice(end + 1))!;
  const match = matchPattern(text.slice(1, end), flags!, dialect);
  return { match: match === null || !not ? match : negate(match), rest: rest! };
}

// Case is ignored and "." takes line feeds; the flags "i", and "s" of pcre or "m" of regexp, toggle that off.
function matchPattern(source: string, flags: string, dialect: 'regexp' | 'pcre'): Match | null {
  const wanted: PatternFlags = {
    ignoreCase: !flags.includes('i'),
    dotAll: !flags.includes(dialect === 'pcre' ? 's' : 'm'),
    multiline: flags.includes('m'),
  };
  const text = flags.includes('A') ? `^(?:${source})` : source;
  if (text.length > patternCharactersMax) return null;
  if (isCostly(text) || text.includes('[:')) {
    const bounded = boundedPattern(text, wanted);
    return bounded === null ? null : (key, budget) => bounded.exec(key, budget);
  }
  let pattern: RegExp;
  try {
    pattern = new RegExp(
      text,
      (wanted.ignoreCase ? 'i' : '') + (wanted.multiline ? 'm' : '') + (wanted.dotAll ? 's' : ''),
    );
  } catch {
    return null;
  }
  return (key) => pattern.exec(key);
}

function matchNetwork(network: string): Match | null {
  const [address, prefix = '32'] = network.split('/');
  const base = parseAddress(address!);
  const bits = Number(prefix);
  if (base === null || !/^\d{1,2}$/.test(prefix) || bits > 32) return null;
  const size = 2 ** (32 - bits);
  const start = Math.floor(base / size);
  return (key) => {
    const number = parseAddress(key);
    return number !== null && Math.floor(number / size) === start ? [key] : null;
  };
}

function parseAddress(text: string): number | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255))
    return null;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}

function neverMatch(): null {
  return null;
}

function negate(match: Match): Match {
  return (key, budget) => (match(key, budget) === null ? [key] : null);
}
