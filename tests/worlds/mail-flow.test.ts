// The worlds of the lessons, played: what reaches whose mailbox, and what happens when something is broken.
import { beforeAll, describe, expect, test } from 'vitest';

import { worlds } from '../../lessons/worlds/index.ts';
import * as ascii from '../../workers/bytes/ascii.ts';
import * as utf8 from '../../workers/bytes/utf8.ts';
import { BootedPartition } from '../../workers/hosts/boot.ts';
import { roles } from '../../workers/hosts/all-roles.ts';
import type { World } from '../../workers/hosts/world.ts';
import type { InputCommand } from '../../workers/input.ts';
import { MINUTE, SECOND, type Os, type Proc } from '../../workers/os/os.ts';
import { eventAt } from '../../workers/trace/batch.ts';
import type { TraceEvent, TraceKind } from '../../workers/trace/event.ts';

const alice = 'alice@far.example';
const bob = 'bob@acme.example';

class Played {
  readonly booted: BootedPartition;
  readonly events: TraceEvent[] = [];
  readonly world: World;

  constructor(name: string) {
    this.world = worlds.find((world) => world.name === name)!;
    const runs = this.world.hosts.map((_, index) => index);
    this.booted = new BootedPartition({ world: this.world, seed: 7, runs, keepTrace: true, roles });
  }
  at(seconds: number, command: InputCommand): this {
    this.booted.input(Math.round(seconds * SECOND), command);
    return this;
  }
  /** Starts a proc on a host after a second. */
  spawn(host: string, body: (os: Os) => Proc<void>): void {
    const machine = this.booted.machines.find((each) => each!.kernel.name === host)!;
    const { index } = machine.kernel;
    this.booted.partition.input({ at: SECOND, host: index, accept: () => machine.os().spawn('test', body) });
  }
  /** Alice writes to someone, at `seconds`. */
  write(seconds: number, to: string, subject: string): this {
    return this.at(seconds, {
      kind: 'mua.send',
      host: 'ws-alice.far.example',
      user: alice,
      to,
      subject,
      text: `${subject}.\n`,
    });
  }
  demo(): this {
    for (const { at, command } of this.world.demo) this.booted.input(at, command);
    return this;
  }
  run(seconds: number): this {
    this.booted.partition.runUntil(Math.round(seconds * SECOND));
    const chunk = this.booted.partition.tracer.take();
    if (chunk !== null) for (let i = 0; i < chunk.count; i++) this.events.push(eventAt(chunk, i));
    expect(this.booted.partition.failures.map((f) => `${f.host} ${f.proc}: ${f.stack}`)).toEqual([]);
    return this;
  }
  seen<K extends TraceKind>(kind: K): Extract<TraceEvent, { kind: K }>[] {
    return this.events.filter((event): event is Extract<TraceEvent, { kind: K }> => event.kind === kind);
  }
  mailboxes(): string[] {
    return this.seen('mailbox.message-appended').map(({ mailbox, subject }) => `${mailbox}: ${subject}`);
  }
  log(host: string): string[] {
    const index = this.world.hosts.findIndex(({ name }) => name === host);
    return this.seen('log.line-written')
      .filter((event) => event.hostIndex === index)
      .map(({ ident, text }) => `${ident}: ${text}`);
  }
  /** Queue files that are left, by host. */
  queued(): string[] {
    return this.booted.machines.flatMap((machine) =>
      ['incoming', 'incoming/.unfinished', 'active', 'deferred', 'hold'].flatMap((queue) =>
        machine!.disk.list(`/var/spool/postfix/${queue}`),
      ),
    );
  }
}

