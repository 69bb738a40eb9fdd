// Every listening port of every host of both worlds gets what no honest client sends. Afterwards nothing has failed, the
// connections are closed by the servers' own timeouts, nothing is kept, and mail still goes both ways.
import { describe, expect, test } from 'vitest';

import { worlds } from '../../lessons/worlds/index.ts';
import * as ascii from '../../workers/bytes/ascii.ts';
import { BootedPartition, outsideHostName } from '../../workers/hosts/boot.ts';
import { roles } from '../../workers/hosts/all-roles.ts';
import type { InputCommand } from '../../workers/input.ts';
import { withOutside } from '../../workers/node/bridge-world.ts';
import {
  HOUR,
  MINUTE,
  SECOND,
  type Connection,
  type Endpoint,
  type Os,
  type Proc,
} from '../../workers/os/os.ts';
import { encodeMessage as encodeDns, frameMessage, makeQuery } from '../../workers/protocols/dns/message.ts';
import { eventAt, kindAt } from '../../workers/trace/batch.ts';
import type { TraceEvent, TraceKind } from '../../workers/trace/event.ts';

/** More than the longest timeout of a server here: slapd's idletimeout of an hour. */
const patience = 2 * HOUR;

const watched: TraceKind[] = ['process.started', 'process.stopped', 'mailbox.message-appended'];

class Besieged {
  readonly booted: BootedPartition;
  readonly world;
  /** how each attack on each port ended */
  readonly ends: { port: string; attack: string; ended: string }[] = [];
  readonly appended: string[] = [];
  /** processes that run, by host and name */
  readonly running = new Map<string, number>();
  /** the most bytes that one connection held at any look */
  heldBytesMax = 0;
  clock = 0;

  constructor(name: string) {
    this.world = withOutside(
      worlds.find((world) => world.name === name)!,
      [],
    );
    const runs = this.world.hosts.map((_, index) => index);
    const testRoles = { ...roles, outside: () => undefined };
    this.booted = new BootedPartition({
      world: this.world,
      seed: 11,
      runs,
      keepTrace: true,
      roles: testRoles,
    });
  }

  /** What listens: "tcp mta1.acme.example:25" → where to connect to. */
  ports(protocol: 'tcp' | 'udp'): Map<string, Endpoint> {
    const found = new Map<string, Endpoint>();
    for (const { kernel, net } of this.booted.machines.map((machine) => machine!)) {
      if (kernel.name === outsideHostName) continue;
      const open = protocol === 'tcp' ? net.tcp.listening() : net.udp.bound();
      for (const { address, port } of open) {
        const isLoopback = address?.startsWith('127.') === true;
        const to = { address: isLoopback ? `${address}%${kernel.name}` : net.addresses[0]!, port };
        if (protocol === 'tcp' || port < 32768) found.set(`${kernel.name}:${port}`, to);
      }
    }
    return found;
  }

  attack(body: (os: Os) => Proc<unknown>): void {
    const machine = this.booted.machines.at(-1)!;
    const { index } = machine.kernel;
    this.booted.partition.input({
      at: this.clock + 1,
      host: index,
      accept: () => machine.os().spawn('attack', body),
    });
  }

  input(seconds: number, command: InputCommand): void {
    this.booted.input(this.clock + seconds * SECOND, command);
  }

  /** Runs on for a time, looking every 5 seconds at what the connections hold. */
  run(forUs: number): void {
    const { partition } = this.booted;
    const end = this.clock + forUs;
    while (this.clock < end) {
      const next = Math.max(partition.nextTime, this.clock + 5 * SECOND);
      this.clock = Math.min(end, next);
      partition.runUntil(this.clock + 1);
      for (const machine of this.booted.machines)
        for (const connection of machine!.net.tcp.connections())
          this.heldBytesMax = Math.max(
            this.heldBytesMax,
            connection.received.length + connection.pendingBytes,
          );
      const chunk = partition.tracer.take();
      for (let i = 0; chunk !== null && i < chunk.count; i++)
        if (watched.includes(kindAt(chunk, i))) this.#see(eventAt(chunk, i));
    }
    expect(partition.failures.map((f) => `${f.host} ${f.proc}: ${f.stack}`)).toEqual([]);
  }

