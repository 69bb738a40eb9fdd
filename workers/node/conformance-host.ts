/**
 * conformance-host — one simulated host as the recordings were made on: Postfix with a given profile, a name
 * server with the recorded records on 127.0.0.1, and the sinks that mail is relayed to
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import * as ascii from '../bytes/ascii.ts';
import { secure } from '../daemons/clients/tls-connection.ts';
import { startPostfix } from '../daemons/postfix/master/master.ts';
import { BootedPartition } from '../hosts/boot.ts';
import { roles } from '../hosts/all-roles.ts';
import type { World } from '../hosts/world.ts';
import { MILLISECOND, SECOND, type Connection, type Os, type Proc } from '../os/os.ts';
import { tlsClient } from '../protocols/tls/index.ts';
import { eventAt } from '../trace/batch.ts';

import {
  playCase,
  shown,
  type Answer,
  type CaseResult,
  type Operation,
  type SinkMessage,
  type SmtpCase,
} from './conformance-case.ts';
import { answerQueries, type Zones } from './zone-server.ts';

const hostName = 'mail.example.com';
const certificates = path.resolve('tests/protocols/tls/certificates');
const limitUs = 120 * SECOND;

interface Recorded {
  folder: string;
  config: string;
  port: number;
  parameters?: Record<string, string>;
}

/** The host, to play cases against. */
export class ConformanceHost {
  readonly #booted: BootedPartition;
  readonly #port: number;
  readonly #inbox: SinkMessage[] = [];
  #now = 0;

