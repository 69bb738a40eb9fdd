import { describe, expect, test } from 'vitest';

import * as dns from '../../lessons/worlds/two-islands/dns.ts';
import {
  exchange,
  lookup,
  lookupAddresses,
  lookupMx,
  reverseLookup,
} from '../../workers/daemons/clients/dns.ts';
import { makeQuery } from '../../workers/protocols/dns/message.ts';
import { SECOND, type Os, type Proc } from '../../workers/os/os.ts';
import { TestWorld } from '../simulate.ts';

function world(rootHints = dns.rootHints): TestWorld {
  const resolv = { '/etc/resolv.conf': dns.resolvConf('203.0.113.53') };
  const big = Array.from({ length: 40 }, (_, i) => `big TXT "line ${i} ${'x'.repeat(40)}"`).join('\n');
  return new TestWorld([
    { name: 'client.far.example', address: '203.0.113.10', files: resolv },
    {
      name: 'resolver.far.example',
      address: '203.0.113.53',
      kind: 'resolver',
      files: { '/etc/bind/root.hints': rootHints },
    },
    {
      name: 'a.root-servers.example',
      address: '198.51.100.1',
      kind: 'dns-server',
      files: dns.authoritativeFiles({ '': dns.rootZone }),
    },
    {
      name: 'a.nic.example',
      address: '198.51.100.2',
      kind: 'dns-server',
      files: dns.authoritativeFiles({
        example: dns.exampleZone,
        '100.51.198.in-addr.arpa': dns.outsideReverseZone,
      }),
    },
    {
      name: 'ns1.acme.example',
      address: '192.0.2.54',
      kind: 'dns-server',
      files: dns.authoritativeFiles({
        'acme.example': `${dns.acmeZone}${big}\n`,
        '2.0.192.in-addr.arpa': dns.acmeReverseZone,
      }),
    },
  ]);
}

/** Names asked by the resolver, with whom it asked. */
function walk(w: TestWorld): string[] {
  return w
    .seen('udp.datagram-sent')
    .filter((e) => e.from === '203.0.113.53' && e.toPort === 53)
    .map((e) => e.to);
}

