// The player on a fake wall clock: time passes only while it sleeps.
import { expect, test } from 'vitest';

import { worldNamed } from '../lessons/worlds/index.ts';
import type { TraceEvent, TraceMessage } from '../workers/api.ts';
import { roles } from '../workers/hosts/all-roles.ts';
import { engineVersion, type Input, type InputCommand, type Run } from '../workers/input.ts';
import { SECOND } from '../workers/os/os.ts';
import { LocalPartition } from '../workers/partition-port.ts';
import { Player } from '../workers/player.ts';
import { eventAt } from '../workers/trace/batch.ts';

const world = worldNamed('two-islands')!;
const run = (inputs: Input[] = []): Run => ({ version: engineVersion, world, seed: 1, inputs });
const cut: InputCommand = {
  kind: 'link.set',
  between: ['mx.far.example', 'mta1.acme.example'],
  fault: 'down',
};

class Stage {
  now = 0;
  /** called at each sleep */
  onSleep: () => void = () => {};
  readonly events: TraceEvent[] = [];
  clock: Extract<TraceMessage, { type: 'clock' }> | null = null;
  readonly player = new Player({
    wall: {
      now: () => this.now,
      sleep: (ms) => {
        this.now += ms;
        this.onSleep();
        return Promise.resolve();
      },
    },
    start: (spec) => new LocalPartition(spec, roles),
    publish: (message) => {
      if (message.type === 'clock') this.clock = message;
      if (message.type === 'failed') throw new Error(message.text);
      if (message.type !== 'chunk') return;
      for (let i = 0; i < message.chunk.count; i++) this.events.push(eventAt(message.chunk, i));
    },
  });

  changes(): TraceEvent[] {
    return this.events.filter((event) => event.kind === 'link.changed');
  }
}

test('an input while paused takes effect and is shown at once, each at its own stamp', async () => {
  const stage = new Stage();
  await stage.player.load({ run: run(), placement: 'host' });
  await stage.player.play({ pace: { mode: 'fast' }, until: 2 * SECOND });
  while (stage.clock?.now !== 2 * SECOND) await Promise.resolve();
  await stage.player.pause();
  const stamps = await Promise.all([
    stage.player.input(cut),
    stage.player.input({ kind: 'host.stop', host: 'ldap1.acme.example' }),
  ]);
  expect(stage.changes().map(({ at }) => at)).toEqual([stamps[0], stamps[0]]);
  expect(stage.events.find((event) => event.kind === 'host.stopped')?.at).toBe(stamps[1]);
  expect(stage.clock).toMatchObject({ now: Math.max(...stamps), playing: false });
  expect(stamps[0]).toBeGreaterThanOrEqual(2 * SECOND);
});

test('what was done while paused gives the same run when it is replayed', async () => {
  const stage = new Stage();
  await stage.player.load({ run: run(), placement: 'one' });
  await stage.player.input(cut);
  await stage.player.input({ ...cut, fault: '' });
  await stage.player.play({ pace: { mode: 'rate', speed: 10 }, until: 3 * SECOND });
  while (stage.clock?.now !== 3 * SECOND) await Promise.resolve();
  await stage.player.pause();
  const again = new Stage();
  await again.player.load({ run: await stage.player.save(), placement: 'host', replayUntil: 3 * SECOND });
  expect(again.clock).toMatchObject({ now: 3 * SECOND, playing: false });
  expect(await again.player.hash()).toBe(await stage.player.hash());
});

test.each(['pause', 'load'] as const)('a replay ends when a %s comes', async (how) => {
  const stage = new Stage();
  const inputs = Array.from({ length: 200 }, (_, i) => ({
    at: (i + 1) * SECOND,
    command: { ...cut, fault: i % 2 === 0 ? 'down' : '' } as InputCommand,
  }));
  // Every look at the wall clock costs 10 ms, so that the replay comes up for air.
  Object.defineProperty(stage, 'now', { get: () => (ticks += 10), set: () => {} });
  let ticks = 0;
  let done: Promise<unknown> | null = null;
  stage.onSleep = () => {
    done ??= how === 'pause' ? stage.player.pause() : stage.player.load({ run: run(), placement: 'one' });
  };
  await stage.player.load({ run: run(inputs), placement: 'host', replayUntil: 200 * SECOND });
  await done;
  expect(stage.clock!.now).toBeLessThan(100 * SECOND);
  if (how === 'load') expect((await stage.player.save()).inputs).toEqual([]);
});

test('a load that comes while another one boots wins', async () => {
  const stage = new Stage();
  const loads = [run([{ at: SECOND, command: cut }]), run()].map((one) =>
    stage.player.load({ run: one, placement: 'one' }),
  );
  await Promise.all(loads);
  expect((await stage.player.save()).inputs).toEqual([]);
});

test('a step goes to the next instant at which something happens, and no further', async () => {
  const stage = new Stage();
  await stage.player.load({ run: run(world.demo), placement: 'one' });
  for (let i = 0; i < 5; i++) {
    const next = stage.clock!.nextEventAt!;
    expect(await stage.player.step()).toBe(next);
    expect(stage.events.every(({ at }) => at <= next)).toBe(true);
  }
});
