/**
 * small-world — the world of an experiment: Alice's mail host, a resolver, the DNS, and the hosts that receive
 *
 * One DNS server holds every zone, the root among them: the walk is short, and what matters of it is seen.
 */
import type { World, WorldHost, WorldLink } from '../../workers/hosts/world.ts';

import { authoritativeFiles, resolvConf } from './two-islands/dns.ts';
import { plainPostfixFiles } from './two-islands/mail.ts';
import { account, dovecotFiles } from './two-islands/stores.ts';

export const home = 'mx.home.example';
export const resolver = 'resolver.example';
export const nameServer = 'ns.example';
export const alice = 'alice@home.example';

type Input = World['demo'][number];

const homeAddress = '192.0.2.25';
const resolverAddress = '192.0.2.53';
const nameServerAddress = '198.51.100.53';
const wanUs = 10_000;
const second = 1_000_000;

/** A host that receives mail. */
export interface Receiver {
  name: string;
  address: string;
  /** the domain whose mailboxes it has; '' = it has none and passes mail on */
  domain: string;
  /** who has a mailbox there, by local part; default: bob */
  users?: string[];
  /** what its main.cf says besides */
  parameters?: Record<string, string>;
  role?: string;
  /** a receiver.conf: the host is a receiver of the outside world and behaves as this says */
  behaves?: string;
  /** one way to Alice's host; default 10 ms */
  latencyUs?: number;
}

export interface SmallWorld {
  name: string;
  title: string;
  /** zone name → records below $TTL and SOA */
  zones: Record<string, string>;
  receivers: Receiver[];
  /** what main.cf of Alice's host says besides */
  parameters?: Record<string, string>;
  /** local parts of home.example besides alice */
  others?: string[];
}

/** Builds the world. */
export function smallWorld(world: SmallWorld): World {
  const people = [alice, ...(world.others ?? []).map((name) => `${name}@home.example`)];
  const hosts: WorldHost[] = [
    mailHost({
      name: home,
      address: homeAddress,
      domain: 'home.example',
      users: people.map((person) => localPart(person)),
      ...(world.parameters === undefined ? {} : { parameters: world.parameters }),
      role: 'MTA',
    }),
    {
      name: resolver,
      kind: 'resolver',
      role: 'Resolver',
      organisation: '',
      addresses: [resolverAddress],
      at: { x: 1, y: -0.3 },
      files: {
        '/etc/bind/root.hints': `. 3600000 NS ${nameServer}.\n${nameServer}. 3600000 A ${nameServerAddress}\n`,
      },
    },
    {
      name: nameServer,
      kind: 'dns-server',
      role: 'DNS server',
      organisation: '',
      addresses: [nameServerAddress],
      at: { x: 2, y: -0.3 },
      files: authoritativeFiles(zonesOf(world)),
    },
    ...world.receivers.map((receiver, i) => ({ ...receiverHost(receiver), at: { x: 2, y: i + 1 } })),
  ];
  return {
    name: world.name,
    title: world.title,
    startsAt: '2026-03-03T09:00:00Z',
    hosts,
    links: linksOf(world),
    people: [{ name: 'Alice', address: alice, host: home }, ...readersOf(world)],
    demo: [],
  };
}

/** Alice writes a letter. */
export function aliceWrites(atS: number, to: string, subject = 'Hello'): Input {
  return {
    at: atS * second,
    command: { kind: 'mua.send', host: home, user: alice, to, subject, text: `${subject}.\n` },
  };
}

/** The zone of a domain is edited by sed(1) and the name server told to read it. */
export function zoneEdited(atS: number, domain: string, script: string): Input {
  const file = `/etc/bind/zones/${domain}.zone`;
  return typed(atS, nameServer, `sed -i '${script}' ${file} && rndc reload`);
}

/** An administrator types a command on a host. */
export function typed(atS: number, host: string, line: string): Input {
  return { at: atS * second, command: { kind: 'host.run', host, argv: ['sh', '-c', line] } };
}

