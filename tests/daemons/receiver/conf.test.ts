// /etc/receiver.conf: what is understood, and what is said of what is not.
import { expect, test } from 'vitest';

import { number, parseConf, text } from '../../../workers/daemons/receiver/conf.ts';
import { fileFor, kinds } from '../../../workers/daemons/receiver/kinds.ts';
import { RuleBook, type Question } from '../../../workers/daemons/receiver/rules.ts';

const errorsOf = (content: string): string[] =>
  parseConf(content).errors.map((error) => `${error.line}: ${error.text}`);

test('settings have their defaults, and sections the order of the file', () => {
  const { conf, errors } = parseConf('domains = far.example\n\n[tarpit]\n# slow\n[greylist]\ndelay = 5m\n');
  expect(errors).toEqual([]);
  expect(text(conf.host, 'domains')).toBe('far.example');
  expect(conf.sections.map(({ kind }) => kind.name)).toEqual(['tarpit', 'greylist']);
  expect(number(conf.sections[1]!.values, 'delay')).toBe(300_000_000);
  expect(text(conf.sections[1]!.values, 'lookup_by')).toBe('subnet');
});

test('what is wrong is named with its line, what was expected, and what was found', () => {
  expect(errorsOf('domains\n')).toEqual(['1: expected NAME = VALUE, found "domains"']);
  expect(errorsOf('[greylist]\ndelay = soon\n')).toEqual([
    '2: delay: expected a time of at most 400d such as 300s, 5m or 2h, found "soon"',
  ]);
  expect(errorsOf('[greylist]\nwait = 3s\n')[0]).toMatch(
    /^2: expected one of delay, retry_window, .*, found "wait"$/,
  );
  expect(errorsOf('[quota]\nwhen_full = never\nmailbox = 2g\n')).toEqual([
    '2: when_full: expected one of refuse, defer, found "never"',
    '3: mailbox: expected a size of at most 1000000000 such as 500, 20k or 1m, found "2g"',
  ]);
  expect(errorsOf('[dead]\n[dead]\n')).toEqual(['2: expected each personality once, found [dead] again']);
  expect(errorsOf('[nice]\nx = 1\n')).toHaveLength(1);
});

test('rules are read, or what is wrong with them is said', () => {
  expect(
    errorsOf('[script]\nrcpt /<bob@/ times 2 connection 1-3 within 5m delay 1s reply 450 4.2.0 No\n'),
  ).toEqual([]);
  expect(errorsOf('[script]\nhello reply 250 Ok')[0]).toMatch(
    /^2: expected a phase \(connect, .*\), found "hello"$/,
  );
  expect(errorsOf('[script]\nmail /a(/ close')).toEqual(['2: expected a regular expression, found "a("']);
  expect(errorsOf('[script]\nmail /a close')[0]).toContain('expected a / at the end of the pattern');
  expect(errorsOf('[script]\nmail times x close')[0]).toContain('expected a number, found "x"');
  expect(errorsOf('[script]\nmail reply Hello')[0]).toContain(
    'expected a reply such as 450 4.2.0 Come again',
  );
  expect(errorsOf('[script]\nmail')[0]).toContain('expected delay, close, hang, reset or reply');
});

test('the file that the page writes for a personality is right', () => {
  for (const kind of kinds) {
    const { conf, errors } = parseConf(fileFor(kind));
    expect(errors, kind.name).toEqual([]);
    expect(conf.sections.map((section) => section.kind.name)).toEqual([kind.name]);
  }
});

test('the first rule that fits decides, by connection, attempt, time and number of hits', () => {
  const { conf } = parseConf(
    [
      '[script]',
      'rcpt /<bob@/ times 1 reply 450 first',
      'rcpt within 10s reply 450 young',
      'rcpt attempt 4 reply 550 fourth',
      'mail connection 2-3 close',
      'mail after 60s before 70s hang',
    ].join('\n'),
  );
  const book = new RuleBook(conf.sections[0]!.rules);
  const ask = (question: Partial<Question>): number =>
    book.decide({ at: 'rcpt', line: 'RCPT TO:<bob@x>', key: 'a b', connection: 1, now: 0, ...question });
  expect(ask({})).toBe(0);
  expect(ask({ now: 1e6 })).toBe(1);
  expect(ask({ now: 12e6 })).toBe(-1);
  expect(ask({ now: 13e6 })).toBe(2);
  expect(ask({ at: 'mail' })).toBe(-1);
  expect(ask({ at: 'mail', connection: 3 })).toBe(3);
  expect(ask({ at: 'mail', now: 60e6 })).toBe(4);
  expect(ask({ at: 'mail', now: 70e6 })).toBe(-1);
});
