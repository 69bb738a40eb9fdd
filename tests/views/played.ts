// Plays a world headless and feeds the trace to folds, as the page does.
import { worldNamed } from '../../lessons/worlds/index.ts';
import { clockOf, type Clock } from '../../src/decode/clock.ts';
import { namesOf, type Names } from '../../src/decode/names.ts';
import type { Fold, FoldContext } from '../../src/sim/fold.ts';
import { TraceStore } from '../../src/sim/trace-store.ts';
import type { TraceEvent, World } from '../../workers/api.ts';
import { roles } from '../../workers/hosts/all-roles.ts';
import { engineVersion, type Input } from '../../workers/input.ts';
import { LocalPartition } from '../../workers/partition-port.ts';
import { Simulation } from '../../workers/simulation.ts';

export interface Played {
  world: World;
  names: Names;
  clock: Clock;
  events: TraceEvent[];
  context: FoldContext;
  fold<F extends Fold>(foldClass: new (context: FoldContext) => F): F;
}

/** The world's own demo inputs, or those given, until a virtual time. */
export async function playWorld(name: string, untilUs: number, inputs?: Input[]): Promise<Played> {
  const world = worldNamed(name)!;
  const simulation = await Simulation.boot({
    run: { version: engineVersion, world, seed: 1, inputs: [] },
    placement: 'one',
    keepTrace: true,
    start: (spec) => new LocalPartition(spec, roles),
  });
  const store = new TraceStore();
  const runTo = async (until: number) => {
    while (simulation.nextTime <= until) await simulation.window(simulation.nextTime);
    const chunk = simulation.takeTrace();
    if (chunk !== null) store.append(chunk);
  };
  for (const { at, command } of inputs ?? world.demo) {
    if (at > untilUs) break;
    await runTo(at - 1);
    simulation.input(command, at);
  }
  await runTo(untilUs);
  const events: TraceEvent[] = [];
  for (let i = 0; i < store.length; i++) events.push(store.event(i)!);
  const names = namesOf(world);
  const context: FoldContext = { world, names, byId: (id) => store.byId(id) };
  return {
    world,
    names,
    clock: clockOf(world.startsAt),
    events,
    context,
    fold(foldClass) {
      const fold = new foldClass(context);
      for (const event of events) if (fold.kinds === null || fold.kinds.has(event.kind)) fold.add(event);
      return fold;
    },
  };
}
