/**
 * two-islands — acme.example, a Zimbra-like site, and far.example, plain Postfix, with the Internet between them
 */
import type { World, WorldHost, WorldLink } from '../../../workers/hosts/world.ts';

import { directoryFiles, ldapPasswords, lookupFiles } from './directory.ts';
import * as dns from './dns.ts';
import { plainPostfixFiles, zimbraPostfixFiles } from './mail.ts';
import * as stores from './stores.ts';

const acme = 'acme.example';
const far = 'far.example';
const lanUs = 200;
const wanUs = 10_000;
const second = 1_000_000;

const hosts: WorldHost[] = [
  {
    name: 'ws-alice.far.example',
    kind: 'workstation',
    role: 'Workstation',
    organisation: far,
    addresses: ['203.0.113.10'],
    at: { x: 0, y: 1 },
    files: { '/etc/resolv.conf': dns.resolvConf('203.0.113.53'), ...stores.aliceMuaFiles },
  },
  {
    name: 'mx.far.example',
    kind: 'mail-host',
    role: 'MTA',
    organisation: far,
    addresses: ['203.0.113.25'],
    at: { x: 1, y: 1 },
    files: {
      '/etc/resolv.conf': dns.resolvConf('203.0.113.53'),
      ...plainPostfixFiles({
        host: 'mx.far.example',
        domain: far,
        users: [{ name: 'alice', password: 'wonderland', gecos: 'Alice' }],
      }),
      ...stores.farMailstoreFiles,
    },
  },
  {
    name: 'resolver.far.example',
    kind: 'resolver',
    role: 'Resolver',
    organisation: far,
    addresses: ['203.0.113.53'],
    at: { x: 1, y: 0 },
    files: { '/etc/bind/root.hints': dns.rootHints },
  },
  {
    name: 'ns1.far.example',
    kind: 'dns-server',
    role: 'DNS server',
    organisation: far,
    addresses: ['203.0.113.54'],
    at: { x: 0, y: 0 },
    files: dns.authoritativeFiles({
      'far.example': dns.farZone,
      '113.0.203.in-addr.arpa': dns.farReverseZone,
    }),
  },
  {
    name: 'a.root-servers.example',
    kind: 'dns-server',
    role: 'Root DNS',
    organisation: '',
    addresses: ['198.51.100.1'],
    at: { x: 2, y: -1 },
    files: dns.authoritativeFiles({ '': dns.rootZone }),
  },
  {
    name: 'a.nic.example',
    kind: 'dns-server',
    role: 'TLD DNS',
    organisation: '',
    addresses: ['198.51.100.2'],
    at: { x: 3, y: -1 },
    files: dns.authoritativeFiles({
      example: dns.exampleZone,
      '100.51.198.in-addr.arpa': dns.outsideReverseZone,
    }),
  },
  {
    name: 'mta1.acme.example',
    kind: 'mta',
    role: 'MTA',
    organisation: acme,
    addresses: ['192.0.2.25'],
    at: { x: 3, y: 1 },
    files: {
      '/etc/resolv.conf': dns.resolvConf('192.0.2.53'),
      ...zimbraPostfixFiles({ host: 'mta1.acme.example', networks: '127.0.0.0/8 [::1]/128 192.0.2.0/24' }),
      ...lookupFiles,
    },
  },
  {
    name: 'resolver.acme.example',
    kind: 'resolver',
    role: 'Resolver',
    organisation: acme,
    addresses: ['192.0.2.53'],
    at: { x: 3, y: 0 },
    files: { '/etc/bind/root.hints': dns.rootHints },
  },
  {
    name: 'ns1.acme.example',
    kind: 'dns-server',
    role: 'DNS server',
    organisation: acme,
    addresses: ['192.0.2.54'],
    at: { x: 4, y: 0 },
    files: dns.authoritativeFiles({
      'acme.example': dns.acmeZone,
      '2.0.192.in-addr.arpa': dns.acmeReverseZone,
    }),
  },
  {
    name: 'ldap1.acme.example',
    kind: 'directory',
    role: 'Directory',
    organisation: acme,
    addresses: ['192.0.2.30'],
    at: { x: 3, y: 2 },
    files: directoryFiles,
  },
  {
    name: 'mbox1.acme.example',
    kind: 'mailstore',
    role: 'Mailstore',
    organisation: acme,
    addresses: ['192.0.2.40'],
    at: { x: 4, y: 1 },
    files: stores.acmeMailstoreFiles(ldapPasswords.zimbra),
  },
  {
    name: 'ws-bob.acme.example',
    kind: 'workstation',
    role: 'Workstation',
    organisation: acme,
    addresses: ['192.0.2.10'],
    at: { x: 4, y: 2 },
    files: { '/etc/resolv.conf': dns.resolvConf('192.0.2.53'), ...stores.bobMuaFiles },
  },
];

