/**
 * reference-host — the hosts of the world reference-postfix: Postfix as the recordings were made with, each
 * on a loopback network of its own
 *
 * A host runs postmap over its maps, a name server on 127.0.0.153, Postfix, and the bridge as a process, so
 * that a real peer has its own address (127.0.0.77 stays 127.0.0.77), and what Postfix sends to a port of
 * 127.0.0.1 that leads out reaches the real one.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import * as utf8 from '../bytes/utf8.ts';
import { postmap } from '../commands/postfix/postmap.ts';
import { startPostfix } from '../daemons/postfix/master/master.ts';
import { roles } from '../hosts/all-roles.ts';
import type { Roles } from '../hosts/boot.ts';
import { bootOutside, noSink, type OutsideSink } from '../hosts/outside.ts';
import type { World, WorldHost } from '../hosts/world.ts';
import type { Os, Proc } from '../os/os.ts';

import type { Binding, Outlet } from './bridge-world.ts';
import { answerQueries, type Zones } from './zone-server.ts';

export const referenceWorldName = 'reference-postfix';
/** Where the reference's runner receives what is sent on: ESMTP; the next ports are SMTP and LMTP. */
export const referenceSink = '127.0.0.1:12601';

const folder = path.resolve('tests/conformance/smtp/recorded');
const certificates = path.resolve('tests/protocols/tls/certificates');
const nameServer = '127.0.0.153';
const hostNames = ['mx', 'strict', 'limits', 'submission', 'trusted'];

/** The ways out that the recordings have: the runner's three sinks. */
export function referenceOutlets(): Outlet[] {
  const [ip, first] = referenceSink.split(':') as [string, string];
  return [0, 1, 2].map((offset) => {
    const port = Number(first) + offset;
    return { host: 'trusted', address: ip, port, ip, realPort: port };
  });
}

/** The world: five hosts, no links. @param outlets ways out, by host name */
export function referenceWorld(outlets: readonly Outlet[]): World {
  return {
    name: referenceWorldName,
    title: 'Reference Postfix',
    startsAt: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    hosts: hostNames.map((name, x) => referenceHost(name, x, outlets)),
    links: [],
    people: [],
    demo: [],
  };
}

/** The roles that a run's hosts have, with nobody behind them. */
export function rolesOf(world: World): Roles {
  return world.name === referenceWorldName ? referenceRoles(() => noSink) : roles;
}

/** A host's daemons. @param sinkOf where a host's bytes for real peers go */
export function referenceRoles(sinkOf: (host: string) => OutsideSink): Roles {
  return {
    ...roles,
    outside: (os) => {
      bootOutside(os, sinkOf(os.hostName));
      const zones = JSON.parse(utf8.decode(os.files.read('/etc/zones.json')!)) as Zones;
      os.spawn('zones', (child) => answerQueries(child, zones, nameServer));
      os.spawn('boot', boot);
    },
  };
}

/** The listeners of every profile, on free loopback ports; and the name of each in the ports file. */
export function referenceBindings(): { profile: string; binding: Binding }[] {
  const ports = JSON.parse(readFileSync(path.join(folder, 'ports.json'), 'utf8')) as Record<string, number>;
  const hostOf = new Map<number, string>();
  for (const host of hostNames)
    for (const [, port] of configuration(`${host}.master.cf`).matchAll(/^[\d.]+:(\d+)\s+inet\s/gm))
      hostOf.set(Number(port), host);
  return Object.entries(ports).map(([profile, port]) => ({
    profile,
    binding: {
      protocol: 'tcp',
      host: hostOf.get(port)!,
      address: '127.0.0.1',
      port,
      ip: '127.0.0.1',
      realPort: 0,
    },
  }));
}

function referenceHost(name: string, x: number, outlets: readonly Outlet[]): WorldHost {
  const ways = outlets.filter(({ host }) => host === null || host === name);
  const maps = readdirSync(path.join(folder, 'configs/maps'));
  return {
    name,
    kind: 'outside',
    role: 'MTA',
    organisation: '',
    addresses: [`192.0.2.${101 + x}`],
    at: { x, y: 0 },
    files: {
      '/etc/postfix/main.cf': configuration(`${name}.main.cf`),
      '/etc/postfix/master.cf': configuration(`${name}.master.cf`) + configuration('services.master.cf'),
      '/etc/postfix/sasl/smtpd.conf':
        'pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: LOGIN PLAIN\n',
      '/etc/sasldb-users': 'alice@example.com:secret1\nbob@example.com:secret2\n',
      '/etc/postfix/run/tls/smtpd.crt': read(path.join(certificates, 'mail.example.com.pem')),
      '/etc/postfix/run/tls/smtpd.key': read(path.join(certificates, 'mail.example.com.key')),
      '/etc/hosts': '127.0.0.1 localhost\n',
      '/etc/resolv.conf': `nameserver ${nameServer}\noptions timeout:1 attempts:1\n`,
      '/etc/outside.conf': ways.map(({ address, port }) => `listen ${address} ${port}\n`).join(''),
      '/etc/zones.json': read(path.join(folder, 'zones.json')),
      ...Object.fromEntries(
        maps.map((map) => [`/etc/postfix/maps/${map}`, read(path.join(folder, 'configs/maps', map))]),
      ),
    },
  };
}

function configuration(name: string): string {
  return read(path.join(folder, 'configs', name))
    .replaceAll('@MAPS@', '/etc/postfix/maps')
    .replaceAll('@B@', '/etc/postfix');
}

function read(file: string): string {
  return readFileSync(file, 'utf8');
}

function* noInput(): Proc<Uint8Array> {
  return new Uint8Array();
}

// postmap over every map that is one, then Postfix: what the reference's script does.
function* boot(os: Os): Proc<void> {
  const said = { write: (bytes: Uint8Array) => os.log('postmap', utf8.decode(bytes).trimEnd()) };
  for (const name of os.files.list('/etc/postfix/maps'))
    if (name.endsWith('.hash'))
      yield* postmap(os, [`hash:/etc/postfix/maps/${name}`], noInput, {
        stdout: said,
        stderr: said,
      });
  startPostfix(os);
}
