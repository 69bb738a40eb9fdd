import { describe, expect, test } from 'vitest';

import type { Placement } from '../workers/api.ts';
import type { Roles } from '../workers/hosts/boot.ts';
import { roles } from '../workers/hosts/all-roles.ts';
import type { World } from '../workers/hosts/world.ts';
import { engineVersion, type Input, type InputCommand, type Run } from '../workers/input.ts';
import { MILLISECOND, SECOND, type Os, type Proc } from '../workers/os/os.ts';
import { LocalPartition } from '../workers/partition-port.ts';
import { Player } from '../workers/player.ts';
import { formatRun, parseRun } from '../workers/run-file.ts';
import { Simulation } from '../workers/simulation.ts';
import { eventAt } from '../workers/trace/batch.ts';

// Every host serves TCP port 7 and, at its own pace, talks to a random other host with bytes 0x00–0xFF.
function chatter(os: Os): void {
  os.spawn('server', function* (server): Proc<void> {
    const listener = server.listen({ port: 7 });
    if (listener === 'address in use') return;
    for (;;) {
      const connection = yield* listener.accept();
      if (connection === 'timeout') continue;
      server.spawn('session', function* (child): Proc<void> {
        for (;;) {
          const bytes = yield* connection.read({ deadline: child.now() + 5 * SECOND });
          if (typeof bytes === 'string') break;
          yield* connection.write(bytes);
        }
        connection.close();
      });
    }
  });
  os.spawn('client', function* (client): Proc<void> {
    for (;;) {
      yield* client.sleepUntil(client.now() + client.random.below(300) * MILLISECOND + 1);
      const to = { address: `192.0.2.${1 + client.random.below(5)}`, port: 7 };
      const connection = yield* client.connect({ to, deadline: client.now() + SECOND });
      if (typeof connection === 'string') continue;
      yield* connection.write(Uint8Array.from({ length: 3000 }, (_, i) => i & 0xff));
      yield* connection.read({ deadline: client.now() + SECOND });
      connection.close();
    }
  });
}

const names = ['a', 'b', 'c', 'd', 'e'];
const world: World = {
  name: 'chatter',
  title: 'chatter',
  startsAt: '2026-03-03T09:00:00Z',
  hosts: names.map((name, i) => ({
    name: `${name}.example`,
    kind: 'outside',
    role: '',
    organisation: i < 2 ? 'x' : i < 4 ? 'y' : '',
    addresses: [`192.0.2.${i + 1}`],
    at: { x: i, y: 0 },
    files: {},
  })),
  links: names.flatMap((a, i) =>
    names.slice(i + 1).map((b, k) => ({
      between: [`${a}.example`, `${b}.example`] as [string, string],
      latencyUs: 150 + 700 * k,
      lossPerMille: 20,
    })),
  ),
  people: [],
  demo: [],
};
const testRoles: Roles = { ...roles, outside: chatter };
const inputs: Input[] = [
  { at: 2 * SECOND, command: { kind: 'link.set', between: ['a.example', 'b.example'], fault: 'down' } },
  {
    at: 3 * SECOND,
    command: { kind: 'link.tune', between: ['c.example', 'd.example'], latencyUs: 120, lossPerMille: 0 },
  },
  { at: 4 * SECOND, command: { kind: 'host.crash', host: 'c.example' } },
  { at: 5 * SECOND, command: { kind: 'host.start', host: 'c.example' } },
  { at: 6 * SECOND, command: { kind: 'link.set', between: ['a.example', 'b.example'], fault: '' } },
];
const run: Run = { version: engineVersion, world, seed: 7, inputs };

async function play(
  placement: Placement,
  played: Run = run,
): Promise<{ hash: string; order: string[]; failures: unknown[] }> {
  const simulation = await Simulation.boot({
    run: played,
    placement,
    keepTrace: true,
    start: (spec) => new LocalPartition(spec, testRoles),
  });
  const order: string[] = [];
  while (await simulation.window(8 * SECOND)) {
    const chunk = simulation.takeTrace();
    for (let i = 0; chunk !== null && i < chunk.count; i++) {
      const event = eventAt(chunk, i);
      order.push(`${event.at} ${event.hostIndex} ${event.n} ${event.kind} ${event.cause}`);
    }
  }
  return { hash: await simulation.hash(), order, failures: simulation.failures };
}