const links: WorldLink[] = [
  ...lan(far, ['ws-alice mx', 'ws-alice resolver', 'mx resolver', 'resolver ns1']),
  ...lan(acme, [
    'ws-bob mta1',
    'ws-bob mbox1',
    'ws-bob resolver',
    'mta1 resolver',
    'mta1 ldap1',
    'mta1 mbox1',
    'resolver ns1',
    'mbox1 ldap1',
  ]),
  { between: ['mx.far.example', 'mta1.acme.example'], latencyUs: wanUs },
  ...['resolver.far.example', 'resolver.acme.example'].flatMap((resolver) =>
    ['a.root-servers.example', 'a.nic.example'].map((server): WorldLink => ({
      between: [resolver, server],
      latencyUs: wanUs,
    })),
  ),
  { between: ['resolver.far.example', 'ns1.acme.example'], latencyUs: wanUs },
  { between: ['resolver.acme.example', 'ns1.far.example'], latencyUs: wanUs },
];

export const twoIslands: World = {
  name: 'two-islands',
  title: 'Two islands',
  startsAt: '2026-03-03T09:00:00Z',
  hosts,
  links,
  people: [
    { name: 'Alice', address: 'alice@far.example', host: 'ws-alice.far.example' },
    { name: 'Bob', address: 'bob@acme.example', host: 'ws-bob.acme.example' },
  ],
  demo: [
    {
      at: second,
      command: {
        kind: 'mua.send',
        host: 'ws-alice.far.example',
        user: 'alice@far.example',
        to: 'bob@acme.example',
        subject: 'Grüße, Bob! ✉',
        text: 'Hello Bob!\n\nÄÖÜ ß € 日本\n',
      },
    },
    {
      at: 6 * second,
      command: { kind: 'mua.fetch', host: 'ws-bob.acme.example', user: 'bob@acme.example', uid: 0 },
    },
    {
      at: 7 * second,
      command: { kind: 'mua.fetch', host: 'ws-bob.acme.example', user: 'bob@acme.example', uid: 1 },
    },
    {
      at: 10 * second,
      command: {
        kind: 'mua.send',
        host: 'ws-bob.acme.example',
        user: 'bob@acme.example',
        to: 'alice@far.example',
        subject: 'Re: Grüße, Bob! ✉',
        text: 'Hello Alice!\n',
      },
    },
    {
      at: 20 * second,
      command: { kind: 'mua.fetch', host: 'ws-alice.far.example', user: 'alice@far.example', uid: 1 },
    },
    {
      at: 25 * second,
      command: { kind: 'link.set', between: ['mx.far.example', 'mta1.acme.example'], fault: 'down' },
    },
    {
      at: 26 * second,
      command: {
        kind: 'mua.send',
        host: 'ws-alice.far.example',
        user: 'alice@far.example',
        to: 'sales@acme.example',
        subject: 'Later',
        text: 'This one waits.\n',
      },
    },
    {
      at: 40 * second,
      command: { kind: 'link.set', between: ['mx.far.example', 'mta1.acme.example'], fault: '' },
    },
    { at: 41 * second, command: { kind: 'queue.flush', host: 'mx.far.example' } },
    {
      at: 45 * second,
      command: {
        kind: 'mua.send',
        host: 'ws-alice.far.example',
        user: 'alice@far.example',
        to: 'nobody@acme.example',
        subject: 'Returned',
        text: 'This one comes back.\n',
      },
    },
  ],
};

function lan(organisation: string, pairs: string[]): WorldLink[] {
  return pairs.map((pair) => {
    const [a, b] = pair.split(' ') as [string, string];
    return { between: [`${a}.${organisation}`, `${b}.${organisation}`], latencyUs: lanUs };
  });
}
