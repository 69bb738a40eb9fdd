/** fold-reader — the folds of a session, each read as far as the trace has come when somebody asks */
import type { World } from '../../workers/api.ts';

import type { Names } from '../decode/names.ts';

import type { Fold, FoldClass, FoldContext } from './fold.ts';
import type { TraceStore } from './trace-store.ts';

export class FoldReader {
  readonly #context: FoldContext;
  readonly #store: TraceStore;
  readonly #folds = new Map<FoldClass<Fold>, { fold: Fold; read: number }>();

  constructor(world: World, names: Names, store: TraceStore) {
    this.#context = { world, names, byId: (id) => store.byId(id) };
    this.#store = store;
  }

  /** The one fold of its class, up to date. */
  read<F extends Fold>(foldClass: FoldClass<F>): F {
    let entry = this.#folds.get(foldClass);
    if (entry === undefined)
      this.#folds.set(foldClass, (entry = { fold: new foldClass(this.#context), read: 0 }));
    const { fold } = entry;
    for (; entry.read < this.#store.length; entry.read++) {
      if (fold.kinds !== null && !fold.kinds.has(this.#store.kind(entry.read)!)) continue;
      const event = this.#store.event(entry.read);
      if (event !== null) fold.add(event);
    }
    return fold as F;
  }
}