describe('two-islands, the demo', () => {
  let played: Played;
  beforeAll(() => {
    played = new Played('two-islands').demo().run(60);
  });

  test('mail goes both ways, waits for a cut link, goes by an alias, comes back when nobody has the name', () => {
    expect(played.mailboxes()).toEqual([
      `${bob}: Grüße, Bob! ✉`,
      `${alice}: Re: Grüße, Bob! ✉`,
      `${bob}: Later`,
      `${alice}: Undelivered Mail Returned to Sender`,
    ]);
    expect(played.queued()).toEqual([]);
    expect(played.seen('mua.failed')).toEqual([]);
  });

  test('Bob reads what Alice wrote, byte for byte, with the trail of every host', () => {
    const [fetched] = played.seen('mua.message-fetched');
    const text = new TextDecoder().decode(fetched!.content);
    const stations = [...text.matchAll(/^Received: from (\S+)/gm)].map((match) => match[1]);
    expect(stations).toEqual([
      'mta1.acme.example',
      'localhost',
      'mta1.acme.example',
      'mx.far.example',
      '[203.0.113.10]',
    ]);
    expect(text).toMatch(/\r\n\r\nHello Bob!\r\n\r\nÄÖÜ ß € 日本\r\n$/);
  });

  test('the recipient was looked up in the directory: domain, alias, transport', () => {
    const found = played
      .seen('lookup.answered')
      .filter(({ service, result }) => service === 'ldap' && result === 'found');
    expect(found.some(({ key, value }) => key === 'sales@acme.example' && value.includes(bob))).toBe(true);
    expect(
      found.some(({ key, value }) => key === bob && value.includes('lmtp:mbox1.acme.example:7025')),
    ).toBe(true);
    expect(found.some(({ key }) => key === 'acme.example')).toBe(true);
  });

  test('every event has a cause that leads to an input or to the boot of a host', () => {
    const byId = new Map(played.events.map((event) => [event.id, event]));
    for (const event of played.events) {
      if (event.kind === 'input.accepted' || event.kind === 'host.booted') continue;
      expect(byId.get(event.cause), `${event.kind} at ${event.at}`).toBeDefined();
      const cause = byId.get(event.cause)!;
      expect(cause.at).toBeLessThanOrEqual(event.at);
    }
  });

  test('the report tells Alice why, in the words of the other side', () => {
    const report = played.seen('mailbox.message-appended').at(-1)!;
    expect(new TextDecoder().decode(report.content)).toContain(
      'Diagnostic-Code: smtp; 550 5.1.1 <nobody@acme.example>: Recipient address\r\n    rejected: acme.example',
    );
    expect(report.sender).toBe('');
  });
});

describe('two-islands, in the logs', () => {
  test('the second queue file knows the first: orig_queue_id, Queue-ID', () => {
    const log = new Played('two-islands').write(1, bob, 'Once').run(20).log('mta1.acme.example');
    const first = log
      .map((line) => /^postfix\/smtpd: (\w+): client=mx\.far\.example/.exec(line)?.[1])
      .find(Boolean);
    expect(first).toBeDefined();
    expect(log).toContainEqual(
      expect.stringMatching(
        new RegExp(
          `^postfix/amavisd/smtpd: \\w+: client=localhost\\[127\\.0\\.0\\.1\\], orig_queue_id=${first}, ` +
            'orig_client=mx\\.far\\.example\\[203\\.0\\.113\\.25\\]$',
        ),
      ),
    );
    expect(log.some((line) => line.startsWith('amavis: ') && line.includes(`, Queue-ID: ${first}, `))).toBe(
      true,
    );
  });

  test('nobody asks the DNS who 127.0.0.1 is', () => {
    const played = new Played('two-islands').write(1, bob, 'Once').run(20);
    const packets = played
      .seen('udp.datagram-sent')
      .map(({ payload }) => new TextDecoder('latin1').decode(payload));
    expect(packets.length).toBeGreaterThan(10);
    expect(packets.filter((packet) => packet.includes('\x03127\x07in-addr'))).toEqual([]);
  });
});

test('at acme a bare "bob" is of the default domain, for IMAP as for submission', () => {
  const played = new Played('two-islands');
  const said: string[] = [];
  const talk = (address: string, port: number, lines: string): void =>
    played.spawn('ws-bob.acme.example', function* (os): Proc<void> {
      const conn = yield* os.connect({ to: { address, port }, deadline: os.now() + SECOND });
      if (typeof conn === 'string') return;
      yield* os.sleepUntil(os.now() + SECOND);
      yield* conn.write(ascii.encode(lines));
      yield* os.sleepUntil(os.now() + SECOND);
      const bytes = yield* conn.read({ deadline: os.now() + SECOND });
      if (typeof bytes !== 'string') said.push(ascii.decode(bytes));
      conn.close();
    });
  talk('192.0.2.40', 143, 'a LOGIN bob builder\r\n');
  talk('192.0.2.25', 587, `EHLO x.example\r\nAUTH PLAIN ${btoa('\0bob\0builder')}\r\n`);
  played.run(10);
  expect(said.sort()).toEqual([
    expect.stringContaining('\r\na OK [CAPABILITY'),
    expect.stringContaining('\r\n235 2.7.0 Authentication successful\r\n'),
  ]);
});

