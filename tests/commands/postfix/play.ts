// Plays a recorded scenario on one host, in virtual time: Postfix, a name server and the far ends, all on
// loopback as in the recording; runs its commands at their times.
import { readFileSync } from 'node:fs';
import path from 'node:path';

import * as utf8 from '../../../workers/bytes/utf8.ts';
import { startPostfix } from '../../../workers/daemons/postfix/master/master.ts';
import { runLine } from '../../../workers/node/shell-line.ts';
import { answerQueries, type Zones } from '../../../workers/node/zone-server.ts';
import { NEVER, SECOND, type Os, type Proc } from '../../../workers/os/os.ts';
import type { FarEndRule } from '../../../workers/node/far-end.ts';
import { farEnd, type FarEnd } from '../../daemons/far-end.ts';
import { TestWorld } from '../../simulate.ts';

export const golden = path.join(import.meta.dirname, '../golden');
const inPort = 12709;
const farPort = 2609;

export interface Scenario {
  params: Record<string, string>;
  dns: Zones;
  farEnd: { listen: string; name: string; rules?: FarEndRule[] }[];
  arrivals: { at: number; label: string; from: string; to: string[]; subject: string; size: number }[];
  operations: { at: number; cmd: string }[];
  runFor: number;
}

/** One run of a command line, or of several. */
export interface Outcome {
  at: number;
  /** as in the scenario */
  cmd: string;
  status: number;
  /** standard output, then standard error */
  text: string;
}

export function readScenario(name: string): Scenario {
  return JSON.parse(readFileSync(path.join(golden, name, 'scenario.json'), 'utf8')) as Scenario;
}

export function play(scenario: Scenario): {
  world: TestWorld;
  outcomes: Outcome[];
  queueIds: Map<string, string>;
} {
  const text = (name: string): string => readFileSync(path.join(golden, 'rec1', name), 'utf8');
  const params = Object.entries(scenario.params).map(([name, value]) => `${name} = ${value}\n`);
  const plumbing = text('plumbing.main.cf');
  const world = hostOf({
    mainCf: `${text('queue.main.cf')}${plumbing}${params.join('')}`,
    masterCf: `127.0.0.1:${inPort} inet n - y - - smtpd\n${text('services.master.cf')}`,
    zones: scenario.dns,
    farEnds: scenario.farEnd,
  });
  const outcomes: Outcome[] = [];
  const queueIds = new Map<string, string>();
  for (const arrival of scenario.arrivals)
    world.spawn(host, function* (os): Proc<void> {
      yield* os.sleepUntil(Math.round(arrival.at * SECOND));
      queueIds.set(arrival.label, yield* submit(os, arrival));
    });
  for (const { at, cmd } of scenario.operations)
    world.spawn(host, function* (os): Proc<void> {
      yield* os.sleepUntil(Math.round(at * SECOND));
      const line = cmd.replace(/\{QID:(\w+)\}/g, (_, label: string) => queueIds.get(label) ?? 'NONE');
      const ran = yield* shell(
        os,
        line.replaceAll('-c {E} ', '').replaceAll('-C {E} ', '').replaceAll(' -C {E}', ''),
      );
      outcomes.push({ at, cmd, ...ran });
    });
  world.run(scenario.runFor * SECOND);
  return { world, outcomes, queueIds };
}

export const host = 'mail.example.com';

/** A host with Postfix as configured, a name server, and scripted servers on its loopback addresses. */
export function hostOf(options: {
  mainCf: string;
  masterCf: string;
  zones?: Zones;
  farEnds?: Scenario['farEnd'];
  files?: Record<string, string>;
  /** gets what each far end saw */
  saw?: FarEnd[];
}): TestWorld {
  return new TestWorld(
    [
      {
        name: host,
        address: '192.0.2.1',
        boot: (os) => {
          os.spawn('zones', (child) => answerQueries(child, options.zones ?? {}));
          for (const { listen, name, rules } of options.farEnds ?? []) {
            const far = farEnd({
              address: listen,
              port: farPort,
              name,
              rules: (rules ?? []).map(atGreeting),
            });
            options.saw?.push(far.saw);
            far.boot(os);
          }
          startPostfix(os);
        },
        files: {
          '/etc/postfix/main.cf': options.mainCf,
          '/etc/postfix/master.cf': options.masterCf,
          '/etc/hosts': '127.0.0.1 localhost\n',
          '/etc/resolv.conf': 'nameserver 127.0.0.1\n',
          ...options.files,
        },
      },
    ],
    { startsAt: '2026-11-22T11:32:45Z' },
  );
}

// A far end that hangs at once says no greeting.
function atGreeting(rule: FarEndRule): FarEndRule {
  return rule.at === 'connect' ? { ...rule, at: 'greeting' } : rule;
}

function* submit(os: Os, arrival: Scenario['arrivals'][number]): Proc<string> {
  const conn = yield* os.connect({ to: { address: '127.0.0.1', port: inPort }, deadline: NEVER });
  if (typeof conn === 'string') throw new Error(conn);
  const header = [
    `From: <${arrival.from || 'mailer@example.com'}>`,
    'To: undisclosed-recipients:;',
    `Subject: ${arrival.subject}`,
    `Message-ID: <${arrival.label}@scenario.example>`,
    'Date: Mon, 05 Jan 2015 10:00:00 +0000',
    '',
  ];
  const lines = Math.max(1, Math.floor(arrival.size / 72));
  const message = [...header, ...Array.from({ length: lines }, () => 'x'.repeat(70)), '.'].join('\r\n');
  const commands = [
    'EHLO scenario.example',
    `MAIL FROM:<${arrival.from}>`,
    ...arrival.to.map((to) => `RCPT TO:<${to}>`),
    'DATA',
    message,
    'QUIT',
  ];
  let queueId = '';
  for (const command of [null, ...commands]) {
    if (command !== null) yield* conn.write(utf8.encode(`${command}\r\n`));
    for (;;) {
      const line = yield* conn.readLine({ bytesMax: 2048, deadline: NEVER });
      if (typeof line === 'string') throw new Error(`${arrival.label}: ${line}`);
      const reply = utf8.decode(line.bytes);
      queueId = /queued as (\S+)/.exec(reply)?.[1] ?? queueId;
      if (reply[3] !== '-') break;
    }
  }
  return queueId;
}

/** A line for the shell of the host. */
export function* shell(os: Os, line: string, stdin = ''): Proc<{ status: number; text: string }> {
  const { rc, out } = yield* runLine(os, line, true, stdin);
  return { status: rc, text: out };
}

/** The recorded outputs of a file, in order: "### t=7.21 $ command   (exit 0)", then the text. */
export function recordedOutcomes(name: string): { cmd: string; status: number; text: string }[] {
  const text = readFileSync(path.join(golden, name), 'utf8');
  return text
    .split(/^### t=/m)
    .slice(1)
    .map((block) => {
      const [, cmd, status] = /^\S+ \$ (.*?) +\(exit (\d+)\)\n/.exec(block)!;
      const output = block.slice(block.indexOf('\n') + 1);
      return { cmd: cmd!, status: Number(status), text: output.replace(/\n$/, '') };
    });
}
