import { describe, expect, test } from 'vitest';

import * as ascii from '../../../../workers/bytes/ascii.ts';
import { startPostfix } from '../../../../workers/daemons/postfix/master/master.ts';
import { named } from '../../../../workers/daemons/named/named.ts';
import { NEVER, SECOND, type Os, type Proc } from '../../../../workers/os/os.ts';
import { farEnd } from '../../far-end.ts';
import { TestWorld } from '../../../simulate.ts';

const host = 'mail.example.com';
const mainCf = `compatibility_level = 3.6
mydestination = $myhostname, localhost, local.example
mynetworks = 127.0.0.0/8
smtpd_peername_lookup = no
minimal_backoff_time = 60s
queue_run_delay = 60s
`;
const masterCf = `smtp inet n - y - - smtpd
[127.0.0.1]:10025 inet n - y - 1 smtpd
  -o syslog_name=postfix/again -o content_filter=
smtp unix - - y - - smtp
filter unix - - y - - smtp
  -o syslog_name=postfix/filter
lmtp unix - - y - - lmtp
local unix - - y - - local
virtual unix - - y - - virtual
error unix - - y - - error
retry unix - - y - - error
discard unix - - y - - discard
relay unix - - y - - smtp
`;
const zone =
  '$TTL 300\n@ IN SOA ns.example. root.example. 1 300 300 300 300\n@ IN NS ns.example.\nns IN A 192.0.2.53\nfar IN MX 10 mx.far\nmx.far IN A 192.0.2.9\n';

function worldOf(extra = '', files: Record<string, string> = {}) {
  const far = farEnd({ name: 'mx.far.example', lmtp: false, rules: [] });
  const world = new TestWorld([
    {
      name: host,
      address: '192.0.2.1',
      boot: startPostfix,
      files: {
        '/etc/postfix/main.cf': mainCf + extra,
        '/etc/postfix/master.cf': masterCf,
        '/etc/resolv.conf': 'nameserver 192.0.2.53\n',
        '/etc/aliases':
          'postmaster: alice\nteam: alice, bob@far.example\nnobody: |cmd\nring: ring2\nring2: ring\n',
        '/etc/passwd': 'alice:x:1000:1000::/home/alice:/bin/sh\n',
        ...files,
      },
    },
    {
      name: 'ns.example',
      address: '192.0.2.53',
      boot: (os) => void os.spawn('named', named),
      files: {
        '/etc/bind/named.conf': 'zone "example" { type primary; file "/etc/bind/example.zone"; };\n',
        '/etc/bind/example.zone': zone,
      },
    },
    { name: 'mx.far.example', address: '192.0.2.9', boot: far.boot },
  ]);
  return { world, far };
}

/** Speaks SMTP line by line from the host itself; returns the replies. */
function* speak(os: Os, lines: string[], port = 25): Proc<string[]> {
  const conn = yield* os.connect({ to: { address: '127.0.0.1', port }, deadline: os.now() + 30 * SECOND });
  if (typeof conn === 'string') return [conn];
  const replies: string[] = [];
  for (const line of [null, ...lines]) {
    if (line !== null) yield* conn.write(ascii.encode(`${line}\r\n`));
    if (line !== null && /^(Subject|\r|$|text|Delivered-To)/i.test(line)) continue;
    for (;;) {
      const reply = yield* conn.readLine({ bytesMax: 2048, deadline: NEVER });
      if (typeof reply === 'string') return [...replies, reply];
      const text = ascii.decode(reply.bytes);
      if (text[3] === '-') continue;
      replies.push(text);
      break;
    }
  }
  return replies;
}

function send(world: TestWorld, to: string[], from = 's@far.example'): string[] {
  const rcpt = to.map((address) => `RCPT TO:<${address}>`);
  const lines = [
    'EHLO client.example',
    `MAIL FROM:<${from}>`,
    ...rcpt,
    'DATA',
    'Subject: hi',
    '',
    'text',
    '.',
    'QUIT',
  ];
  return world.call(host, (os) => speak(os, lines));
}

