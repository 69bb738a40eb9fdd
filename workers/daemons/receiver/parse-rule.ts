/**
 * parse-rule — a line of [script] in /etc/receiver.conf
 *
 *   PHASE [/pattern/] [times N] [connection N[-M]] [attempt N[-M]] [after T] [before T] [within T]
 *         [delay T] [close|hang|reset] [reply TEXT to the end of the line]
 *
 * A pattern is a regular expression and looks at the command line without regard to case. Times are such as
 * 300s, 5m, 2h; "\n" in a reply begins a further line of it.
 *
 * SEE ALSO  rules.ts
 */
import { boundedPattern, type BoundedPattern } from '../../bytes/bounded-pattern.ts';

import { parseCount, parseDuration } from './parse-value.ts';
import { phases, type Rule, type Span } from './rules.ts';

const patternCharsMax = 200;
const replyCharsMax = 500;
const patternStepsMax = 50_000;
const durationExample = 'a time such as 300s, 5m or 2h';

/** @returns the rule, or what was expected and found */
export function parseRule(line: string): Rule | string {
  const words = new Words(line);
  const name = words.next();
  const at = phases.find((phase) => phase === name);
  if (at === undefined) return expected(`a phase (${phases.join(', ')})`, name);
  const rule: Rule = { at };
  if (words.rest.startsWith('/')) {
    const match = words.pattern();
    if (typeof match === 'string') return match;
    rule.match = match;
  }
  for (let word = words.next(); word !== ''; word = words.next()) {
    const wrong = setClause(rule, word, words);
    if (wrong !== null) return wrong;
  }
  if (rule.reply === undefined && rule.action === undefined && rule.delayUs === undefined)
    return expected('delay, close, hang, reset or reply', 'none of them');
  return rule;
}

/** @returns what is wrong; null: nothing */
function setClause(rule: Rule, word: string, words: Words): string | null {
  switch (word) {
    case 'close':
    case 'hang':
    case 'reset':
      rule.action = word;
      return null;
    case 'reply':
      return setReply(rule, words.all());
    case 'times':
      return setNumber(parseCount(words.peek()), 'a number', words, (n) => (rule.times = n));
    case 'connection':
      return setSpan(words, (span) => (rule.connection = span));
    case 'attempt':
      return setSpan(words, (span) => (rule.attempt = span));
    case 'after':
      return setNumber(parseDuration(words.peek()), durationExample, words, (us) => (rule.fromUs = us));
    case 'before':
      return setNumber(parseDuration(words.peek()), durationExample, words, (us) => (rule.untilUs = us));
    case 'within':
      return setNumber(parseDuration(words.peek()), durationExample, words, (us) => (rule.withinUs = us));
    case 'delay':
      return setNumber(parseDuration(words.peek()), durationExample, words, (us) => (rule.delayUs = us));
    default:
      return expected(
        'times, connection, attempt, after, before, within, delay, close, hang, reset or reply',
        word,
      );
  }
}

function setNumber(
  value: number | null,
  what: string,
  words: Words,
  set: (value: number) => void,
): string | null {
  const word = words.next();
  if (value === null) return expected(what, word);
  set(value);
  return null;
}

function setSpan(words: Words, set: (span: Span) => void): string | null {
  const word = words.next();
  const [, first, last] = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(word) ?? [];
  if (first === undefined) return expected('a number such as 3, or 1-3', word);
  set([Number(first), Number(last ?? first)]);
  return null;
}

function setReply(rule: Rule, text: string): string | null {
  const reply = text.replaceAll('\\n', '\n');
  if (reply.length > replyCharsMax) return expected(`a reply of at most ${replyCharsMax} characters`, text);
  for (const line of reply.split('\n'))
    if (!/^[2-5]\d\d(?:[ -]|$)/.test(line) || /[^\x20-\x7e]/.test(line))
      return expected('a reply such as 450 4.2.0 Come again', line);
  rule.reply = reply;
  return null;
}

/** The words of a line, one by one. */
class Words {
  rest: string;

  constructor(line: string) {
    this.rest = line.trim();
  }
  /** '' at the end */
  next(): string {
    const word = this.peek();
    this.rest = this.rest.slice(word.length).trimStart();
    return word;
  }
  peek(): string {
    return /^\S*/.exec(this.rest)![0];
  }
  all(): string {
    const { rest } = this;
    this.rest = '';
    return rest;
  }
  pattern(): { test(text: string): boolean } | string {
    let end = 1;
    while (end < this.rest.length && this.rest[end] !== '/') end += this.rest[end] === '\\' ? 2 : 1;
    if (end >= this.rest.length) return expected('a / at the end of the pattern', this.rest);
    const source = this.rest.slice(1, end);
    this.rest = this.rest.slice(end + 1).trimStart();
    const flags = { ignoreCase: true, dotAll: true, multiline: false };
    const pattern = source.length > patternCharsMax ? null : boundedPattern(source, flags);
    if (pattern === null) return expected('a regular expression', source);
    return tester(pattern);
  }
}

function tester(pattern: BoundedPattern): { test(text: string): boolean } {
  return { test: (text) => pattern.exec(text, { left: patternStepsMax }) !== null };
}

function expected(what: string, found: string): string {
  return `expected ${what}, found ${found === '' ? 'nothing' : JSON.stringify(found.slice(0, 60))}`;
}
