/**
 * queue-host — plays a queue scenario: Postfix, a name server and the far ends are processes of one host
 *
 * Time 0 is the whole second in which the queue manager starts. Mail arrives by SMTP, operations are the
 * commands themselves.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import * as ascii from '../bytes/ascii.ts';
import * as utf8 from '../bytes/utf8.ts';
import { startPostfix } from '../daemons/postfix/master/master.ts';
import { BootedPartition } from '../hosts/boot.ts';
import { roles } from '../hosts/all-roles.ts';
import type { World } from '../hosts/world.ts';
import { NEVER, SECOND, type Connection, type Os, type Proc } from '../os/os.ts';
import { eventAt } from '../trace/batch.ts';
import type { TraceEvent } from '../trace/event.ts';

import { startFarEnd, type FarEndEvent, type FarEndListener } from './far-end.ts';
import { runLine, type Ran } from './shell-line.ts';
import { answerQueries, type Zones } from './zone-server.ts';

export interface QueueScenario {
  id: string;
  title: string;
  /** main.cf on top of the scenarios' common one */
  params: Record<string, string>;
  /** further services of master.cf */
  master?: string;
  dns: Zones;
  farEnd?: FarEndListener[];
  arrivals: Arrival[];
  operations?: { at: number; cmd: string; shell?: boolean }[];
  runFor: number;
}

export interface Arrival {
  at: number;
  /** local part of the Message-ID */
  label: string;
  from: string;
  /** "u{1..120}@a.example" stands for 120 */
  to: string[];
  count?: number;
  spacing?: number;
  mailOpt?: string;
  rcptOpt?: string;
  subject?: string;
  size?: number;
}

/** What a scenario did. */
export interface QueuePlayed {
  /** seconds, "postfix/smtp", text */
  log: { t: number; ident: string; text: string }[];
  far: FarEndEvent[];
  operations: ({ t: number; cmd: string } & Ran)[];
  /** queue id of each label */
  queueIds: Map<string, string>;
  events: TraceEvent[];
}

const startsAtUs = SECOND / 2; // in the recordings somewhere between 0.03 and 0.85 s
const farPort = 2600;
const inPort = 12700;
const folder = path.resolve('tests/conformance');
const hostName = 'mail.example.com';
/** has all the addresses that are not on loopback: nothing comes back from there */
const silentName = 'silent.example';

/** Plays a scenario to its end. */
export function playQueueScenario(scenario: QueueScenario): QueuePlayed {
  const played: QueuePlayed = { log: [], far: [], operations: [], queueIds: new Map(), events: [] };
  const booted = new BootedPartition({
    world: worldOf(scenario),
    seed: 1,
    runs: [0, 1],
    keepTrace: true,
    roles: {
      ...roles,
      outside: (os) => {
        if (os.hostName === hostName) boot(os, scenario, played);
      },
    },
  });
  booted.input(0, { kind: 'link.set', between: [hostName, silentName], fault: 'blackhole' });
  const { partition } = booted;
  partition.runUntil(Math.round(scenario.runFor * SECOND) + 1);
  const [failure] = partition.failures;
  if (failure !== undefined) throw new Error(`${failure.proc}: ${failure.stack}`);
  const chunk = partition.tracer.take();
  for (let i = 0; chunk !== null && i < chunk.count; i++) {
    const event = eventAt(chunk, i);
    played.events.push(event);
    if (event.kind === 'log.line-written')
      played.log.push({ t: event.at / SECOND, ident: event.ident, text: event.text });
  }
  return played;
}

function worldOf(scenario: QueueScenario): World {
  const main = readFileSync(path.join(folder, 'queue/queue.main.cf'), 'utf8');
  const services = readFileSync(path.join(folder, 'smtp/recorded/configs/services.master.cf'), 'utf8');
  const params = Object.entries(scenario.params).map(
    ([name, value]) => `${name} = ${String(value).replaceAll('${FARPORT}', String(farPort))}\n`,
  );
  const listener = `127.0.0.1:${inPort} inet n - y - - smtpd\n`;
  return {
    name: 'queue-scenario',
    title: scenario.title,
    startsAt: '2026-03-03T09:00:00Z',
    hosts: [
      {
        name: hostName,
        kind: 'outside',
        role: 'MTA',
        organisation: '',
        addresses: ['192.0.2.1'],
        at: { x: 0, y: 0 },
        files: {
          '/etc/postfix/main.cf': `${main}smtp_tcp_port = ${farPort}\n${params.join('')}`,
          '/etc/postfix/master.cf': `${listener}${services}${scenario.master ?? ''}`,
          '/etc/hosts': '127.0.0.1 localhost\n',
          '/etc/resolv.conf': 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n',
        },
      },
      {
        name: silentName,
        kind: 'outside',
        role: '',
        organisation: '',
        addresses: silentAddresses(scenario),
        at: { x: 1, y: 0 },
        files: {},
      },
    ],
    links: [{ between: [hostName, silentName], latencyUs: 1000 }],
    people: [],
    demo: [],
  };
}