const masked = (lines: string[]): string[] =>
  lines.map((line) => line.replace(/\b[0-9A-F]{8,11}\b/g, 'QID').replace(/delays?=[\d./]+/g, 'd'));
const sent = (world: TestWorld) =>
  world
    .seen('delivery.attempted')
    .map(({ recipient, status, transport, text }) => `${recipient} ${transport} ${status} ${text}`);

describe('a Postfix', () => {
  test('logs that it started, takes a message on 25, and relays it to the MX of the domain', () => {
    const { world, far } = worldOf();
    expect(send(world, ['bob@far.example'])).toEqual([
      expect.stringMatching(/^220 mail.example.com ESMTP Postfix/),
      '250 CHUNKING',
      '250 2.1.0 Ok',
      '250 2.1.5 Ok',
      '354 End data with <CR><LF>.<CR><LF>',
      expect.stringMatching(/^250 2.0.0 Ok: queued as [0-9A-F]+$/),
      '221 2.0.0 Bye',
    ]);
    world.run(20 * SECOND);
    expect(far.saw.messages).toHaveLength(1);
    const lines = masked(world.logLines(host));
    expect(lines[0]).toBe('postfix/master: daemon started -- version 3.7.11, configuration /etc/postfix');
    expect(lines).toContain('postfix/cleanup: QID: message-id=<20260303090000.QID@mail.example.com>');
    expect(lines.at(-1)).toBe('postfix/qmgr: QID: removed');
  });

  test('mail that comes back to an address it was delivered to is a loop', () => {
    const { world } = worldOf('local_recipient_maps =\n');
    const lines = (seen: string): string[] => [
      'EHLO client.example',
      'MAIL FROM:<s@far.example>',
      'RCPT TO:<alice@local.example>',
      'DATA',
      'Subject: hi',
      `DELIVERED-TO: ${seen}`,
      '',
      'Delivered-To: alice@local.example',
      '.',
      'QUIT',
    ];
    for (const seen of ['Alice@Local.example', 'bob@local.example'])
      world.call(host, (os) => speak(os, lines(seen)));
    world.run(20 * SECOND);
    expect(sent(world).filter((line) => line.startsWith('alice'))).toEqual([
      'alice@local.example local bounced mail forwarding loop for alice@local.example',
      'alice@local.example local sent delivered to mailbox',
    ]);
  });

  test('its trace names recipients one a line: an address may hold a comma', () => {
    const { world } = worldOf();
    send(world, ['"a, b"@far.example', 'c@far.example']);
    expect(world.seen('queue.message-entered')[0]!.recipients.split('\n')).toEqual([
      'a, b@far.example', // without quotes inside Postfix
      'c@far.example',
    ]);
  });

  test('mail for no transport is deferred, also when master.cf has no retry service', () => {
    const { world } = worldOf('transport_maps = inline:{far.example=nosuch:}\n', {
      '/etc/postfix/master.cf': masterCf.replace(/^(?:retry|error) .*\n/gm, ''),
    });
    send(world, ['bob@far.example']);
    world.run(20 * SECOND);
    expect(sent(world)).toEqual(['bob@far.example retry deferred mail transport unavailable']);
  });

  test('local mail follows aliases to a mailbox file, or elsewhere in a new message', () => {
    const { world, far } = worldOf('alias_maps = hash:/etc/aliases\nlocal_recipient_maps =\n');
    send(world, [
      'postmaster',
      'team@local.example',
      'ghost@local.example',
      'nobody@local.example',
      'ring@local.example',
    ]);
    world.run(30 * SECOND);
    expect(sent(world)).toEqual(
      expect.arrayContaining([
        'alice@mail.example.com local sent delivered to mailbox',
        expect.stringMatching(/^team@local.example local sent forwarded as [0-9A-F]+$/),
        'ghost@local.example local bounced unknown user: "ghost"',
        expect.stringMatching(/^bob@far.example smtp sent/),
      ]),
    );
    const mailbox = ascii.decode(world.machine(host).disk.read('/var/mail/alice')!);
    expect(mailbox).toMatch(
      /^From s@far.example {2}Tue Mar {2}3 09:00:00 2026\nReturn-Path: <s@far.example>\nX-Original-To: postmaster\nDelivered-To: alice@mail.example.com\nReceived: /,
    );
    expect(far.saw.messages.length).toBe(2); // the forwarded one and the bounce
  });

  test('user+extension goes to the user, or to the alias of the user', () => {
    const { world } = worldOf('alias_maps = hash:/etc/aliases\nrecipient_delimiter = +\n');
    const replies = send(world, [
      'alice+list@local.example',
      'postmaster+x@local.example',
      'ghost+x@local.example',
    ]);
    expect(replies.filter((reply) => reply.startsWith('550'))).toHaveLength(1);
    world.run(20 * SECOND);
    const mailbox = ascii.decode(world.machine(host).disk.read('/var/mail/alice')!);
    expect(mailbox.match(/^Delivered-To: .*$/gm)).toEqual([
      'Delivered-To: alice+list@local.example',
      'Delivered-To: alice@mail.example.com',
    ]);
  });

  test('a content filter takes all recipients, and what comes back goes its own way', () => {
    const filtered = 'content_filter = filter:[192.0.2.9]:25\n';
    const { world, far } = worldOf(filtered);
    send(world, ['a@far.example', 'alice@local.example']);
    world.run(20 * SECOND);
    expect(sent(world).map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'a@far.example filter sent',
      'alice@local.example filter sent',
    ]);
    expect(far.saw.messages).toHaveLength(1);
    expect(world.logLines(host).some((line) => line.startsWith('postfix/filter/smtp: '))).toBe(true);
  });

  test('a stopped host comes up with its queue, a crashed one too', () => {
    for (const kind of ['host.stop', 'host.crash'] as const) {
      const { world, far } = worldOf();
      world.input(SECOND, { kind: 'link.set', between: [host, 'mx.far.example'], fault: 'down' });
      world.run(2 * SECOND);
      send(world, ['bob@far.example']);
      world.run(60 * SECOND);
      expect(sent(world)[0]).toContain('deferred');
      world.input(61 * SECOND, { kind, host });
      world.input(62 * SECOND, { kind: 'link.set', between: [host, 'mx.far.example'], fault: '' });
      world.input(63 * SECOND, { kind: 'host.start', host });
      world.run(400 * SECOND);
      expect(far.saw.messages, kind).toHaveLength(1);
      expect(world.logLines(host).includes('postfix/master: terminating on signal 15')).toBe(
        kind === 'host.stop',
      );
    }
  });

  test('postqueue -f tries deferred mail at once', () => {
    const { world, far } = worldOf('minimal_backoff_time = 1h\n');
    world.input(SECOND, { kind: 'link.set', between: [host, 'mx.far.example'], fault: 'down' });
    world.run(2 * SECOND);
    send(world, ['bob@far.example']);
    world.input(100 * SECOND, { kind: 'link.set', between: [host, 'mx.far.example'], fault: '' });
    world.input(101 * SECOND, { kind: 'queue.flush', host });
    world.run(110 * SECOND);
    expect(far.saw.messages).toHaveLength(1);
  });

  test('at the process limit of a service clients wait', () => {
    const { world } = worldOf();
    world.spawn(host, (os) => speak(os, ['EHLO one'], 10025));
    world.run(5 * SECOND);
    let greeted = false;
    world.spawn(host, function* (os): Proc<void> {
      yield* speak(os, ['EHLO two'], 10025);
      greeted = true;
    });
    world.run(10 * SECOND);
    expect(greeted).toBe(false);
    expect(world.logLines(host)).toContain(
      'postfix/master: warning: service "[127.0.0.1]:10025" (10025) has reached its process limit "1": new clients may experience noticeable delays',
    );
  });

  test('a damaged main.cf stops Postfix with a reason', () => {
    const { world } = worldOf('nonsense\n');
    world.run(SECOND);
    expect(world.logLines(host)).toEqual([
      'postfix/master: fatal: /etc/postfix/main.cf, line 7: missing \'=\' after attribute name: "nonsense"',
    ]);
  });
});
