/**
 * fold — trace → model: what a view shows is computed from the trace alone
 *
 * A fold appends and never changes what it appended (or stamps what changed with its time), so that a view at a cursor in
 * the past only has to stop reading earlier. Pure: no DOM, no clock but the events'.
 */
import type { TraceEvent, TraceKind, World } from '../../workers/api.ts';

import type { Names } from '../decode/names.ts';

export interface FoldContext {
  readonly world: World;
  readonly names: Names;
  /** an event by its id, while it is in memory */
  readonly byId: (id: number) => TraceEvent | null;
}

export interface Fold {
  /** what it wants to see; null = everything */
  readonly kinds: ReadonlySet<TraceKind> | null;
  /** Events in the order of the trace. */
  add(event: TraceEvent): void;
}

export type FoldClass<F extends Fold> = new (context: FoldContext) => F;
