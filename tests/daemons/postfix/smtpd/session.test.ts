import { expect, test } from 'vitest';

import * as ascii from '../../../../workers/bytes/ascii.ts';
import { SECOND } from '../../../../workers/os/os.ts';

import { Server, toAlice } from './dialogue.ts';

const message = 'Subject: x\r\n\r\nHello\r\n.\r\n';

test('a message is accepted, and the log tells who sent it', () => {
  const server = new Server();
  const replies = server.talk(...toAlice, 'DATA\r\n', message, 'QUIT\r\n');
  expect(replies.slice(-5)).toEqual([
    '250 2.1.5 Ok',
    '354 End data with <CR><LF>.<CR><LF>',
    expect.stringMatching(/^250 2\.0\.0 Ok: queued as [0-9A-F]+$/),
    '221 2.0.0 Bye',
    'closed',
  ]);
  expect(server.log()).toEqual([
    'connect from client.example[192.0.2.9]',
    'QID: client=client.example[192.0.2.9]',
    'disconnect from client.example[192.0.2.9] ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5',
  ]);
});

test('replies to a pipelined burst come together', () => {
  const server = new Server();
  const burst =
    'MAIL FROM:<a@far.example>\r\nRCPT TO:<alice@example.com>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\n';
  server.talk('EHLO client.example\r\n', burst);
  const payloads = server.world
    .seen('tcp.segment-sent')
    .filter((event) => event.fromPort === 25 && event.payload.length > 0)
    .map((event) => ascii.decode(event.payload));
  expect(payloads.at(-1)).toBe(
    '250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n250 2.1.5 Ok\r\n354 End data with <CR><LF>.<CR><LF>\r\n',
  );
});

test('a client whose name does not lead back is unknown', () => {
  const server = new Server({ files: { '/etc/hosts': '127.0.0.1 localhost\n' } });
  server.talk('QUIT\r\n');
  expect(server.log()[0]).toBe('connect from unknown[192.0.2.9]');
});

test('a silent client is told after smtpd_timeout', () => {
  const server = new Server({ mainCf: ['smtpd_timeout = 20s'] });
  expect(server.send([], 60 * SECOND)).toEqual([
    '220 mx.example ESMTP Postfix',
    '421 4.4.2 mx.example Error: timeout exceeded',
    'closed',
  ]);
  expect(server.log()).toContain('timeout after CONNECT from client.example[192.0.2.9]');
});

test('a client that leaves within DATA leaves nothing behind', () => {
  const server = new Server();
  server.talk(...toAlice, 'DATA\r\n', 'Subject: x\r\n');
  expect(server.log().slice(-2)).toEqual([
    'lost connection after DATA (12 bytes) from client.example[192.0.2.9]',
    'disconnect from client.example[192.0.2.9] ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4',
  ]);
  expect(server.world.seen('queue.message-entered')).toEqual([]);
});

test('after smtpd_soft_error_limit errors every reply waits, after the hard limit the client is sent away', () => {
  const server = new Server({
    mainCf: ['smtpd_soft_error_limit = 2', 'smtpd_hard_error_limit = 4', 'smtpd_error_sleep_time = 7s'],
  });
  const before = server.world.now;
  const replies = server.send(
    Array.from({ length: 4 }, () => ascii.encode('FOO\r\n')),
    10 * SECOND,
  );
  expect(replies.filter((reply) => reply.startsWith('500'))).toHaveLength(4);
  expect(replies.slice(-2)).toEqual(['421 4.7.0 mx.example Error: too many errors', 'closed']);
  expect(server.world.now - before).toBeGreaterThan(21 * SECOND);
  expect(server.log()).toContain('too many errors after UNKNOWN from client.example[192.0.2.9]');
});

test('smtpd_client_connection_count_limit: one connection too many is refused', () => {
  const server = new Server({ mainCf: ['smtpd_client_connection_count_limit = 1'] });
  const { world } = server;
  world.spawn('client.example', function* (os) {
    yield* os.connect({ to: { address: '192.0.2.1', port: 25 }, deadline: os.now() + SECOND });
    yield* os.sleepUntil(os.now() + 60 * SECOND);
  });
  world.run(world.now + SECOND);
  expect(server.talk()).toEqual([
    '421 4.7.0 mx.example Error: too many connections from 192.0.2.9',
    'closed',
  ]);
});

test('what was tolerated is told: an address without brackets, a line ended by LF alone', () => {
  const server = new Server();
  server.talk('EHLO client.example\n', 'MAIL FROM:joe@far.example\r\n');
  expect(server.world.seen('protocol.deviated').map(({ rule, detail }) => [rule, detail])).toEqual([
    ['RFC 5321 §2.3.8', 'line ended by LF alone'],
    ['RFC 5321 §4.1.2', 'MAIL address without <>: joe@far.example'],
  ]);
});
