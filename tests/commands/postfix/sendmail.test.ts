// What sendmail is given arrives; what is requeued, held, expired or reloaded under qmgr's feet comes out right.
import { expect, test } from 'vitest';

import * as utf8 from '../../../workers/bytes/utf8.ts';
import { NEVER, SECOND } from '../../../workers/os/os.ts';
import { golden, host, hostOf, shell } from './play.ts';
import { readFileSync } from 'node:fs';
import type { TestWorld } from '../../simulate.ts';
import type { FarEndRule } from '../../../workers/node/far-end.ts';
import type { FarEnd } from '../../daemons/far-end.ts';

const services = readFileSync(`${golden}/rec1/services.master.cf`, 'utf8');
const mainCf =
  readFileSync(`${golden}/rec1/queue.main.cf`, 'utf8') +
  'smtp_tcp_port = 2609\nminimal_backoff_time = 30s\nqueue_run_delay = 30s\n';
const zones = { 'a.example': { MX: ['10 mx.a.example'] }, 'mx.a.example': { A: ['127.0.1.11'] } };

const seen = new WeakMap<TestWorld, FarEnd[]>();

function hostWith(rules: FarEndRule[] = [], extra = ''): TestWorld {
  const farEnds = [{ listen: '127.0.1.11', name: 'mx.a.example', rules }];
  const masterCf = `127.0.0.1:2525 inet n - y - - smtpd\n${services}`;
  const saw: FarEnd[] = [];
  const world = hostOf({ mainCf: mainCf + extra, masterCf, zones, farEnds, saw });
  seen.set(world, saw);
  world.run(SECOND);
  return world;
}

function run(world: TestWorld, line: string, stdin = ''): { status: number; text: string } {
  return world.call(host, (os) => shell(os, line, stdin));
}

const log = (world: TestWorld): string[] =>
  world
    .logLines(host)
    .map((line) => line.replace(/\b[0-9A-F]{10,12}\b/g, 'QID').replace(/delays?=[\d./]+/g, 'd'));
const busy: FarEndRule = { at: 'rcpt', reply: '450 4.2.1 mailbox busy' };

test('sendmail hands a message to pickup, which completes the header and names the user', () => {
  const world = hostWith();
  const sent = run(
    world,
    'sendmail -t -F Alice',
    'To: u@a.example\nBcc: v@a.example\nSubject: hi\n\ntext\n.\nnever\n',
  );
  expect(sent).toEqual({ status: 0, text: '' });
  world.run(20 * SECOND);
  const lines = log(world);
  expect(lines).toContain('postfix/pickup: QID: uid=0 from=<root>');
  expect(lines.filter((line) => line.includes('status=sent'))).toHaveLength(2);
  expect(lines.find((line) => line.includes('queue active'))).toMatch(/from=<root@example.com>.*nrcpt=2/);
});

test('mail for a system that is down waits in maildrop until Postfix is started', () => {
  const world = hostWith();
  run(world, 'postfix stop');
  run(world, 'sendmail u@a.example', 'Subject: hi\n\ntext\n');
  const down =
    'postqueue: warning: Mail system is down -- accessing queue directly (Connect to the Postfix showq service: Connection refused)';
  expect(run(world, 'mailq').text).toMatch(/ in 1 Request\.\n/);
  expect(run(world, 'mailq').text).toContain(down);
  expect(run(world, 'sendmail -q')).toEqual({
    status: 69,
    text: 'postqueue: fatal: Cannot flush mail queue - mail system is down\n',
  });
  expect(run(world, 'postfix start').status).toBe(0);
  world.run(world.now + 70 * SECOND);
  expect(log(world).filter((line) => line.includes('status=sent'))).toHaveLength(1);
  expect(run(world, 'mailq').text).toBe('Mail queue is empty\n');
});

