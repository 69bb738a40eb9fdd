import { expect, test } from 'vitest';

import { startAmavis } from '../../../workers/daemons/amavis/amavis.ts';
import { SECOND, type Os } from '../../../workers/os/os.ts';
import { TestWorld } from '../../simulate.ts';
import { burst } from '../dialogue.ts';
import { farEnd, type FarEnd, type Script } from '../far-end.ts';

const host = 'mail.example.com';
const filter = { port: 10024 };
const offers = [
  'PIPELINING',
  'SIZE',
  '8BITMIME',
  'ENHANCEDSTATUSCODES',
  'XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE',
];
const queued = '250 2.0.0 Ok: queued as D643C1A2510';
const message = 'Subject: Hello\r\nMessage-ID: <1@sender.example>\r\n\r\n..dot\xe4\x00\r\n';
const xforward =
  'XFORWARD NAME=mx.sender.example ADDR=198.51.100.25 PORT=40000\r\n' +
  'XFORWARD PROTO=ESMTP HELO=mx.sender.example SOURCE=REMOTE IDENT=83ACF1A24FA\r\n';

function filterHost(script: Script | null): { world: TestWorld; saw: FarEnd } {
  const far = farEnd({ port: 10025, offers, eod: queued, ...script });
  const boot = (os: Os): void => {
    startAmavis(os);
    if (script !== null) far.boot(os);
  };
  return { world: new TestWorld([{ name: host, address: '192.0.2.1', boot }]), saw: far.saw };
}

function send(world: TestWorld, text: string): string[] {
  return world.call(host, (os) => burst(os, filter, text)).split('\r\n');
}

const envelope = 'MAIL FROM:<joe@sender.example> SIZE=484\r\nRCPT TO:<alice@example.com>\r\nDATA\r\n';

test('a message goes through with the headers, replies and log lines of amavisd', () => {
  const { world, saw } = filterHost({});
  const replies = send(world, `EHLO mail.example.com\r\n${xforward}${envelope}${message}.\r\nQUIT\r\n`);
  expect(replies).toEqual([
    '220 [127.0.0.1] ESMTP amavis service ready',
    '250-[127.0.0.1]',
    '250-VRFY',
    '250-PIPELINING',
    '250-SIZE',
    '250-ENHANCEDSTATUSCODES',
    '250-8BITMIME',
    '250-SMTPUTF8',
    '250-DSN',
    '250 XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE',
    '250 2.5.0 Ok XFORWARD',
    '250 2.5.0 Ok XFORWARD',
    '250 2.1.0 Sender <joe@sender.example> OK',
    '250 2.1.5 Recipient <alice@example.com> OK',
    '354 End data with <CR><LF>.<CR><LF>',
    `250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): ${queued}`,
    '221 2.0.0 [127.0.0.1] amavis closing transmission channel',
    '<eof>',
  ]);
  expect(saw.lines).toContain('XFORWARD NAME=mx.sender.example ADDR=198.51.100.25 PORT=40000');
  expect(saw.lines).toContain('XFORWARD PROTO=ESMTP HELO=mx.sender.example IDENT=83ACF1A24FA SOURCE=REMOTE');
  expect(saw.messages[0]).toMatch(
    /^X-Virus-Scanned: amavis at mail\.example\.com\r\nReceived: from mail\.example\.com \(\[127\.0\.0\.1\]\)\r\n by localhost \(mail\.example\.com \[127\.0\.0\.1\]\) \(amavis, port 10024\) with ESMTP\r\n id [A-Za-z0-9_-]{12} for <alice@example\.com>;\r\n Tue, 3 Mar 2026 09:00:00 \+0000 \(UTC\)\r\nSubject: Hello\r\n/,
  );
  expect(saw.messages[0]).toContain('\r\n\r\n..dot\xe4\x00\r\n');
  const log = world.logLines().filter((line) => line.includes('-01)'));
  const people = '<joe@sender.example> -> <alice@example.com>';
  expect(log[0]).toMatch(
    /^amavis: \(\d+-01\) ESMTP \[127\.0\.0\.1\]:10024 \/var\/lib\/amavis\/tmp\/amavis-20260303T090000-\d+-[\w-]{8}: <joe@sender\.example> -> <alice@example\.com> SIZE=484 Received: from mail\.example\.com \(\[127\.0\.0\.1\]\) by localhost \(mail\.example\.com \[127\.0\.0\.1\]\) \(amavis, port 10024\) with ESMTP for <alice@example\.com>; Tue, 3 Mar 2026 09:00:00 \+0000 \(UTC\)$/,
  );
  expect(log[1]).toMatch(new RegExp(`Checking: [\\w-]{12} \\[198\\.51\\.100\\.25\\] ${people}$`));
  expect(log[2]).toMatch(
    new RegExp(
      `[\\w-]{12} FWD from ${people}, BODY=8BITMIME 250 2\\.0\\.0 from MTA\\(smtp:\\[127\\.0\\.0\\.1\\]:10025\\): ${queued}$`,
    ),
  );
  expect(log[3]).toMatch(
    /Passed CLEAN \{RelayedInbound\}, \[198\.51\.100\.25\]:40000 \[198\.51\.100\.25\] <joe@sender\.example> -> <alice@example\.com>, Queue-ID: 83ACF1A24FA, Message-ID: <1@sender\.example>, mail_id: [\w-]{12}, Hits: -, size: \d+, queued_as: D643C1A2510, \d+ ms$/,
  );
  expect(world.seen('filter.judged')).toMatchObject([{ messageId: '<1@sender.example>', verdict: 'CLEAN' }]);
});