  #see(event: TraceEvent): void {
    if (event.kind === 'mailbox.message-appended') this.appended.push(`${event.mailbox}: ${event.subject}`);
    if (event.kind !== 'process.started' && event.kind !== 'process.stopped') return;
    const host = this.world.hosts[event.hostIndex]!.name;
    // amavisd keeps its children: a pool of ten, whatever comes.
    if (host === outsideHostName || /^amavisd \(ch\d+\)$/.test(event.name)) return;
    const key = `${host} ${event.name}`;
    this.running.set(key, (this.running.get(key) ?? 0) + (event.kind === 'process.started' ? 1 : -1));
    if (this.running.get(key) === 0) this.running.delete(key);
  }

  connections(): string[] {
    return this.booted.machines.flatMap((machine) =>
      machine!.net.tcp
        .connections()
        .filter(({ role }) => role === 'server')
        .map(({ remote, local }) => `${machine!.kernel.name}:${local.port} ${remote.address} `),
    );
  }
}

function random(seed: number, length: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length }, () => (state = (state * 48271) % 0x7fffffff) >>> 7);
}

function bytes(...parts: (string | readonly number[] | Uint8Array)[]): Uint8Array {
  const all = parts.flatMap((part) => [...(typeof part === 'string' ? ascii.encode(part) : part)]);
  return Uint8Array.from(all);
}

const fourOctets = (value: number): number[] => [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff);

const sequence = (contents: Uint8Array): Uint8Array =>
  bytes([0x30, 0x84, ...fourOctets(contents.length)], contents);

/** A search whose filter is `depth` times (! …) around (a=*), with lengths of four octets. */
function deepSearch(depth: number): Uint8Array {
  const core = bytes([0x87, 1], 'a');
  const nested: number[] = [];
  for (let i = 0; i < depth; i++) {
    const inner = core.length + (depth - 1 - i) * 6;
    nested.push(0xa2, 0x84, ...fourOctets(inner));
  }
  const head = [4, 0, 0x0a, 1, 2, 0x0a, 1, 0, 2, 1, 0, 2, 1, 0, 1, 1, 0];
  const request = bytes(head, nested, core, [0x30, 0]);
  const length = fourOctets(request.length);
  return sequence(bytes([2, 1, 1, 0x63, 0x84], length, request));
}