test('an address that needs SMTPUTF8 does not go to a site that does not offer it', () => {
  const played = new Played('two-islands');
  const lines = [
    'EHLO x.example',
    `AUTH PLAIN ${btoa('\0alice@far.example\0wonderland')}`,
    'MAIL FROM:<älice@far.example> SMTPUTF8',
    'RCPT TO:<bob@acme.example>',
    'DATA',
    'Subject: x\r\n\r\nx\r\n.',
    'QUIT',
  ];
  played.spawn('ws-alice.far.example', function* (os): Proc<void> {
    const conn = yield* os.connect({
      to: { address: '203.0.113.25', port: 587 },
      deadline: os.now() + SECOND,
    });
    if (typeof conn === 'string') return;
    for (const line of lines) {
      yield* os.sleepUntil(os.now() + SECOND);
      yield* conn.write(utf8.encode(`${line}\r\n`));
    }
    conn.close();
  });
  played.run(60);
  expect(played.seen('delivery.attempted')[0]).toMatchObject({
    recipient: bob,
    status: 'bounced',
    dsn: '5.6.7',
    text: 'SMTPUTF8 is required, but was not offered by host mta1.acme.example[192.0.2.25]',
  });
  expect(played.mailboxes()).toEqual([]);
  expect(played.queued()).toEqual([]);
});

describe('two-islands, broken', () => {
  test('with the directory down mail waits at the sender, and arrives when it is back', () => {
    const played = new Played('two-islands');
    played.at(1, { kind: 'host.stop', host: 'ldap1.acme.example' }).write(2, bob, 'Patience').run(100);
    expect(played.mailboxes()).toEqual([]);
    expect(played.seen('delivery.attempted')[0]).toMatchObject({ status: 'deferred', dsn: '4.3.0' });
    expect(played.seen('delivery.attempted')[0]!.text).toContain('451 4.3.0');
    played.at(120, { kind: 'host.start', host: 'ldap1.acme.example' }).run((15 * MINUTE) / SECOND);
    expect(played.mailboxes()).toEqual([`${bob}: Patience`]);
  });

  test('with the mailstore stopped mail waits at the MTA', () => {
    const played = new Played('two-islands');
    played.at(1, { kind: 'host.stop', host: 'mbox1.acme.example' }).write(2, bob, 'Wait').run(200);
    expect(played.seen('delivery.attempted').find(({ transport }) => transport === 'lmtp')).toMatchObject({
      status: 'deferred',
      dsn: '4.4.1',
    });
    played
      .at(210, { kind: 'host.start', host: 'mbox1.acme.example' })
      .at(220, { kind: 'queue.flush', host: 'mta1.acme.example' })
      .run(300);
    expect(played.mailboxes()).toEqual([`${bob}: Wait`]);
    expect(played.queued()).toEqual([]);
  });

  test('whenever the MTA crashes, what it acknowledged arrives, once or more, never less', () => {
    const crashes = [2.3, 2.345, 2.3482, 2.351, 2.37, 2.375, 2.4];
    for (const crash of crashes) {
      const played = new Played('two-islands').write(2 - 1, bob, 'warm').write(2, bob, 'Crash');
      played
        .at(crash, { kind: 'host.crash', host: 'mta1.acme.example' })
        .at(crash + 5, { kind: 'host.start', host: 'mta1.acme.example' });
      played.run((30 * MINUTE) / SECOND);
      expect(
        played.mailboxes().filter((entry) => entry === `${bob}: Crash`).length,
        `crash at ${crash} s`,
      ).toBeGreaterThan(0);
      expect(played.queued(), `crash at ${crash} s`).toEqual([]);
    }
  });

  test('a sender at acme submits with a password that is checked by binding to the directory', () => {
    const played = new Played('two-islands');
    played
      .at(1, {
        kind: 'mua.send',
        host: 'ws-bob.acme.example',
        user: bob,
        to: alice,
        subject: 'Out',
        text: 'x\n',
      })
      .run(30);
    expect(played.mailboxes()).toEqual([`${alice}: Out`]);
    expect(played.log('ldap1.acme.example').some((line) => /BIND dn="uid=bob,/.test(line))).toBe(true);
    expect(
      played
        .log('mta1.acme.example')
        .some((line) =>
          /^postfix\/submission\/smtpd: .*sasl_method=PLAIN, sasl_username=bob@acme.example$/.test(line),
        ),
    ).toBe(true);
  });
});

describe('postcard', () => {
  test('a mail between two users of one host', () => {
    const played = new Played('postcard').demo().run(60);
    expect(played.mailboxes()).toEqual(['bob@post.example: A postcard – für Bob']);
    expect(played.seen('mua.message-fetched')).toHaveLength(1);
    expect(played.queued()).toEqual([]);
  });
});
