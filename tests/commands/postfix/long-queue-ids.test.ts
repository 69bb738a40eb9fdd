// enable_long_queue_ids on and off again: what the commands say, as Postfix 3.7.11 said it.
import { expect, test } from 'vitest';

import { play, type Outcome, type Scenario } from './play.ts';

const scenario = (operations: string[]): Scenario => ({
  params: { enable_long_queue_ids: 'yes' },
  dns: { 'a.example': { MX: ['10 mx.a.example'] }, 'mx.a.example': { A: ['127.0.1.11'] } },
  farEnd: [],
  arrivals: [
    { at: 1, label: 'm1', from: 's@x.example', to: ['a@a.example'], subject: 'm1', size: 300 },
    { at: 1.5, label: 'm2', from: 's@x.example', to: ['a@unknown.example'], subject: 'm2', size: 300 },
  ],
  operations: operations.map((cmd, i) => ({ at: 3 + i / 2, cmd })),
  runFor: 12,
});
const longId = /\b4[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{9,}z[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]+\b/g;
const shortId = /\b[0-9A-F]{11}\b/g;
const plain = (outcome: Outcome): string =>
  outcome.text.replace(longId, '<LONG>').replace(shortId, '<SHORT>');

test('logs, mailq, postcat and new Message-IDs have long ids', () => {
  const { world, outcomes } = play(
    scenario(['mailq', 'postcat -q {QID:m1}', 'mailq | grep -o "^[0-9]\\w*z\\w*"']),
  );
  const [mailq, postcat, id] = outcomes;
  expect(plain(mailq!).split('\n').slice(0, 2)).toEqual([
    '----Queue ID----- --Size-- ---Arrival Time---- --Sender/Recipient------',
    expect.stringMatching(/^<LONG> {8}6\d\d \w{3} \w{3} [ \d]\d [\d:]{8} s@x\.example$/),
  ]);
  expect(plain(postcat!)).toMatch(/^\*\*\* ENVELOPE RECORDS deferred\/[0-9A-F]\/<LONG> \*\*\*\n/);
  expect(id!.text.trim()).toMatch(longId);
  const lines = world.logLines('mail.example.com').join('\n');
  expect(lines.replace(longId, '<LONG>')).toContain('<LONG>: message-id=<<LONG>@mail.example.com>');
  expect(lines).not.toMatch(/: [0-9A-F]{11}: /);
});

test('postsuper gives the files short ids when long ones are given up, logs included', () => {
  const { outcomes } = play(
    scenario([
      'postconf -e enable_long_queue_ids=no',
      'postsuper',
      'mailq',
      'postsuper',
      'ls /var/spool/postfix/defer',
    ]),
  );
  expect(outcomes[1]!.text).toBe(
    'postsuper: Renamed to match inode number: 1 message\n' +
      'postsuper: warning: QUEUE FILE NAMES WERE CHANGED TO MATCH INODE NUMBERS\n',
  );
  expect(plain(outcomes[2]!)).toMatch(/^<SHORT> +6\d\d .* s@x\.example\n *\(connect to mx\.a\.example/m);
  expect(outcomes[3]!.text).toBe('');
  expect(outcomes[4]!.text.trim()).toMatch(/^[0-9A-F]{11}$/);
});

test('postsuper refuses to act on ids after files got other ones', () => {
  const { outcomes } = play(
    scenario(['postconf -e enable_long_queue_ids=no', 'postsuper -s -d {QID:m1}', 'mailq | tail -1']),
  );
  expect(outcomes[1]).toMatchObject({
    status: 1,
    text:
      'postsuper: error: QUEUE FILE NAMES WERE CHANGED TO MATCH INODE NUMBERS\n' +
      'postsuper: fatal: CHECK YOUR QUEUE IDS AND RE-ISSUE THE COMMAND\n',
  });
  expect(outcomes[2]!.text).toMatch(/ in 1 Request\.$/m);
});

test('a copied queue file gets the id of its own inode', () => {
  const { outcomes } = play({
    ...scenario([
      'cp /var/spool/postfix/deferred/{QID:m1} /tmp/saved; rm /var/spool/postfix/deferred/{QID:m1}; ' +
        'cp /tmp/saved /var/spool/postfix/deferred/{QID:m1}; postsuper -s',
      'mailq | grep -c {QID:m1}',
      'mailq | grep -c s@x.example',
    ]),
    params: {},
  });
  expect(outcomes[0]!.text).toContain('Renamed to match inode number: 1 message');
  expect(outcomes.slice(1).map(({ text }) => text.trim())).toEqual(['0', '1']);
});
