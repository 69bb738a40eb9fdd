// Plays a recorded queue scenario: a qmgr with its agents on one host, scripted far ends, a DNS server.
import * as utf8 from '../../../../workers/bytes/utf8.ts';
import { report, type BounceConfig } from '../../../../workers/daemons/postfix/bounce/notify.ts';
import { standardTimeouts } from '../../../../workers/daemons/clients/smtp.ts';
import { AgentPool } from '../../../../workers/daemons/postfix/delivery/agent-pool.ts';
import { deliverError } from '../../../../workers/daemons/postfix/delivery/error-agent.ts';
import type { Agent } from '../../../../workers/daemons/postfix/delivery/record.ts';
import { qmgr } from '../../../../workers/daemons/postfix/qmgr/qmgr.ts';
import type { QmgrEvent, QmgrParams } from '../../../../workers/daemons/postfix/qmgr/state.ts';
import { deliverSmtp } from '../../../../workers/daemons/postfix/smtp/agent.ts';
import type { SmtpConfig } from '../../../../workers/daemons/postfix/smtp/state.ts';
import { named } from '../../../../workers/daemons/named/named.ts';
import { SECOND, type Channel, type Os, type Proc } from '../../../../workers/os/os.ts';
import { farEnd, type FarEnd, type Rule } from '../../far-end.ts';
import { TestWorld } from '../../../simulate.ts';

import { MemoryQueue } from './memory-queue.ts';

export interface Scenario {
  id: string;
  title: string;
  params: Record<string, string>;
  dns: Record<string, Record<string, string[]>>;
  farEnd: { listen: string; name?: string; proto?: string; rules?: Rule[] }[];
  arrivals: {
    at: number;
    label: string;
    from: string;
    to: string[];
    count?: number;
    spacing?: number;
    rcptOpt?: string;
  }[];
  operations?: { at: number; cmd: string }[];
  runFor: number;
}

export interface TraceLine {
  t: number;
  msg: string;
  event: string;
  rcpt?: string;
  status?: string;
  dsn?: string;
  relay?: string;
  text?: string;
}

export interface Played {
  trace: TraceLine[];
  final: Record<string, string>;
  maxSessions: Record<string, number>;
  world: TestWorld;
  queue: MemoryQueue;
}

const mailHost = 'mail.example.com';
const mailAddress = '192.0.2.1';

export function play(scenario: Scenario): Played {
  const ends = scenario.farEnd.map((end) => ({
    end,
    far: farEnd({ name: end.name ?? end.listen, lmtp: end.proto === 'lmtp', rules: end.rules ?? [] }),
  }));
  const queue = new MemoryQueue(transportOf(scenario.params['transport_maps'] ?? ''));
  const world = new TestWorld([
    {
      name: mailHost,
      address: mailAddress,
      boot: (os) => bootMail(os, scenario, queue),
      files: { '/etc/resolv.conf': 'nameserver 192.0.2.53\n' },
    },
    {
      name: 'ns.example',
      address: '192.0.2.53',
      boot: (os) => void os.spawn('named', named),
      files: zoneFiles(scenario),
    },
    ...ends.map(({ end, far }) => ({
      name: `far${end.listen}`,
      address: mapAddress(end.listen),
      boot: far.boot,
    })),
    // hosts of the zones that listen to nothing refuse connections
    ...silentAddresses(scenario).map((address) => ({
      name: `silent${address}`,
      address: mapAddress(address),
      boot: () => {},
    })),
  ]);
  world.run(scenario.runFor * SECOND);
  return collect(
    world,
    queue,
    ends.map(({ end, far }) => [end.name ?? end.listen, far.saw]),
  );
}

