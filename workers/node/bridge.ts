/**
 * bridge — a simulated world with real sockets, in step with the wall clock
 *
 * SYNOPSIS  bridge <world|world.json|reference-postfix>
 *                  [--bind [tcp/|udp/]HOST[@ADDR]:PORT=IP:PORT]… [--out HOST@IP:PORT=IP:PORT]…
 *                  [--ports-out FILE] [--record run.json] [--seed N] [--allow-non-loopback]
 *
 * Without --bind every listening port of every host gets a free loopback port; once all listen, FILE holds
 * {"mta1.acme.example:25": 40125, "ns1.far.example:53/udp": 40153, …}. SIGINT ends it cleanly. What came in
 * can be recorded as inputs and replays to the same hash.
 *
 * reference-postfix: hosts as Postfix was recorded on. FILE has the ports by profile, as the recordings'
 * runner reads them; a peer keeps its address, and mail to 127.0.0.1:12601–12603 leaves to the runner.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

import { worldNamed } from '../../lessons/worlds/index.ts';
import { engineVersion, type Run } from '../input.ts';
import { LocalPartition } from '../partition-port.ts';
import { formatRun } from '../run-file.ts';
import { Simulation } from '../simulation.ts';
import { rolesWithSink } from '../hosts/all-roles.ts';
import { outsideHostName } from '../hosts/boot.ts';
import type { OutsideSink } from '../hosts/outside.ts';
import { parseWorld } from '../hosts/parse-world.ts';
import type { World } from '../hosts/world.ts';

import {
  isLoopback,
  parseBinding,
  parseOutlet,
  withOutside,
  type Binding,
  type Outlet,
} from './bridge-world.ts';
import { RealSockets } from './real-sockets.ts';
import {
  referenceBindings,
  referenceOutlets,
  referenceRoles,
  referenceSink,
  referenceWorld,
  referenceWorldName,
} from './reference-host.ts';

const usage =
  'usage: bridge <world|world.json> [--bind [tcp/|udp/]HOST[@ADDR]:PORT=IP:PORT] ' +
  '[--out HOST@IP:PORT=IP:PORT] [--ports-out FILE] [--record run.json] [--seed N] [--allow-non-loopback]';
const bootUs = 1_000_000; // daemons listen within a virtual second

class UsageError extends Error {}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      bind: { type: 'string', multiple: true, default: [] },
      out: { type: 'string', multiple: true, default: [] },
      'ports-out': { type: 'string' },
      record: { type: 'string' },
      seed: { type: 'string', default: '1' },
      'allow-non-loopback': { type: 'boolean', default: false },
    },
  });
  const isReference = positionals.length === 1 && positionals[0] === referenceWorldName;
  const world = positionals.length === 1 && !isReference ? readWorld(positionals[0]!) : null;
  if (world === null && !isReference)
    throw new UsageError(positionals.length === 1 ? `no world is named "${positionals[0]!}"` : usage);
  const bindings = values.bind.map((text) =>
    parsed(parseBinding(text), '--bind', '[tcp/|udp/]HOST[@ADDR]:PORT=IP:PORT', text),
  );
  const given = values.out.map((text) => parsed(parseOutlet(text), '--out', 'HOST@IP:PORT=IP:PORT', text));
  const outlets = isReference && given.length === 0 ? referenceOutlets() : given;
  if (!values['allow-non-loopback'])
    for (const { ip } of [...bindings, ...outlets])
      if (!isLoopback(ip))
        throw new UsageError(`${ip} is not a loopback address; --allow-non-loopback permits it`);
  const run: Run = {
    version: engineVersion,
    world: world === null ? referenceWorld(outlets) : withOutside(world, outlets),
    seed: Number(values.seed) >>> 0,
    inputs: [],
  };
  await new Bridge(run, { bindings, outlets, isReference }).serve({
    portsOut: values['ports-out'],
    record: values.record,
  });
}

/** A world that ships with Postroom, or one in a file. */
function readWorld(name: string): World | null {
  return name.endsWith('.json') ? parseWorld(JSON.parse(readFileSync(name, 'utf8')), name) : worldNamed(name);
}

function parsed<T>(value: T | null, option: string, form: string, text: string): T {
  if (value === null) throw new UsageError(`${option}: expected ${form}, found "${text}"`);
  return value;
}

function addressOf(run: Run, name: string): string {
  const host = run.world.hosts.find((candidate) => candidate.name === name);
  if (host === undefined) throw new UsageError(`--bind: the world ${run.world.name} has no host "${name}"`);
  return host.addresses[0]!;
}

/** Keeps a simulation in step with the wall clock and carries bytes between it and real sockets. */
class Bridge {
  readonly #run: Run;
  readonly #bindings: Binding[];
  readonly #outlets: readonly Outlet[];
  readonly #isReference: boolean;
  /** of the host outside; of each host in the reference world */
  readonly #sockets: Map<string, RealSockets>;
  #partition: LocalPartition | null = null;
  #simulation: Simulation | null = null;
  #startedNs = 0n;
  #stopping = false;
  #wake: () => void = () => {};

