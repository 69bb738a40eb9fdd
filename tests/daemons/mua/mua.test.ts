import { expect, test } from 'vitest';

import * as ascii from '../../../workers/bytes/ascii.ts';
import * as utf8 from '../../../workers/bytes/utf8.ts';
import { startMailstore } from '../../../workers/daemons/mailstore/mailstore.ts';
import { startMua } from '../../../workers/daemons/mua/mua.ts';
import type { InputCommand } from '../../../workers/input.ts';
import { SECOND, type Os, type Proc } from '../../../workers/os/os.ts';
import { TestWorld } from '../../simulate.ts';
import { burst } from '../dialogue.ts';
import { farEnd, type FarEnd, type Script } from '../far-end.ts';

const workstation = 'ws-alice.far.example';
const server = 'mx.far.example';
const user = 'alice@far.example';
const muaConf = `[${user}]\nname = Alice Müller\npassword = wonderland\nsubmission = ${server}:587\nimap = ${server}:143\n`;
const storeFiles = {
  '/etc/mailstore.conf': 'userdb = passwd-file /etc/dovecot/users\nauth_failure_delay = 0\n',
  '/etc/dovecot/users': `${user}:{PLAIN}wonderland::::::\n`,
};

interface Outcome {
  world: TestWorld;
  saw: FarEnd;
}

function run(
  script: Script | 'silent',
  commands: Partial<Extract<InputCommand, { kind: 'mua.send' }>>[],
  conf = muaConf,
): Outcome {
  const far = farEnd({
    port: 587,
    offers: ['PIPELINING', '8BITMIME', 'AUTH PLAIN LOGIN'],
    ...(script === 'silent' ? {} : script),
  });
  const boot = (os: Os): void => {
    startMailstore(os);
    if (script !== 'silent') far.boot(os);
  };
  const world = new TestWorld([
    {
      name: workstation,
      address: '192.0.2.10',
      kind: 'outside',
      boot: startMua,
      files: { '/etc/mua.conf': conf, '/etc/hosts': `192.0.2.1 ${server}\n` },
    },
    { name: server, address: '192.0.2.1', boot, files: storeFiles },
  ]);
  for (const [i, command] of commands.entries()) {
    const filled = {
      host: workstation,
      user,
      to: 'bob@acme.example',
      subject: 'Hello',
      text: 'Hi Bob\n',
      ...command,
    };
    world.input((i + 1) * SECOND, { kind: 'mua.send', ...filled });
  }
  world.run((commands.length + 400) * SECOND);
  return { world, saw: far.saw };
}

function failure(world: TestWorld): string {
  return world
    .seen('mua.failed')
    .map((event) => event.text)
    .join('\n');
}

test('mua.send composes a MIME message in UTF-8 and submits it with AUTH PLAIN', () => {
  const text = 'Grüße, 日本 ✉\n.\n.. dots\n';
  const { world, saw } = run({}, [
    { to: '"Bob B." <bob@acme.example>, sales@acme.example', subject: 'Grüße, Bob! ✉', text },
  ]);
  expect(failure(world)).toBe('');
  expect(saw.lines.slice(0, 6)).toEqual([
    'EHLO [192.0.2.10]',
    'AUTH PLAIN AGFsaWNlQGZhci5leGFtcGxlAHdvbmRlcmxhbmQ=',
    `MAIL FROM:<${user}> BODY=8BITMIME`,
    'RCPT TO:<bob@acme.example>',
    'RCPT TO:<sales@acme.example>',
    'DATA',
  ]);
  const [submitted] = world.seen('mua.message-submitted');
  expect(submitted).toMatchObject({
    user,
    to: 'bob@acme.example\nsales@acme.example',
    subject: 'Grüße, Bob! ✉',
  });
  expect(submitted!.messageId).toMatch(
    /^<[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}@far\.example>$/,
  );
  expect(utf8.decode(ascii.encode(saw.messages[0]!)).split('\r\n')).toEqual([
    `Message-ID: ${submitted!.messageId}`,
    'Date: Tue, 3 Mar 2026 09:00:01 +0000',
    'MIME-Version: 1.0',
    'User-Agent: Postroom',
    'Subject: =?UTF-8?B?R3LDvMOfZSwgQm9iISDinIk=?=',
    'To: "Bob B." <bob@acme.example>,',
    ' sales@acme.example',
    `From: =?UTF-8?B?QWxpY2UgTcO8bGxlcg==?= <${user}>`,
    'Content-Type: text/plain; charset=UTF-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    'Grüße, 日本 ✉',
    '..',
    '... dots',
    '',
  ]);
});

test('a server without 8BITMIME gets quoted-printable', () => {
  const { saw } = run({ offers: ['AUTH PLAIN'] }, [{ text: 'Grüße=' }]);
  expect(saw.lines).toContain(`MAIL FROM:<${user}>`);
  expect(saw.messages[0]).toMatch(
    /Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe=3D\r\n$/,
  );
});

test('a reply names what it answers, with the thread so far', () => {
  const { world, saw } = run({}, [{}, { inReplyTo: '<1@acme.example>' }]);
  expect(saw.messages[0]).not.toContain('In-Reply-To');
  expect(saw.messages[1]).toContain('In-Reply-To: <1@acme.example>\r\nReferences: <1@acme.example>\r\n');
  expect(world.seen('mua.message-submitted')).toHaveLength(2);
});

test('nothing that is typed can start a header field', () => {
  const { saw } = run({}, [
    { subject: 'x\r\nBcc: eve@evil.example\r\n\r\nbody', to: 'bob@acme.example\r\nX: y' },
  ]);
  expect(saw.messages).toEqual([]);
  expect(run({}, [{ subject: 'x\r\nBcc: eve@evil.example' }]).saw.messages[0]).toContain(
    'Subject: x Bcc: eve@evil.example\r\n',
  );
});