test('a message that is expired by hand is returned without another attempt', () => {
  const world = hostWith([busy]);
  run(world, 'sendmail -f s@a.example u@a.example', 'Subject: hi\n\ntext\n');
  world.run(5 * SECOND);
  expect(run(world, 'postsuper -e ALL').text).toBe('postsuper: Force-expired: 1 message\n');
  expect(run(world, 'mailq').text).toMatch(/^[0-9A-F]+# /m);
  run(world, 'postqueue -f');
  world.run(10 * SECOND);
  const lines = log(world);
  expect(lines).toContain('postfix/qmgr: QID: from=<s@a.example>, status=force-expired, returned to sender');
  expect(lines.filter((line) => line.includes('to=<u@a.example>'))).toHaveLength(1);
  expect(lines).toContain('postfix/bounce: QID: sender non-delivery notification: QID');
});

test('what was expired on hold, and never tried, tells its sender so', () => {
  const world = hostWith([{ ...busy, match: 'u@' }]);
  run(world, 'postconf default_transport=hold:; postconf header_checks=static:HOLD; postfix reload');
  world.run(2 * SECOND);
  run(world, 'sendmail -f s@a.example u@a.example', 'Subject: hi\n\ntext\n');
  world.run(5 * SECOND);
  expect(run(world, 'postsuper -f ALL').text).toBe(
    'postsuper: Force-expired: 1 message\npostsuper: Released from hold: 1 message\n',
  );
  run(world, 'postqueue -f');
  world.run(10 * SECOND);
  expect(log(world).find((line) => line.startsWith('postfix/error: '))).toContain(
    'relay=none, d, d, dsn=4.7.0, status=deferred (message is administratively expired)',
  );
});

test('a reload takes new parameters, and lets a delivery under way come to its end', () => {
  const world = hostWith([{ at: 'eod', delayMs: 9000 }]);
  run(world, 'sendmail u@a.example', 'Subject: slow\n\ntext\n');
  world.run(3 * SECOND);
  expect(run(world, 'postconf myhostname=new.example.com; postfix reload').status).toBe(0);
  run(world, 'sendmail v@a.example', 'Subject: next\n\ntext\n');
  world.run(30 * SECOND);
  const lines = log(world);
  expect(lines).toContain('postfix/master: reload -- version 3.7.11, configuration /etc/postfix');
  expect(
    lines.filter((line) => line.includes('to=<u@a.example>') && line.includes('status=sent')),
  ).toHaveLength(1);
  expect(
    lines.filter((line) => line.includes('to=<v@a.example>') && line.includes('status=sent')),
  ).toHaveLength(1);
  expect(lines.some((line) => line.includes('@new.example.com>'))).toBe(true);
  expect(run(world, 'mailq').text).toBe('Mail queue is empty\n');
});

test('a message that is deleted while it is delivered is gone; qmgr notices at the end', () => {
  const world = hostWith([{ at: 'eod', delayMs: 9000 }]);
  run(world, 'sendmail u@a.example', 'Subject: slow\n\ntext\n');
  world.run(3 * SECOND);
  expect(run(world, 'postsuper -d ALL active').text).toBe('postsuper: Deleted: 1 message\n');
  world.run(20 * SECOND);
  expect(log(world).at(-1)).toBe(
    'postfix/qmgr: warning: qmgr_active_done_3_generic: remove QID from active: No such file or directory',
  );
});

test('an agent that has begun sends the whole message, though it is deleted meanwhile', () => {
  const world = hostWith([{ at: 'greeting', delayMs: 9000 }]);
  run(world, 'sendmail u@a.example', 'Subject: slow\n\ntext\n');
  world.run(3 * SECOND);
  run(world, 'postsuper -d ALL');
  world.run(20 * SECOND);
  expect(seen.get(world)![0]!.messages[0]).toContain('Subject: slow\r\n');
});

test('ETRN has the deferred mail of a site tried, and of no other', () => {
  const world = hostWith([busy], 'relay_domains = a.example\nsmtpd_relay_restrictions = permit\n');
  run(world, 'sendmail u@a.example', 'Subject: hi\n\ntext\n');
  world.run(5 * SECOND);
  const speak = (domain: string): string =>
    world.call(host, function* (os) {
      const conn = yield* os.connect({ to: { address: '127.0.0.1', port: 2525 }, deadline: NEVER });
      if (typeof conn === 'string') return conn;
      yield* conn.readLine({ bytesMax: 2048, deadline: NEVER });
      yield* conn.write(utf8.encode('HELO c.example\r\n'));
      yield* conn.readLine({ bytesMax: 2048, deadline: NEVER });
      yield* conn.write(utf8.encode(`ETRN ${domain}\r\n`));
      const line = yield* conn.readLine({ bytesMax: 2048, deadline: NEVER });
      conn.close();
      return typeof line === 'string' ? line : utf8.decode(line.bytes);
    });
  expect(speak('b.example')).toBe('459 <b.example>: service unavailable');
  expect(speak('a.example')).toBe('250 Queuing started');
  world.run(10 * SECOND);
  expect(log(world).filter((line) => line.includes('status=deferred'))).toHaveLength(2);
});

test('postsuper takes queue ids from standard input, and only from the queues that are named', () => {
  const world = hostWith([busy]);
  for (const to of ['u', 'v']) run(world, `sendmail ${to}@a.example`, 'Subject: hi\n\ntext\n');
  world.run(5 * SECOND);
  const ids = [...run(world, 'postqueue -j').text.matchAll(/"queue_id": "(\w+)"/g)].map(([, id]) => id!);
  expect(run(world, 'postsuper -h - hold', ids.join('\n')).text).toBe(
    'postsuper: Placed on hold: 0 messages\n',
  );
  expect(run(world, 'postsuper -h -', ids.join('\n')).text).toBe(
    `${ids.map((id) => `postsuper: ${id}: placed on hold\n`).join('')}postsuper: Placed on hold: 2 messages\n`,
  );
  expect(run(world, 'postsuper -d ALL nosuch')).toEqual({
    status: 1,
    text: 'postsuper: fatal: invalid directory name: nosuch\n',
  });
});

test('tables are read from the database once there is one', () => {
  const world = hostWith();
  world.call(host, function* (os) {
    os.files.write('/etc/t', new Uint8Array([0x61, 0x20, 0x62, 0x0a]));
    return yield* shell(os, 'postmap hash:/etc/t');
  });
  world.call(host, function* (os) {
    os.files.write('/etc/t', new Uint8Array([0x61, 0x20, 0x63, 0x0a]));
    return yield* shell(os, 'echo');
  });
  expect(run(world, 'postmap -q a hash:/etc/t').text).toBe('b\n');
  run(world, 'postmap hash:/etc/t');
  expect(run(world, 'postmap -q a hash:/etc/t').text).toBe('c\n');
});