function bootMail(os: Os, scenario: Scenario, queue: MemoryQueue): void {
  queue.os = os;
  const seconds = (name: string, usual: number): number => time(scenario.params[name]) ?? usual * SECOND;
  const number = (name: string, usual: number): number => Number(scenario.params[name] ?? usual);
  const params: QmgrParams = {
    queue_directory: '/var/spool/postfix',
    minimal_backoff_time: seconds('minimal_backoff_time', 300),
    maximal_backoff_time: seconds('maximal_backoff_time', 4000),
    queue_run_delay: seconds('queue_run_delay', 300),
    maximal_queue_lifetime: seconds('maximal_queue_lifetime', 432_000),
    bounce_queue_lifetime: seconds('bounce_queue_lifetime', 432_000),
    delay_warning_time: seconds('delay_warning_time', 0),
    qmgr_message_active_limit: number('qmgr_message_active_limit', 20_000),
  };
  const events: Channel<QmgrEvent> = os.channel();
  const agentOf = (ident: string): Agent => ({
    ident,
    queueDirectory: params.queue_directory,
    markDone: (request, recipient) => queue.markDone(request.queueId, 'active', recipient.index),
  });
  const smtp = (protocol: 'smtp' | 'lmtp'): SmtpConfig => ({
    protocol,
    agent: agentOf(`postfix/${protocol}`),
    helo_name: mailHost,
    timeouts: standardTimeouts,
    connect_timeout: 30 * SECOND,
    tcp_port: 25,
    mx_address_limit: 5,
    mx_session_limit: 2,
    skip_5xx_greeting: scenario.params['smtp_skip_5xx_greeting'] !== 'no',
    fallback_relay: (scenario.params['smtp_fallback_relay'] ?? '')
      .split(' ')
      .filter((site) => site !== '')
      .map(mapText),
    send_xforward_command: false,
    lookupMx: true,
    line_length_limit: 998,
    disable_mime_output_conversion: false,
    ownAddresses: [mailAddress],
    tls: null,
    plainAfter: 300 * SECOND,
  });
  const pools: Record<string, AgentPool> = {
    smtp: new AgentPool(os, {
      name: 'postfix/smtp',
      deliver: (o, r) => deliverSmtp(o, smtp('smtp'), r),
      processesMax: 100,
    }),
    lmtp: new AgentPool(os, {
      name: 'postfix/lmtp',
      deliver: (o, r) => deliverSmtp(o, smtp('lmtp'), r),
      processesMax: 100,
    }),
    retry: new AgentPool(os, {
      name: 'postfix/error',
      deliver: (o, r) => deliverError(o, agentOf('postfix/error'), r),
      processesMax: 100,
    }),
  };
  const bounce: BounceConfig = {
    myhostname: mailHost,
    myorigin: 'example.com',
    queue_directory: params.queue_directory,
    bounce_size_limit: 50_000,
    delay_warning_time: params.delay_warning_time,
    maximal_queue_lifetime: params.maximal_queue_lifetime,
    double_bounce_sender: 'double-bounce',
    readContent: (queueId) => queue.readContent(queueId),
    *enter(_, message): Proc<string | null> {
      const queueId = queue.enter({
        sender: message.sender,
        recipients: [message.recipient],
        content: message.content,
      });
      events.put({ kind: 'incoming' });
      return queueId;
    },
  };
  os.spawn('postfix/qmgr', (child) =>
    qmgr(child, {
      params,
      queue,
      events,
      agentsOf: (transport) => pools[transport] ?? null,
      limitsOf: () => ({
        initial_destination_concurrency: number('initial_destination_concurrency', 5),
        destination_concurrency_limit: number('default_destination_concurrency_limit', 20),
        destination_concurrency_failed_cohort_limit: 1,
        destination_recipient_limit: number('default_destination_recipient_limit', 50),
        destination_rate_delay: seconds('default_destination_rate_delay', 0),
      }),
      reporter: { report: (o, task, message) => report(o, bounce, task, message) },
    }),
  );
  os.spawn('arrivals', (child) => arrive(child, scenario, queue, events));
}

function* arrive(os: Os, scenario: Scenario, queue: MemoryQueue, events: Channel<QmgrEvent>): Proc<void> {
  const steps: { at: number; run: () => void }[] = [];
  for (const arrival of scenario.arrivals) {
    for (let i = 0; i < (arrival.count ?? 1); i++) {
      const label =
        arrival.count === undefined
          ? arrival.label
          : arrival.label.replace('{n}', String(i + 1)) +
            (arrival.label.includes('{n}') ? '' : String(i + 1));
      steps.push({
        at: arrival.at + i * (arrival.spacing ?? 0),
        run: () => {
          const content = `Subject: ${label}\r\nMessage-ID: <${label}@scenario.example>\r\n\r\nxxxx\r\n`;
          const notify = /NOTIFY=(\S+)/.exec(arrival.rcptOpt ?? '')?.[1] ?? '';
          queue.enter({
            sender: arrival.from,
            recipients: expand(arrival.to),
            content: [utf8.encode(content)],
            label,
            notify,
          });
          events.put({ kind: 'incoming' });
        },
      });
    }
  }
  for (const operation of scenario.operations ?? []) {
    const [, label] = /^postqueue -i \{QID:(\S+)\}$/.exec(operation.cmd) ?? [];
    if (operation.cmd === 'postqueue -f')
      steps.push({ at: operation.at, run: () => events.put({ kind: 'flush' }) });
    if (label !== undefined)
      steps.push({
        at: operation.at,
        run: () => events.put({ kind: 'flush', queueId: queue.queueIdOf(label) }),
      });
  }
  for (const step of steps.sort((a, b) => a.at - b.at)) {
    yield* os.sleepUntil(Math.round(step.at * SECOND));
    step.run();
  }
}

