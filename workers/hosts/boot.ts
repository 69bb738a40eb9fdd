/**
 * boot — turns a world into a partition: kernels, machines, cables, and inputs that take effect
 *
 * The same function serves every placement: a worker is told which hosts of the world it runs.
 */
import { assert, unreachable } from '../bytes/assert.ts';

import { parseInstant } from '../os/calendar.ts';
import type { Os } from '../os/os.ts';
import { Machine } from '../os/virtual.ts';

import type { InputCommand } from '../input.ts';
import type { CodeStore } from '../kernel/code.ts';
import { Partition } from '../kernel/partition.ts';
import type { VirtualTime } from '../trace/event.ts';

import { Link } from '../net/link.ts';
import type { Packet } from '../net/packet.ts';
import { NetStack } from '../net/stack.ts';

import { administer } from './administer.ts';
import type { HostKind, World, WorldLink } from './world.ts';

/** Starts the daemons of a host of some kind. */
export type BootHost = (os: Os) => void;
/** Those of the kinds that are there, and the code that comes late. */
export interface Roles extends Readonly<Partial<Record<HostKind, BootHost>>> {
  readonly code: CodeStore;
}

const bitsPerSecondDefault = 1_000_000_000;

/** A partition with its machines. */
export class BootedPartition {
  readonly partition: Partition;
  readonly machines: (Machine | null)[];
  readonly #indexOf: ReadonlyMap<string, number>;

  constructor(options: {
    world: World;
    seed: number;
    runs: readonly number[];
    keepTrace: boolean;
    roles: Roles;
  }) {
    const { world, roles } = options;
    this.#indexOf = new Map(world.hosts.map((host, index) => [host.name, index]));
    this.partition = new Partition({
      hostNames: world.hosts.map((host) => host.name),
      runs: options.runs,
      seed: options.seed,
      keepTrace: options.keepTrace,
      code: roles.code,
      onArrival: (host, arrival) => this.machines[host.index]!.net.arrive(arrival as Packet),
    });
    const startsAtUs = parseInstant(world.startsAt);
    assert(
      startsAtUs !== null,
      `startsAt of world ${world.name}: expected YYYY-MM-DDTHH:MM:SSZ, found ${world.startsAt}`,
    );
    const hostOfAddress = addressMap(world);
    this.machines = world.hosts.map((host, index) => {
      const kernel = this.partition.hosts[index];
      if (kernel === null || kernel === undefined) return null;
      const boot = roles[host.kind];
      assert(boot !== undefined, `what a ${host.kind} runs was not fetched`);
      const links = linksOf(world, index, this.#indexOf);
      const net = new NetStack({ host: kernel, addresses: host.addresses, links, hostOfAddress });
      return new Machine({
        kernel,
        net,
        startsAtUs,
        files: Object.entries(host.files).sort(byPath),
        boot,
      });
    });
    for (const machine of this.machines) {
      if (machine !== null)
        this.partition.input({ at: 0, host: machine.kernel.index, accept: () => machine.start() });
    }
  }

  /** Enters an input for the hosts of this partition that it concerns; others ignore it. */
  input(at: VirtualTime, command: InputCommand): void {
    for (const name of hostsOfInput(command)) {
      const index = this.#indexOf.get(name);
      const machine = index === undefined ? null : this.machines[index];
      if (machine === null || machine === undefined) continue;
      this.partition.input({ at, host: machine.kernel.index, accept: () => this.#accept(machine, command) });
    }
  }

  #accept(machine: Machine, command: InputCommand): void {
    const { kernel } = machine;
    kernel.cause = kernel.emit({ kind: 'input.accepted', text: JSON.stringify(command) });
    switch (command.kind) {
      case 'link.set':
      case 'link.tune':
        return this.#changeLink(machine, command);
      case 'host.crash':
        return machine.crash();
      case 'host.stop':
        return machine.stop();
      case 'host.start':
        return machine.start();
      case 'mua.send':
      case 'mua.fetch':
      case 'queue.flush':
      case 'outside.connect':
      case 'outside.data':
      case 'outside.close':
      case 'outside.abort':
      case 'outside.datagram':
        if (kernel.up) machine.input(command);
        return;
      case 'host.run':
      case 'file.write':
      case 'tty.open':
      case 'tty.input':
      case 'tty.resize':
      case 'tty.signal':
      case 'tty.close':
        if (kernel.up) administer(machine.os(), command);
        return;
      default:
        unreachable(command);
    }
  }

  #changeLink(machine: Machine, command: Extract<InputCommand, { kind: 'link.set' | 'link.tune' }>): void {
    const { kernel, net } = machine;
    const other = command.between[0] === kernel.name ? command.between[1] : command.between[0];
    const link = net.links.get(this.#indexOf.get(other) ?? -1);
    if (link === undefined) return;
    if (command.kind === 'link.set') link.fault = command.fault;
    else {
      link.latencyUs = command.latencyUs;
      link.lossPerMille = command.lossPerMille;
    }
    const { fault, latencyUs, lossPerMille } = link;
    const changed = { from: kernel.name, to: other, fault, latencyUs, lossPerMille };
    link.changed = kernel.emit({ kind: 'link.changed', ...changed });
  }
}

/** The hosts that an input concerns, by name. */
export function hostsOfInput(command: InputCommand): readonly string[] {
  switch (command.kind) {
    case 'link.set':
    case 'link.tune':
      return command.between;
    case 'outside.connect':
    case 'outside.data':
    case 'outside.close':
    case 'outside.abort':
      return [command.host ?? outsideHostName];
    case 'outside.datagram':
      return [outsideHostName];
    default:
      return [command.host];
  }
}

/** The host that stands for real peers behind the bridge. */
export const outsideHostName = 'outside';

function addressMap(world: World): ReadonlyMap<string, number> {
  const map = new Map<string, number>();
  for (const [index, host] of world.hosts.entries())
    for (const address of host.addresses) map.set(address, index);
  return map;
}

function linksOf(
  world: World,
  index: number,
  indexOf: ReadonlyMap<string, number>,
): ReadonlyMap<number, Link> {
  const name = world.hosts[index]!.name;
  const links = new Map<number, Link>();
  for (const link of world.links) {
    const other = otherEnd(link, name);
    if (other === null) continue;
    links.set(
      indexOf.get(other)!,
      new Link({
        latencyUs: link.latencyUs,
        bitsPerSecond: link.bitsPerSecond ?? bitsPerSecondDefault,
        lossPerMille: link.lossPerMille ?? 0,
      }),
    );
  }
  return links;
}

function otherEnd(link: WorldLink, name: string): string | null {
  if (link.between[0] === name) return link.between[1];
  return link.between[1] === name ? link.between[0] : null;
}

function byPath(a: readonly [string, string], b: readonly [string, string]): number {
  return a[0] < b[0] ? -1 : 1;
}
