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

const eager = ['minimal_backoff_time = 10s', 'maximal_backoff_time = 20s', 'queue_run_delay = 10s', ''].join(
  '\n',
);

test('a rate limiter has tokens for two messages, and one more each minute', () => {
  const scene = new ReceiverScene('[rate-limit]\nburst = 2\nrefill = 60s\n', { mainCf: eager });
  for (let i = 0; i < 4; i++) scene.send(1 + i);
  scene.run(200);
  const sent = scene.attempts().filter((line) => line.includes(' sent '));
  // The first token was taken at 1 s: others are there from 61 s and 121 s on.
  expect(sent.map((line) => Number(line.split(' ')[0]))).toEqual([1, 2, 80, 140]);
  expect(scene.attempts()[2]).toBe(
    '3 deferred 4.7.1 host mx.far.example[203.0.113.25] said: 450 4.7.1 Error: too much mail from ' +
      'mail.acme.example[192.0.2.25] (in reply to MAIL FROM command)',
  );
  expect(scene.file('/var/lib/receiver/rate-limit')).toBe(
    '# bucket\ttokens\tnext token\ttaken\trefused\n192.0.2.25\t0\t2026-03-03T09:03:02Z\t4\t11\n',
  );
});

test('a limit of connections closes with 421, and Postfix calls that refused to talk to it', () => {
  const scene = new ReceiverScene('[rate-limit]\ncounts = connections\nburst = 1\nrefill = 1h\n');
  scene.send(1).send(10).run(60);
  expect(scene.attempts()[1]).toBe(
    '10 deferred 4.7.0 host mx.far.example[203.0.113.25] refused to talk to me: ' +
      '421 4.7.0 mx.far.example Error: too many connections from 192.0.2.25',
  );
});

test('a full mailbox is refused for good with 552', () => {
  const scene = new ReceiverScene('[quota]\nmailbox = 1k\nwhen_full = refuse\n');
  scene
    .send(1, { text: 'x'.repeat(300) })
    .send(10, { text: 'x'.repeat(600) })
    .run(60);
  expect(scene.attempts()).toContain(
    '10 bounced 5.2.2 host mx.far.example[203.0.113.25] said: 552 5.2.2 <bob@far.example>: Recipient address ' +
      'rejected: Quota exceeded (mailbox for user is full) (in reply to RCPT TO command)',
  );
});

test('a full mailbox with 452 takes the mail once there is room: when its file has been removed', () => {
  const scene = new ReceiverScene('[quota]\nmailbox = 1k\nwhen_full = defer\n', { mainCf: eager });
  scene.send(1, { text: 'x'.repeat(600) }).send(10, { text: 'x'.repeat(600) });
  scene.world.input(60e6, { kind: 'host.run', host: far, argv: ['rm', '/var/mail/bob@far.example'] });
  scene.run(200);
  const outcomes = scene.attempts().map((line) => line.split(' ').slice(0, 3).join(' '));
  expect(outcomes[0]).toBe('1 sent 2.0.0');
  expect(new Set(outcomes.slice(1, -1).map((line) => line.slice(3)))).toEqual(new Set(['deferred 4.2.2']));
  expect(outcomes.at(-1)).toMatch(/^[67]\d sent 2\.0\.0$/);
});

test('a tarpit answers later with each reply, and remembers what the client lost', () => {
  const scene = new ReceiverScene('[tarpit]\n').send(1).run(100);
  // 10 s before the greeting; 2, 3, 4, 5, 6 s before EHLO, MAIL, RCPT, DATA and the dot; 7 s before QUIT.
  expect(scene.attempts()).toEqual([expect.stringMatching(/^31 sent 2\.0\.0 250/)]);
  expect(scene.file('/var/lib/receiver/tarpit')).toBe(
    '# client\tconnections\theld now\tdelay now\treplies\theld in all\n192.0.2.25\t1\t0\t2s\t7\t37s\n',
  );
});

test('a tarpit that waits longer than smtp_connect_timeout and smtp_helo_timeout allow is given up', () => {
  const scene = new ReceiverScene('[tarpit]\ngreeting = 400s\n').send(1).run(600);
  expect(scene.attempts()).toEqual([
    '301 deferred 4.4.2 conversation with mx.far.example[203.0.113.25] timed out while receiving the initial ' +
      'server greeting',
  ]);
  expect(scene.log()).toContain('postfix/smtpd: lost connection from mail.acme.example[192.0.2.25]');
});

test('a stuttering tarpit sends a byte a second, and no timeout of Postfix for a read ends that', () => {
  const conf = '[tarpit]\ngreeting = 0s\ncommand = 0s\ngrowth = 0s\nstutter = 1s\n';
  const [attempt] = new ReceiverScene(conf).send(1).run(1000).attempts();
  expect(Number(attempt!.split(' ')[0])).toBeGreaterThan(200);
  expect(attempt).toContain(' sent 2.0.0 ');
});

test('a strict checker takes mail of a client that is who it says, and refuses others at RCPT', () => {
  const outcome = (mainCf: string, from?: string, reverse?: string): string | undefined => {
    const scene = new ReceiverScene('[strict]\n', {
      mainCf,
      files: { '/etc/hosts': '127.0.0.1 localhost\n' },
      ...(reverse === undefined ? {} : { reverse }),
    });
    return scene
      .send(1, from === undefined ? {} : { from })
      .run(60)
      .attempts()[0]
      ?.replace(/^1 \w+ \S+ host \S+ said: /, '');
  };
  expect(outcome('')).toMatch(/^1 sent/);
  expect(outcome('smtp_helo_name = localhost\n')).toBe(
    '504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname (in reply to RCPT TO command)',
  );
  expect(outcome('smtp_helo_name = nobody.nowhere.example\n')).toContain(
    '450 4.7.1 <nobody.nowhere.example>: Helo command rejected: Host not found',
  );
  expect(outcome('', 'alice@nowhere.example')).toContain(
    '450 4.1.8 <alice@nowhere.example>: Sender address rejected: Domain not found',
  );
  expect(outcome('', undefined, 'mx.far.example.')).toContain(
    '450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.25]',
  );
});

