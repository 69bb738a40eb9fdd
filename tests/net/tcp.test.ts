import { describe, expect, test } from 'vitest';

import * as ascii from '../../workers/bytes/ascii.ts';
import { NEVER, SECOND, type Os, type Proc } from '../../workers/os/os.ts';
import { TestWorld } from '../simulate.ts';

function* echo(os: Os): Proc<void> {
  const listener = os.listen({ port: 7 });
  if (listener === 'address in use') return;
  for (;;) {
    const connection = yield* listener.accept();
    if (connection === 'timeout') continue;
    os.spawn('echo session', function* (): Proc<void> {
      for (;;) {
        const bytes = yield* connection.read({ deadline: NEVER });
        if (typeof bytes === 'string') break;
        yield* connection.write(bytes);
      }
      connection.close();
    });
  }
}

function world(lossPerMille = 0): TestWorld {
  return new TestWorld(
    [
      { name: 'a.example', address: '192.0.2.1' },
      { name: 'b.example', address: '192.0.2.2', boot: (os) => void os.spawn('echo', echo) },
    ],
    { links: [{ between: ['a.example', 'b.example'], latencyUs: 1000, lossPerMille }] },
  );
}

function exchange(bytes: Uint8Array): (os: Os) => Proc<Uint8Array | string> {
  return function* (os) {
    const connection = yield* os.connect({
      to: { address: '192.0.2.2', port: 7 },
      deadline: os.now() + 200 * SECOND,
    });
    if (typeof connection === 'string') return connection;
    os.spawn('writer', function* (): Proc<void> {
      yield* connection.write(bytes);
      connection.close();
    });
    const got: number[] = [];
    for (;;) {
      const part = yield* connection.read({ deadline: os.now() + 300 * SECOND });
      if (part === 'eof') return Uint8Array.from(got);
      if (typeof part === 'string') return part;
      got.push(...part);
    }
  };
}