describe('a recursive lookup', () => {
  test('walks from the root, then answers from the cache with the TTL counted down', () => {
    const w = world();
    const first = w.call('client.far.example', (os: Os) => lookupMx(os, 'acme.example') as Proc<unknown>);
    expect(first).toEqual({ kind: 'found', exchanges: [{ preference: 10, exchange: 'mta1.acme.example' }] });
    expect(walk(w)).toEqual(['198.51.100.1', '198.51.100.2', '192.0.2.54']);
    w.run(w.now + 100 * SECOND);
    const again = w.call('client.far.example', function* (os): Proc<number> {
      const result = yield* lookup(os, { name: 'acme.example', type: 'MX' });
      return result.kind === 'found' ? result.records[0]!.ttl : -1;
    });
    expect(again).toBeLessThanOrEqual(3500);
    expect(again).toBeGreaterThan(3490);
    expect(walk(w).length).toBe(3);
  });

  test('remembers for the SOA’s minimum that a name or a type is not there', () => {
    const w = world();
    const ask = (name: string, type: string): unknown =>
      w.call('client.far.example', (os) => lookup(os, { name, type }) as Proc<unknown>);
    expect(ask('nobody.acme.example', 'A')).toEqual({ kind: 'no-such-name' });
    expect(ask('mta1.acme.example', 'MX')).toEqual({ kind: 'no-data' });
    const asked = walk(w).length;
    expect(ask('nobody.acme.example', 'MX')).toEqual({ kind: 'no-such-name' });
    expect(walk(w).length).toBe(asked);
    w.run(w.now + 301 * SECOND);
    expect(ask('nobody.acme.example', 'A')).toEqual({ kind: 'no-such-name' });
    expect(walk(w).length).toBe(asked + 1);
  });

  test('answers again as before, with the letters of the question, less TTL, and no longer than it lasts', () => {
    const w = world();
    const ask = (name: string, type: string): unknown[] =>
      w.call('client.far.example', function* (os): Proc<unknown[]> {
        const query = makeQuery({
          id: os.random.below(65536),
          question: { name, type, class: 1 },
          recursionDesired: true,
          edns: null,
        });
        const answer = yield* exchange(os, { server: '203.0.113.53', query, deadline: os.now() + SECOND });
        const [record] = [...answer!.answers, ...answer!.authorities];
        return [
          answer!.questions[0]!.name,
          answer!.questions[0]!.type,
          answer!.rcode,
          record!.type,
          record!.ttl,
        ];
      });
    expect(ask('mta1.acme.example', 'A')).toEqual(['mta1.acme.example', 'A', 0, 'A', 3600]);
    w.run(w.now + 100 * SECOND);
    expect(ask('MTA1.acme.example', 'A')).toEqual(['MTA1.acme.example', 'A', 0, 'A', 3499]);
    w.run(w.now + 100 * SECOND);
    expect(ask('mta1.Acme.example', 'A')).toEqual(['mta1.Acme.example', 'A', 0, 'A', 3399]);
    for (const type of ['MX', 'MX', 'MX', 'A', 'A'])
      expect(ask('nobody.acme.example', type).slice(0, 4)).toEqual(['nobody.acme.example', type, 3, 'SOA']);
    const asked = walk(w).length;
    w.run(w.now + 3400 * SECOND);
    expect(ask('mta1.acme.example', 'A').slice(0, 4)).toEqual(['mta1.acme.example', 'A', 0, 'A']);
    expect(walk(w).length).toBe(asked + 1);
  });

  test('follows an alias, and finds the name of an address', () => {
    const w = world();
    expect(
      w.call('client.far.example', (os) => lookupAddresses(os, 'mail.acme.example') as Proc<unknown>),
    ).toEqual({
      kind: 'found',
      addresses: ['192.0.2.25'],
    });
    expect(w.call('client.far.example', (os) => reverseLookup(os, '192.0.2.25') as Proc<unknown>)).toEqual({
      kind: 'found',
      names: ['mta1.acme.example'],
    });
  });

  test('goes over TCP when the answer does not fit a datagram', () => {
    const w = world();
    const result = w.call(
      'client.far.example',
      (os) =>
        lookup(os, { name: 'big.acme.example', type: 'TXT' }) as Proc<{ kind: string; records?: unknown[] }>,
    );
    expect(result.records?.length).toBe(40);
    expect(
      w.seen('tcp.state-changed').filter((e) => e.remotePort === 53 && e.state === 'established').length,
    ).toBe(2);
  });

  test('says try again when the way to the servers is closed, and finds it when it is open again', () => {
    const w = world();
    w.input(SECOND, {
      kind: 'link.set',
      between: ['resolver.far.example', 'a.root-servers.example'],
      fault: 'down',
    });
    w.run(2 * SECOND);
    expect(w.call('client.far.example', (os) => lookupMx(os, 'acme.example') as Proc<unknown>)).toMatchObject(
      { kind: 'try-again' },
    );
    w.input(w.now + SECOND, {
      kind: 'link.set',
      between: ['resolver.far.example', 'a.root-servers.example'],
      fault: '',
    });
    w.run(w.now + 3 * SECOND);
    expect(w.call('client.far.example', (os) => lookupMx(os, 'acme.example') as Proc<unknown>)).toMatchObject(
      { kind: 'found' },
    );
  });

  test('without RD is answered from the cache alone', () => {
    const w = world();
    const ask = (): number =>
      w.call('client.far.example', function* (os): Proc<number> {
        const question = { name: 'mta1.acme.example', type: 'A', class: 1 };
        const query = makeQuery({ id: 1, question, recursionDesired: false, edns: null });
        const response = yield* exchange(os, { server: '203.0.113.53', query, deadline: os.now() + SECOND });
        expect(response?.rcode).toBe(0);
        return response!.answers.length;
      });
    expect(ask()).toBe(0);
    expect(walk(w)).toEqual([]);
    w.call('client.far.example', (os) => lookupAddresses(os, 'mta1.acme.example') as Proc<unknown>);
    expect(ask()).toBe(1);
  });

  test('with root hints that cannot be read the resolver says so in its log, and SERVFAIL', () => {
    const w = world('. NS\n');
    expect(w.call('client.far.example', (os) => lookupMx(os, 'acme.example') as Proc<unknown>)).toMatchObject(
      { kind: 'try-again' },
    );
    expect(w.logLines('resolver.far.example')[0]).toMatch(
      /^named: could not configure root hints from '\/etc\/bind\/root.hints': /,
    );
  });

  test('garbage, a pointer loop and half a message are dropped or answered FORMERR, and the server lives', () => {
    const w = world();
    w.call('client.far.example', function* (os): Proc<void> {
      const socket = os.udp();
      if (socket === 'address in use') return;
      const header = [0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0];
      for (const tail of [[0xc0, 12, 0, 1, 0, 1], [63, 1, 2], [0xff, 0xff], []])
        for (const to of ['192.0.2.54', '203.0.113.53'])
          socket.send({ to: { address: to, port: 53 }, bytes: Uint8Array.from([...header, ...tail]) });
      socket.send({ to: { address: '192.0.2.54', port: 53 }, bytes: Uint8Array.from([1, 2, 3]) });
      const answer = yield* socket.receive({ deadline: os.now() + SECOND });
      expect(typeof answer === 'string' ? answer : answer.bytes[3]! & 0xf).toBe(1);
    });
    expect(w.call('client.far.example', (os) => lookupMx(os, 'acme.example') as Proc<unknown>)).toMatchObject(
      { kind: 'found' },
    );
  });
});
