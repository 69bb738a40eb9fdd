// Code that is not there when a proc asks for it: the partition stands still until it came, and the run stays the same.
import { describe, expect, test } from 'vitest';

import { worlds } from '../lessons/worlds/index.ts';
import { twoIslands } from '../lessons/worlds/two-islands/world.ts';
import type { Placement } from '../workers/api.ts';
import { roles } from '../workers/hosts/all-roles.ts';
import { engineVersion, type Input, type Run } from '../workers/input.ts';
import type { CodeStore } from '../workers/kernel/code.ts';
import { SECOND, type LatePart, type Os, type Proc } from '../workers/os/os.ts';
import { LocalPartition } from '../workers/partition-port.ts';
import { Simulation } from '../workers/simulation.ts';
import { eventAt } from '../workers/trace/batch.ts';

/** Has no part when it is asked first, and forgets each as soon as it was used: every question stops the partition. */
class Forgetful implements CodeStore {
  readonly fetched: string[] = [];
  #last = '';

  find(part: string): unknown {
    if (part !== this.#last) return undefined;
    this.#last = '';
    return roles.code.find(part);
  }
  async load(part: string): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.fetched.length % 3));
    this.fetched.push(part);
    this.#last = part;
  }
}

const bob = { host: 'ws-bob.acme.example', user: 'bob@acme.example' };
const alice = { host: 'ws-alice.far.example', user: 'alice@far.example' };

/** What a first delivery does not do: an unknown recipient, a command, a configuration saved, mail read. */
const inputs: Input[] = [
  { at: 1 * SECOND, command: { kind: 'mua.send', ...alice, to: bob.user, subject: 'One', text: 'One' } },
  {
    at: 1 * SECOND,
    command: { kind: 'mua.send', ...alice, to: 'nobody@acme.example', subject: 'Two', text: 'Two' },
  },
  { at: 3 * SECOND, command: { kind: 'host.run', host: 'mx.far.example', argv: ['postqueue', '-p'] } },
  { at: 4 * SECOND, command: { kind: 'mua.fetch', ...bob, uid: 0 } },
  { at: 4 * SECOND, command: { kind: 'mua.fetch', ...alice, uid: 0 } },
  { at: 5 * SECOND, command: { kind: 'host.crash', host: 'mta1.acme.example' } },
  { at: 6 * SECOND, command: { kind: 'host.start', host: 'mta1.acme.example' } },
  {
    at: 8 * SECOND,
    command: { kind: 'host.run', host: 'mx.far.example', argv: ['postfix', 'reload'] },
  },
];
const odd: Run = { version: engineVersion, world: twoIslands, seed: 3, inputs };

async function play(
  run: Run,
  placement: Placement,
  store: () => CodeStore,
  until = 20 * SECOND,
): Promise<{ hash: string; order: string[]; failures: unknown[] }> {
  const simulation = await Simulation.boot({
    run,
    placement,
    keepTrace: true,
    start: (spec) => new LocalPartition(spec, { ...roles, code: store() }),
  });
  const order: string[] = [];
  while (await simulation.window(until)) {
    const chunk = simulation.takeTrace();
    for (let i = 0; chunk !== null && i < chunk.count; i++) {
      const { at, hostIndex, n, kind, cause } = eventAt(chunk, i);
      order.push(`${at} ${hostIndex} ${n} ${kind} ${cause}`);
    }
  }
  return { hash: await simulation.hash(), order, failures: simulation.failures };
}

