// What verify(8) knows, for how long, and when it asks again; through the restrictions that ask it.
import { expect, test } from 'vitest';

import * as utf8 from '../../../../workers/bytes/utf8.ts';
import { SECOND } from '../../../../workers/os/os.ts';
import { Server } from '../smtpd/dialogue.ts';

const [minute, hour, day] = [60, 3600, 86_400];
const progress = 'unverified address: Address verification in progress';

class Verifying extends Server {
  constructor(answer: string, mainCf: string[] = []) {
    const list = 'smtpd_recipient_restrictions = reject_unverified_recipient';
    super({
      mainCf: [list, 'address_verify_poll_count = 1', `virtual_transport = ${answer}`, ...mainCf],
      files: {
        '/etc/postfix/master.cf': [
          '25 inet n - y - - smtpd',
          ...['discard', 'error'].map((name) => `${name} unix - - n - - ${name}`),
          'verify unix - - n - 1 verify',
          'cleanup unix n - n - 0 cleanup',
          'qmgr unix n - n 300 1 qmgr',
        ].join('\n'),
      },
    });
  }
  ask(): string {
    const [, , , reply = ''] = this.talk(
      'EHLO c.example\r\n',
      'MAIL FROM:<joe@far.example>\r\n',
      'RCPT TO:<alice@example.com>\r\n',
    ).filter((line) => !line.startsWith('250-'));
    return reply.replace('<alice@example.com>: Recipient address rejected: ', '');
  }
  wait(seconds: number): void {
    this.world.run(this.world.now + seconds * SECOND);
  }
  /** status= of the probes so far */
  probes(): string[] {
    return this.world
      .logLines('mx.example')
      .map((line) => /status=(\S+)/.exec(line)?.[1])
      .filter((status) => status !== undefined);
  }
  cache(): string {
    const bytes = this.world.machine('mx.example').os().files.read('/var/lib/postfix/verify_cache.db');
    return utf8.decode(bytes!).replace(/\d{10}/g, 'TIME');
  }
}

test('the first who asks is told to come back; then the answer is known, and nobody got the mail', () => {
  const server = new Verifying('discard:');
  expect(server.ask()).toBe(`450 4.1.1 ${progress}`);
  expect(server.ask()).toBe('250 2.1.5 Ok');
  expect(server.probes()).toEqual(['deliverable']);
  expect(server.cache()).toContain('alice@example.com\x000:0:TIME:example.com\x00');
});

test('what is deliverable is probed anew after a week, and counts until the answer comes', () => {
  const server = new Verifying('discard:');
  server.ask();
  server.wait(7 * day - minute);
  server.ask();
  expect(server.probes()).toEqual(['deliverable']);
  server.wait(2 * minute);
  expect(server.ask()).toBe('250 2.1.5 Ok');
  expect(server.probes()).toEqual(['deliverable', 'deliverable']);
});

test('what was deliverable is forgotten after address_verify_positive_expire_time', () => {
  const server = new Verifying('discard:', ['address_verify_positive_expire_time = 2h']);
  server.ask();
  server.wait(2 * hour + minute);
  expect(server.ask()).toBe(`450 4.1.1 ${progress}`);
});

test('what is undeliverable is probed anew after three hours', () => {
  const server = new Verifying('error:5.1.1 gone', ['unverified_recipient_reject_code = 550']);
  server.ask();
  server.wait(3 * hour - minute);
  expect(server.ask()).toBe('550 5.1.1 undeliverable address: gone');
  expect(server.probes()).toEqual(['undeliverable']);
  server.wait(2 * minute);
  expect(server.ask()).toBe('550 5.1.1 undeliverable address: gone');
  expect(server.probes()).toEqual(['undeliverable', 'undeliverable']);
});

test('without address_verify_negative_cache a failure is not kept', () => {
  const server = new Verifying('error:5.1.1 gone', ['address_verify_negative_cache = no']);
  expect([server.ask(), server.ask()]).toEqual([`450 4.1.1 ${progress}`, `450 4.1.1 ${progress}`]);
  expect(server.probes()).toEqual(['undeliverable-but-not-cached', 'undeliverable-but-not-cached']);
});

test('expired entries go with the next cleanup of the cache', () => {
  const server = new Verifying('error:4.1.1 later');
  server.ask();
  server.wait(4 * day);
  server.ask();
  const cleanups = server.world.logLines('mx.example').filter((line) => line.includes('full cleanup'));
  expect(cleanups.map((line) => line.slice(line.indexOf('retained')))).toEqual([
    'retained=0 dropped=0 entries',
    'retained=0 dropped=1 entries',
  ]);
});

test('the sender of probes is accepted as recipient, whatever the restrictions say', () => {
  const server = new Verifying('discard:', ['smtpd_client_restrictions = reject']);
  const rcpt = (to: string): string =>
    server.talk('EHLO c.example\r\n', 'MAIL FROM:<>\r\n', `RCPT TO:<${to}>\r\n`).at(-1)!;
  expect(rcpt('double-bounce@mx.example')).toBe('250 2.1.5 Ok');
  expect(rcpt('double-bounce-not@mx.example')).toMatch(/^554/);
});