function silentAddresses({ dns }: QueueScenario): string[] {
  const all = Object.values(dns).flatMap((records) => [records['A'] ?? []].flat());
  return ['192.0.2.2', ...new Set(all)].filter((address) => !address.startsWith('127.'));
}

function boot(os: Os, scenario: QueueScenario, played: QueuePlayed): void {
  os.spawn('zones', (child) => answerQueries(child, scenario.dns));
  for (const listener of scenario.farEnd ?? [])
    startFarEnd(os, { ...listener, port: listener.port ?? farPort }, (event) => played.far.push(event));
  os.spawn('boot', function* (child): Proc<void> {
    yield* child.sleepUntil(startsAtUs);
    startPostfix(child);
  });
  for (const arrival of scenario.arrivals)
    for (let i = 0; i < (arrival.count ?? 1); i++) {
      const label = arrival.count === undefined ? arrival.label : `${arrival.label}${i + 1}`;
      os.spawn('arrival', function* (child): Proc<void> {
        yield* child.sleepUntil(Math.round((arrival.at + (arrival.spacing ?? 0) * i) * SECOND));
        yield* submit(child, { ...arrival, label }, played);
      });
    }
  for (const operation of scenario.operations ?? [])
    os.spawn('operation', (child) => operate(child, operation, played));
}

function* operate(
  os: Os,
  { at, cmd, shell }: { at: number; cmd: string; shell?: boolean },
  { queueIds, operations }: QueuePlayed,
): Proc<void> {
  yield* os.sleepUntil(Math.round(at * SECOND));
  const line = cmd.replace(/\{QID:(\w+)\}/g, (_, label: string) => queueIds.get(label) ?? 'NONE');
  const ran = yield* runLine(os, line.replaceAll('{E}', '/etc/postfix'), shell === true);
  operations.push({ t: os.now() / SECOND, cmd, ...ran });
}

// As the recordings' runner submits: the next command after every reply, whatever it says.
function* submit(os: Os, arrival: Arrival, { queueIds }: QueuePlayed): Proc<void> {
  const conn = yield* os.connect({
    to: { address: '127.0.0.1', port: inPort },
    deadline: os.now() + 30 * SECOND,
  });
  if (typeof conn === 'string') return;
  for (const command of commandsOf(arrival)) {
    const reply = yield* readReply(conn);
    if (reply === null) return conn.close();
    const [, queueId] = /queued as (\S+)/.exec(reply) ?? [];
    if (queueId !== undefined) queueIds.set(arrival.label, queueId);
    yield* conn.write(utf8.encode(command));
  }
  while ((yield* readReply(conn)) !== null);
  conn.close();
}

function commandsOf({ label, from, to, ...arrival }: Arrival): string[] {
  const header = [
    `From: <${from || 'mailer@example.com'}>`,
    'To: undisclosed-recipients:;',
    `Subject: ${arrival.subject ?? label}`,
    `Message-ID: <${label}@scenario.example>`,
    'Date: Mon, 05 Jan 2015 10:00:00 +0000',
  ];
  const lines = Math.max(1, Math.floor((arrival.size ?? 300) / 72));
  const body = `${'x'.repeat(70)}\r\n`.repeat(lines);
  return [
    'EHLO scenario.example\r\n',
    `MAIL FROM:<${from}>${arrival.mailOpt ?? ''}\r\n`,
    ...to.flatMap(expanded).map((address) => `RCPT TO:<${address}>${arrival.rcptOpt ?? ''}\r\n`),
    'DATA\r\n',
    `${header.join('\r\n')}\r\n\r\n${body}.\r\n`,
    'QUIT\r\n',
  ];
}

function expanded(address: string): string[] {
  const range = /^(.*)\{(\d+)\.\.(\d+)\}(.*)$/.exec(address);
  if (range === null) return [address];
  const [, before, first, last, after] = range;
  const count = Number(last) - Number(first) + 1;
  return Array.from({ length: count }, (_, i) => `${before}${Number(first) + i}${after}`);
}

function* readReply(conn: Connection): Proc<string | null> {
  for (;;) {
    const line = yield* conn.readLine({ bytesMax: 4096, deadline: NEVER });
    if (typeof line === 'string') return null;
    const text = ascii.decode(line.bytes);
    if (text[3] !== '-') return text;
  }
}
