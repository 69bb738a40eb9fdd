// What an administrator may ask of a host: checked and bounded before it enters the log of inputs.
import { describe, expect, test } from 'vitest';

import { parseCommand } from '../../workers/hosts/parse-command.ts';

const host = 'mx.far.example';
const parse = (command: unknown) => parseCommand(command, 'input');

describe('host.run', () => {
  test('a command keeps its arguments and its standard input, in the order of input.ts', () => {
    const given = { stdin: '4F2A\n', argv: ['postsuper', '-h', '-'], host, kind: 'host.run', more: 1 };
    expect(JSON.stringify(parse(given))).toBe(
      '{"kind":"host.run","host":"mx.far.example","argv":["postsuper","-h","-"],"stdin":"4F2A\\n"}',
    );
    expect(parse({ kind: 'host.run', host, argv: ['mailq'] })).toEqual({
      kind: 'host.run',
      host,
      argv: ['mailq'],
    });
  });

  test.each([
    ['no list', 'postqueue -f', 'expected a list'],
    ['nothing', [], 'expected a command, found none'],
    ['an empty name', [''], 'expected a command, found none'],
    ['a number', ['postqueue', 1], 'argv[1]: expected text'],
    ['a NUL', ['postqueue', 'a\0b'], 'argv[1]: expected text without NUL'],
    ['too many arguments', Array.from({ length: 101 }, () => 'x'), 'at most 100 entries'],
    ['a long argument', ['x', 'y'.repeat(4097)], 'at most 4096 characters'],
  ])('%s is refused', (_, argv, why) => {
    expect(() => parse({ kind: 'host.run', host, argv })).toThrow(why);
  });

  test('a long standard input is refused', () => {
    expect(() => parse({ kind: 'host.run', host, argv: ['x'], stdin: 'y'.repeat(65_537) })).toThrow(
      'input.stdin: expected at most 65536 characters',
    );
  });
});

describe('file.write', () => {
  const write = (path: unknown, text: unknown = '') => parse({ kind: 'file.write', host, path, text });

  test.each(['/etc/postfix/main.cf', '/etc/postfix/sasl/smtpd.conf', '/etc/hosts', '/tmp/a'])(
    '%s can be saved',
    (path) => {
      expect(write(path, 'x = y\n')).toEqual({ kind: 'file.write', host, path, text: 'x = y\n' });
    },
  );

  test.each([
    '/',
    '/etc/postfix/',
    '/etc/postfix/../passwd',
    '/etc/postfix/.hidden',
    '/etc/postfix//main.cf',
    'main.cf',
    '/etc/postfix/main.cf\n',
    7,
  ])('%j cannot', (path) => {
    expect(() => write(path)).toThrow('input.path: expected');
  });

  test('a text is bounded', () => {
    expect(() => write('/etc/postfix/main.cf', 'x'.repeat(262_145))).toThrow('at most 262144 characters');
  });
});
