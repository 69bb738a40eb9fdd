import { expect, test } from 'vitest';

import * as ascii from '../../../../workers/bytes/ascii.ts';
import { MINUTE, SECOND } from '../../../../workers/os/os.ts';

import { Server, toAlice } from './dialogue.ts';

const ehlo = toAlice.map(ascii.encode);

test('100,000 bytes without a line end: silence, then the timeout', () => {
  const server = new Server();
  const replies = server.send([ascii.encode('x'.repeat(100_000))], 6 * MINUTE);
  expect(replies.slice(-2)).toEqual(['421 4.4.2 mx.example Error: timeout exceeded', 'closed']);
});

test('of a command line that is too long the start counts', () => {
  const server = new Server();
  expect(server.talk(`NOOP ${'x'.repeat(100_000)}\r\nQUIT\r\n`)).toEqual([
    '220 mx.example ESMTP Postfix',
    '250 2.0.0 Ok',
    '221 2.0.0 Bye',
    'closed',
  ]);
  expect(server.log()).toContain(
    'warning: client.example[192.0.2.9]: request longer than 2048: NOOP xxxxxxxxxxxxxxxxxxxxxxxxx...',
  );
});

test('100,000 bytes without a line end within DATA are one line of the message', () => {
  const server = new Server();
  const replies = server.send([
    ...ehlo,
    ascii.encode('DATA\r\n'),
    ascii.encode(`${'x'.repeat(100_000)}\r\n.\r\n`),
  ]);
  expect(replies.at(-1)).toMatch(/^250 2\.0\.0 Ok: queued as/);
  expect(server.world.seen('queue.message-entered')[0]!.bytes).toBeGreaterThan(100_000);
});

test('so are 1.5 million when line_length_limit is beyond what is read at once', () => {
  const server = new Server({ mainCf: ['line_length_limit = 3000000'] });
  const line = ascii.encode(`${'x'.repeat(1_500_000)}\r\n.\r\n`);
  expect(server.send([...ehlo, ascii.encode('DATA\r\n'), line]).at(-1)).toMatch(/^250 2\.0\.0 Ok: queued as/);
});

test('what exceeds message_size_limit is read, not kept, and refused', () => {
  const server = new Server({ mainCf: ['message_size_limit = 1000'] });
  const body = ascii.encode(`${'x'.repeat(70)}\r\n`.repeat(3000));
  const replies = server.send([...ehlo, ascii.encode('DATA\r\n'), body, ascii.encode('.\r\nNOOP\r\n')]);
  expect(replies.slice(-2)).toEqual(['552 5.3.4 Error: message file too big', '250 2.0.0 Ok']);
});

test('garbage bytes get an error reply or the connection is closed, and the next client is served', () => {
  const server = new Server();
  let state = 7;
  for (let round = 0; round < 20; round++) {
    const bytes = new Uint8Array(200);
    for (let i = 0; i < bytes.length; i++) {
      state = (state * 48271) % 0x7fffffff;
      bytes[i] = i % 40 === 39 ? 10 : state & 0xff;
    }
    const replies = server.send([bytes], 10 * SECOND);
    expect(replies[0]).toBe('220 mx.example ESMTP Postfix');
    expect(replies.length).toBeGreaterThan(1);
    for (const reply of replies) expect(reply).toMatch(/^(220|[2-5]\d\d[ -]|closed)/);
  }
  expect(server.talk('QUIT\r\n').at(-2)).toBe('221 2.0.0 Bye');
});

test('half a command and then silence times out', () => {
  const server = new Server({ mainCf: ['smtpd_timeout = 5s'] });
  expect(server.send([ascii.encode('EHLO cli')], MINUTE).slice(-2)).toEqual([
    '421 4.4.2 mx.example Error: timeout exceeded',
    'closed',
  ]);
});

test('a line of a dot and very many carriage returns neither ends the message nor blocks it', () => {
  const server = new Server();
  const replies = server.send([
    ...ehlo,
    ascii.encode('DATA\r\n'),
    ascii.encode(`.${'\r'.repeat(90_000)}x\r\n.\r\n`),
  ]);
  expect(replies.at(-1)).toMatch(/^250 2\.0\.0 Ok: queued as/);
});

test('BDAT with a length beyond all measure is refused', () => {
  const server = new Server();
  const replies = server.send([...ehlo, ascii.encode('BDAT 99999999999999999999\r\n')]);
  expect(replies.slice(-2)).toEqual(['521 5.5.4 Syntax: BDAT count [LAST]', 'closed']);
});
