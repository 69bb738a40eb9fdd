/**
 * hostile-internet — one Postfix, and servers that make it hard for it: each receives mail in its own way
 */
import type { World, WorldHost, WorldLink } from '../../../workers/hosts/world.ts';

import { authoritativeFiles, resolvConf } from '../two-islands/dns.ts';
import { plainPostfixFiles, type PlainSite } from '../two-islands/mail.ts';
import { mailHostFiles } from '../two-islands/stores.ts';

const second = 1_000_000;
const wanUs = 12_000;
const host = 'mail.acme.example';
const mailAddress = '192.0.2.25';
const dnsAddress = '198.51.100.53';
const site: PlainSite = {
  host,
  domain: 'acme.example',
  users: [
    { name: 'alice', password: 'wonderland', gecos: 'Alice' },
    { name: 'bob', password: 'builder', gecos: 'Bob' },
  ],
};

interface Receiver {
  name: string;
  role: string;
  conf: string;
}

/** In the order of the map, two in a row; the strict one asks the DNS. */
const receivers: readonly Receiver[] = [
  {
    name: 'strict',
    role: 'Strict checker',
    conf: '[strict]\nhelo = yes\nfcrdns = yes\nsender_domain = yes\n',
  },
  { name: 'grey', role: 'Greylister', conf: '[greylist]\ndelay = 300s\nauto_whitelist_clients = 5\n' },
  { name: 'limit', role: 'Rate limiter', conf: '[rate-limit]\nburst = 2\nrefill = 60s\n' },
  { name: 'full', role: 'Full mailbox', conf: '[quota]\nmailbox = 2k\nwhen_full = refuse\n' },
  { name: 'tar', role: 'Tarpit', conf: '[tarpit]\ngreeting = 10s\ncommand = 2s\ngrowth = 1s\n' },
  {
    name: 'script',
    role: 'Scripted replies',
    conf: '[script]\nrcpt attempt 1-2 reply 450 4.3.0 Try me three times\nrcpt /<nobody@/ reply 550 5.1.1 User unknown\n',
  },
  { name: 'dead', role: 'Dead host', conf: '[dead]\n' },
  { name: 'hole', role: 'Blackhole', conf: '[blackhole]\n' },
];

const hostOf = (name: string): string => `mx.${name}.example`;
const addressOf = (i: number): string => `203.0.113.${i + 11}`;

const zone = `$TTL 3600
@          SOA  ns.nic hostmaster.nic 2026030301 3600 900 604800 300
@          NS   ns.nic
ns.nic     A    ${dnsAddress}
acme       MX   10 mail.acme
mail.acme  A    ${mailAddress}
${receivers.map(({ name }, i) => `${name} MX 10 mx.${name}\nmx.${name} A ${addressOf(i)}\n`).join('')}`;

const reverseZone = `$TTL 3600
@   SOA ns.nic.example. hostmaster.nic.example. 2026030301 3600 900 604800 300
@   NS  ns.nic.example.
25  PTR ${host}.
`;

const hosts: WorldHost[] = [
  {
    name: host,
    kind: 'mail-host',
    role: 'Mail host',
    organisation: '',
    addresses: [mailAddress],
    at: { x: 0, y: 1 },
    files: {
      ...plainPostfixFiles(site),
      ...mailHostFiles(site),
      '/etc/resolv.conf': resolvConf(dnsAddress),
    },
  },
  {
    name: 'ns.nic.example',
    kind: 'dns-server',
    role: 'DNS server',
    organisation: '',
    addresses: [dnsAddress],
    at: { x: 1, y: 0 },
    files: authoritativeFiles({ example: zone, '2.0.192.in-addr.arpa': reverseZone }),
  },
  ...receivers.map(({ name, role, conf }, i): WorldHost => ({
    name: hostOf(name),
    kind: 'receiver',
    role,
    organisation: '',
    addresses: [addressOf(i)],
    at: { x: 2 + (i % 2), y: Math.floor(i / 2) },
    files: {
      '/etc/receiver.conf': `# How this host receives mail; docs/receivers.md tells what can be set.\ndomains = ${name}.example\n${conf}`,
      '/etc/resolv.conf': resolvConf(dnsAddress),
      '/etc/hosts': `127.0.0.1 localhost\n${name === 'strict' ? '' : `${mailAddress} ${host}\n`}`,
    },
  })),
];

const links: WorldLink[] = [
  { between: [host, 'ns.nic.example'], latencyUs: wanUs },
  { between: [hostOf('strict'), 'ns.nic.example'], latencyUs: wanUs },
  ...receivers.map(({ name }): WorldLink => ({ between: [host, hostOf(name)], latencyUs: wanUs })),
];

export const hostileInternet: World = {
  name: 'hostile-internet',
  title: 'Hostile Internet',
  startsAt: '2026-03-03T09:00:00Z',
  hosts,
  links,
  people: [
    { name: 'Alice', address: 'alice@acme.example', host },
    { name: 'Bob', address: 'bob@acme.example', host },
  ],
  demo: receivers.map(({ name, role }, i) => ({
    at: (1 + 4 * i) * second,
    command: {
      kind: 'mua.send',
      host,
      user: 'alice@acme.example',
      to: `info@${name}.example`,
      subject: `To the ${role.toLowerCase()}`,
      text: `Will you take this?\n${'All work and no play. '.repeat(name === 'full' ? 120 : 1)}\n`,
    },
  })),
};