describe('one run', () => {
  test('gives the same hash and the same trace in the same order for every placement', async () => {
    const one = await play('one');
    expect(one.failures).toEqual([]);
    expect(one.order.length).toBeGreaterThan(3000);
    for (const placement of ['site', 'host'] as const) {
      const other = await play(placement);
      expect(other.hash).toBe(one.hash);
      expect(other.order).toEqual(one.order);
    }
  });

  test('gives the same hash whatever the order of the fields of its inputs, live and replayed', async () => {
    const reversed = (command: InputCommand): InputCommand =>
      Object.fromEntries(Object.entries(command).reverse()) as unknown as InputCommand;
    const { hash } = await play('one');
    const other = inputs.map(({ at, command }) => ({ at, command: reversed(command) }));
    expect((await play('one', { ...run, inputs: other })).hash).toBe(hash);
    const live = await Simulation.boot({
      run: { ...run, inputs: [] },
      placement: 'one',
      keepTrace: false,
      start: (spec) => new LocalPartition(spec, testRoles),
    });
    for (const { at, command } of other) {
      await live.runUntil(at - 1);
      expect(live.input(command, at)).toBe(at);
    }
    await live.runUntil(8 * SECOND);
    expect(await live.hash()).toBe(hash);
  });

  test('with another seed gives another hash', async () => {
    expect((await play('one', { ...run, seed: 8 })).hash).not.toBe((await play('one')).hash);
  });

  test('every event but inputs and boots has a cause that came before it', async () => {
    const { order } = await play('one');
    const seen = new Set<number>();
    for (const line of order) {
      const [at, host, n, kind, cause] = line.split(' ') as [string, string, string, string, string];
      seen.add(Number(host) * 0x100000000 + Number(n));
      if (kind === 'input.accepted' || kind === 'host.booted') continue;
      expect(Number(cause), `${kind} at ${at}`).not.toBe(0);
      expect(seen.has(Number(cause)), `${kind} at ${at} is caused by what has not happened`).toBe(true);
    }
  });

  test('saved and loaded again gives the same hash; a damaged file is refused', async () => {
    const text = formatRun(run);
    expect((await play('one', parseRun(text))).hash).toBe((await play('one')).hash);
    expect(() => parseRun(text.replace('"seed":7', '"seed":9'))).toThrow(/damaged/);
    expect(() => parseRun(text.slice(0, 100))).toThrow(/damaged/);
    expect(() => parseRun('{}')).toThrow(/not a run/);
  });

  test('with one byte changed anywhere in its file is refused', () => {
    const text = formatRun(run);
    for (let at = 0; at < text.length - 1; at += 97) {
      const changed = text[at] === '~' ? '!' : '~';
      expect(() => parseRun(text.slice(0, at) + changed + text.slice(at + 1)), `byte ${at}`).toThrow();
    }
  });

  test('made by another version of the engine is replayed, with a notice', async () => {
    const player = new Player({
      wall: { now: () => 0, sleep: () => Promise.resolve() },
      start: (spec) => new LocalPartition(spec, testRoles),
      publish: () => undefined,
    });
    const replayUntil = 8 * SECOND;
    const own = await player.load({ run: parseRun(formatRun(run)), placement: 'one', replayUntil });
    expect(own.notice).toBeNull();
    const hash = await player.hash();
    expect(hash).toBe((await play('one')).hash);
    const older = parseRun(formatRun({ ...run, version: '0' }));
    const loaded = await player.load({ run: older, placement: 'one', replayUntil });
    expect(loaded.notice).toMatch(/version 0 .* may differ/);
    expect(await player.hash()).toBe(hash);
  });
});