test('nothing listens on the re-injection port: temporary failure, as recorded', () => {
  const { world } = filterHost(null);
  const replies = send(world, `EHLO x\r\n${envelope}${message}.\r\nQUIT\r\n`);
  expect(replies[13]).toMatch(
    /^451 4\.5\.0 id=(\d+-01) - Temporary MTA failure on relaying, From MTA\(\) during fwd-connect \(All attempts \(1\) failed connecting to smtp:\[127\.0\.0\.1\]:10025\): id=\1$/,
  );
  expect(world.logLines().join('\n')).toMatch(
    /\(!\)connect to \[127\.0\.0\.1\]:10025 failed, attempt #1: Can't connect to socket \[127\.0\.0\.1\]:10025 using module IO::Socket::IP: Connection refused\n.*FWD from .*, {2}451 4\.5\.0 From MTA\(\)[^\n]*\n.*Blocked MTA-BLOCKED \{TempFailedInbound\}/,
  );
});

test.each([
  [
    { eod: '451 4.3.0 Error: queue file write error' },
    /^451 4\.3\.0 id=\d+-01 - Temporary MTA failure on relaying, from MTA/,
  ],
  [
    { rcpt: '550 5.1.1 no such user' },
    /^550 5\.1\.1 from MTA\(smtp:\[127\.0\.0\.1\]:10025\): 550 5\.1\.1 no such user$/,
  ],
  [{ cutAt: 'eod' }, /^451 4\.5\.0 id=/],
] as [Script, RegExp][])('what Postfix answers with %o decides the reply', (script, reply) => {
  expect(send(filterHost(script).world, `EHLO x\r\n${envelope}${message}.\r\nQUIT\r\n`)[13]).toMatch(reply);
});

test('errors as recorded', () => {
  const { world } = filterHost({});
  const replies = send(
    world,
    'NOOP\r\nMAIL FROM:<a@b.example>\r\nVRFY alice\r\nRSET\r\nRCPT TO:<alice@example.com>\r\nDATA\r\nMAIL FROM:a@b.example\r\n' +
      'MAIL FROM:<a@b.example>\r\nMAIL FROM:<c@b.example>\r\nRCPT TO:alice\r\nFOO\r\nXFORWARD NAME=[UNAVAILABLE]\r\n' +
      'XFORWARD BOGUS=1\r\nSTARTTLS\r\nETRN x\r\nAUTH PLAIN x\r\nQUIT\r\n',
  );
  expect(replies.slice(1, -2)).toEqual([
    '250 2.0.0 Ok NOOP',
    '250 2.1.0 Sender <a@b.example> OK',
    '252 2.0.0 Argument not checked',
    '250 2.0.0 Ok RSET',
    '503 5.5.1 Need MAIL command before RCPT',
    '503 5.5.1 Need MAIL command before DATA',
    '501 5.5.2 Syntax: MAIL FROM:<address>',
    '250 2.1.0 Sender <a@b.example> OK',
    '503 5.5.1 Error: nested MAIL command',
    '501 5.5.2 Syntax: RCPT TO:<address>',
    '500 5.5.2 Error: command FOO not recognized',
    '250 2.5.0 Ok XFORWARD',
    '501 5.5.4 XFORWARD command parameter error: BOGUS=1',
    '502 5.5.1 Error: command not available',
    '502 5.5.1 Error: command ETRN not implemented',
    '500 5.5.2 Error: command AUTH not recognized',
  ]);
});

test('100,000 bytes without a line end close the connection; more clients than children wait their turn', () => {
  const { world, saw } = filterHost({});
  expect(send(world, 'x'.repeat(100_000)).at(-1)).toMatch(/<(eof|reset)>/);
  for (let i = 0; i < 25; i++)
    world.spawn(host, (os) => burst(os, filter, `EHLO x\r\n${envelope}${message}.\r\nQUIT\r\n`));
  world.run(world.now + 10 * SECOND);
  expect(saw.messages).toHaveLength(25);
  expect(saw.sessionsMax).toBeLessThanOrEqual(10);
});
