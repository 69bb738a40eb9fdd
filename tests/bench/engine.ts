/**
 * engine — plays a load through a world, headless, and tells what it cost as one line of JSON
 *
 * engine --world two-islands --messages 2000 [--bytes 4096] [--gap-us 10000] [--placement one|site|host] [--until 60s]
 * engine --world two-islands --deferral-days 5: one mail whose next hop is cut off until it expires
 * engine --world two-islands --queued 10000 [--days 5]: so many messages lie in the queue of the first mail server and the other site is
 * down; at the end the queue is looked at (postqueue -p, qshape deferred)
 */
import { parseArgs } from 'node:util';

import * as ascii from '../../workers/bytes/ascii.ts';
import { detached } from '../../workers/bytes/slab.ts';
import { encodeQueueFile, type QueueFile } from '../../workers/daemons/postfix/cleanup/queue-file.ts';
import { worldNamed } from '../../lessons/worlds/index.ts';
import type { Placement, World } from '../../workers/api.ts';
import { engineVersion, type Input } from '../../workers/input.ts';
import { startPartition } from '../../workers/node/place.ts';
import type { FileSystem } from '../../workers/os/files.ts';
import { LocalPartition } from '../../workers/partition-port.ts';
import { Simulation } from '../../workers/simulation.ts';
import { kindAt, type TraceChunk } from '../../workers/trace/batch.ts';

const secondUs = 1_000_000;
const startUs = 5 * secondUs; // daemons have booted
const settleUs = 120 * secondUs; // for the last message to arrive
const eventsPerWindow = 20_000;

interface Load {
  world: World;
  placement: Placement;
  inputs: Input[];
  untilUs: number;
  /** what lies in the queue of a host at boot, and commands whose time is taken there at the end */
  queue?: { host: string; fill: (disk: FileSystem) => void; commands: string[][] };
}

const { values } = parseArgs({
  options: {
    world: { type: 'string', default: 'two-islands' },
    messages: { type: 'string', default: '1' },
    bytes: { type: 'string', default: '4096' },
    'gap-us': { type: 'string', default: '10000' },
    placement: { type: 'string', default: 'one' },
    'deferral-days': { type: 'string' },
    queued: { type: 'string' },
    days: { type: 'string', default: '5' },
  },
});

console.log(JSON.stringify(await measure(loadOf(values))));
process.exit(0);

function loadOf(options: typeof values): Load {
  const world = worldNamed(options.world);
  if (world === null) throw new Error(`no world is named "${options.world}"`);
  const placement = options.placement as Placement;
  if (options['deferral-days'] !== undefined)
    return deferral(world, placement, Number(options['deferral-days']));
  if (options.queued !== undefined)
    return deferredQueue(world, placement, Number(options.queued), Number(options.days));
  const count = Number(options.messages);
  const gapUs = Number(options['gap-us']);
  const text = textOf(Number(options.bytes));
  const inputs = Array.from({ length: count }, (_, i) =>
    mail(world, startUs + i * gapUs, `message ${i + 1}`, text),
  );
  return { world, placement, inputs, untilUs: startUs + count * gapUs + settleUs };
}

/** The first person writes to the last; in two-islands that is Alice to Bob, the whole path. */
function mail(world: World, at: number, subject: string, text: string): Input {
  const [sender] = world.people;
  const recipient = world.people.at(-1)!;
  return {
    at,
    command: {
      kind: 'mua.send',
      host: sender!.host,
      user: sender!.address,
      to: recipient.address,
      subject,
      text,
    },
  };
}

/** All links between the two organisations go down before the mail is sent. */
function deferral(world: World, placement: Placement, days: number): Load {
  const inputs = [...cutOff(world, startUs), mail(world, startUs + secondUs, 'deferred', textOf(512))];
  return { world, placement, inputs, untilUs: days * 86_400 * secondUs + 3_600 * secondUs };
}

function cutOff(world: World, at: number): Input[] {
  const organisationOf = new Map(world.hosts.map((host) => [host.name, host.organisation]));
  const between = world.links
    .map((link) => link.between)
    .filter(([a, b]) => {
      const [here, there] = [organisationOf.get(a)!, organisationOf.get(b)!];
      return (
        here !== there &&
        here !== '' &&
        there !== '' &&
        world.hosts.some((host) => host.name === a && /mta|mail-host/.test(host.kind))
      );
    });
  return between.map((ends): Input => ({ at, command: { kind: 'link.set', between: ends, fault: 'down' } }));
}

/** Messages lie in the deferred queue when the host boots; the last hour of their life is not played. */
function deferredQueue(world: World, placement: Placement, count: number, days: number): Load {
  if (placement !== 'one') throw new Error('a queue is filled in placement "one" only');
  const { name } = world.hosts.find(({ kind }) => /mta|mail-host/.test(kind))!;
  const [sender, recipient] = [world.people[0]!.address, world.people.at(-1)!.address];
  const fill = (disk: FileSystem): void => {
    for (let i = 0; i < count; i++) {
      const path = `/var/spool/postfix/deferred/${(0xa0_0000_0000 + i).toString(16).toUpperCase()}`;
      disk.write(path, queueFile(sender, recipient, i));
    }
  };
  const commands = [
    ['postqueue', '-p'],
    ['qshape', 'deferred'],
  ];
  const untilUs = (days * 86_400 - 3_600) * secondUs;
  return { world, placement, inputs: cutOff(world, 0), untilUs, queue: { host: name, fill, commands } };
}

