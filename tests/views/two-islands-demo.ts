// The demo of two-islands, run once: its events, and folds that have seen them.
import { worldNamed } from '../../lessons/worlds/index.ts';
import { namesOf } from '../../src/decode/names.ts';
import type { Fold, FoldClass } from '../../src/sim/fold.ts';
import { roles } from '../../workers/hosts/all-roles.ts';
import { engineVersion, type InputCommand } from '../../workers/input.ts';
import { LocalPartition } from '../../workers/partition-port.ts';
import { Simulation } from '../../workers/simulation.ts';
import { eventAt } from '../../workers/trace/batch.ts';
import type { TraceEvent } from '../../workers/trace/event.ts';

const second = 1_000_000;

export class Played {
  readonly world = worldNamed('two-islands')!;
  readonly names = namesOf(this.world);
  readonly events: TraceEvent[] = [];
  readonly #byId = new Map<number, TraceEvent>();
  readonly byId = (id: number): TraceEvent | null => this.#byId.get(id) ?? null;

  /** @param inputs at seconds; by default the world's demo */
  static async run(untilS: number, inputs?: readonly [number, InputCommand][]): Promise<Played> {
    const played = new Played();
    const { world } = played;
    const simulation = await Simulation.boot({
      run: { version: engineVersion, world, seed: 1, inputs: [] },
      placement: 'one',
      keepTrace: true,
      start: (spec) => new LocalPartition(spec, roles),
    });
    const all = inputs?.map(([s, command]) => ({ at: s * second, command })) ?? world.demo;
    for (const { at, command } of all) simulation.input(command, at - 1);
    await simulation.window(untilS * second);
    const chunk = simulation.takeTrace()!;
    for (let i = 0; i < chunk.count; i++) played.events.push(eventAt(chunk, i));
    for (const event of played.events) played.#byId.set(event.id, event);
    return played;
  }

  fold<F extends Fold>(foldClass: FoldClass<F>): F {
    const fold = new foldClass({ world: this.world, names: this.names, byId: this.byId });
    for (const event of this.events) if (fold.kinds === null || fold.kinds.has(event.kind)) fold.add(event);
    return fold;
  }
}