describe('a run whose code comes late, again and again', () => {
  test.each(['one', 'site', 'host'] as const)(
    'is the run with all code there, placement %s',
    async (placement) => {
      const stores: Forgetful[] = [];
      const there = await play(odd, 'one', () => roles.code);
      expect(there.failures).toEqual([]);
      const late = await play(odd, placement, () => {
        stores.push(new Forgetful());
        return stores.at(-1)!;
      });
      expect(late.failures).toEqual([]);
      expect(late.order).toEqual(there.order);
      expect(late.hash).toBe(there.hash);
      const asked = new Set(stores.flatMap(({ fetched }) => fetched));
      for (const part of ['imapd', 'mua-fetch', 'postfix', 'shell']) expect(asked).toContain(part);
    },
  );

  test.each(worlds.map((world) => [world.name, world] as const))(
    'is the same in %s',
    async (_name, world) => {
      const run = { version: engineVersion, world, seed: 1, inputs: world.demo };
      const there = await play(run, 'one', () => roles.code, 60 * SECOND);
      const late = await play(run, 'site', () => new Forgetful(), 60 * SECOND);
      expect(late.failures).toEqual([]);
      expect(late.hash).toBe(there.hash);
    },
  );
});

test('the first letter of the start page needs no late code', async () => {
  const store = new Forgetful();
  const simulation = await Simulation.boot({
    run: { ...odd, inputs: inputs.slice(0, 1) },
    placement: 'one',
    keepTrace: true,
    start: (spec) => new LocalPartition(spec, { ...roles, code: store }),
  });
  await simulation.runUntil(10 * SECOND);
  const chunk = simulation.takeTrace()!;
  const kinds = Array.from({ length: chunk.count }, (_, i) => eventAt(chunk, i).kind);
  expect(kinds).toContain('mailbox.message-appended');
  expect(store.fetched).toEqual([]);
});

test('an input that comes while the only partition waits for code takes effect after it, and in a replay as well', async () => {
  const store = new Forgetful();
  const [first] = inputs;
  const live = await Simulation.boot({
    run: { ...odd, inputs: [{ at: 1 * SECOND, command: { kind: 'mua.fetch', ...bob, uid: 0 } }] },
    placement: 'one',
    keepTrace: false,
    start: (spec) => new LocalPartition(spec, { ...roles, code: store }),
  });
  await live.runUntil(1 * SECOND - 1);
  const running = live.window(2 * SECOND);
  const at = live.input(first!.command, 1 * SECOND);
  expect(at).toBe(2 * SECOND + 1); // the window is granted to its end
  await running;
  await live.runUntil(20 * SECOND);
  expect(live.failures).toEqual([]);
  expect(store.fetched).toContain('mua-fetch');
  const replayed = await play(live.run, 'host', () => roles.code);
  expect(replayed.hash).toBe(await live.hash());
});

// Two procs are ready when the first of them asks for code; the second must still come second, with its own cause and pid.
test('procs that are ready at that instant run in the order in which they were', async () => {
  const part: LatePart<unknown> = 'imapd';
  const seen: string[] = [];
  const boot = (os: Os): void => {
    for (const name of ['a', 'b', 'c'])
      os.spawn(name, function* (child): Proc<void> {
        seen.push(`${name} ${child.pid} ${child.cause} asks at ${child.now()}`);
        if (name !== 'b') yield* child.code(part);
        seen.push(`${name} ${child.pid} ${child.cause} goes on at ${child.now()}`);
        yield* child.sleepUntil(child.now() + 5);
        yield* child.code(part);
        seen.push(`${name} ${child.pid} ${child.cause} ends at ${child.now()}`);
      });
  };
  const host = twoIslands.hosts[0]!;
  const world = { ...twoIslands, hosts: [host], links: [], people: [], demo: [] };
  const run = { version: engineVersion, world, seed: 1, inputs: [] };
  const of = async (code: CodeStore): Promise<string[]> => {
    seen.length = 0;
    const simulation = await Simulation.boot({
      run,
      placement: 'one',
      keepTrace: false,
      start: (spec) => new LocalPartition(spec, { ...roles, [host.kind]: boot, code }),
    });
    await simulation.runUntil(SECOND);
    return [...seen];
  };
  const there = await of(roles.code);
  expect(there).toHaveLength(9);
  expect(await of(new Forgetful())).toEqual(there);
});
