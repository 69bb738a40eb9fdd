// A harness for tests: a world of hosts whose daemons are given inline, all in one partition, events as objects.
import { expect } from 'vitest';

import { BootedPartition, type BootHost, type Roles } from '../workers/hosts/boot.ts';
import { roles } from '../workers/hosts/all-roles.ts';
import type { HostKind, World, WorldHost, WorldLink } from '../workers/hosts/world.ts';
import type { InputCommand } from '../workers/input.ts';
import { SECOND, type Os, type Proc } from '../workers/os/os.ts';
import type { Machine } from '../workers/os/virtual.ts';
import { eventAt } from '../workers/trace/batch.ts';
import type { TraceEvent, TraceKind } from '../workers/trace/event.ts';

export interface TestHost {
  name: string;
  address: string;
  /** a real host kind, or the host's daemons written in the test */
  kind?: HostKind;
  boot?: BootHost;
  files?: Record<string, string>;
}

/** A running test world. All hosts are linked with all (1 ms each way) unless links are given. */
export class TestWorld {
  readonly booted: BootedPartition;
  readonly events: TraceEvent[] = [];
  readonly world: World;

  constructor(hosts: TestHost[], options: { links?: WorldLink[]; seed?: number; startsAt?: string } = {}) {
    const bootOf = new Map(hosts.map((host) => [host.name, host.boot]));
    this.world = {
      name: 'test',
      title: 'test',
      startsAt: options.startsAt ?? '2026-03-03T09:00:00Z',
      hosts: hosts.map((host, x): WorldHost => ({
        name: host.name,
        kind: host.kind ?? 'outside',
        role: '',
        organisation: '',
        addresses: [host.address],
        at: { x, y: 0 },
        files: host.files ?? {},
      })),
      links: options.links ?? allLinks(hosts),
      people: [],
      demo: [],
    };
    const testRoles: Roles = {
      ...roles,
      outside: (os: Os) => (bootOf.get(os.hostName) ?? roles.outside)(os),
    };
    this.booted = new BootedPartition({
      world: this.world,
      seed: options.seed ?? 1,
      runs: hosts.map((_, index) => index),
      keepTrace: true,
      roles: testRoles,
    });
  }

  #clock = 0;
  /** The clock: where `run` got to. */
  get now(): number {
    return this.#clock;
  }

  machine(name: string): Machine {
    return this.booted.machines[this.world.hosts.findIndex((host) => host.name === name)]!;
  }

  input(at: number, command: InputCommand): void {
    this.booted.input(at, command);
  }

  /** Runs to virtual time `until` (microseconds); a daemon that throws fails the test. */
  run(until: number): this {
    this.booted.partition.runUntil(until + 1);
    this.#clock = Math.max(this.#clock, until);
    const chunk = this.booted.partition.tracer.take();
    if (chunk !== null) for (let i = 0; i < chunk.count; i++) this.events.push(eventAt(chunk, i));
    expect(this.booted.partition.failures.map((f) => `${f.host} ${f.proc}: ${f.stack}`)).toEqual([]);
    return this;
  }

  /** Starts a proc on a host and runs until it ended (at most `limitUs` virtual time); returns what it returned. */
  call<T>(host: string, body: (os: Os) => Proc<T>, limitUs = 600 * SECOND): T {
    let result: { value: T } | null = null;
    this.spawn(host, function* (os): Proc<void> {
      result = { value: yield* body(os) };
    });
    const end = this.now + limitUs;
    while (result === null && this.booted.partition.nextTime <= end) this.run(this.booted.partition.nextTime);
    expect(result, `the proc on ${host} did not end within ${limitUs} us`).not.toBeNull();
    return (result as unknown as { value: T }).value;
  }

  /** Starts a proc on a host at the next instant. */
  spawn(host: string, body: (os: Os) => Proc<unknown>): void {
    const machine = this.machine(host);
    const { partition } = this.booted;
    partition.input({
      at: this.#clock + 1,
      host: machine.kernel.index,
      accept: () => machine.os().spawn('test', body),
    });
  }

  /** Events of one kind so far. */
  seen<K extends TraceKind>(kind: K): Extract<TraceEvent, { kind: K }>[] {
    return this.events.filter((event): event is Extract<TraceEvent, { kind: K }> => event.kind === kind);
  }

  /** Log texts so far: "ident: text" without stamp and pid. */
  logLines(host?: string): string[] {
    return this.seen('log.line-written')
      .filter((event) => host === undefined || this.world.hosts[event.hostIndex]!.name === host)
      .map((event) => `${event.ident}: ${event.text}`);
  }
}

function allLinks(hosts: TestHost[]): WorldLink[] {
  const links: WorldLink[] = [];
  for (const [i, a] of hosts.entries())
    for (const b of hosts.slice(i + 1)) links.push({ between: [a.name, b.name], latencyUs: 1000 });
  return links;
}
