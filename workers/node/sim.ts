/**
 * sim — runs a world or a saved run headless, at full speed
 *
 * SYNOPSIS  sim <world|run.json> [--demo] [--inputs FILE] [--placement host|site|one] [--until 600s] [--seed
 * N]
 *               [--trace out.ndjson] [--save run.json] [--hash]
 *               [--pcap FILE [--pcap-host HOST | --pcap-link HOST,HOST]] [--key-log FILE]
 *
 * --pcap writes what was on the cables as pcapng: of one host, of one link or of all; the secrets of TLS are
 * in it, and alone in the file of --key-log (the format of SSLKEYLOGFILE).
 *
 * With --hash the last line is the run's hash alone, 16 hex digits. Without --until a world runs 60 s of
 * virtual time and a run file until its last input plus 60 s.
 */
import { createWriteStream, readFileSync, writeFileSync, type WriteStream } from 'node:fs';
import { parseArgs } from 'node:util';

import { worldNamed } from '../../lessons/worlds/index.ts';
import { Capture, type CaptureScope } from '../../src/decode/capture.ts';
import { namesOf, type Names } from '../../src/decode/names.ts';
import type { Placement, Run, TraceEvent, World } from '../api.ts';
import { WorldError } from '../hosts/checked.ts';
import { parseInputs } from '../hosts/parse-command.ts';
import { engineVersion, versionNotice } from '../input.ts';
import { formatRun, parseRun } from '../run-file.ts';
import { Simulation } from '../simulation.ts';
import { eventAt, kindAt, type TraceChunk } from '../trace/batch.ts';
import { startPartition } from './place.ts';

const usage =
  'usage: sim <world|run.json> [--demo] [--inputs FILE] [--placement host|site|one] [--until 600s] ' +
  '[--seed N] [--trace FILE] [--save FILE] [--hash] ' +
  '[--pcap FILE [--pcap-host HOST | --pcap-link HOST,HOST]] [--key-log FILE]';
const units: Record<string, number> = {
  us: 1,
  ms: 1000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
  d: 86_400_000_000,
};

class UsageError extends Error {}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      demo: { type: 'boolean' },
      inputs: { type: 'string' },
      placement: { type: 'string', default: 'one' },
      until: { type: 'string' },
      seed: { type: 'string' },
      trace: { type: 'string' },
      save: { type: 'string' },
      hash: { type: 'boolean' },
      pcap: { type: 'string' },
      'pcap-host': { type: 'string' },
      'pcap-link': { type: 'string' },
      'key-log': { type: 'string' },
    },
  });
  if (positionals.length !== 1) throw new UsageError(usage);
  const run = readRun(positionals[0]!, values);
  const placement = values.placement;
  if (placement !== 'host' && placement !== 'site' && placement !== 'one')
    throw new UsageError(`--placement: expected host, site or one, found "${placement}"`);
  const last = run.inputs.at(-1)?.at ?? 0;
  const until =
    values.until === undefined
      ? (positionals[0]!.endsWith('.json') ? last : 0) + units['s']! * 60
      : parseTime(values.until);
  await play({
    run,
    placement,
    until,
    trace: values.trace,
    save: values.save,
    hash: values.hash === true,
    capture: captureOf(run.world, values),
  });
}

/** The capture that was asked for, and where it is to be written; null = none. */
interface CaptureOrder {
  capture: Capture;
  file: string | undefined;
  keyLogFile: string | undefined;
}

function captureOf(
  world: World,
  values: {
    pcap?: string | undefined;
    'pcap-host'?: string | undefined;
    'pcap-link'?: string | undefined;
    'key-log'?: string | undefined;
  },
): CaptureOrder | null {
  const { pcap: file, 'pcap-host': host, 'pcap-link': link, 'key-log': keyLogFile } = values;
  if (file === undefined && (host ?? link) !== undefined)
    throw new UsageError('--pcap-host and --pcap-link say what is captured: expected --pcap FILE as well');
  if (host !== undefined && link !== undefined)
    throw new UsageError('expected --pcap-host or --pcap-link, found both');
  if (file === undefined && keyLogFile === undefined) return null;
  const names = namesOf(world);
  let scope: CaptureScope = { of: 'world' };
  if (host !== undefined) scope = { of: 'host', host: hostNamed(world, names, host, '--pcap-host') };
  if (link !== undefined) scope = { of: 'link', between: linkNamed(world, names, link) };
  return { capture: new Capture(world, names, scope), file, keyLogFile };
}

