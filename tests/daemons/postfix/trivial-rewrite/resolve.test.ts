import { describe, expect, test } from 'vitest';

import { makeParameters, parseMainCf } from '../../../../workers/daemons/postfix/main-cf.ts';
import { makeInstance } from '../../../../workers/daemons/postfix/master/make-instance.ts';
import { TestWorld } from '../../../simulate.ts';

const host = 'mail.example.com';
const mainCf = `compatibility_level = 3.6
mydestination = $myhostname, localhost
virtual_alias_domains = alias.example
virtual_mailbox_domains = inline:{mbox.example=x}
virtual_transport = lmtp:[127.0.0.1]:24
relay_domains = relay.example
`;

function instanceOf(extra: string) {
  const world = new TestWorld([{ name: host, address: '192.0.2.1', boot: () => {} }]);
  const values = parseMainCf(mainCf + extra).values;
  const instance = makeInstance({
    parameters: makeParameters(values, { hostName: host, addresses: ['192.0.2.1'] }),
    addresses: ['192.0.2.1'],
    cleanupOs: () => world.machine(host).os(),
    wake: () => {},
  });
  return { world, instance };
}

function resolve(address: string, extra = '', sender = 's@x.example'): string {
  const { world, instance } = instanceOf(extra);
  const r = world.call(host, (os) => instance.resolve(os, address, sender));
  return r.kind === 'resolved'
    ? `${r.addressClass} ${r.transport}:${r.nexthop} ${r.recipient}`
    : `${r.kind} ${r.why}`;
}

describe('resolving', () => {
  test.each([
    ['bob', '', 'local local:mail.example.com bob@mail.example.com'],
    ['bob@localhost', '', 'local local:mail.example.com bob@localhost'],
    ['bob@[192.0.2.1]', '', 'local local:mail.example.com bob@[192.0.2.1]'],
    [
      'bob@Alias.Example',
      '',
      'virtual-alias error:5.1.1 User unknown in virtual alias table bob@Alias.Example',
    ],
    ['bob@mbox.example', '', 'virtual-mailbox lmtp:[127.0.0.1]:24 bob@mbox.example'],
    ['bob@mbox.example', 'virtual_transport = error', 'virtual-mailbox error:mbox.example bob@mbox.example'],
    ['bob@sub.relay.example', '', 'relay relay:sub.relay.example bob@sub.relay.example'],
    ['bob@other.example', '', 'default smtp:other.example bob@other.example'],
    [
      'bob@other.example',
      'relayhost = [smart.example]:587',
      'default smtp:[smart.example]:587 bob@other.example',
    ],
    ['bob%other.example@localhost', '', 'default smtp:other.example bob@other.example'],
    ['other.example!bob', '', 'default smtp:other.example bob@other.example'],
    ['@hop.example:bob@other.example', '', 'default smtp:other.example bob@other.example'],
    ['bob@other.example.', '', 'default smtp:other.example bob@other.example'],
    ['bob@a..b', '', 'bad-address bad address syntax'],
    ['bob@-a.example', '', 'bad-address bad address syntax'],
    ['bob@', '', 'bad-address bad address syntax'],
    ['bob@[x]', '', 'bad-address bad address syntax'],
    ['bob@1.2.3.4', '', 'bad-address bad address syntax'],
    ['bob@1.2.3.4', 'resolve_numeric_domain = yes', 'default smtp:[1.2.3.4] bob@[1.2.3.4]'],
    ['bob@', 'resolve_null_domain = yes', 'local local:mail.example.com bob@mail.example.com'],
    ['a@b.example@localhost', '', 'default smtp:b.example a@b.example'],
    ['bob@[192.0.2.1]', 'inet_interfaces = 127.0.0.1', 'default smtp:[192.0.2.1] bob@[192.0.2.1]'],
    ['', '', 'local local:mail.example.com MAILER-DAEMON@mail.example.com'],
    ['bob@x.example', 'transport_maps = fail:x', 'try-again fail table x'],
    ['bob@mbox.example', 'virtual_mailbox_domains = fail:y', 'try-again fail table y'],
  ])('%s with %s: %s', (address, extra, expected) => {
    expect(resolve(address, extra)).toBe(expected);
  });

  test('a recipient that goes on from the first domain to another is routed', () => {
    const { world, instance } = instanceOf('');
    const routed = (address: string): boolean => {
      const r = world.call(host, (os) => instance.resolve(os, address, 's@x.example'));
      return r.kind === 'resolved' && r.routed;
    };
    expect(routed('a%b.example@relay.example')).toBe(true);
    expect(routed('b.example!a@relay.example')).toBe(true);
    expect(routed('a@b.example@relay.example')).toBe(true);
    expect(routed('a@relay.example')).toBe(false);
    expect(routed('a%relay.example@localhost')).toBe(false);
  });

  test('the transport table: address, domain, .parent, *; empty parts keep what was', () => {
    const table =
      'transport_maps = inline:{ a@x.example=slow:, x.example=:[gw.example], .y.example=lmtp:[1.2.3.4]:24, *=smtp:fallback }';
    expect(resolve('a@x.example', table)).toContain('slow:x.example ');
    expect(resolve('b@x.example', table)).toContain('smtp:[gw.example] ');
    expect(resolve('b@sub.y.example', table)).toContain('lmtp:[1.2.3.4]:24 ');
    expect(resolve('b@z.example', table)).toContain('smtp:fallback ');
  });
});

describe('rewriting', () => {
  test.each([
    ['bob', 'bob@mail.example.com'],
    ['bob@host', 'bob@host'],
    ['', ''],
    ['"a b"@x.example', '"a b"@x.example'],
    ['bob@[192.0.2.9]', 'bob@[192.0.2.9]'],
  ])('%s becomes %s', (address, expected) => {
    expect(instanceOf('').instance.rewrite(address)).toBe(expected);
  });

  test('append_dot_mydomain completes a host name', () => {
    expect(instanceOf('append_dot_mydomain = yes').instance.rewrite('bob@host')).toBe('bob@host.example.com');
  });
});
