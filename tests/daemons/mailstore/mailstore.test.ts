import { expect, test } from 'vitest';

import * as ascii from '../../../workers/bytes/ascii.ts';
import { startMailstore } from '../../../workers/daemons/mailstore/mailstore.ts';
import { SECOND } from '../../../workers/os/os.ts';
import { TestWorld } from '../../simulate.ts';
import { burst, exchange } from '../dialogue.ts';

const host = 'mx.far.example';
const lmtp = { port: 24 };
const imap = { port: 143 };
const conf = 'personality = dovecot\nlmtp_listen = 127.0.0.1:24\nuserdb = passwd-file /etc/dovecot/users\n';
const users =
  'alice@far.example:{PLAIN}wonderland::::::\nbob@far.example:builder::::::\n' +
  'full@far.example:{PLAIN}x::::::userdb_quota_rule=*:bytes=600\n';

function mailstore(settings = conf): TestWorld {
  const files = { '/etc/mailstore.conf': settings, '/etc/dovecot/users': users };
  return new TestWorld([
    { name: host, address: '192.0.2.1', boot: startMailstore, files },
    { name: 'client.example', address: '192.0.2.9' },
  ]);
}

function deliver(world: TestWorld, message: string, to = 'alice@far.example'): string {
  const envelope = `LHLO mx\r\nMAIL FROM:<joe@sender.example>\r\nRCPT TO:<${to}>\r\nDATA\r\n`;
  return world.call(host, (os) => burst(os, lmtp, `${envelope}${message}\r\n.\r\nQUIT\r\n`));
}

function read(world: TestWorld, commands: string): string {
  const text = `a LOGIN alice@far.example wonderland\r\nb SELECT INBOX\r\n${commands}\r\nz LOGOUT\r\n`;
  return world.call(host, (os) => burst(os, imap, text));
}

test('what LMTP takes in, IMAP shows byte for byte, with the trace headers in front', () => {
  const world = mailstore();
  const odd = Array.from({ length: 256 }, (_, i) => i).filter((i) => i !== 10 && i !== 13);
  const body = `..dot\r\n${ascii.decode(Uint8Array.from(odd))}\r\nend`;
  expect(deliver(world, `Subject: =?UTF-8?B?w5xiZXI=?=\r\nMessage-ID: <1@x>\r\n\r\n${body}`)).toMatch(
    /250 2\.0\.0 <alice@far\.example> [A-Za-z0-9+/]{22} Saved\r\n221 2\.0\.0 Bye\r\n<eof>$/,
  );
  const seen = read(world, 'c UID FETCH 1 (BODY.PEEK[] BODY.PEEK[TEXT])');
  expect(seen).toContain(`BODY[TEXT] {${body.length + 1}}\r\n${body.slice(1)}\r\n`);
  expect(seen).toMatch(
    /Return-Path: <joe@sender\.example>\r\nDelivered-To: alice@far\.example\r\nReceived: from mx \(\[127\.0\.0\.1\]\)\r\n\tby mx\.far\.example with LMTP\r\n\tid /,
  );
  expect(world.seen('mailbox.message-appended')).toMatchObject([
    {
      mailbox: 'alice@far.example',
      folder: 'INBOX',
      uid: 1,
      messageId: '<1@x>',
      sender: 'joe@sender.example',
      subject: 'Über',
    },
  ]);
});

test('an unknown user is refused at RCPT, a full mailbox after DATA; each recipient has its reply', () => {
  const world = mailstore();
  const text =
    'LHLO mx\r\nMAIL FROM:<>\r\nRCPT TO:<no@far.example>\r\nRCPT TO:<full@far.example>\r\nRCPT TO:<ALICE+x@far.example>\r\n' +
    `DATA\r\nSubject: x\r\n\r\n${'0123456789'.repeat(60)}\r\n.\r\nQUIT\r\n`;
  const replies = world.call(host, (os) => burst(os, lmtp, text)).split('\r\n');
  expect(replies.slice(5, 11)).toEqual([
    '250 2.1.0 OK',
    "550 5.1.1 <no@far.example> User doesn't exist: no@far.example",
    '250 2.1.5 OK',
    '250 2.1.5 OK',
    '354 OK',
    '552 5.2.2 <full@far.example> Quota exceeded (mailbox for user is full)',
  ]);
  expect(replies[11]).toMatch(/^250 2\.0\.0 <ALICE\+x@far\.example> /);
  expect(world.seen('mailbox.message-appended').map((event) => event.mailbox)).toEqual(['alice@far.example']);
});

