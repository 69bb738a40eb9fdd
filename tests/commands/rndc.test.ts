import { expect, test } from 'vitest';

import { SECOND } from '../../workers/os/os.ts';

import { TestWorld } from '../simulate.ts';
import { lookup } from '../../workers/daemons/clients/dns.ts';

const zone = (address: string) =>
  `$TTL 60\n@ SOA ns.test. h.test. 1 3600 900 604800 60\n@ NS ns.test.\nwww A ${address}\n`;

function world(): TestWorld {
  return new TestWorld([
    {
      name: 'ns.test',
      address: '192.0.2.53',
      kind: 'dns-server',
      files: {
        '/etc/bind/named.conf': 'zone "shop.test" { type primary; file "/etc/bind/shop.zone"; };\n',
        '/etc/bind/shop.zone': zone('192.0.2.1'),
      },
    },
    { name: 'client.test', address: '192.0.2.10', files: { '/etc/resolv.conf': 'nameserver 192.0.2.53\n' } },
  ]);
}

function addressOf(played: TestWorld): string {
  const answer = played.call('client.test', (os) => lookup(os, { name: 'www.shop.test', type: 'A' }));
  return answer.kind === 'found' ? (answer.records[0]!.data as { address: string }).address : answer.kind;
}

function type(played: TestWorld, line: string): void {
  played.input(played.now + 1, { kind: 'host.run', host: 'ns.test', argv: ['sh', '-c', line] });
  played.run(played.now + SECOND);
}

test('a zone that was edited is answered from only once rndc reload was typed', () => {
  const played = world().run(SECOND);
  expect(addressOf(played)).toBe('192.0.2.1');
  type(played, 'sed -i s/192.0.2.1/192.0.2.2/ /etc/bind/shop.zone');
  expect(addressOf(played)).toBe('192.0.2.1');
  type(played, 'rndc reload');
  expect(addressOf(played)).toBe('192.0.2.2');
  expect(played.seen('command.ended').at(-1)?.output).toBe('server reload successful\n');
});

test('a zone that does not load stays as it was, and the log says where it is wrong', () => {
  const played = world().run(SECOND);
  type(played, 'echo "www A nonsense" >> /etc/bind/shop.zone; rndc reload shop.test');
  expect(addressOf(played)).toBe('192.0.2.1');
  expect(played.logLines('ns.test').join('\n')).toMatch(
    /loading from master file \/etc\/bind\/shop.zone failed/,
  );
});

test('an order that is not known is refused, and without a name server there is nobody to tell', () => {
  const played = world().run(SECOND);
  type(played, 'rndc freeze');
  expect(played.seen('command.ended').at(-1)).toMatchObject({ status: 1 });
  played.input(played.now + 1, { kind: 'host.run', host: 'client.test', argv: ['rndc', 'reload'] });
  played.run(played.now + SECOND);
  expect(played.seen('command.ended').at(-1)?.output).toContain('connection refused');
});