test('a strict checker refuses bare LF, who talks too early, pipelining behind DATA, and long lines', () => {
  const talk = (...pieces: string[]): string => {
    const said = new ReceiverScene('[strict]\n')
      .talk(...pieces)
      .trimEnd()
      .split('\r\n');
    return said.at(-1) === '(eof)' ? said.slice(-2).join(' ') : said.at(-1)!;
  };
  const hello = ['', 'EHLO mail.acme.example\r\n'];
  const mail = [...hello, 'MAIL FROM:<a@acme.example>\r\n', 'RCPT TO:<b@far.example>\r\n'];
  const content = (text: string): string[] => [...mail, 'DATA\r\n', `Subject: x\r\n\r\n${text}\r\n.\r\n`];
  expect(talk('EHLO x\r\n', '')).toBe('521 5.5.1 Protocol error (eof)');
  expect(talk('', 'EHLO x\n', '')).toBe('550 5.5.2 mx.far.example Error: bare <LF> received (eof)');
  expect(talk(...content('a\nb'))).toBe('550 5.5.2 mx.far.example Error: bare <LF> received');
  expect(talk(...mail, 'DATA\r\nSubject: x\r\n')).toContain(
    '503 5.5.0 <DATA>: Data command rejected: Improper use of SMTP command pipelining',
  );
  expect(talk(...content('x'.repeat(999)))).toBe('550 maximum allowed line length is 998 octets, got 999');
  expect(talk(...content('x'.repeat(998)))).toMatch(/^250 2\.0\.0 Ok: queued as/);
});

test('what is no SMTP is answered with the errors of Postfix, and 21 of them end the session', () => {
  const scene = new ReceiverScene('domains = far.example\nusers = bob\n');
  const said = scene.talk(
    ...['', 'MAIL FROM:<a@b.example>\r\n', 'HELO\r\n', 'HELO x\r\n', 'RCPT TO:<a@b.example>\r\n', 'DATA\r\n'],
    ...[
      'MAIL FROM:<a@b.example>\r\n',
      'DATA\r\n',
      'RCPT TO:<x@else.example>\r\n',
      'RCPT TO:<x@far.example>\r\n',
    ],
    'MAIL x\r\n',
    '\r\n',
    'QUIT\r\n',
  );
  expect(said.split('\r\n').slice(1, -1)).toEqual([
    '503 5.5.1 Error: send HELO/EHLO first',
    '501 Syntax: HELO hostname',
    '250 mx.far.example',
    '503 5.5.1 Error: need MAIL command',
    '503 5.5.1 Error: need RCPT command',
    '250 2.1.0 Ok',
    '554 5.5.1 Error: no valid recipients',
    '554 5.7.1 <x@else.example>: Relay access denied',
    '550 5.1.1 <x@far.example>: Recipient address rejected: User unknown in local recipient table',
    '503 5.5.1 Error: nested MAIL command',
    '502 5.5.2 Error: command not recognized',
    '221 2.0.0 Bye',
  ]);
  expect(new ReceiverScene('').talk('', 'x\r\n'.repeat(30), ...new Array<string>(24).fill(''))).toMatch(
    /421 4\.7\.0 .* too many errors/,
  );
});

test('scripted replies go by attempt, and a refusal in the greeting is tried again', () => {
  const conf = '[script]\nrcpt attempt 1-2 reply 450 4.3.0 Try me three times\n';
  const scene = new ReceiverScene(conf).send(1).run(1000);
  expect(scene.attempts().map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
    '1 deferred 4.3.0',
    '300 deferred 4.3.0',
    '600 sent 2.0.0',
  ]);
  expect(scene.file('/var/lib/receiver/script')).toContain('Try me three times\t2\t2026-03-03T09:05:00Z\n');
  expect(new ReceiverScene('[refuse]\n').send(1).run(60).attempts()).toEqual([
    '1 deferred 4.3.2 host mx.far.example[203.0.113.25] refused to talk to me: ' +
      '554 5.3.2 No SMTP service here',
  ]);
});

test('the configuration is read again when it is saved; a file with an error changes nothing', () => {
  const scene = new ReceiverScene('[dead]\n').send(1);
  const save = (at: number, text: string): void =>
    scene.world.input(at, { kind: 'file.write', host: far, path: '/etc/receiver.conf', text });
  save(20e6, '[deaf]\n');
  save(310e6, '[grey]');
  save(400e6, '[quota]'); // as long as the file before
  scene.run(1000);
  expect(scene.attempts().map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    '1 deferred',
    '300 deferred',
    '600 sent',
  ]);
  expect(scene.log().slice(0, 6)).toEqual([
    'receiver: ready: dead',
    expect.stringMatching(
      /^receiver: warning: \/etc\/receiver.conf, line 1: expected \[NAME\] with one of greylist, .* found "\[deaf\]"$/,
    ),
    'receiver: error: /etc/receiver.conf is not used, what was stays',
    expect.stringContaining('found "[grey]"'),
    'receiver: error: /etc/receiver.conf is not used, what was stays',
    'receiver: ready: quota',
  ]);
});
