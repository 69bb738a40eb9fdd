/**
 * bridge-world — a world with the host `outside` in it, and the options that say what is bound to what
 */
import { outsideHostName } from '../hosts/boot.ts';
import type { World } from '../hosts/world.ts';

/** The address that real peers have in the simulated world. */
export const outsideAddress = '198.51.100.250';
const outsideLatencyUs = 100;

/** An inbound binding: real ip:port → a simulated host's port. */
export interface Binding {
  protocol: 'tcp' | 'udp';
  host: string;
  /** address on that host; null = its first */
  address: string | null;
  port: number;
  ip: string;
  realPort: number;
}

/** An outbound way: what connects to address:port in the simulation reaches ip:realPort. */
export interface Outlet {
  /** null = whoever connects to it */
  host: string | null;
  address: string;
  port: number;
  ip: string;
  realPort: number;
}

/** Parses "[tcp/|udp/]HOST[@ADDR]:PORT=IP:PORT". @returns null when it is anything else */
export function parseBinding(text: string): Binding | null {
  const match = /^(?:(tcp|udp)\/)?([a-z0-9.-]+)(?:@([0-9.]+))?:(\d+)=([0-9.]+|localhost):(\d+)$/.exec(text);
  if (match === null) return null;
  const [, protocol, host, address, port, ip, realPort] = match;
  return {
    protocol: protocol === 'udp' ? 'udp' : 'tcp',
    host: host!,
    address: address ?? null,
    port: Number(port),
    ip: ip === 'localhost' ? '127.0.0.1' : ip!,
    realPort: Number(realPort),
  };
}

/** Parses "[HOST@]IP:PORT=IP:PORT". @returns null when it is anything else */
export function parseOutlet(text: string): Outlet | null {
  const match = /^(?:([a-z0-9.-]+)@)?([0-9.]+):(\d+)=([0-9.]+):(\d+)$/.exec(text);
  if (match === null) return null;
  const [, host, address, port, ip, realPort] = match;
  return {
    host: host ?? null,
    address: address!,
    port: Number(port),
    ip: ip!,
    realPort: Number(realPort),
  };
}

export function isLoopback(ip: string): boolean {
  return ip.startsWith('127.') || ip === '::1' || ip === 'localhost';
}

/** The world with the host `outside`, linked with every other host. */
export function withOutside(world: World, outlets: readonly Outlet[]): World {
  if (world.hosts.some((host) => host.name === outsideHostName)) return world;
  const lines = outlets.map(({ address, port }) => `listen ${address} ${port}`);
  return {
    ...world,
    hosts: [
      ...world.hosts,
      {
        name: outsideHostName,
        kind: 'outside',
        role: 'Outside',
        organisation: '',
        addresses: [outsideAddress, ...new Set(outlets.map((outlet) => outlet.address))],
        at: { x: 0, y: 0 },
        files: { '/etc/outside.conf': `${lines.join('\n')}\n` },
      },
    ],
    links: [
      ...world.links,
      ...world.hosts.map((host) => ({
        between: [host.name, outsideHostName] as [string, string],
        latencyUs: outsideLatencyUs,
      })),
    ],
  };
}