const query = encodeDns(
  makeQuery({
    id: 7,
    question: { name: 'mta1.acme.example', type: 'MX', class: 1 },
    recursionDesired: true,
    edns: { udpPayloadBytes: 1232, version: 0, dnssecOk: false, options: [] },
  }),
);
const dnsHeader = [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
const pointers = [
  bytes(dnsHeader, [0xc0, 12], [0, 1, 0, 1]), // to itself
  bytes(dnsHeader, [1, 97, 0xc0, 12], [0, 1, 0, 1]), // to a label before it
  bytes(dnsHeader, [0xc0, 14, 0xc0, 12], [0, 1, 0, 1]), // to each other
  bytes(dnsHeader, [0xff, 0xff], [0, 1, 0, 1]), // past the end
  bytes([0, 7, 1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
];
const datagrams: readonly Uint8Array[] = [
  new Uint8Array(0),
  new Uint8Array(512),
  ...pointers,
  ...Array.from(query, (_, length) => query.slice(0, length)),
  ...[1, 2, 3, 4, 5, 6].map((seed) => random(seed, 40 * seed)),
  random(9, 60_000),
  bytes(
    dnsHeader,
    [63],
    'x'.repeat(63),
    [63],
    'x'.repeat(63),
    [63],
    'x'.repeat(63),
    [63],
    'x'.repeat(63),
    [0],
  ),
];

const search = deepSearch(1);
const simpleBind = bytes([0x30, 12, 2, 1, 1, 0x60, 7, 2, 1, 3, 4, 0, 0x80, 0]);
/** What is said, in pieces, before the attacker waits for the end. */
const streams: Readonly<Record<string, readonly Uint8Array[]>> = {
  'garbage 1': [random(1, 300)],
  'garbage 2': [random(2, 5000)],
  'garbage 3': [random(3, 70_000)],
  'garbage in lines': [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => bytes(random(seed, 60), '\r\n')),
  '100,000 bytes without a line end': [ascii.encode('x'.repeat(100_000))],
  '100,000 spaces': [ascii.encode(' '.repeat(100_000))],
  NULs: [new Uint8Array(3000), ascii.encode('\0\0\r\n\r\n\0'), new Uint8Array(100_000)],
  'carriage returns': [ascii.encode('\r'.repeat(50_000))],
  'line feeds': [ascii.encode('\n'.repeat(5000))],
  'half a BER message': [search.slice(0, search.length >> 1)],
  'BER of indefinite length': [bytes([0x30, 0x80, 2, 1, 1, 0x42, 0, 0, 0])],
  'BER of 2 GB': [bytes([0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 2, 1, 1])],
  'BER with a length of eight octets': [bytes([0x30, 0x88, 0, 0, 0, 0, 0, 0, 0, 5, 2, 1, 1, 0x42, 0])],
  'BER with a length past its frame': [bytes([0x30, 6, 2, 1, 1, 0x60, 0x7f, 0])],
  'BER nested 900 deep': [deepSearch(900)],
  'BER nested 40,000 deep': [deepSearch(40_000)],
  'BER sequences nested 20,000 deep': [
    sequence(bytes(...Array.from({ length: 20_000 }, () => [0x30, 0x80]))),
  ],
  'BER with a negative id': [bytes([0x30, 14, 2, 1, 0xff, 0x60, 9, 2, 1, 3, 4, 0, 0x80, 2, 0, 0])],
  'bind, then garbage': [simpleBind, random(4, 400)],
  'DNS with pointer loops': pointers.map((packet) => frameMessage(packet)),
  'DNS frame of length 0': [bytes([0, 0, 0, 0])],
  'DNS frame that promises 65535': [bytes([0xff, 0xff], query)],
  'IMAP literals without end': [
    ascii.encode('a LOGIN {4294967295}\r\n'),
    ascii.encode('b LOGIN {99999999999999999999}\r\n'),
    ascii.encode('c LOGIN {4096+}\r\n'),
  ],
  'IMAP parentheses': [
    ascii.encode(`a ${'('.repeat(8000)}\r\n`),
    ascii.encode(`b SEARCH ${'NOT '.repeat(1500)}\r\n`),
  ],
  'SMTP, very many errors': Array.from({ length: 40 }, () => ascii.encode('FOO\r\n')),
  'SMTP addresses': [
    ascii.encode('EHLO x.example\r\n'),
    ascii.encode(`MAIL FROM:<${'a'.repeat(1500)}>\r\n`),
    ascii.encode(`MAIL FROM:<${'"\\'.repeat(400)}@x>\r\n`),
    ascii.encode(`MAIL FROM:<${'@a,'.repeat(500)}:b@c>\r\n`),
    ascii.encode(`MAIL FROM:<${'('.repeat(900)}>\r\n`),
    bytes('MAIL FROM:<', [0xff, 0xfe, 0x80], '@x.example>\r\n'),
  ],
  'SMTP AUTH': [
    ascii.encode('EHLO x.example\r\nAUTH PLAIN ====\r\nAUTH PLAIN AA==\r\nAUTH LOGIN\r\n'),
    ascii.encode(`${'A'.repeat(20_000)}\r\n`),
  ],
  'half a DATA': halfData('smtp'),
  'half a DATA by LMTP': halfData('lmtp'),
};

function halfData(protocol: 'smtp' | 'lmtp'): Uint8Array[] {
  const to = ['bob@acme.example', 'alice@far.example', 'alice@post.example'];
  return [
    ascii.encode(protocol === 'smtp' ? 'EHLO x.example\r\n' : 'LHLO x.example\r\n'),
    ascii.encode('MAIL FROM:<mallory@far.example>\r\n'),
    ...to.map((address) => ascii.encode(`RCPT TO:<${address}>\r\n`)),
    ascii.encode('DATA\r\n'),
    ascii.encode(`Subject: half\r\n\r\n${'half a message\r\n'.repeat(5000)}`),
  ];
}

/** Reads until the server ends it. */
function* readToEnd(os: Os, conn: Connection): Proc<string> {
  const deadline = os.now() + patience;
  for (;;) {
    const got = yield* conn.read({ deadline });
    if (typeof got === 'string') return got;
  }
}

/** Sends the pieces 50 ms apart, then goes as `then` says. @returns how it ended */
function* storm(
  os: Os,
  to: Endpoint,
  pieces: readonly Uint8Array[],
  then: 'wait' | 'half-close' | 'reset' | 'never read',
): Proc<string> {
  const conn = yield* os.connect({ to, deadline: os.now() + 30 * SECOND });
  if (typeof conn === 'string') return conn;
  yield* os.sleepUntil(os.now() + SECOND);
  for (const piece of pieces) {
    const sent = yield* conn.write(piece, { deadline: os.now() + MINUTE });
    if (sent === 'reset') return sent;
    yield* os.sleepUntil(os.now() + 50_000);
  }
  if (then === 'never read') {
    yield* os.sleepUntil(os.now() + patience);
    conn.abort();
    return 'given up';
  }
  if (then === 'reset') {
    conn.abort();
    return 'reset';
  }
  if (then === 'half-close') conn.close();
  const ended = yield* readToEnd(os, conn);
  conn.close();
  return ended;
}

/** All attacks on one TCP port, one after the other. */
function* siege(os: Os, besieged: Besieged, port: string, to: Endpoint): Proc<void> {
  for (const then of ['wait', 'half-close', 'reset'] as const) {
    for (const [name, pieces] of [...Object.entries(streams), ['nothing', []] as const]) {
      const ended = yield* storm(os, to, pieces, then);
      besieged.ends.push({ port, attack: `${name}, ${then}`, ended });
    }
  }
  if (port.endsWith(':53')) {
    for (let length = 0; length < query.length; length++) {
      const ended = yield* storm(os, to, [frameMessage(query.slice(0, length))], 'half-close');
      besieged.ends.push({ port, attack: `DNS cut at ${length}`, ended });
    }
  }
}

/** Asks for as much as it can, and never reads a byte of it. */
const greedy: readonly Uint8Array[] = [
  ascii.encode('NOOP\r\n'.repeat(40)),
  ...Array.from({ length: 60 }, (_, i) => ascii.encode(`a${i} CAPABILITY\r\n`)),
  bytes(...Array.from({ length: 400 }, () => search)),
  bytes(...Array.from({ length: 2000 }, () => frameMessage(query))),
];

function* crowd(os: Os, besieged: Besieged, port: string, to: Endpoint): Proc<void> {
  let ended = 0;
  for (let i = 0; i < 200; i++)
    os.spawn('one of many', function* (child): Proc<void> {
      const conn = yield* child.connect({ to, deadline: child.now() + 30 * SECOND });
      if (typeof conn === 'string') return void ended++;
      yield* conn.write(ascii.encode('x'), { deadline: child.now() + SECOND });
      yield* child.sleepUntil(child.now() + MINUTE);
      if (i % 2 === 0) conn.close();
      else conn.abort();
      ended++;
    });
  yield* os.sleepUntil(os.now() + 5 * MINUTE);
  besieged.ends.push({ port, attack: '200 at once', ended: ended === 200 ? 'all ended' : `${ended} ended` });
}

function* barrage(os: Os, to: Endpoint): Proc<void> {
  const socket = os.udp();
  if (socket === 'address in use') return;
  for (const packet of datagrams) {
    socket.send({ to, bytes: packet });
    yield* os.sleepUntil(os.now() + 20_000);
  }
  socket.close();
}

describe.each(['two-islands', 'postcard'])('%s under attack', { timeout: 60_000 }, (name) => {
  const besieged = new Besieged(name);
  besieged.run(10 * SECOND);
  const tcp = besieged.ports('tcp');
  const runningBefore = new Map(besieged.running);

  test('no bytes make a server fail, and every connection is closed by the server', () => {
    for (const [port, to] of tcp) besieged.attack((os) => siege(os, besieged, port, to));
    for (const to of besieged.ports('udp').values()) besieged.attack((os) => barrage(os, to));
    besieged.run(14 * 24 * HOUR);
    const rounds = 3 * (Object.keys(streams).length + 1);
    const dns = [...tcp.keys()].filter((port) => port.endsWith(':53')).length;
    expect(tcp.size).toBeGreaterThan(3);
    expect(besieged.ends).toHaveLength(tcp.size * rounds + dns * query.length);
    const open = besieged.ends.filter(({ ended }) => ended !== 'eof' && ended !== 'reset');
    expect(open).toEqual([]);
  });

  test('who never reads, and 200 at once, hold nobody up for ever', () => {
    besieged.ends.length = 0;
    for (const [port, to] of tcp) {
      besieged.attack((os) => storm(os, to, greedy, 'never read'));
      besieged.attack((os) => crowd(os, besieged, port, to));
    }
    besieged.run(8 * HOUR);
    expect(besieged.ends.map(({ ended }) => ended)).toEqual([...tcp.keys()].map(() => 'all ended'));
  });

  test('nothing is kept: no connection, no process, no half message', () => {
    besieged.run(24 * HOUR);
    expect(besieged.connections()).toEqual([]);
    expect(new Map([...besieged.running].sort())).toEqual(new Map([...runningBefore].sort()));
    expect(besieged.heldBytesMax).toBeLessThan(300_000);
    for (const machine of besieged.booted.machines)
      for (const queue of ['incoming', 'incoming/.unfinished', 'active', 'deferred', 'hold'])
        expect(machine!.disk.list(`/var/spool/postfix/${queue}`)).toEqual([]);
    expect(besieged.appended).toEqual([]);
  });

  test('mail still goes its way', () => {
    const { people } = besieged.world;
    for (const [i, { address, host }] of people.entries()) {
      const to = people[1 - i]!.address;
      besieged.input(1, { kind: 'mua.send', host, user: address, to, subject: `to ${to}`, text: 'x\n' });
    }
    besieged.run(MINUTE);
    expect([...besieged.appended].sort()).toEqual(
      people.map(({ address }) => `${address}: to ${address}`).sort(),
    );
  });
});
