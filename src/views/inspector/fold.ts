/**
 * fold — the state of every host and cable over time: up or down, processes, faults, latency, queue files
 *
 * Each change is appended with its time, so that a cursor in the past reads less.
 */
import type { EventId, QueueName, TraceEvent, TraceKind, VirtualTime } from '../../../workers/api.ts';

import type { Fold, FoldContext } from '../../sim/fold.ts';

export interface HostChange {
  at: VirtualTime;
  event: EventId;
  state: 'up' | 'stopped' | 'crashed';
}

export interface LinkChange {
  at: VirtualTime;
  event: EventId;
  fault: string;
  latencyUs: number;
  lossPerMille: number;
}

export interface ProcessSpan {
  pid: number;
  name: string;
  from: VirtualTime;
  until: VirtualTime;
  started: EventId;
}

interface QueueStay {
  queueId: string;
  queue: QueueName;
  from: VirtualTime;
  until: VirtualTime;
}

interface HostHistory {
  changes: HostChange[];
  processes: ProcessSpan[];
  running: Map<number, ProcessSpan>;
  stays: QueueStay[];
  lying: Map<string, QueueStay>;
  /** server ports it was seen to answer on, and since when */
  ports: Map<string, VirtualTime>;
}

/** State of hosts and cables; every answer is as of a given instant. */
export class StateFold implements Fold {
  readonly kinds: ReadonlySet<TraceKind> = new Set<TraceKind>([
    'host.booted',
    'host.crashed',
    'host.stopped',
    'link.changed',
    'process.started',
    'process.stopped',
    'queue.file-moved',
    'tcp.state-changed',
    'udp.datagram-sent',
  ]);
  readonly #context: FoldContext;
  readonly #hosts: HostHistory[];
  readonly #links = new Map<string, LinkChange[]>();

  constructor(context: FoldContext) {
    this.#context = context;
    this.#hosts = context.world.hosts.map(() => ({
      changes: [],
      processes: [],
      running: new Map(),
      stays: [],
      lying: new Map(),
      ports: new Map(),
    }));
  }

  add(event: TraceEvent): void {
    const host = this.#hosts[event.hostIndex];
    if (host === undefined) return;
    const { at, id } = event;
    switch (event.kind) {
      case 'host.booted':
        host.changes.push({ at, event: id, state: 'up' });
        return;
      case 'host.crashed':
      case 'host.stopped':
        host.changes.push({ at, event: id, state: event.kind === 'host.crashed' ? 'crashed' : 'stopped' });
        for (const process of host.running.values()) process.until = at;
        host.running.clear();
        return;
      case 'link.changed':
        return this.#linkChanged(event);
      case 'process.started': {
        const process = { pid: event.pid, name: event.name, from: at, until: Infinity, started: id };
        host.processes.push(process);
        host.running.set(event.pid, process);
        return;
      }
      case 'process.stopped': {
        const process = host.running.get(event.pid);
        if (process !== undefined) process.until = at;
        host.running.delete(event.pid);
        return;
      }
      case 'queue.file-moved': {
        const before = host.lying.get(event.queueId);
        if (before !== undefined) before.until = at;
        host.lying.delete(event.queueId);
        if (event.to === '') return;
        const stay = { queueId: event.queueId, queue: event.to, from: at, until: Infinity };
        host.stays.push(stay);
        host.lying.set(event.queueId, stay);
        return;
      }
      case 'tcp.state-changed':
        if (event.role === 'server' && event.state === 'established') addPort(host, `${event.localPort}`, at);
        return;
      case 'udp.datagram-sent':
        if (event.fromPort < 1024) addPort(host, `${event.fromPort}/udp`, at);
        return;
      default:
    }
  }

  /** The ports a host has answered on so far, as "25" and "53/udp", in the order first seen. */
  ports(hostIndex: number, at: VirtualTime): string[] {
    return [...(this.#hosts[hostIndex]?.ports ?? [])].flatMap(([port, since]) => (since <= at ? [port] : []));
  }

  /** @returns null before the host was booted */
  host(hostIndex: number, at: VirtualTime): HostChange | null {
    return this.#hosts[hostIndex]?.changes.findLast((change) => change.at <= at) ?? null;
  }

  /** Its last change, or how the world has it. */
  link(a: number, b: number, at: VirtualTime): LinkChange {
    return (
      (this.#links.get(linkKey(a, b)) ?? []).findLast((change) => change.at <= at) ?? this.#asBuilt(a, b)
    );
  }

  /** Processes running on a host, oldest first. */
  processes(hostIndex: number, at: VirtualTime): ProcessSpan[] {
    return (this.#hosts[hostIndex]?.processes ?? []).filter((one) => one.from <= at && at < one.until);
  }

  /** How many queue files lie in each queue of a host; empty for a host that has no queues. */
  queueCounts(hostIndex: number, at: VirtualTime): ReadonlyMap<QueueName, number> {
    const counts = new Map<QueueName, number>();
    const stays = this.#hosts[hostIndex]?.stays ?? [];
    if (stays.length === 0) return counts;
    for (const queue of ['incoming', 'active', 'deferred', 'hold', 'corrupt'] as const) counts.set(queue, 0);
    for (const stay of stays)
      if (stay.from <= at && at < stay.until) counts.set(stay.queue, (counts.get(stay.queue) ?? 0) + 1);
    return counts;
  }

  #linkChanged(event: Extract<TraceEvent, { kind: 'link.changed' }>): void {
    const { names } = this.#context;
    const [from, to] = [names.indexOf(event.from), names.indexOf(event.to)];
    if (from > to) return; // both ends report it
    const key = linkKey(from, to);
    const { at, id, fault, latencyUs, lossPerMille } = event;
    const change = { at, event: id, fault, latencyUs, lossPerMille };
    const changes = this.#links.get(key);
    if (changes === undefined) this.#links.set(key, [change]);
    else changes.push(change);
  }

  #asBuilt(a: number, b: number): LinkChange {
    const { world, names } = this.#context;
    const built = world.links.find(({ between: [one, other] }) => {
      const ends = [names.indexOf(one), names.indexOf(other)];
      return ends.includes(a) && ends.includes(b);
    });
    return {
      at: 0,
      event: 0,
      fault: '',
      latencyUs: built?.latencyUs ?? 0,
      lossPerMille: built?.lossPerMille ?? 0,
    };
  }
}

function addPort(host: HostHistory, port: string, at: VirtualTime): void {
  if (!host.ports.has(port)) host.ports.set(port, at);
}

function linkKey(a: number, b: number): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