test.each([
  ['silent', {}, /connecting to Outgoing server \(SMTP\) mx\.far\.example failed/],
  [{}, { user: 'nobody@far.example' }, /There is no account nobody@far\.example/],
  [{}, { to: 'bob' }, /bob is not a valid email address because it is not of the form user@host/],
  [{}, { to: ' ' }, /No recipients were specified/],
  [{ offers: [] }, {}, /does not support the selected authentication method/],
  [
    { rules: [{ at: 'auth', reply: '535 5.7.8 Error: authentication failed:' }] },
    {},
    /Unable to authenticate to Outgoing server/,
  ],
  [
    { rcpt: '550 5.1.1 <bob@acme.example>: Recipient address rejected' },
    {},
    /The mail server responded: 550 5\.1\.1 .* Please check the message recipient "bob@acme\.example" and try again/,
  ],
  [{ mail: '553 5.7.1 not owned' }, {}, /Please verify that your email address is correct/],
  [{ cutAt: 'eod' }, {}, /was lost in the middle of the transaction/],
  [{ greeting: null }, {}, /timed out/],
] as [Script | 'silent', object, RegExp][])(
  'a submission to %o that fails says why',
  (script, command, words) => {
    const { world } = run(script, [command]);
    expect(failure(world)).toMatch(words);
    expect(world.seen('mua.message-submitted')).toEqual([]);
  },
);

function fetchWorld(commands: { uid: number; user?: string }[], conf = muaConf): TestWorld {
  const { world } = run('silent', [], conf);
  const text = `LHLO x\r\nMAIL FROM:<bob@acme.example>\r\nRCPT TO:<${user}>\r\nDATA\r\nMessage-ID: <2@acme.example>\r\nReferences: <1@x>\r\nSubject: hi\r\n\r\n\x80\xff\x00 {5}\r\n..\r\n.\r\nQUIT\r\n`;
  world.call(server, (os) => burst(os, { port: 24 }, text));
  for (const [i, { uid, user: other }] of commands.entries())
    world.input(world.now + (i + 1) * SECOND, {
      kind: 'mua.fetch',
      host: workstation,
      user: other ?? user,
      uid,
    });
  world.run(world.now + (commands.length + 40) * SECOND);
  return world;
}

test('mua.fetch lists the mailbox, and shows a message byte for byte', () => {
  const world = fetchWorld([{ uid: 0 }, { uid: 1 }]);
  expect(failure(world)).toBe('');
  expect(world.seen('mua.mailbox-listed')).toMatchObject([
    { user, folder: 'INBOX', messages: 1 },
    { messages: 1 },
  ]);
  const [shown] = world.seen('mua.message-fetched');
  expect(shown!.content).toEqual(world.seen('mailbox.message-appended')[0]!.content);
  expect(ascii.decode(shown!.content).endsWith('\r\n\r\n\x80\xff\x00 {5}\r\n.\r\n')).toBe(true);
});

test('a reply to a message that was read goes on with its References', () => {
  const world = fetchWorld([{ uid: 1 }]);
  const far = farEnd({ port: 587, offers: ['AUTH PLAIN'] });
  world.spawn(server, function* (os: Os): Proc<void> {
    far.boot(os);
  });
  world.input(world.now + SECOND, {
    kind: 'mua.send',
    host: workstation,
    user,
    to: 'b@acme.example',
    subject: 'Re',
    text: '',
    inReplyTo: '<2@acme.example>',
  });
  world.run(world.now + 40 * SECOND);
  expect(far.saw.messages[0]).toContain('References: <1@x>\r\n <2@acme.example>\r\n');
});

test.each([
  [[{ uid: 7 }], muaConf, /The message 7 is no longer in the folder INBOX/],
  [[{ uid: 0, user: 'x@y' }], muaConf, /There is no account x@y/],
  [
    [{ uid: 0 }],
    muaConf.replace('wonderland', 'wrong'),
    /Login to server mx\.far\.example with username alice@far\.example failed\. The server responded: Authentication failed\./,
  ],
  [[{ uid: 0 }], muaConf.replace(':143', ':144'), /Could not connect to mail server mx\.far\.example/],
] as [{ uid: number }[], string, RegExp][])('a fetch of %o that fails says why', (commands, conf, words) => {
  expect(failure(fetchWorld(commands, conf))).toMatch(words);
});

test.each([
  ['* OK hi\r\n* BYE going down\r\n'],
  ['HTTP/1.1 200 OK\r\n\r\n'],
  [`* OK ${'x'.repeat(100_000)}`],
  ['* OK hi\r\n* 1 FETCH (BODY[] {4000000000}\r\n'],
  ['* OK hi\r\n* 1 FETCH ((((\r\n'],
])('an IMAP server that says %.30j is given up', (text) => {
  const world = new TestWorld([
    {
      name: workstation,
      address: '192.0.2.10',
      boot: startMua,
      files: { '/etc/mua.conf': muaConf, '/etc/hosts': `192.0.2.1 ${server}\n` },
    },
    {
      name: server,
      address: '192.0.2.1',
      boot: (os) => {
        os.spawn('bad imap', function* (child): Proc<void> {
          const listener = child.listen({ port: 143 });
          const conn = listener === 'address in use' ? 'timeout' : yield* listener.accept();
          if (conn !== 'timeout') yield* conn.write(ascii.encode(text));
        });
      },
    },
  ]);
  world.input(SECOND, { kind: 'mua.fetch', host: workstation, user, uid: 0 });
  world.run(1000 * SECOND);
  expect(failure(world)).toMatch(/Server mx\.far\.example has disconnected/);
});