test('a crash loses nothing that was acknowledged, and no UID comes twice', () => {
  const world = mailstore();
  deliver(world, 'Subject: one\r\n\r\n1');
  deliver(world, 'Subject: two\r\n\r\n2');
  read(world, 'c STORE 2 +FLAGS (\\Deleted \\Flagged)\r\nd STORE 1 +FLAGS (\\Flagged)\r\ne EXPUNGE');
  // A third message is on the wire and not yet acknowledged when the host goes down.
  const third = 'LHLO mx\r\nMAIL FROM:<>\r\nRCPT TO:<alice@far.example>\r\nDATA\r\nSubject: three\r\n\r\n3';
  world.spawn(host, (os) => burst(os, lmtp, third));
  world.run(world.now + SECOND);
  world.input(world.now + 1, { kind: 'host.crash', host });
  world.input(world.now + 2 * SECOND, { kind: 'host.start', host });
  world.run(world.now + 3 * SECOND);
  deliver(world, 'Subject: four\r\n\r\n4');
  const seen = read(world, 'c UID FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])');
  expect(seen).toContain('* 2 EXISTS');
  expect(seen).toMatch(
    /\* 1 FETCH \(UID 1 FLAGS \(\\Flagged\) BODY\[HEADER\.FIELDS \(SUBJECT\)\] \{16\}\r\nSubject: one/,
  );
  expect(seen).toMatch(/\* 2 FETCH \(UID 3 [^\n]*\r\nSubject: four/);
});

test('the message is on disk before the reply: a crash in the same instant as the reply keeps it', () => {
  const world = mailstore();
  world.spawn(host, (os) =>
    burst(
      os,
      lmtp,
      'LHLO mx\r\nMAIL FROM:<>\r\nRCPT TO:<alice@far.example>\r\nDATA\r\nSubject: one\r\n\r\n.\r\n',
    ),
  );
  while (world.seen('mailbox.message-appended').length === 0) world.run(world.now + 10);
  world.input(world.now + 1, { kind: 'host.crash', host });
  world.input(world.now + 2, { kind: 'host.start', host });
  world.run(world.now + SECOND);
  expect(read(world, 'c NOOP')).toContain('* 1 EXISTS');
});

test.each([
  ['lmtp', 24, '500 5.5.2 Line too long'],
  ['imap', 143, '* BYE Input buffer full, aborting'],
] as const)('%s: 100,000 bytes without a line end close the connection', (_, port, text) => {
  const world = mailstore();
  const answer = world.call(host, (os) => burst(os, { port }, 'x'.repeat(100_000)));
  expect(answer).toContain(text);
  expect(answer).toMatch(/<(eof|reset)>$/);
});

test('imap after login: a line of 100,000 bytes is skipped, and the session goes on', () => {
  const seen = read(mailstore(), `c NOOP ${'x'.repeat(100_000)}\r\nd NOOP`);
  expect(seen).toContain('c BAD Error in IMAP command NOOP: Too long argument.');
  expect(seen).toContain('d OK NOOP completed');
});

test.each(['{4294967295}', '{99999999}', '{9999999999+}'])(
  'a literal of %s is refused before any of it is read',
  (literal) => {
    const world = mailstore();
    expect(world.call(host, (os) => burst(os, imap, `a LOGIN ${literal}\r\n`))).toMatch(
      /\* BYE Too long argument\.\r\n<eof>$/,
    );
    expect(read(world, `c APPEND INBOX ${literal}`)).toMatch(/\* BYE Literal size too large\r\n<eof>$/);
  },
);

test.each([
  ['random bytes', '\x00\xff\x80{}()\r\n'.repeat(30)],
  ['unbalanced lists', `a FETCH ${'('.repeat(5000)}\r\n`],
  ['an HTTP request', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
])('%s: BAD, then goodbye', (_, garbage) => {
  const world = mailstore();
  const answer = world.call(host, (os) => burst(os, imap, `${garbage}x\r\n\r\n\r\n`));
  expect(answer).toMatch(
    / BAD Error in IMAP command received by server\.\r\n[^]*\* BYE Too many invalid IMAP commands\.\r\n<(eof|reset)>$/,
  );
});

test('lmtp: garbage is answered, and too much of it ends the session', () => {
  const answer = mailstore().call(host, (os) => burst(os, lmtp, 'GET / HTTP/1.1\r\n'.repeat(20)));
  expect(answer).toContain('500 5.5.1 Unknown command');
  expect(answer).toMatch(/421 4\.7\.0 Too many invalid commands\.\r\n<(eof|reset)>$/);
});

test('a client that says nothing is sent away', () => {
  const world = mailstore();
  expect(world.call(host, (os) => burst(os, imap, ''), 400 * SECOND)).toMatch(
    /\* BYE Disconnected for inactivity during authentication\.\r\n<eof>$/,
  );
  expect(world.call(host, (os) => burst(os, lmtp, ''), 400 * SECOND)).toMatch(
    /421 4\.4\.2 Disconnected for inactivity\r\n<eof>$/,
  );
});

test('a wrong password is refused after the delay, AUTHENTICATE PLAIN works with and without initial response', () => {
  const world = mailstore();
  const startedAt = world.now;
  const answers = world.call(host, (os) =>
    exchange(os, imap, [
      ['', /ready/],
      ['a LOGIN alice@far.example wrong\r\n', /a /],
      ['b AUTHENTICATE PLAIN\r\n', /\+ \r\n/],
      ['AGFsaWNlQGZhci5leGFtcGxlAHdvbmRlcmxhbmQ=\r\n', /b /],
      ['c SELECT INBOX\r\n', /c /],
    ]),
  );
  expect(answers[1]).toBe('a NO [AUTHENTICATIONFAILED] Authentication failed.\r\n');
  expect(answers[3]).toMatch(/^b OK \[CAPABILITY .*\] Logged in\r\n$/);
  expect(world.now - startedAt).toBeGreaterThan(2 * SECOND);
  const initial = 'a AUTHENTICATE PLAIN AGFsaWNlQGZhci5leGFtcGxlAHdvbmRlcmxhbmQ=\r\nb LOGOUT\r\n';
  expect(world.call(host, (os) => burst(os, imap, initial))).toContain('a OK [CAPABILITY');
});

test('IDLE tells a new message when it comes', () => {
  const world = mailstore();
  let told = -1;
  world.spawn(host, function* (os) {
    const steps = [
      ['', /ready/],
      ['a LOGIN alice@far.example wonderland\r\n', /a OK/],
      ['b SELECT INBOX\r\n', /b OK/],
      ['c IDLE\r\n', /idling/],
      ['', /EXISTS/],
      ['DONE\r\n', /c OK Idle completed/],
    ] as const;
    const answers = yield* exchange(os, imap, steps);
    told = answers.length;
  });
  world.run(world.now + SECOND);
  expect(told).toBe(-1);
  deliver(world, 'Subject: one\r\n\r\n1');
  world.run(world.now + SECOND);
  expect(told).toBe(6);
});

test('two deliveries at once have two UIDs, and a long message comes through in pieces', () => {
  const world = mailstore();
  const long = `Subject: long\r\n\r\n${'0123456789abcdef\r\n..\r\n'.repeat(20_000)}`;
  for (const text of [long, 'Subject: short\r\n\r\n2'])
    world.spawn(host, (os) =>
      burst(
        os,
        lmtp,
        `LHLO mx\r\nMAIL FROM:<>\r\nRCPT TO:<alice@far.example>\r\nDATA\r\n${text}\r\n.\r\nQUIT\r\n`,
      ),
    );
  world.run(world.now + 10 * SECOND);
  const appended = world.seen('mailbox.message-appended');
  expect(appended.map((event) => event.uid)).toEqual([1, 2]);
  const stored = appended.find((event) => event.subject === 'long')!;
  expect(ascii.decode(stored.content).endsWith(`${long.replaceAll('\r\n..', '\r\n.')}\r\n`)).toBe(true);
});

test('Zimbra: its replies, its Received field, and a second copy of a Message-ID is not stored', () => {
  const world = mailstore(`${conf}personality = zimbra\nhostname = mbox1.acme.example\n`);
  const first = deliver(world, 'Message-ID: <1@x>\r\n\r\n1');
  expect(first.split('\r\n')).toEqual([
    '220 mbox1.acme.example Zimbra LMTP server ready',
    '250-mbox1.acme.example',
    '250-8BITMIME',
    '250-ENHANCEDSTATUSCODES',
    '250-SIZE',
    '250 PIPELINING',
    '250 2.0.0 Sender OK',
    '250 2.1.5 Recipient OK',
    '354 End data with <CR><LF>.<CR><LF>',
    '250 2.1.5 Delivery OK',
    '221 mbox1.acme.example Zimbra LMTP server closing connection',
    '<eof>',
  ]);
  expect(deliver(world, 'Message-ID: <1@x>\r\n\r\n1')).toContain('250 2.1.5 Delivery OK');
  expect(deliver(world, 'x', 'no@far.example')).toContain('550 5.1.1 No such user here');
  const [appended, ...others] = world.seen('mailbox.message-appended');
  expect(others).toEqual([]);
  expect(ascii.decode(appended!.content)).toMatch(
    /^Return-Path: <joe@sender\.example>\r\nReceived: from \S+ \(LHLO mx\) \(127\.0\.0\.1\) by\r\n mbox1\.acme\.example with LMTP; /,
  );
});

test('RENAME moves all folders or none: not when a child would meet another folder', () => {
  const world = mailstore();
  const replies = read(
    world,
    'c CREATE old\r\nd CREATE old/kid\r\ne CREATE new/kid\r\nf RENAME old new\r\ng RENAME old newer\r\nh LIST "" *',
  );
  expect(replies).toMatch(/^f NO \[ALREADYEXISTS\]/m);
  expect(replies).toMatch(/^g OK/m);
  for (const name of ['newer', 'newer/kid', 'new/kid']) expect(replies).toMatch(RegExp(`"?${name}"?\r`));
});