function linkNamed(world: World, names: Names, link: string): [number, number] {
  const ends = link.split(',').map((name) => hostNamed(world, names, name.trim(), '--pcap-link'));
  if (ends.length !== 2) throw new UsageError(`--pcap-link: expected two hosts, "A,B", found "${link}"`);
  const [a, b] = ends as [number, number];
  const isLink = world.links.some(
    ({ between }) => between.includes(names.full(a)) && between.includes(names.full(b)) && a !== b,
  );
  if (!isLink) throw new UsageError(`--pcap-link: no cable joins ${names.full(a)} and ${names.full(b)}`);
  return [a, b];
}

/** @param name full, or as short as it is unique */
function hostNamed(world: World, names: Names, name: string, option: string): number {
  const index = world.hosts.findIndex((host, i) => host.name === name || names.short(i) === name);
  if (index >= 0) return index;
  const known = world.hosts.map((_, i) => names.short(i)).join(', ');
  throw new UsageError(`${option}: expected a host of the world (${known}), found "${name}"`);
}

function readRun(
  name: string,
  values: { demo?: boolean | undefined; inputs?: string | undefined; seed?: string | undefined },
): Run {
  if (name.endsWith('.json')) {
    const run = parseRun(readFileSync(name, 'utf8'));
    const notice = versionNotice(run);
    if (notice !== null) console.error(notice);
    return run;
  }
  const world = worldNamed(name);
  if (world === null) throw new UsageError(`no world is named "${name}"`);
  const inputs = [...(values.demo === true ? world.demo : [])];
  if (values.inputs !== undefined)
    inputs.push(...parseInputs(JSON.parse(readFileSync(values.inputs, 'utf8')), values.inputs));
  inputs.sort((a, b) => a.at - b.at);
  return { version: engineVersion, world, seed: Number(values.seed ?? 1) >>> 0, inputs };
}

async function play(options: {
  run: Run;
  placement: Placement;
  until: number;
  trace: string | undefined;
  save: string | undefined;
  hash: boolean;
  capture: CaptureOrder | null;
}): Promise<void> {
  const started = process.hrtime.bigint();
  const simulation = await Simulation.boot({
    run: options.run,
    placement: options.placement,
    keepTrace: options.trace !== undefined || options.capture !== null,
    start: (spec, name) => startPartition(spec, name, options.placement),
  });
  const out = options.trace === undefined ? null : createWriteStream(options.trace);
  const takeTrace = (): void => {
    const chunk = simulation.takeTrace();
    if (chunk === null) return;
    if (out !== null) writeTrace(out, chunk);
    if (options.capture !== null) capturePackets(options.capture.capture, chunk);
  };
  while (await simulation.window(options.until, 20_000)) takeTrace();
  takeTrace();
  if (out !== null) await new Promise((resolve) => out.end(resolve));
  if (options.capture !== null) writeCapture(options.capture);
  if (options.save !== undefined) writeFileSync(options.save, formatRun(simulation.run));
  const hash = await simulation.hash();
  const wallMs = Number(process.hrtime.bigint() - started) / 1e6;
  const summary =
    `${simulation.eventCount} events, ${options.until / 1e6} s of virtual time in ${wallMs.toFixed(0)} ms, ` +
    `placement ${options.placement}`;
  if (options.hash) console.log(`${summary}\n${hash}`);
  else console.log(`${summary}, hash ${hash}`);
  for (const failure of simulation.failures)
    console.error(`${failure.host} ${failure.proc}: ${failure.stack}`);
  simulation.close();
  if (simulation.failures.length > 0) process.exitCode = 1;
}

function capturePackets(capture: Capture, chunk: TraceChunk): void {
  for (let i = 0; i < chunk.count; i++)
    if (capture.kinds.has(kindAt(chunk, i))) capture.add(eventAt(chunk, i));
}

function writeCapture({ capture, file, keyLogFile }: CaptureOrder): void {
  if (file !== undefined) {
    writeFileSync(file, Buffer.concat(capture.blocks()));
    console.error(`${capture.packetCount} packets in ${file}`);
  }
  if (keyLogFile !== undefined) writeFileSync(keyLogFile, capture.keyLog);
}

function writeTrace(out: WriteStream, chunk: TraceChunk): void {
  let lines = '';
  for (let i = 0; i < chunk.count; i++) lines += `${JSON.stringify(readable(eventAt(chunk, i)))}\n`;
  out.write(lines);
}

/** Bytes as Latin-1 text, so that a trace can be read and grepped. */
function readable(event: TraceEvent): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(event).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value,
    ]),
  );
}

function parseTime(time: string): number {
  const match = /^(\d+)(us|ms|s|m|h|d)$/.exec(time);
  if (match === null)
    throw new UsageError(`--until: expected a number and a unit (us ms s m h d), found "${time}"`);
  return Number(match[1]) * units[match[2]!]!;
}

// Last, so that the classes above exist.
main().catch((error: unknown) => {
  console.error(error instanceof WorldError || error instanceof UsageError ? error.message : error);
  process.exit(1);
});