function queueFile(sender: string, address: string, number: number): Uint8Array {
  const head = `From: ${sender}\nTo: ${address}\nSubject: ${number}\n\n`;
  const content = detached(ascii.encode(`${head}${textOf(512)}`.replaceAll('\n', '\r\n')));
  const file: QueueFile = {
    sender,
    arrived: 0,
    created: 0,
    size: content.length,
    filter: '',
    encoding: '',
    envelopeId: '',
    returnContent: '',
    smtpUtf8: false,
    client: { name: '', address: '', port: '', protocol: '', helo: '', ident: '', source: 'LOCAL' },
    server: '',
    submitter: '',
    fullName: '',
    recipients: [{ address, originalAddress: address, dsnOriginalRecipient: '', notify: '' }],
  };
  return detached(encodeQueueFile(file, [content]));
}

async function measure(load: Load): Promise<Record<string, unknown>> {
  const run = { version: engineVersion, world: load.world, seed: 1, inputs: load.inputs };
  const bootedAt = process.hrtime.bigint();
  const simulation = await Simulation.boot({
    run,
    placement: load.placement,
    keepTrace: true,
    start: async (spec, name) => {
      const port = await startPartition(spec, name, load.placement);
      if (load.queue !== undefined && port instanceof LocalPartition)
        load.queue.fill(
          port.booted.machines[load.world.hosts.findIndex(({ name }) => name === load.queue!.host)]!.disk,
        );
      return port;
    },
  });
  if (load.queue === undefined) await simulation.runUntil(startUs - 1);
  simulation.takeTrace();
  const counts = { delivered: 0, attempts: 0, segments: 0, traced: 0 };
  const cpu = process.cpuUsage();
  const startedAt = process.hrtime.bigint();
  let deliveredAt = startedAt;
  let more = true;
  while (more) {
    more = await simulation.window(load.untilUs, eventsPerWindow);
    const chunk = simulation.takeTrace();
    if (chunk !== null && count(chunk, counts)) deliveredAt = process.hrtime.bigint();
  }
  const endedAt = process.hrtime.bigint();
  const { user, system } = process.cpuUsage(cpu);
  const hash = await simulation.hash();
  const views = load.queue === undefined ? {} : await viewTimes(simulation, load.untilUs, load.queue);
  const failures = simulation.failures.map(({ host, proc, stack }) => `${host} ${proc}: ${stack}`);
  simulation.close();
  return {
    messages: load.inputs.filter((input) => input.command.kind === 'mua.send').length,
    ...counts,
    bootMs: ms(bootedAt, startedAt),
    wallMs: ms(startedAt, endedAt),
    untilDeliveredMs: ms(startedAt, deliveredAt),
    cpuMs: (user + system) / 1000,
    events: simulation.eventCount,
    rssMb: process.resourceUsage().maxRSS / 1024,
    hash,
    views,
    failures,
  };
}

/** How long each command takes, in ms: the first time and the second. */
async function viewTimes(
  simulation: Simulation,
  fromUs: number,
  { host, commands }: NonNullable<Load['queue']>,
): Promise<Record<string, number[]>> {
  const times: Record<string, number[]> = {};
  let at = fromUs;
  for (const argv of commands)
    for (let turn = 0; turn < 2; turn++) {
      at += 60 * secondUs;
      await simulation.runUntil(at - 1);
      simulation.takeTrace();
      simulation.input({ kind: 'host.run', host, argv }, at);
      const startedAt = process.hrtime.bigint();
      await simulation.runUntil(at + secondUs);
      (times[argv.join(' ')] ??= []).push(ms(startedAt, process.hrtime.bigint()));
    }
  return times;
}

/** @returns whether a message was delivered in this chunk */
function count(
  chunk: TraceChunk,
  counts: { delivered: number; attempts: number; segments: number; traced: number },
): boolean {
  const before = counts.delivered;
  for (let i = 0; i < chunk.count; i++) {
    const kind = kindAt(chunk, i);
    if (kind === 'mailbox.message-appended') counts.delivered++;
    else if (kind === 'delivery.attempted') counts.attempts++;
    else if (kind === 'tcp.segment-sent') counts.segments++;
  }
  counts.traced += chunk.count;
  return counts.delivered > before;
}

function textOf(bytes: number): string {
  const line = 'abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz abcdef\n';
  return line.repeat(Math.max(1, Math.floor(bytes / line.length)));
}

function ms(from: bigint, to: bigint): number {
  return Number(to - from) / 1e6;
}
