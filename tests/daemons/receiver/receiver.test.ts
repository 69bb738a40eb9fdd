// Each personality of a receiver against our own Postfix: what it says, when Postfix comes again, what both log.
import { expect, test } from 'vitest';

import { far, ReceiverScene } from './scene.ts';

test('a receiver without a personality stores what it is sent, before it says 250', () => {
  const scene = new ReceiverScene('').send(1, { text: 'From here\n.dot' }).run(10);
  expect(scene.attempts()).toEqual([
    expect.stringMatching(/^1 sent 2\.0\.0 250 2\.0\.0 Ok: queued as [0-9A-F]+$/),
  ]);
  const mailbox = scene.file('/var/mail/bob@far.example');
  expect(mailbox).toMatch(/^From alice@acme.example {2}Tue Mar {2}3 09:00:01 2026\n/);
  expect(mailbox).toContain('\n>From here\n.dot\n\n');
  expect(scene.world.seen('mailbox.message-appended')).toHaveLength(1);
});

test('a greylister refuses a new triplet, and lets it pass when Postfix comes again after the delay', () => {
  const scene = new ReceiverScene('[greylist]\ndelay = 300s\n').send(1).run(3600);
  const said = (seconds: number): string =>
    `host mx.far.example[203.0.113.25] said: 450 4.2.0 <bob@far.example>: Recipient address rejected: ` +
    `Greylisted for ${seconds} seconds... (in reply to RCPT TO command)`;
  // The queue is looked through at 0, 300, 600 s; at 300 s the mail is a second too young.
  expect(scene.attempts()).toEqual([
    `1 deferred 4.2.0 ${said(300)}`,
    `300 deferred 4.2.0 ${said(1)}`,
    expect.stringMatching(/^600 sent 2\.0\.0 250 2\.0\.0 Ok/),
  ]);
  expect(scene.file('/var/lib/receiver/greylist')).toBe(
    '# client\tsender\trecipient\tfirst seen\tlast seen\trefused\tpassed\n' +
      '192.0.2.0\talice@acme.example\tbob@far.example\t2026-03-03T09:00:01Z\t2026-03-03T09:10:00Z\t2\t1\n',
  );
  expect(scene.log().filter((line) => line.startsWith('postgrey'))).toEqual([
    expect.stringContaining('postgrey: action=greylist, reason=new, client_name=mail.acme.example, client_'),
    expect.stringContaining('action=greylist, reason=early-retry (1s missing), client_name='),
    expect.stringContaining('action=pass, reason=triplet found, delay=599, client_name='),
  ]);
  expect(scene.file('/var/mail/bob@far.example')).toContain('X-Greylist: delayed 599 seconds by postgrey');
});

test('the triplets outlive a crash of the greylister, and each change of them is a fact of the trace', () => {
  const scene = new ReceiverScene('[greylist]\ndelay = 300s\n').send(1);
  scene.world.input(10e6, { kind: 'host.crash', host: far });
  scene.world.input(20e6, { kind: 'host.start', host: far });
  scene.run(3600);
  expect(scene.attempts().map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    '1 deferred',
    '300 deferred',
    '600 sent',
  ]);
  const rows = scene.world.seen('state.changed').filter(({ table }) => table === 'greylist');
  expect(rows.map(({ row }) => row.split('\t').slice(5).join(' '))).toEqual(['1 0', '2 0', '2 1']);
});

test('a dead host refuses the connection at once', () => {
  expect(new ReceiverScene('[dead]\n').send(1).run(60).attempts()).toEqual([
    '1 deferred 4.4.1 connect to mx.far.example[203.0.113.25]:25: Connection refused',
  ]);
});

test('a blackhole lets Postfix wait for its smtp_connect_timeout of 30 s', () => {
  expect(new ReceiverScene('[blackhole]\n').send(1).run(60).attempts()).toEqual([
    '31 deferred 4.4.1 connect to mx.far.example[203.0.113.25]:25: Connection timed out',
  ]);
});
