/**
 * check — predicates over the trace: what a task waits to see
 *
 * A check is a pure fold: it looks at one event at a time and keeps a small JSON state, so that a lesson's progress
 * can be saved, restored and replayed. Checks look at outcomes, never at keystrokes.
 */
import type { TraceEvent, TraceKind } from '../../workers/trace/event.ts';

export type { TraceEvent, TraceKind } from '../../workers/trace/event.ts';

/** What a check remembers: plain JSON. */
export type CheckState = number | CheckState[];

/** An event with the name of the host it happened on. */
export type LessonEvent = TraceEvent & { host: string };

export interface Check {
  readonly start: CheckState;
  /** Returns the state after the event; the same value when it changes nothing. */
  step(state: CheckState, event: LessonEvent): CheckState;
  done(state: CheckState): boolean;
  /** 0–1, for a half-filled dot */
  progress(state: CheckState): number;
}

type EventOf<K extends TraceKind> = Extract<TraceEvent, { kind: K }> & { host: string };

/** Done when `times` events of a kind were seen that `where` accepts (default: any, once). */
export function saw<K extends TraceKind>(
  kind: K,
  where: (event: EventOf<K>) => boolean = () => true,
  times = 1,
): Check {
  return {
    start: 0,
    step: (state, event) =>
      (state as number) < times && event.kind === kind && where(event as EventOf<K>)
        ? (state as number) + 1
        : state,
    done: (state) => (state as number) >= times,
    progress: (state) => Math.min(1, (state as number) / times),
  };
}

/** Done when the checks came true one after another: each looks only at what follows the one before. */
export function inOrder(...checks: Check[]): Check {
  return {
    start: [0, checks[0]!.start],
    step: (state, event) => {
      const [index, inner] = state as [number, CheckState];
      const check = checks[index];
      if (check === undefined) return state;
      const next = check.step(inner, event);
      if (check.done(next)) return [index + 1, checks[index + 1]?.start ?? 0];
      return next === inner ? state : [index, next];
    },
    done: (state) => ((state as CheckState[])[0] as number) >= checks.length,
    progress: (state) => ((state as CheckState[])[0] as number) / checks.length,
  };
}

/** Done when all are, in whatever order. */
export function all(...checks: Check[]): Check {
  return {
    start: checks.map((check) => check.start),
    step: (state, event) => stepEach(checks, state as CheckState[], event),
    done: (state) => checks.every((check, i) => check.done((state as CheckState[])[i]!)),
    progress: (state) =>
      checks.reduce((sum, check, i) => sum + check.progress((state as CheckState[])[i]!), 0) / checks.length,
  };
}

/** Done when any is. */
export function any(...checks: Check[]): Check {
  return {
    start: checks.map((check) => check.start),
    step: (state, event) => stepEach(checks, state as CheckState[], event),
    done: (state) => checks.some((check, i) => check.done((state as CheckState[])[i]!)),
    progress: (state) => Math.max(...checks.map((check, i) => check.progress((state as CheckState[])[i]!))),
  };
}

/** Done as long as the other is not: for what must not have happened by the end. */
export function not(check: Check): Check {
  return {
    start: check.start,
    step: (state, event) => check.step(state, event),
    done: (state) => !check.done(state),
    progress: (state) => (check.done(state) ? 0 : 1),
  };
}

function stepEach(checks: Check[], state: CheckState[], event: LessonEvent): CheckState[] {
  let changed: CheckState[] | null = null;
  for (const [i, check] of checks.entries()) {
    const next = check.step(state[i]!, event);
    if (next !== state[i]) (changed ??= [...state])[i] = next;
  }
  return changed ?? state;
}
