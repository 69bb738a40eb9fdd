/**
 * fold — what the map draws besides mails: packets on cables, open connections, faults of cables, and hosts that stopped
 */
import type { EventId, TraceEvent, TraceKind, VirtualTime } from '../../../workers/api.ts';

import { protocolOfPorts, type Names, type Protocol } from '../../decode/names.ts';
import type { Fold, FoldContext } from '../../sim/fold.ts';

import { Spans, type Span } from '../mails/spans.ts';

import { Packets } from './packets.ts';

export interface Connection extends Span {
  /** the one who opened it */
  client: number;
  server: number;
  port: number;
  protocol: Protocol;
  /** why it ended or never came about: 'closed', 'refused', 'timed-out', 'reset', 'unreachable'; '' = it is open */
  end: string;
  event: EventId;
}

export interface LinkFault {
  at: VirtualTime;
  fault: string;
  event: EventId;
}

export type HostState = 'running' | 'stopped' | 'crashed';

type Of<K extends TraceKind> = Extract<TraceEvent, { kind: K }>;
type Sent = Of<'tcp.segment-sent'> | Of<'udp.datagram-sent'>;

const failureShownUs = 400_000;
const flightsMax = 100_000;
const frameOverheadBytes = 40;

/** Connections, packets and faults of all cables, at any time. */
export class WiresFold implements Fold {
  readonly kinds: ReadonlySet<TraceKind> = new Set<TraceKind>([
    'tcp.segment-sent',
    'tcp.segment-delivered',
    'tcp.segment-dropped',
    'udp.datagram-sent',
    'udp.datagram-delivered',
    'udp.datagram-dropped',
    'tcp.state-changed',
    'link.changed',
    'host.booted',
    'host.stopped',
    'host.crashed',
  ]);
  readonly packets = new Packets();
  readonly connections = new Spans<Connection>();
  /** connections that could not be opened or broke, for as long as the map shows it */
  readonly failures = new Spans<Connection>();

  readonly #names: Names;
  readonly #flying = new Map<EventId, number>();
  readonly #open = new Map<string, Connection>();
  readonly #faults = new Map<string, LinkFault[]>();
  readonly #hosts: { at: VirtualTime; state: HostState }[][];
  /** per cable and serving end: the ports that were used, each with the first time */
  readonly #ports = new Map<string, { at: VirtualTime; port: number }[]>();
  readonly #latency = new Map<string, { latencyUs: number; bitsPerSecond: number }>();