function receiverHost(receiver: Receiver): WorldHost {
  const host = mailHost(receiver);
  if (receiver.behaves === undefined) return host;
  const conf = `domains = ${receiver.domain}\n${receiver.behaves}`;
  return {
    ...host,
    kind: 'receiver',
    files: {
      '/etc/receiver.conf': conf,
      '/etc/hosts': `127.0.0.1 localhost\n${homeAddress} ${home}\n`,
      '/etc/resolv.conf': resolvConf(resolverAddress),
    },
  };
}

function mailHost(receiver: Receiver): WorldHost {
  const { name, address, domain, users = ['bob'], parameters = {}, role = 'MTA' } = receiver;
  const site = domain === '' ? name : domain;
  const named = users.map((user) => ({ name: user, password: 'secret', gecos: capital(user) }));
  const files: Record<string, string> = {
    ...plainPostfixFiles({ host: name, domain: site, users: named }),
    ...dovecotFiles(
      name,
      users.map((user) => [`${user}@${site}`, 'secret']),
    ),
    '/etc/resolv.conf': resolvConf(resolverAddress),
    '/etc/mua.conf': users
      .map((user) =>
        account({
          address: `${user}@${site}`,
          name: capital(user),
          password: 'secret',
          submission: '127.0.0.1:587',
          imap: '127.0.0.1:143',
        }),
      )
      .join('\n'),
  };
  return {
    name,
    kind: domain === '' ? 'mta' : 'mail-host',
    role,
    organisation: name.split('.').slice(1).join('.'),
    addresses: [address],
    at: { x: 0, y: 1 },
    files: { ...files, '/etc/postfix/main.cf': withParameters(files['/etc/postfix/main.cf']!, parameters) },
  };
}

/** A main.cf in which some parameters have another value. */
function withParameters(mainCf: string, parameters: Readonly<Record<string, string>>): string {
  const kept = mainCf.split('\n').filter((line) => !(line.split(' =')[0]! in parameters));
  return (
    kept.join('\n') +
    Object.entries(parameters)
      .map(([name, value]) => `${name} = ${value}\n`)
      .join('')
  );
}

function zonesOf({ zones, receivers }: SmallWorld): Record<string, string> {
  const soa = `@ SOA ${nameServer}. hostmaster.${nameServer}. 2026030301 3600 900 604800 300\n@ NS ${nameServer}.\n`;
  const hosts = [
    { name: home, address: homeAddress },
    { name: resolver, address: resolverAddress },
    { name: nameServer, address: nameServerAddress },
    ...receivers,
  ];
  const reverse = hosts
    .map(({ name, address }) => `${address.split('.').reverse().join('.')}.in-addr.arpa. PTR ${name}.\n`)
    .join('');
  const own = { 'home.example': `@ MX 10 mx\nmx A ${homeAddress}\n`, ...zones };
  return {
    '': `$TTL 86400\n${soa}${nameServer}. A ${nameServerAddress}\n${reverse}`,
    ...Object.fromEntries(
      Object.entries(own).map(([name, records]) => [
        name,
        records.startsWith('$TTL') ? records : `$TTL 3600\n${soa}${records}`,
      ]),
    ),
  };
}

function linksOf({ receivers }: SmallWorld): WorldLink[] {
  const mailHosts = [{ name: home, latencyUs: wanUs }, ...receivers];
  const links: WorldLink[] = [{ between: [resolver, nameServer], latencyUs: wanUs }];
  for (const [i, a] of mailHosts.entries()) {
    links.push({ between: [a.name, resolver], latencyUs: wanUs });
    for (const b of mailHosts.slice(i + 1))
      links.push({ between: [a.name, b.name], latencyUs: b.latencyUs ?? wanUs });
  }
  return links;
}

/** Those with a mailbox where the world receives; an address that several hosts have is read at the first. */
function readersOf({ receivers }: SmallWorld): World['people'] {
  const found = new Map<string, World['people'][number]>();
  for (const { name, domain, behaves, users = ['bob'] } of receivers)
    for (const user of domain === '' || behaves !== undefined ? [] : users) {
      const address = `${user}@${domain}`;
      if (!found.has(address)) found.set(address, { name: capital(user), address, host: name });
    }
  return [...found.values()];
}

function localPart(address: string): string {
  return address.slice(0, address.indexOf('@'));
}

function capital(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
