// Whatever bytes come: an engine never throws, answers with an alert or waits, and keeps little.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { concat } from '../../../workers/bytes/concat.ts';
import { HostRandom } from '../../../workers/kernel/random.ts';
import type { TlsEngine, TlsEvent, TlsStep } from '../../../workers/protocols/tls/index.ts';
import { RecordWriter } from '../../../workers/protocols/tls/record-layer.ts';
import { cipherSuites } from '../../../workers/protocols/tls/cipher-suite.ts';
import * as hex from '../../../workers/bytes/hex.ts';
import { contentType } from '../../../workers/protocols/tls/terms.ts';
import { makeClient, makeServer, Pair } from './ends.ts';

const fast = { cipherSuites: ['TLS_AES_128_GCM_SHA256'] };

/** What each end sends in a whole session, step by step. */
function session(): { fromClient: Uint8Array[]; fromServer: Uint8Array[] } {
  const pair = new Pair(makeClient(fast), makeServer({ groups: ['P-256'] })).shakeHands();
  const client = pair.client.engine;
  pair.deliver(pair.client, concat([client.write(Uint8Array.of(1)), client.updateKeys(), client.close()]));
  const sentBy = (end: string) => pair.wire.filter(({ from }) => from === end).map(({ bytes }) => bytes);
  return { fromClient: sentBy('client'), fromServer: sentBy('server') };
}

/** A fresh client or server, as far as it gets before step `count` of the session. */
function replayed(role: 'client' | 'server', steps: Uint8Array[], count: number): TlsEngine {
  const engine = role === 'client' ? makeClient(fast) : makeServer({ groups: ['P-256'] });
  engine.start();
  for (const bytes of steps.slice(0, count)) expect(failuresIn(engine.receive(bytes))).toEqual([]);
  return engine;
}

function failuresIn({ events }: TlsStep): TlsEvent[] {
  return events.filter(({ kind }) => kind === 'failed');
}

const { fromClient, fromServer } = session();
const cases = [
  { role: 'server' as const, steps: fromClient },
  { role: 'client' as const, steps: fromServer },
];

describe('a session with faults', () => {
  for (const { role, steps } of cases) {
    test(`${role}: a bit changed anywhere is refused, waited on, or without meaning`, () => {
      const random = new HostRandom(11, role);
      for (let round = 0; round < 60; round++) {
        const step = random.below(steps.length);
        const engine = replayed(role, steps, step);
        const changed = steps[step]!.slice();
        const at =
          random.below(8) < 4 ? random.below(Math.min(120, changed.length)) : random.below(changed.length);
        changed[at]! ^= 1 << random.below(8);
        const { events, toPeer } = engine.receive(changed);
        const failure = events.find(({ kind }) => kind === 'failed');
        if (failure !== undefined) expect(engine.state).toBe('closed');
        if (failure?.kind === 'failed' && failure.alert !== null) expect(toPeer.length).toBeGreaterThan(6);
      }
    });

    test(`${role}: cut anywhere it waits for more, and the rest completes it`, () => {
      const random = new HostRandom(12, role);
      for (let round = 0; round < 20; round++) {
        const step = random.below(steps.length);
        const engine = replayed(role, steps, step);
        const cut = random.below(steps[step]!.length);
        const first = engine.receive(steps[step]!.subarray(0, cut));
        expect(failuresIn(first)).toEqual([]);
        const rest = engine.receive(steps[step]!.subarray(cut));
        expect(failuresIn(rest)).toEqual([]);
      }
    });

    test(`${role}: bytes left out or sent twice`, () => {
      const random = new HostRandom(13, role);
      for (let round = 0; round < 30; round++) {
        const step = random.below(steps.length);
        const engine = replayed(role, steps, step);
        const bytes = steps[step]!;
        const at = random.below(bytes.length);
        const to = random.below(bytes.length);
        engine.receive(concat([bytes.subarray(0, at), bytes.subarray(to)]));
        engine.receive(bytes);
      }
    });
  }
});

describe('arbitrary bytes', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .tuple(fc.constantFrom(20, 21, 22, 23), fc.uint8Array({ maxLength: 200 }))
      .map(([type, content]) => Uint8Array.of(type, 3, 3, 0, content.length, ...content)),
    fc
      .tuple(fc.constantFrom(1, 2, 4, 8, 11, 15, 20, 24), fc.uint8Array({ maxLength: 200 }))
      .map(([type, body]) => Uint8Array.of(22, 3, 3, 0, body.length + 4, type, 0, 0, body.length, ...body)),
  );

  test('as they are', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 6 }), fc.boolean(), (pieces, isServer) => {
        const engine = isServer ? makeServer() : makeClient();
        engine.start();
        for (const piece of pieces) engine.receive(piece);
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  // Behind the encryption, where no bit flipped on the way gets: a peer that has the keys.
  test('under the right keys', () => {
    const { client } = new Pair(makeClient(fast), makeServer()).shakeHands();
    const clientHello = makeClient(fast).start();
    const secret = hex.decode(client.engine.keyLog[0]!.split(' ')[2]!)!;
    const suite = cipherSuites.find(({ name }) => name === fast.cipherSuites[0])!;
    const content = fc.tuple(fc.constantFrom(20, 21, 22, 23, 0, 99), fc.uint8Array({ maxLength: 80 }));
    fc.assert(
      fc.property(fc.array(content, { minLength: 1, maxLength: 4 }), (records) => {
        const server = makeServer();
        server.receive(clientHello);
        const writer = new RecordWriter();
        writer.setKeys(suite, secret);
        const out: Uint8Array[] = [];
        for (const [type, inner] of records) writer.write(type === 20 ? contentType.alert : type, inner, out);
        const { events } = server.receive(concat(out));
        expect(events).not.toMatchObject([{ kind: 'failed', reason: 'decryption failed or bad record mac' }]);
      }),
      { numRuns: 30, seed: 2 },
    );
  });
});

test('a handshake message that never ends is refused before it takes memory', () => {
  const server = makeServer();
  const fragment = concat([Uint8Array.of(22, 3, 1, 0x40, 0), new Uint8Array(16384).fill(1)]);
  const first = fragment.slice();
  first.set([1, 0, 0xff, 0xf0], 5);
  expect(server.receive(first).events).toEqual([]);
  for (let i = 0; i < 5; i++) server.receive(fragment);
  expect(server.state).toBe('closed');
});
