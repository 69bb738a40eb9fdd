/**
 * simulation — one run: partitions, conservative windows, the input log, the hash
 *
 * Each window grants every partition a horizon: the earliest instant at which anything from another partition
 * could still reach it (next event there plus the least latency on the way; Chandy and Misra's lookahead).
 * All partitions with something before their horizon run side by side; what they sent is exchanged; empty
 * time is skipped.
 */
import { assert } from './bytes/assert.ts';
import type { Completion, CompletionQuestion, Placement, Run } from './api.ts';
import { hostsOfInput } from './hosts/boot.ts';
import { parseCommand } from './hosts/parse-command.ts';
import type { World } from './hosts/world.ts';
import type { Input, InputCommand } from './input.ts';
import type { Arrival, Failure } from './kernel/partition.ts';
import { runHash } from './kernel/tracer.ts';
import type { PartitionPort, PartitionSpec, WindowReply } from './partition-port.ts';
import { mergeChunks, type TraceChunk } from './trace/batch.ts';
import type { VirtualTime } from './trace/event.ts';

const hostsPerWorkerPlacementMax = 16;

/** The placement a world gets when none is asked for. */
export function defaultPlacement(world: World): Placement {
  return world.hosts.length <= hostsPerWorkerPlacementMax ? 'host' : 'site';
}

/** Which hosts share a worker. @returns groups of world indices, in world order */
export function placeHosts(world: World, placement: Placement): { name: string; runs: number[] }[] {
  const groups = new Map<string, number[]>();
  for (const [index, host] of world.hosts.entries()) {
    const site = host.organisation === '' ? host.name : host.organisation;
    const group = placement === 'one' ? 'world' : placement === 'host' ? host.name : site;
    const runs = groups.get(group);
    if (runs === undefined) groups.set(group, [index]);
    else runs.push(index);
  }
  return [...groups].map(([name, runs]) => ({ name, runs }));
}

interface Member {
  port: PartitionPort;
  runs: number[];
  nextTime: VirtualTime;
  arrivals: Arrival[];
  inputs: Input[];
  eventCount: number;
}

export class Simulation {
  readonly run: Run;
  readonly failures: Failure[] = [];
  #members: Member[] = [];
  readonly #memberOf: number[] = [];
  #distance: Float64Array = new Float64Array(0);
  #latency = new Map<string, number>();
  /** first instant not granted to any partition */
  #granted: VirtualTime = 0;
  #chunks: TraceChunk[] = [];

  private constructor(run: Run) {
    this.run = run;
  }