  constructor(run: Run, options: { bindings: Binding[]; outlets: readonly Outlet[]; isReference: boolean }) {
    const { bindings, outlets, isReference } = options;
    this.#run = run;
    this.#bindings = bindings;
    this.#isReference = isReference;
    this.#outlets = outlets;
    const hosts = isReference ? run.world.hosts.map(({ name }) => name) : [null];
    this.#sockets = new Map(
      hosts.map((host) => [
        host ?? outsideHostName,
        new RealSockets({
          host,
          outlets: outlets.filter((outlet) => host === null || outlet.host === null || outlet.host === host),
          addressOf: (name) => addressOf(run, name),
          input: (command) => {
            this.#simulation?.input(command, this.#now());
            this.#wake();
          },
        }),
      ]),
    );
  }

  async serve(options: { portsOut: string | undefined; record: string | undefined }): Promise<void> {
    const sinkOf = (host: string): OutsideSink => this.#sockets.get(host)!.sink;
    const roles = this.#isReference ? referenceRoles(sinkOf) : rolesWithSink(sinkOf(outsideHostName));
    this.#simulation = await Simulation.boot({
      run: this.#run,
      placement: 'one',
      keepTrace: false,
      start: (spec) => (this.#partition = new LocalPartition(spec, roles)),
    });
    await this.#simulation.runUntil(bootUs);
    this.#startedNs = process.hrtime.bigint() - BigInt(bootUs) * 1000n;
    const ports = this.#isReference ? await this.#listenByProfile() : await this.#listen();
    if (options.portsOut !== undefined)
      writeFileSync(options.portsOut, `${JSON.stringify(ports, null, 1)}\n`);
    for (const [name, port] of Object.entries(ports))
      console.log(typeof port === 'number' ? `${name} → 127.0.0.1:${port}` : `${name} → ${port}`);
    console.log('The world is running; Ctrl-C ends it.');
    const stop = (): void => {
      this.#stopping = true;
      this.#wake();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    await this.#keepStep();
    for (const sockets of this.#sockets.values()) sockets.close();
    if (options.record !== undefined) writeFileSync(options.record, formatRun(this.#simulation.run));
    console.log(`hash ${await this.#simulation.hash()} at ${this.#simulation.granted - 1} us`);
    process.exit(0);
  }

  #listen(): Promise<Record<string, number>> {
    const bindings = this.#bindings.length > 0 ? this.#bindings : this.#allListening();
    return this.#sockets.get(outsideHostName)!.listen(bindings);
  }

  /** By the profile's name, as the recordings' runner wants it. */
  async #listenByProfile(): Promise<Record<string, number | string>> {
    const ports: Record<string, number | string> = {};
    for (const { profile, binding } of referenceBindings()) {
      const chosen = this.#bindings.find(({ host, port }) => host === binding.host && port === binding.port);
      const bound = await this.#sockets.get(binding.host)!.listen([chosen ?? binding]);
      ports[profile] = Object.values(bound)[0]!;
    }
    const way = this.#outlets.find(({ address, port }) => `${address}:${port}` === referenceSink);
    return { ...ports, sink: way === undefined ? referenceSink : `${way.ip}:${way.realPort}` };
  }

  #now(): number {
    return Number((process.hrtime.bigint() - this.#startedNs) / 1000n);
  }

  async #keepStep(): Promise<void> {
    const simulation = this.#simulation!;
    while (!this.#stopping) {
      const now = this.#now();
      while (await simulation.window(now, 5000));
      for (const failure of simulation.failures.splice(0))
        console.error(`${failure.host} ${failure.proc}: ${failure.stack}`);
      const waitMs = Math.min(1000, (simulation.nextTime - this.#now()) / 1000);
      // Timers are good to a millisecond: what is nearer is waited for by going round the event loop.
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (waitMs < 2) setImmediate(resolve);
        else setTimeout(resolve, waitMs - 1);
      });
    }
  }

  /**
   * Every listening port of every host, on a free loopback port. Ephemeral UDP ports are clients, not
   * services.
   */
  #allListening(): Binding[] {
    const bindings: Binding[] = [];
    for (const machine of this.#partition!.booted.machines) {
      if (machine === null || machine.kernel.name === 'outside') continue;
      const host = machine.kernel.name;
      const add = (protocol: 'tcp' | 'udp', address: string | null, port: number): void =>
        void bindings.push({ protocol, host, address, port, ip: '127.0.0.1', realPort: 0 });
      for (const { address, port } of machine.net.tcp.listening()) add('tcp', address, port);
      for (const { address, port } of machine.net.udp.bound()) if (port < 32768) add('udp', address, port);
    }
    return bindings;
  }
}

// Last, so that the classes above exist.
main().catch((error: unknown) => {
  console.error(error instanceof UsageError ? error.message : error);
  process.exit(1);
});
