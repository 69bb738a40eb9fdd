import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { expandValue } from '../../../workers/daemons/postfix/expand.ts';
import { makeParameters, parseMainCf, splitList } from '../../../workers/daemons/postfix/main-cf.ts';
import { parseMasterCf } from '../../../workers/daemons/postfix/master-cf.ts';
import { fullParameterTable } from '../../../workers/daemons/postfix/unread-params.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../workers/os/os.ts';

const host = { hostName: 'mail.example.com', addresses: ['192.0.2.1'] };

function parameters(text: string) {
  return makeParameters(parseMainCf(text).values, host, fullParameterTable());
}

describe('main.cf', () => {
  test('continuation lines, comments between them, the last definition counts', () => {
    const { values, problems } = parseMainCf('# c\na = 1\nb = x,\n# comment\n\n   y\na = 2\nempty =\n');
    expect([...values]).toEqual([
      ['a', '2'],
      ['b', 'x, y'],
      ['empty', ''],
    ]);
    expect(problems).toEqual([]);
  });

  test('a line without = is a problem that names its line', () => {
    expect(parseMainCf('a = 1\nnonsense\n').problems).toEqual([
      { file: '/etc/postfix/main.cf', line: 2, text: 'missing \'=\' after attribute name: "nonsense"' },
    ]);
  });

  test('defaults come from the host: myhostname, mydomain, myorigin, mydestination', () => {
    const p = parameters('');
    expect(p.text('mydomain')).toBe('example.com');
    expect(p.text('myorigin')).toBe('mail.example.com');
    expect(p.list('mydestination')).toEqual(['mail.example.com', 'localhost.example.com', 'localhost']);
    expect(p.list('mynetworks')).toEqual(['127.0.0.0/8', '192.0.2.1/32']);
  });

  test('times have units, or the unit of the parameter', () => {
    const p = parameters(
      'maximal_queue_lifetime = 2\nminimal_backoff_time = 10m\ndelay_warning_time = 4\nqueue_run_delay = 7',
    );
    expect(p.time('maximal_queue_lifetime')).toBe(2 * DAY);
    expect(p.time('minimal_backoff_time')).toBe(10 * MINUTE);
    expect(p.time('delay_warning_time')).toBe(4 * HOUR);
    expect(p.time('queue_run_delay')).toBe(7 * SECOND);
    expect(p.time('smtpd_timeout')).toBe(300 * SECOND);
  });

  test('a bad number falls back to the default', () => {
    expect(parameters('default_process_limit = many').number('default_process_limit')).toBe(100);
  });

  test('a transport has its own limits, with the default ones behind them', () => {
    const p = parameters('default_destination_concurrency_limit = 7\nslow_destination_concurrency_limit = 1');
    expect(p.number('slow_destination_concurrency_limit')).toBe(1);
    expect(p.number('smtp-amavis_destination_concurrency_limit')).toBe(7);
    expect(p.number('local_destination_recipient_limit')).toBe(1);
  });

  test('-o options come first, and references see them', () => {
    const p = parameters('smtpd_banner = $myhostname ESMTP').with(new Map([['myhostname', 'other.example']]));
    expect(p.text('smtpd_banner')).toBe('other.example ESMTP');
  });

  test('a parameter that is in no table is a bug', () => {
    expect(() => parameters('').text('no_such_parameter')).toThrow('no_such_parameter');
  });

  test('the defaults are those of postconf -d, where the host does not decide', () => {
    const recorded = readFileSync(new URL('postconf-d.txt', import.meta.url), 'utf8');
    const table = fullParameterTable();
    const ofHost = new Set(['mydomain', 'myhostname', 'mynetworks']);
    const rows = recorded.split('\n').filter((line) => line !== '');
    expect(rows.length).toBeGreaterThan(220);
    for (const row of rows) {
      const [, name, value] = /^(\S+) =\s?(.*)$/.exec(row)!;
      if (!ofHost.has(name!)) expect(`${name} = ${table.get(name!)?.usual}`).toBe(`${name} = ${value}`);
    }
  });
});

describe('expansion', () => {
  const lookup = (name: string): string | null =>
    ({ a: 'x', b: '$a-$a', e: '', loop: '$loop' })[name] ?? null;
  test.each([
    ['$a', 'x'],
    ['${a}', 'x'],
    ['$(a)', 'x'],
    ['$b', 'x-x'],
    ['$$a', '$a'],
    ['${a?yes}', 'yes'],
    ['${e?yes}', ''],
    ['${e:no}', 'no'],
    ['${a?{yes}:{no}}', 'yes'],
    ['${e?{yes}:{no $a}}', 'no x'],
    ['${{3.6} <level {1} ? {yes} : {no}}', 'no'],
    ['${{0} <level {1} ? {yes} : {no}}', 'yes'],
    ['${{$a} == {x} ? {same}}', 'same'],
    ['${a', '${a'],
    ['$loop', ''],
    ['100%', '100%'],
  ])('%s gives %s', (text, expected) => {
    expect(expandValue(text, lookup)).toBe(expected);
  });

  test('lists keep what is in braces together', () => {
    expect(splitList('a, b inline:{ {x = y z} },c')).toEqual(['a', 'b', 'inline:{ {x = y z} }', 'c']);
  });
});

describe('master.cf', () => {
  test('services with limits, options and continuation lines', () => {
    const { entries, problems } = parseMasterCf(
      'smtp inet n - y - - smtpd\nfilter unix - - n - 10 /usr/lib/postfix/smtp\n -o a=b,c -o { d = e f }\n# x\n -ox=y\n',
    );
    expect(problems).toEqual([]);
    expect(
      entries.map(({ service, type, processesMax, command }) => [service, type, processesMax, command]),
    ).toEqual([
      ['smtp', 'inet', null, 'smtpd'],
      ['filter', 'unix', 10, 'smtp'],
    ]);
    expect([...entries[1]!.overrides]).toEqual([
      ['a', 'b,c'],
      ['d', 'e f'],
      ['x', 'y'],
    ]);
  });

  test('a damaged line is a problem', () => {
    expect(parseMasterCf('smtp inet n\nx udp n - y - - smtpd\n').problems).toHaveLength(2);
  });
});

test('parameters that name the next one twice, a hundred deep, are given up and not expanded without end', () => {
  let asked = 0;
  const next = (name: string): string => {
    asked++;
    return `$a${Number(name.slice(1)) + 1}$a${Number(name.slice(1)) + 1}`;
  };
  expect(expandValue('$a0', next)).toBe('');
  expect(asked).toBeLessThan(20_000);
});
