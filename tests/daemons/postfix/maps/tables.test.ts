import { describe, expect, test } from 'vitest';

import { openTables } from '../../../../workers/daemons/postfix/maps/open-tables.ts';
import type { TableAnswer } from '../../../../workers/daemons/postfix/maps/lookup-table.ts';
import type { Os, Proc } from '../../../../workers/os/os.ts';
import { TestWorld } from '../../../simulate.ts';

const files = {
  '/etc/aliases': '# c\npostmaster: root\nTeam:\talice,\n  bob\n',
  '/etc/postfix/virtual': 'Bob@Example.com  robert\n@example.org info@example.com\nuser+x@example.com plus\n',
  '/etc/postfix/checks':
    '/^subject: (.*)spam/ REJECT found $1\nif /^x-/\n/^X-Test: ${/ never\n!/^x-a/ WARN other\nendif\n/[/ bad\n',
  '/etc/postfix/cidr': '192.0.2.0/24 OK\n!10.0.0.0/8 REJECT\n',
  '/etc/passwd': 'alice:x:1000:1000::/home/alice:/bin/sh\n',
};

function ask(value: string, key: string, how: 'lookup' | 'lookupAddress' = 'lookup', delimiter = ''): string {
  const world = new TestWorld([{ name: 'mail.example.com', address: '192.0.2.1', boot: () => {}, files }]);
  const tables = openTables(value, {
    recipientDelimiter: delimiter,
    aliasTables: new Set(['hash:/etc/aliases']),
    *isLocalDomain(_: Os, domain: string): Proc<boolean> {
      return domain === 'example.com';
    },
  });
  const answer: TableAnswer = world.call('mail.example.com', (os) => tables[how](os, key));
  return answer.kind === 'found' ? answer.value : answer.kind;
}

describe('tables', () => {
  test.each([
    ['hash:/etc/aliases', 'TEAM', 'alice, bob'],
    ['hash:/etc/postfix/virtual', 'bob@example.com', 'robert'],
    ['hash:/etc/postfix/virtual', 'bob', 'not-found'],
    ['hash:/etc/none, hash:/etc/postfix/virtual', 'bob@example.com', 'try-again'],
    ['inline:{ a=b, {c d = e f} }', 'C D', 'e f'],
    ['static:{all of it}', 'x', 'all of it'],
    ['fail:whatever', 'x', 'try-again'],
    ['proxy:unix:passwd.byname', 'alice', 'alice:x:1000:1000::/home/alice:/bin/sh'],
    ['unionmap:{inline:{a=1}, inline:{a=2}}', 'a', '1,2'],
    ['regexp:/etc/postfix/checks', 'Subject: big SPAM', 'REJECT found big '],
    ['pcre:/etc/postfix/checks', 'X-B: y', 'WARN other'],
    ['pcre:/etc/postfix/checks', 'X-A: y', 'not-found'],
    ['cidr:/etc/postfix/cidr', '192.0.2.77', 'OK'],
    ['cidr:/etc/postfix/cidr', '10.1.1.1', 'not-found'],
    ['cidr:/etc/postfix/cidr', '11.1.1.1', 'REJECT'],
    ['pcre:{ {/^x/ OK} }', 'X', 'OK'],
    ['mysql:/etc/x', 'x', 'try-again'],
    ['', 'x', 'not-found'],
  ])('%s says for %s: %s', (value, key, expected) => {
    expect(ask(value, key)).toBe(expected);
  });

  test('a bad pattern is skipped, with what it guards; one without end in sight is bad', () => {
    const rules = (first: string): string => `pcre:{ {if /${first}/} {/b/ in} {endif} {/b/ out} }`;
    expect(ask(rules('a'), 'ab')).toBe('in');
    expect(ask(rules('['), 'ab')).toBe('out');
    expect(ask('pcre:{ {/(a+)+$/ slow} }', `${'a'.repeat(60)}!`)).toBe('not-found');
  });

  test('an address is looked up whole, without extension, as user of a local domain, by domain', () => {
    const virtual = 'hash:/etc/postfix/virtual';
    expect(ask(virtual, 'user+x@example.com', 'lookupAddress', '+')).toBe('plus');
    expect(ask(virtual, 'bob+y@example.com', 'lookupAddress', '+')).toBe('robert');
    expect(ask(virtual, 'bob+y@example.com', 'lookupAddress')).toBe('not-found');
    expect(ask('inline:{alice=x}', 'alice@example.com', 'lookupAddress')).toBe('x');
    expect(ask('inline:{alice=x}', 'alice@example.org', 'lookupAddress')).toBe('not-found');
    expect(ask(virtual, 'any@example.org', 'lookupAddress')).toBe('info@example.com');
  });

  test('patterns see whole addresses only', () => {
    expect(ask('pcre:{ {/^@example.org$/ parts} {/^a@/ whole} }', 'a@example.org', 'lookupAddress')).toBe(
      'whole',
    );
    expect(ask('pcre:{ {/^@example.org$/ parts} }', 'b@example.org', 'lookupAddress')).toBe('not-found');
  });
});
