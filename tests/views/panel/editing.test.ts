// What the editor of main.cf and master.cf knows of their syntax, and what it offers.
import { describe, expect, test } from 'vitest';

import { completionsOf } from '../../../src/views/panel/completions.ts';
import { nameBefore } from '../../../src/views/panel/config-mode.ts';
import { allParameters, foundIn } from '../../../src/views/parameters/list.ts';
import { MainCfCheck } from '../../../workers/commands/postfix/check-main-cf.ts';

describe('where a name is begun', () => {
  test.each([
    ['main.cf', 'maxi', { text: 'maxi', after: ' = ' }],
    ['main.cf', 'myorigin = $myd', { text: 'myd', after: '' }],
    ['main.cf', 'myorigin = ${my', { text: 'my', after: '' }],
    ['main.cf', 'myorigin = my', null],
    ['main.cf', '  my', null],
    ['master.cf', '  -o smtpd_', { text: 'smtpd_', after: '=' }],
    ['master.cf', 'smtp inet n - y - - smtpd -o { sm', { text: 'sm', after: '=' }],
    ['master.cf', 'smtp inet', null],
  ] as const)('%s: "%s"', (format, text, expected) => expect(nameBefore(format, text)).toEqual(expected));
});

test('a completion tells type, default, what it does and who reads it; what is not acted on comes last', () => {
  const check = new MainCfCheck('', { hostName: 'mx.far.example', addresses: [], masterCf: '' });
  const all = completionsOf(check);
  const wait = all.find(({ label }) => label === 'maximal_backoff_time')!;
  expect(wait.detail).toBe(' time, 4000s');
  expect(wait.info).toContain('The longest wait between two tries of a mail.');
  expect(wait.info).toContain('Read by qmgr.');
  const idle = all.find(({ label }) => label === 'postscreen_greet_wait')!;
  expect(idle.info).toContain('Not acted on by this simulation.');
  expect(idle.boost!).toBeLessThan(wait.boost!);
});

test('parameters are found by name, reader or use, and by whether they are acted on', () => {
  const rows = allParameters();
  const names = (words: string, which: 'all' | 'idle' | 'acting') =>
    foundIn(rows, words, which).map(({ name }) => name);
  expect(rows.length).toBeGreaterThan(880);
  expect(names('qmgr longest', 'all')).toEqual(['maximal_backoff_time']);
  expect(names('maximal_backoff', 'idle')).toEqual([]);
  expect(names('postscreen_greet_wait', 'idle')).toEqual(['postscreen_greet_wait']);
});
