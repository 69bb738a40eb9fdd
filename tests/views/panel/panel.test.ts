import { beforeAll, describe, expect, test } from 'vitest';

import { say } from '../../../src/decode/say.ts';
import { actsFor } from '../../../src/views/panel/acts.ts';
import { AdminFold } from '../../../src/views/panel/fold.ts';
import { typeWords } from '../../../src/views/panel/words.ts';
import type { Input } from '../../../workers/input.ts';
import { playWorld, type Played } from '../played.ts';

const second = 1_000_000;
const host = 'mx.far.example';
const path = '/etc/postfix/main.cf';
const inputs: Input[] = [
  { at: 5 * second, command: { kind: 'host.run', host, argv: ['postqueue', '-p'] } },
  { at: 6 * second, command: { kind: 'file.write', host, path, text: 'myhostname = x\n' } },
  { at: 6 * second, command: { kind: 'host.run', host, argv: ['postconf', '-e', 'biff = no'] } },
  { at: 7 * second, command: { kind: 'host.run', host, argv: ['sl'] } },
];

describe('what was done on a host', () => {
  let played: Played;
  let fold: AdminFold;
  let mx: number;
  beforeAll(async () => {
    played = await playWorld('two-islands', 10 * second, inputs);
    fold = played.fold(AdminFold);
    mx = played.names.indexOf(host);
  });

  test('commands are told as typed, with exit code and output', () => {
    expect(
      fold.ranAt(mx, 10 * second).map(({ command, end }) => [command, end?.status, end?.output]),
    ).toEqual([
      ['postqueue -p', 0, 'Mail queue is empty\n'],
      ['# /etc/postfix/main.cf is saved', 0, ''],
      ["postconf -e 'biff = no'", 0, ''],
      ['sl', 127, 'sh: 1: sl: not found\n'],
    ]);
    expect(fold.ranAt(mx, 5 * second - 1)).toEqual([]);
    expect(fold.ranAt(mx + 1, 10 * second)).toEqual([]);
  });

  test('a file is as it was at the cursor', () => {
    expect(fold.fileAt(mx, path, 5 * second)).toContain('smtpd_banner');
    expect(fold.fileAt(mx, path, 6 * second - 1)).toContain('smtpd_banner');
    expect(fold.fileAt(mx, path, 10 * second)).toBe('myhostname = x\nbiff = no\n');
    expect(fold.fileAt(mx, '/etc/postfix/none', 10 * second)).toBeNull();
  });

  test('the events list says it in words', () => {
    const story = played.events
      .map((event) => say(event, played.context))
      .filter(({ weight }) => weight === 3);
    const texts = story.map(({ text }) => text);
    expect(texts).toContain('You ran postqueue -p on mx');
    expect(texts).toContain('mx: postqueue -p ended with exit code 0: Mail queue is empty');
    expect(texts).toContain('You saved /etc/postfix/main.cf on mx');
    expect(texts).toContain('mx: sl ended with exit code 127: sh: 1: sl: not found');
  });
});

test('what can be done to a message depends on its queue', () => {
  const commands = (queue: 'hold' | 'deferred' | 'active') =>
    actsFor(queue, '4F2A').map(({ argv }) => argv.join(' '));
  expect(commands('deferred')).toEqual([
    'postqueue -i 4F2A',
    'postsuper -h 4F2A',
    'postsuper -r 4F2A',
    'postcat -qeh 4F2A',
    'postsuper -d 4F2A',
  ]);
  expect(commands('hold')).toContain('postsuper -H 4F2A');
  expect(commands('hold')).not.toContain('postsuper -h 4F2A');
  expect(commands('active')).not.toContain('postqueue -i 4F2A');
});

test('a type is told in words, with its unit', () => {
  const base = { name: 'x', words: [], usual: '', unit: null, actsHere: true, readers: '', does: '' };
  expect(typeWords({ ...base, type: 'time', unit: 'd' })).toBe(
    'A time; a number alone counts days. Units: s, m, h, d, w.',
  );
  expect(typeWords({ ...base, type: 'number', name: 'message_size_limit' })).toBe('A number, in bytes.');
  expect(typeWords({ ...base, type: 'text', words: ['a', 'b'] })).toBe('One of a, b.');
});