function collect(world: TestWorld, queue: MemoryQueue, ends: [string, FarEnd][]): Played {
  const trace: TraceLine[] = [];
  const final: Record<string, string> = {};
  const labelOf = (queueId: string): string => queue.labels.get(queueId) ?? '?';
  for (const event of world.events) {
    const t = event.at / SECOND;
    if (event.kind === 'delivery.attempted') {
      const msg = labelOf(event.queueId);
      const text = unmapText(event.text);
      trace.push({
        t,
        msg,
        event: 'attempt',
        rcpt: event.recipient,
        status: event.status,
        dsn: event.dsn,
        relay: unmapText(event.relay).replace(/:\d+$/, ''),
        text,
      });
      final[`${msg} ${event.recipient}`] = event.status;
    }
    if (event.kind !== 'log.line-written') continue;
    const notice =
      /^([0-9A-Z]+): (?:from=<.*>, status=((?:force-)?expired), returned to sender|(removed)|sender (.*): ([0-9A-Z]+))$/.exec(
        event.text,
      );
    if (notice === null) continue;
    const msg = labelOf(notice[1]!);
    if (notice[2] !== undefined)
      for (const key of Object.keys(final))
        if (key.startsWith(`${msg} `) && final[key] === 'deferred') final[key] = 'expired';
    if (notice[5] !== undefined) queue.labels.set(notice[5], `${msg}.${suffixes[notice[4]!]}`);
    trace.push({ t, msg, event: notice[2] ?? notice[3] ?? notice[4]! });
  }
  return {
    trace,
    final,
    maxSessions: Object.fromEntries(ends.map(([name, saw]) => [name, saw.sessionsMax])),
    world,
    queue,
  };
}

const suffixes: Record<string, string> = {
  'non-delivery notification': 'bounce',
  'delay notification': 'warn',
  'delivery status notification': 'dsn',
};

function zoneFiles(scenario: Scenario): Record<string, string> {
  let zone =
    '$TTL 300\n@ IN SOA ns.example. root.example. 1 300 300 300 300\n@ IN NS ns.example.\nns IN A 192.0.2.53\n';
  for (const [name, types] of Object.entries(scenario.dns))
    for (const [type, records] of Object.entries(types))
      for (const record of records) {
        const data = type === 'MX' ? (record.endsWith('.') ? record : `${record}.`) : mapAddress(record);
        zone += `${name}. IN ${type} ${data}\n`;
      }
  return {
    '/etc/bind/named.conf': 'zone "example" { type primary; file "/etc/bind/example.zone"; };\n',
    '/etc/bind/example.zone': zone,
  };
}

function silentAddresses(scenario: Scenario): string[] {
  const listening = new Set(scenario.farEnd.map((end) => end.listen));
  const all = Object.values(scenario.dns).flatMap((types) => types['A'] ?? []);
  return [...new Set(all)].filter((address) => !listening.has(address));
}

// The recording used loopback addresses; here they are on the network.
function mapAddress(address: string): string {
  return address.replace(/^127\.0\.1\./, '198.18.1.');
}
function mapText(text: string): string {
  return text.replaceAll('127.0.1.', '198.18.1.').replaceAll('${FARPORT}', '25');
}
function unmapText(text: string): string {
  return text.replaceAll('198.18.1.', '127.0.1.').replaceAll(/\]:25(?=:)/g, ']');
}

function transportOf(maps: string): (domain: string) => { transport: string; nexthop: string } {
  const match = /\{ ?([\w.]+) = (\w+):(\S+?)\} \}/.exec(maps);
  return (domain) =>
    match?.[1] === domain
      ? { transport: match[2]!, nexthop: mapText(match[3]!) }
      : { transport: 'smtp', nexthop: domain };
}

function expand(to: string[]): string[] {
  return to.flatMap((address) => {
    const range = /^(.*)\{(\d+)\.\.(\d+)\}(.*)$/.exec(address);
    if (range === null) return [address];
    const [, before, first, last, after] = range;
    return Array.from(
      { length: Number(last) - Number(first) + 1 },
      (_, i) => `${before}${Number(first) + i}${after}`,
    );
  });
}

function time(text: string | undefined): number | null {
  const match = /^(\d+)([smhdw]?)$/.exec(text ?? '');
  if (match === null) return null;
  return (
    Number(match[1]) * { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, '': 1 }[match[2]! as 's']! * SECOND
  );
}