  constructor({ world, names }: FoldContext) {
    this.#names = names;
    this.#hosts = world.hosts.map(() => []);
    for (const { between, latencyUs, bitsPerSecond = 1e9 } of world.links)
      this.#latency.set(linkKey(names.indexOf(between[0]), names.indexOf(between[1])), {
        latencyUs,
        bitsPerSecond,
      });
  }

  add(event: TraceEvent): void {
    switch (event.kind) {
      case 'tcp.segment-sent':
      case 'udp.datagram-sent':
        return this.#sent(event);
      case 'tcp.segment-delivered':
      case 'udp.datagram-delivered':
        return this.#ended(event.sent, event.at, false);
      case 'tcp.segment-dropped':
      case 'udp.datagram-dropped':
        return this.#ended(event.sent, event.at, true);
      case 'tcp.state-changed':
        return this.#stateChanged(event);
      case 'link.changed':
        return this.#linkChanged(event);
      case 'host.booted':
        return void this.#hosts[event.hostIndex]!.push({ at: event.at, state: 'running' });
      case 'host.stopped':
        return void this.#hosts[event.hostIndex]!.push({ at: event.at, state: 'stopped' });
      case 'host.crashed':
        return void this.#hosts[event.hostIndex]!.push({ at: event.at, state: 'crashed' });
      default:
    }
  }

  /** The fault of the cable between two hosts. @returns null when it is whole */
  faultAt(a: number, b: number, at: VirtualTime): LinkFault | null {
    const last = this.#faults.get(linkKey(a, b))?.findLast((change) => change.at <= at);
    return last === undefined || last.fault === '' ? null : last;
  }

  hostAt(host: number, at: VirtualTime): HostState {
    return this.#hosts[host]?.findLast((change) => change.at <= at)?.state ?? 'running';
  }

  /** The ports of `server` that `client` used over the cable between them until `at`, in order of first use. */
  portsAt(client: number, server: number, at: VirtualTime): number[] {
    return (this.#ports.get(`${client}>${server}`) ?? [])
      .filter((use) => use.at <= at)
      .map(({ port }) => port);
  }

  #sent(event: Sent): void {
    const toHost = this.#names.at(event.to, event.hostIndex);
    if (toHost < 0 || toHost === event.hostIndex) return;
    const protocol = protocolOfPorts(event.fromPort, event.toPort);
    const cable = this.#latency.get(linkKey(event.hostIndex, toHost));
    const bits = (event.payload.length + frameOverheadBytes) * 8;
    const takes = cable === undefined ? 1000 : cable.latencyUs + (bits * 1e6) / cable.bitsPerSecond;
    if (event.kind === 'udp.datagram-sent' && event.toPort < 1024)
      this.#used(event.hostIndex, toHost, event.toPort, event.at);
    const number = this.packets.add({
      fromHost: event.hostIndex,
      toHost,
      from: event.at,
      until: event.at + takes,
      protocol,
      carriesBytes: event.payload.length > 0,
    });
    if (this.#flying.size >= flightsMax) this.#flying.delete(this.#flying.keys().next().value!);
    this.#flying.set(event.id, number);
  }

  #ended(sent: EventId, at: VirtualTime, lost: boolean): void {
    const number = this.#flying.get(sent);
    if (number === undefined) return;
    this.#flying.delete(sent);
    this.packets.ends(number, at, lost);
  }

  #stateChanged(event: Of<'tcp.state-changed'>): void {
    if (event.role !== 'client') return;
    const server = this.#names.at(event.remote, event.hostIndex);
    if (server < 0 || server === event.hostIndex) return;
    const key = `${event.hostIndex}:${event.localPort} ${server}:${event.remotePort}`;
    if (event.state === 'syn-sent' || event.state === 'established') return this.#opened(event, server, key);
    const connection = this.#open.get(key);
    if (connection === undefined) return;
    this.#open.delete(key);
    connection.end = event.state;
    this.connections.end(connection, event.at);
    if (event.state === 'closed') return;
    const shown: Connection = { ...connection, from: event.at, until: Infinity };
    this.failures.begin(shown);
    this.failures.end(shown, event.at + failureShownUs);
  }

  #opened(event: Of<'tcp.state-changed'>, server: number, key: string): void {
    if (event.state === 'syn-sent' || !this.#open.has(key)) {
      const connection: Connection = {
        client: event.hostIndex,
        server,
        port: event.remotePort,
        protocol: protocolOfPorts(event.localPort, event.remotePort),
        from: event.at,
        until: Infinity,
        end: '',
        event: event.id,
      };
      this.#open.set(key, connection);
      this.connections.begin(connection);
      this.#used(event.hostIndex, server, event.remotePort, event.at);
    }
  }

  #used(client: number, server: number, port: number, at: VirtualTime): void {
    const key = `${client}>${server}`;
    const ports = this.#ports.get(key) ?? [];
    if (ports.some((use) => use.port === port)) return;
    ports.push({ at, port });
    this.#ports.set(key, ports);
  }

  /** Both ends tell of it; the second adds nothing. */
  #linkChanged(event: Of<'link.changed'>): void {
    const key = linkKey(this.#names.indexOf(event.from), this.#names.indexOf(event.to));
    const faults = this.#faults.get(key) ?? [];
    if ((faults.at(-1)?.fault ?? '') !== event.fault)
      faults.push({ at: event.at, fault: event.fault, event: event.id });
    this.#faults.set(key, faults);
    const cable = this.#latency.get(key);
    if (cable !== undefined) cable.latencyUs = event.latencyUs;
  }
}

/** The key of a cable, whichever end comes first. */
export function linkKey(a: number, b: number): string {
  return a < b ? `${a}-${b}` : `${b}-${a}`;
}