  /** Boots the run's world; the run's inputs take effect as time passes. */
  static async boot(options: {
    run: Run;
    placement: Placement;
    keepTrace: boolean;
    start: (spec: PartitionSpec, name: string) => PartitionPort | Promise<PartitionPort>;
  }): Promise<Simulation> {
    const { world, seed } = options.run;
    const inputs = options.run.inputs.map(({ at, command }) => ({
      at,
      command: parseCommand(command, 'input'),
    }));
    const simulation = new Simulation({ ...options.run, inputs: [...inputs] });
    const groups = placeHosts(world, options.placement);
    const ports = await Promise.all(
      groups.map(({ name, runs }) =>
        options.start({ world, seed, runs, keepTrace: options.keepTrace }, name),
      ),
    );
    simulation.#members = groups.map(({ runs }, i) => ({
      port: ports[i]!,
      runs,
      nextTime: 0,
      arrivals: [],
      inputs: [],
      eventCount: 0,
    }));
    for (const [i, { runs }] of groups.entries()) for (const index of runs) simulation.#memberOf[index] = i;
    for (const link of world.links) simulation.#latency.set(linkKey(link.between), link.latencyUs);
    for (const input of inputs) simulation.#tune(input.command);
    simulation.#measure();
    for (const input of inputs) simulation.#route(input);
    return simulation;
  }

  /** When something happens next; Infinity when never again. */
  get nextTime(): VirtualTime {
    let next = Infinity;
    for (const member of this.#members) next = Math.min(next, pendingTime(member));
    return next;
  }

  get eventCount(): number {
    return this.#members.reduce((sum, member) => sum + member.eventCount, 0);
  }

  /**
   * The first microsecond not yet granted to any worker: the stamp of the next input, unless the clock is
   * later.
   */
  get granted(): VirtualTime {
    return this.#granted;
  }

  /**
   * Stamps a command, logs it and hands it to its hosts.
   * @param notBefore the clock shown
   * @throws WorldError when it is no command
   */
  input(command: InputCommand, notBefore: VirtualTime): VirtualTime {
    const at = Math.max(this.#granted, notBefore);
    const input: Input = { at, command: parseCommand(command, 'input') };
    this.run.inputs.push(input);
    if (this.#tune(command)) this.#measure();
    this.#route(input);
    return at;
  }

  /**
   * Runs one window, at most up to and including `limit`.
   * @param eventsMax bounds the work per partition (only with a single partition, where it cannot matter)
   * @returns false when nothing happens up to `limit`
   */
  async window(limit: VirtualTime, eventsMax = Number.MAX_SAFE_INTEGER): Promise<boolean> {
    const next = this.#members.map(pendingTime);
    if (Math.min(...next) > limit) {
      this.#granted = Math.max(this.#granted, limit + 1);
      return false;
    }
    const count = this.#members.length;
    const replies: (WindowReply | Promise<WindowReply> | null)[] = this.#members.map((member, i) => {
      let horizon = limit + 1;
      for (let j = 0; j < count; j++) horizon = Math.min(horizon, next[j]! + this.#distance[j * count + i]!);
      if (next[i]! >= horizon) return null;
      if (count > 1) this.#granted = Math.max(this.#granted, horizon);
      const { arrivals, inputs } = member;
      member.arrivals = [];
      member.inputs = [];
      return member.port.run({
        horizon,
        arrivals,
        inputs,
        eventsMax: count > 1 ? Number.MAX_SAFE_INTEGER : eventsMax,
      });
    });
    for (const [i, pending] of replies.entries()) {
      if (pending === null) continue;
      // A single partition that waits for code: what is done meanwhile comes behind this window.
      if (count === 1 && pending instanceof Promise) this.#granted = Math.max(this.#granted, limit + 1);
      const reply = pending instanceof Promise ? await pending : pending;
      this.#take(this.#members[i]!, reply);
    }
    if (count === 1)
      this.#granted = Math.max(this.#granted, Math.min(limit, this.#members[0]!.nextTime - 1) + 1);
    return true;
  }

  /** Runs everything up to and including `limit`. */
  async runUntil(limit: VirtualTime): Promise<void> {
    while (await this.window(limit));
  }

  /** The events of all that happened before every pending event, in order of (time, host, n). */
  takeTrace(): TraceChunk | null {
    if (this.#chunks.length === 0) return null;
    const [first] = this.#chunks;
    if (this.#members.length === 1 && this.#chunks.length === 1) {
      this.#chunks = []; // one partition's trace is in order already, and all of it before what is pending
      return first!;
    }
    const { merged, rest } = mergeChunks(this.#chunks, this.nextTime);
    this.#chunks = rest.filter((chunk) => chunk !== null);
    return merged.count === 0 ? null : merged;
  }

  /** 16 hex digits over every event so far, hosts in world order. */
  async hash(): Promise<string> {
    const maps = await Promise.all(this.#members.map((member) => member.port.hashes()));
    return runHash(this.run.world.hosts.map((_, index) => maps[this.#memberOf[index]!]!.get(index)!));
  }

  /** Asks a terminal; nothing happens by it. */
  async complete(question: CompletionQuestion): Promise<Completion | null> {
    const index = this.run.world.hosts.findIndex(({ name }) => name === question.host);
    return index < 0 ? null : this.#members[this.#memberOf[index]!]!.port.complete(index, question);
  }

  close(): void {
    for (const member of this.#members) member.port.close();
  }

  #take(member: Member, reply: WindowReply): void {
    member.nextTime = reply.nextTime;
    member.eventCount = reply.eventCount;
    for (const arrival of reply.outbound)
      this.#members[this.#memberOf[arrival.destination]!]!.arrivals.push(arrival);
    if (reply.chunk !== null) this.#chunks.push(reply.chunk);
    this.failures.push(...reply.failures);
  }

  #route(input: Input): void {
    const concerned = new Set<Member>();
    for (const name of hostsOfInput(input.command)) {
      const index = this.run.world.hosts.findIndex((host) => host.name === name);
      if (index >= 0) concerned.add(this.#members[this.#memberOf[index]!]!);
    }
    for (const member of concerned) member.inputs.push(input);
  }

  /** Remembers the least latency a link may have from now on. @returns whether it shrank */
  #tune(command: InputCommand): boolean {
    if (command.kind !== 'link.tune') return false;
    const key = linkKey(command.between);
    const known = this.#latency.get(key);
    if (known === undefined || known <= command.latencyUs) return false;
    this.#latency.set(key, command.latencyUs);
    return true;
  }

  /** Least time from an event in one partition to an effect in another; on the diagonal, there and back. */
  #measure(): void {
    const count = this.#members.length;
    const d = new Float64Array(count * count).fill(Infinity);
    const { hosts, links } = this.run.world;
    for (const link of links) {
      const [a, b] = link.between.map(
        (name) => this.#memberOf[hosts.findIndex((host) => host.name === name)]!,
      ) as [number, number];
      if (a === b) continue;
      const latency = this.#latency.get(linkKey(link.between))!;
      assert(latency > 0, `link ${link.between.join(' – ')} without latency`);
      d[a * count + b] = Math.min(d[a * count + b]!, latency);
      d[b * count + a] = Math.min(d[b * count + a]!, latency);
    }
    for (let k = 0; k < count; k++)
      for (let i = 0; i < count; i++)
        for (let j = 0; j < count; j++) {
          const through = d[i * count + k]! + d[k * count + j]!;
          if (through < d[i * count + j]!) d[i * count + j] = through;
        }
    this.#distance = d;
  }
}

function pendingTime(member: Member): VirtualTime {
  let time = member.nextTime;
  for (const arrival of member.arrivals) if (arrival.at < time) time = arrival.at;
  for (const input of member.inputs) if (input.at < time) time = input.at;
  return time;
}

function linkKey(between: readonly [string, string]): string {
  return between[0] < between[1] ? `${between[0]} ${between[1]}` : `${between[1]} ${between[0]}`;
}