describe('TCP', () => {
  test('bytes written come back in order, and both ends close', () => {
    const w = world();
    const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7) & 0xff);
    expect(w.call('a.example', exchange(bytes))).toEqual(bytes);
    w.run(w.now + SECOND);
    expect(
      w
        .seen('tcp.state-changed')
        .map((e) => e.state)
        .sort(),
    ).toEqual(['closed', 'closed', 'established', 'established', 'syn-sent']);
  });

  test('an acknowledgement rides on the answer; without one it leaves after 40 ms', () => {
    const w = world();
    const exchanged = w.call('a.example', function* (os: Os): Proc<string> {
      const connection = yield* os.connect({ to: { address: '192.0.2.2', port: 7 }, deadline: NEVER });
      if (typeof connection === 'string') return connection;
      for (let i = 0; i < 3; i++) {
        yield* connection.write(ascii.encode(`line ${i}`));
        yield* connection.read({ deadline: NEVER });
      }
      yield* os.sleepUntil(os.now() + SECOND);
      return 'done';
    });
    expect(exchanged).toBe('done');
    const sent = w.seen('tcp.segment-sent').filter((e) => e.flags !== 2 && e.flags !== 18);
    const data = sent.filter((e) => e.payload.length > 0);
    const bare = sent.filter((e) => e.payload.length === 0);
    const lastAnswer = w.seen('tcp.segment-delivered').filter((e) => e.sent === data.at(-1)!.id)[0]!;
    expect(data.length).toBe(6);
    expect(bare.length).toBe(1); // the handshake's rides on the first line
    expect(bare[0]!.at - lastAnswer.at).toBe(40_000);
  });

  test('every second full segment is acknowledged at once', () => {
    const w = world();
    w.call('a.example', exchange(new Uint8Array(8 * 1460)));
    const acks = w
      .seen('tcp.segment-sent')
      .filter((e) => e.from === '192.0.2.2' && e.payload.length === 0 && e.flags === 16);
    expect(acks.length).toBeLessThanOrEqual(4);
    expect(w.seen('tcp.segment-dropped')).toEqual([]);
  });

  test('with one segment in five lost, all bytes still come back in order', () => {
    const w = world(200);
    const bytes = Uint8Array.from({ length: 30_000 }, (_, i) => (i * 13) & 0xff);
    expect(w.call('a.example', exchange(bytes), 7200 * SECOND)).toEqual(bytes);
    expect(w.seen('tcp.segment-dropped').length).toBeGreaterThan(3);
  });

  test('a port nobody listens on refuses, a cut link has no route, a blackhole times out', () => {
    const w = world();
    const connect = function* (os: Os): Proc<string> {
      const c = yield* os.connect({
        to: { address: '192.0.2.2', port: 9 },
        deadline: os.now() + 30 * SECOND,
      });
      return typeof c === 'string' ? c : 'connected';
    };
    expect(w.call('a.example', connect)).toBe('Connection refused');
    w.input(w.now + 1, { kind: 'link.set', between: ['a.example', 'b.example'], fault: 'down' });
    expect(w.call('a.example', connect)).toBe('No route to host');
    w.input(w.now + 1, { kind: 'link.set', between: ['a.example', 'b.example'], fault: 'blackhole' });
    const before = w.now;
    expect(w.call('a.example', connect)).toBe('Connection timed out');
    expect(w.now - before).toBeGreaterThanOrEqual(30 * SECOND);
  });

  test('lines come whole, with their ending told, and an over-long one is handed out in parts', () => {
    const w = world();
    const lines = w.call('a.example', function* (os): Proc<string[]> {
      const c = yield* os.connect({ to: { address: '192.0.2.2', port: 7 }, deadline: NEVER });
      if (typeof c === 'string') return [c];
      yield* c.write(ascii.encode('one\r\ntwo\nxxxxxxxxxxxxxxxxxxxx\r\nlast'));
      const got: string[] = [];
      for (let i = 0; i < 5; i++) {
        const line = yield* c.readLine({ deadline: os.now() + SECOND, bytesMax: 10 });
        got.push(typeof line === 'string' ? line : `${ascii.decode(line.bytes)}|${line.ending}`);
      }
      return got;
    });
    expect(lines).toEqual(['one|crlf', 'two|lf', 'xxxxxxxxxx|none', 'xxxxxxxxxx|none', '|crlf']);
  });

  test('after a crash and a restart the old connection is reset', () => {
    const w = world();
    const crashAt = 5 * SECOND;
    w.input(crashAt, { kind: 'host.crash', host: 'b.example' });
    w.input(crashAt + SECOND, { kind: 'host.start', host: 'b.example' });
    const end = w.call('a.example', function* (os): Proc<string> {
      const c = yield* os.connect({ to: { address: '192.0.2.2', port: 7 }, deadline: NEVER });
      if (typeof c === 'string') return c;
      yield* os.sleepUntil(os.now() + 10 * SECOND);
      yield* c.write(ascii.encode('still there?'));
      const answer = yield* c.read({ deadline: os.now() + 60 * SECOND });
      return typeof answer === 'string' ? answer : 'answered';
    });
    expect(end).toBe('reset');
  });

  test('a closed connection is forgotten when the peer never closes, also when its FIN was long on the way', () => {
    const w = new TestWorld([
      { name: 'a.example', address: '192.0.2.1' },
      { name: 'b.example', address: '192.0.2.2', boot: (os) => void os.listen({ port: 7 }) },
    ]);
    const connection = w.call('a.example', (os) =>
      os.connect({ to: { address: '192.0.2.2', port: 7 }, deadline: NEVER }),
    );
    if (typeof connection === 'string') throw new Error(connection);
    const between: [string, string] = ['a.example', 'b.example'];
    w.input(w.now + SECOND, { kind: 'link.set', between, fault: 'blackhole' });
    w.run(w.now + 2 * SECOND);
    connection.close();
    w.input(w.now + 70 * SECOND, { kind: 'link.set', between, fault: '' });
    w.run(w.now + 300 * SECOND);
    expect(w.machine('a.example').net.tcp.connections()).toEqual([]);
  });

  test('a listener that closes during a handshake leaves no half-open connection behind', () => {
    const w = new TestWorld([
      { name: 'a.example', address: '192.0.2.1' },
      { name: 'b.example', address: '192.0.2.2' },
    ]);
    w.spawn('b.example', function* (os): Proc<void> {
      const listener = os.listen({ port: 7 });
      if (listener === 'address in use') return;
      yield* os.sleepUntil(os.now() + 1500);
      listener.close();
    });
    const end = w.call('a.example', function* (os): Proc<string> {
      const c = yield* os.connect({ to: { address: '192.0.2.2', port: 7 }, deadline: NEVER });
      if (typeof c === 'string') return c;
      const answer = yield* c.read({ deadline: os.now() + 60 * SECOND });
      return typeof answer === 'string' ? answer : 'answered';
    });
    expect(end).toBe('reset');
    expect(w.machine('b.example').net.tcp.connections()).toEqual([]);
  });
});