  /**
   * @param folder with cases/, configs/, zones.json. @param config name of the main.cf
   * @param parameters what main.cf says beside
   */
  constructor({ folder, config, port, parameters = {} }: Recorded) {
    this.#port = port;
    const zones = JSON.parse(readFileSync(path.join(folder, 'zones.json'), 'utf8')) as Zones;
    const world: World = {
      name: 'conformance',
      title: 'conformance',
      startsAt: '2026-03-03T09:00:00Z',
      hosts: [
        {
          name: hostName,
          kind: 'outside',
          role: '',
          organisation: '',
          addresses: ['192.0.2.10'],
          at: { x: 0, y: 0 },
          files: hostFiles(folder, config, parameters),
        },
      ],
      links: [],
      people: [],
      demo: [],
    };
    const boot = (os: Os): void => {
      os.spawn('zones', (child) => answerQueries(child, zones));
      for (const [index, kind] of (['esmtp', 'plain', 'lmtp'] as const).entries())
        os.spawn('sink', (child) => acceptMail(child, { port: 12601 + index, kind, inbox: this.#inbox }));
      startPostfix(os);
    };
    this.#booted = new BootedPartition({
      world,
      seed: 1,
      runs: [0],
      keepTrace: true,
      roles: { ...roles, outside: boot },
    });
    this.#run(SECOND);
  }

  /** Plays one case to its end. */
  play(test: SmtpCase): CaseResult {
    const game = playCase(test);
    let result: CaseResult | null = null;
    this.spawn('case', (os) =>
      drive(os, { game, port: this.#port, inbox: this.#inbox, done: (end) => (result = end) }),
    );
    const end = this.#now + limitUs;
    while (result === null && this.#booted.partition.nextTime <= end)
      this.#run(this.#booted.partition.nextTime);
    this.#run(this.#now + SECOND);
    const ended = result as CaseResult | null;
    if (ended !== null) return ended;
    return { id: test.id, differences: [{ step: 0, kind: 'code', text: 'did not end' }], transcript: [] };
  }

  /** Virtual time of the next event. */
  get nextTime(): number {
    return this.#booted.partition.nextTime;
  }
  get now(): number {
    return this.#now;
  }

  /** Starts a proc on the host at the next instant. */
  spawn(name: string, body: (os: Os) => Proc<unknown>): void {
    const machine = this.#booted.machines[0]!;
    const accept = (): void => void machine.os().spawn(name, body);
    this.#booted.partition.input({ at: this.#now + 1, host: 0, accept });
  }

  /** Runs to a virtual time. */
  runUntil(until: number): void {
    if (until > this.#now) this.#run(until);
  }

  /** Lines of mail.log since the last call: "ident: text". */
  takeLog(): string[] {
    const chunk = this.#booted.partition.tracer.take();
    if (chunk === null) return [];
    const lines: string[] = [];
    for (let i = 0; i < chunk.count; i++) {
      const event = eventAt(chunk, i);
      if (event.kind === 'log.line-written') lines.push(`${event.ident}[${event.pid}]: ${event.text}`);
    }
    return lines;
  }

  #run(until: number): void {
    this.#booted.partition.runUntil(until + 1);
    this.#now = until;
    const [failure] = this.#booted.partition.failures;
    if (failure !== undefined) throw new Error(`${failure.proc}: ${failure.stack}`);
  }
}

// Files as the reference instance had them.
function hostFiles(
  folder: string,
  config: string,
  parameters: Record<string, string>,
): Record<string, string> {
  const maps = path.join(folder, 'configs/maps');
  const text = (name: string): string =>
    readFileSync(path.join(folder, 'configs', name), 'utf8')
      .replaceAll('@MAPS@', '/etc/postfix/maps')
      .replaceAll('@B@', '/etc/postfix');
  const changes = Object.entries(parameters)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('')
    .replaceAll('@MAPS@', '/etc/postfix/maps');
  return {
    '/etc/postfix/main.cf': text(`${config}.main.cf`) + changes,
    '/etc/postfix/master.cf': text(`${config}.master.cf`) + text('services.master.cf'),
    '/etc/hosts': '127.0.0.1 localhost\n',
    '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\npostfix:x:101:103::/var/spool/postfix:/usr/sbin/nologin\n',
    '/etc/resolv.conf': 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n',
    '/etc/postfix/sasl/smtpd.conf':
      'pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: LOGIN PLAIN\n',
    ...Object.fromEntries(
      [
        ['smtpd.crt', 'mail.example.com.pem'],
        ['smtpd.key', 'mail.example.com.key'],
      ].map(([name, file]) => [
        `/etc/postfix/run/tls/${name}`,
        readFileSync(path.join(certificates, file!), 'utf8'),
      ]),
    ),
    '/etc/sasldb-users': 'alice@example.com:secret1\nbob@example.com:secret2\n',
    ...Object.fromEntries(
      readdirSync(maps).map((name) => [
        `/etc/postfix/maps/${name}`,
        readFileSync(path.join(maps, name), 'utf8'),
      ]),
    ),
  };
}

interface Play {
  game: Generator<Operation, CaseResult, Answer>;
  port: number;
  inbox: SinkMessage[];
  done: (result: CaseResult) => void;
}

// Does what the case wants, as a client on the host itself.
function* drive(os: Os, { game, port, inbox, done }: Play): Proc<void> {
  let conn: Connection | null = null;
  let answer: Answer = null;
  for (;;) {
    const next = game.next(answer);
    if (next.done === true) return done(next.value);
    const operation = next.value;
    if (operation.kind === 'connect') {
      const from = operation.from === null ? {} : { from: operation.from };
      const made = yield* os.connect({
        to: { address: '127.0.0.1', port },
        deadline: os.now() + 5 * SECOND,
        ...from,
      });
      conn = typeof made === 'string' ? null : made;
      answer = conn !== null;
    } else if (operation.kind === 'starttls') {
      const engine = tlsClient({ random: os.random, serverName: '' });
      const deadline = os.now() + operation.timeoutMs * MILLISECOND;
      const secured = yield* secure(conn!, engine, { deadline });
      if ('failure' in secured) answer = `${secured.failure} ${secured.reason}`;
      else {
        conn = secured;
        answer = '';
      }
    } else answer = yield* perform(os, conn!, operation, inbox);
  }
}

function* perform(os: Os, conn: Connection, operation: Operation, inbox: SinkMessage[]): Proc<Answer> {
  switch (operation.kind) {
    case 'now':
      return os.now() / MILLISECOND;
    case 'sleep':
      yield* os.sleepUntil(os.now() + operation.ms * MILLISECOND);
      return null;
    case 'write':
      yield* conn.write(operation.bytes, { deadline: os.now() + 3 * SECOND });
      return null;
    case 'read-line': {
      const line = yield* conn.readLine({
        deadline: os.now() + operation.timeoutMs * MILLISECOND,
        bytesMax: 65536,
      });
      if (typeof line === 'string') return line === 'timeout' ? null : 'closed';
      return ascii.decode(line.bytes) + (line.ending === 'crlf' ? '\r\n' : '\n');
    }
    case 'end':
      conn.close();
      return null;
    case 'destroy':
      conn.abort();
      return null;
    case 'delivered': {
      const deadline = os.now() + operation.timeoutMs * MILLISECOND;
      for (;;) {
        const index = inbox.findIndex((message) => message.recipients.includes(operation.to));
        if (index >= 0) return inbox.splice(index, 1)[0]!;
        if (os.now() >= deadline) return null;
        yield* os.sleepUntil(os.now() + 10 * MILLISECOND);
      }
    }
    case 'connect':
    case 'starttls':
      return false;
  }
}

interface Sink {
  port: number;
  kind: 'esmtp' | 'plain' | 'lmtp';
  inbox: SinkMessage[];
}

function* acceptMail(os: Os, sink: Sink): Proc<void> {
  const listener = os.listen({ port: sink.port, address: '127.0.0.1' });
  if (listener === 'address in use') return;
  for (;;) {
    const conn = yield* listener.accept();
    if (conn !== 'timeout') os.spawn('sink', (child) => receiveMail(child, conn, sink));
  }
}

const sinkOffers = [
  'sink.example',
  'PIPELINING',
  'SIZE 52428800',
  '8BITMIME',
  'DSN',
  'SMTPUTF8',
  'ENHANCEDSTATUSCODES',
];

function* receiveMail(os: Os, conn: Connection, { kind, inbox }: Sink): Proc<void> {
  const say = (text: string): Proc<unknown> => conn.write(ascii.encode(`${text}\r\n`));
  let [commands, recipients]: [string[], string[]] = [[], []];
  yield* say(`220 sink.example ${kind === 'plain' ? 'SMTP' : kind.toUpperCase()} Sink`);
  for (;;) {
    const line = yield* readText(os, conn);
    if (line === null) return conn.close();
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO' || verb === 'LHLO')
      yield* say(
        kind === 'plain'
          ? '502 5.5.1 not here'
          : sinkOffers.map((offer, i) => `250${i < sinkOffers.length - 1 ? '-' : ' '}${offer}`).join('\r\n'),
      );
    else if (verb === 'HELO') yield* say('250 sink.example');
    else if (verb === 'MAIL') {
      [commands, recipients] = [[shown(line)], []];
      yield* say('250 2.1.0 Ok');
    } else if (verb === 'RCPT') {
      commands.push(shown(line));
      recipients.push(/<(.*)>/.exec(line)?.[1] ?? '');
      yield* say('250 2.1.5 Ok');
    } else if (verb === 'DATA') {
      yield* say('354 Go');
      let text = '';
      for (let more = yield* readText(os, conn); more !== '.'; more = yield* readText(os, conn)) {
        if (more === null) return conn.close();
        text += `${more}\r\n`;
      }
      inbox.push({ kind, commands, recipients, text: shownText(text) });
      yield* say(
        kind === 'lmtp' ? recipients.map((name) => `250 2.1.5 ${name} Ok`).join('\r\n') : '250 2.0.0 Ok',
      );
    } else yield* say(verb === 'QUIT' ? '221 2.0.0 Bye' : '250 2.0.0 Ok');
    if (verb === 'QUIT') return conn.close();
  }
}

function shownText(text: string): string {
  return text.split('\r\n').map(shown).join('\r\n');
}

function* readText(os: Os, conn: Connection): Proc<string | null> {
  const line = yield* conn.readLine({ deadline: os.now() + 600 * SECOND, bytesMax: 1 << 20 });
  return typeof line === 'string' ? null : ascii.decode(line.bytes);
}
