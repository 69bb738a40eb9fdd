// Patterns that are matched with a limit of steps say what the engine's own say, and are done in time.
import { describe, expect, test } from 'vitest';

import { boundedPattern, stepsMax, type PatternFlags } from '../../workers/bytes/bounded-pattern.ts';
import { Dice } from '../dice.ts';

const usual: PatternFlags = { ignoreCase: true, dotAll: true, multiline: false };
const exec = (source: string, text: string, flags: Partial<PatternFlags> = {}) =>
  boundedPattern(source, { ...usual, ...flags })!.exec(text, { left: stepsMax });

test('POSIX classes, groups, back references, looking ahead', () => {
  expect(exec('^x[[:space:]]+([[:digit:]]+)', 'X \t42y')).toEqual(['X \t42', '42']);
  expect(exec('(a+)-\\1$', 'aa-aa')).toEqual(['aa-aa', 'aa']);
  expect(exec('^(?!foo)(?:b|o)+', 'boo')).toEqual(['boo']);
  expect(exec('^(?=f)o', 'foo')).toBeNull();
  expect(exec('[^[:alpha:]]', 'ab1')).toEqual(['1']);
  expect(exec('\\bcat\\b', 'a Cat.')).toEqual(['Cat']);
});

test('flags: case, line feeds', () => {
  expect(exec('a.b', 'A\nb')).toEqual(['A\nb']);
  expect(exec('a.b', 'a\nb', { dotAll: false })).toBeNull();
  expect(exec('a', 'A', { ignoreCase: false })).toBeNull();
  expect(exec('^b$', 'a\nb\nc')).toBeNull();
  expect(exec('^b$', 'a\nb\nc', { multiline: true })).toEqual(['b']);
});

test.each(['(', ')', 'a)', '[', '*', 'a**', '(?<=a)b', 'a{3,2}', 'a{5000}', '(?P<x>a)'])(
  '%s is no pattern, or none that is known',
  (source) => {
    expect(boundedPattern(source, usual)).toBeNull();
  },
);

test.each([
  '(a+)+$',
  '(a|a)*b',
  '(.a+)+!',
  '.*a.*a.*a.*a.*b',
  '(a*)*b',
  '(a+){30}!',
  '(a?){40}b',
  '.*'.repeat(5000) + 'b',
])('%s is given up on a long run of a', (source) => {
  expect(exec(source, `${'a'.repeat(4000)}-`)).toBeNull();
});

test('what several patterns may take together is limited', () => {
  const budget = { left: 1000 };
  const text = `${'a'.repeat(100)}-`;
  expect(boundedPattern('(a+)+!', usual)!.exec(text, budget)).toBeNull();
  expect(boundedPattern('a', usual)!.exec(text, budget)).toBeNull();
  expect(budget.left).toBeLessThanOrEqual(0);
});

describe('generated patterns', () => {
  const atoms = [
    'a',
    'b',
    '.',
    '[ab]',
    '[^a]',
    '(a|b)',
    '(ab)',
    '(?:a|ba)',
    'a?',
    'b*',
    '(a*)b',
    '(b+)',
    '^',
    '$',
    '\\w',
    '(a|ab)(c|bcd)?',
  ];
  test('match as the engine’s own do', () => {
    const dice = new Dice(5);
    for (let i = 0; i < 3000; i++) {
      const source = Array.from({ length: 1 + dice.below(5) }, () => dice.pick(atoms)).join('');
      const text = Array.from({ length: dice.below(9) }, () => dice.pick(['a', 'b', 'c', 'd'])).join('');
      const expected = new RegExp(source, 'is').exec(text);
      const found = exec(source, text);
      const groups = expected === null ? null : [...expected].map((group) => group ?? '');
      expect(found, `${source} on ${text}`).toEqual(groups);
    }
  });
});
