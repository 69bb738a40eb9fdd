/** names — who is who in a world: host names by index and address, short names, services by port */
import type { World } from '../../workers/api.ts';

export type Protocol = 'smtp' | 'lmtp' | 'imap' | 'ldap' | 'dns' | 'tcp';

/** What the page calls things. Built once per world. */
export interface Names {
  /** the full host name; '' when the index is none */
  full(hostIndex: number): string;
  /** the shortest run of labels that is unique in the world: "mta1", "ns1.acme" */
  short(hostIndex: number): string;
  /** the host an address belongs to, as host `from` sees it (127.0.0.1 is itself); -1 = none */
  at(address: string, from: number): number;
  /** "mta1" for an address of the world, the address itself for any other */
  ofAddress(address: string, from: number): string;
  indexOf(fullName: string): number;
  readonly count: number;
}

/** The names of the hosts of a world. */
export function namesOf(world: World): Names {
  const hosts = world.hosts;
  const byAddress = new Map<string, number>();
  const byName = new Map<string, number>();
  for (const [index, host] of hosts.entries()) {
    byName.set(host.name, index);
    for (const address of host.addresses) byAddress.set(address, index);
  }
  const shorts = shortNames(hosts.map((host) => host.name));
  const at = (address: string, from: number) =>
    address.startsWith('127.') || address === '::1' ? from : (byAddress.get(address) ?? -1);
  return {
    full: (index) => hosts[index]?.name ?? '',
    short: (index) => shorts[index] ?? '',
    at,
    ofAddress(address, from) {
      const index = at(address, from);
      return index < 0 ? address : shorts[index]!;
    },
    indexOf: (name) => byName.get(name) ?? -1,
    count: hosts.length,
  };
}

/** Shortens each name to as few labels as keep it apart from all others. */
export function shortNames(names: string[]): string[] {
  return names.map((name) => {
    const labels = name.split('.');
    for (let count = 1; count < labels.length; count++) {
      const short = labels.slice(0, count).join('.');
      if (names.filter((other) => other === short || other.startsWith(short + '.')).length === 1)
        return short;
    }
    return name;
  });
}

const protocols: ReadonlyMap<number, Protocol> = new Map([
  [25, 'smtp'],
  [465, 'smtp'],
  [587, 'smtp'],
  [10024, 'smtp'],
  [10025, 'smtp'],
  [24, 'lmtp'],
  [7025, 'lmtp'],
  [143, 'imap'],
  [389, 'ldap'],
  [53, 'dns'],
]);

/** The protocol spoken on a server's port. */
export function protocolOfPort(port: number): Protocol {
  return protocols.get(port) ?? 'tcp';
}

/** The protocol of a packet: that of whichever port is a server's. */
export function protocolOfPorts(a: number, b: number): Protocol {
  const protocol = protocolOfPort(b);
  return protocol === 'tcp' ? protocolOfPort(a) : protocol;
}
