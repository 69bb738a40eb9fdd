/**
 * machine — turns a lesson into an xstate machine
 *
 * One state per beat, then "finished". Events: TRACE (something happened), ANSWER (a prediction), NEXT (a beat that
 * asks for nothing was read). The player feeds it with the pure transition(); there are no timers, since lesson time
 * is the world's time. Context is plain JSON, so that progress survives a reload.
 */
import { assign, setup } from 'xstate';

import type { CheckState, LessonEvent } from './check.ts';
import { finished, tasksOf, type Beat, type Lesson, type Task } from './define-lesson.ts';

export { finished } from './define-lesson.ts';

export interface LessonContext {
  /** by task id */
  checks: Record<string, CheckState>;
  /** by task id: one state per feedback */
  feedback: Record<string, CheckState[]>;
  /** by prediction id: the option chosen */
  answers: Record<string, string>;
}

export type LessonMachineEvent =
  | { type: 'TRACE'; event: LessonEvent }
  | { type: 'ANSWER'; prediction: string; option: string }
  | { type: 'NEXT' };

/** The machine of a lesson. Tasks of a beat count only what happens from that beat on. */
export function toMachine(lesson: Lesson) {
  const machine = setup({ types: { context: {} as LessonContext, events: {} as LessonMachineEvent } });
  return machine.createMachine({
    id: lesson.id,
    context: {
      checks: startOf(lesson, (task) => task.check.start),
      feedback: startOf(lesson, feedbackStart),
      answers: {},
    },
    initial: lesson.beats[0]!.id,
    states: Object.fromEntries([
      ...lesson.beats.map(
        (beat, index) => [beat.id, stateOf(beat, lesson.beats[index + 1]?.id ?? finished)] as const,
      ),
      [finished, { type: 'final' as const }],
    ]),
  });
}

function stateOf(beat: Beat, target: string) {
  return {
    always: {
      guard: ({ context }: { context: LessonContext }) => asks(beat) && isDone(beat, context),
      target,
    },
    on: {
      TRACE: {
        actions: assign(({ context, event }: { context: LessonContext; event: LessonMachineEvent }) =>
          event.type === 'TRACE' ? look(beat, context, event.event) : context,
        ),
      },
      ANSWER: {
        guard: ({ context, event }: { context: LessonContext; event: LessonMachineEvent }) =>
          event.type === 'ANSWER' &&
          event.prediction === beat.prediction?.id &&
          beat.prediction.options.includes(event.option) &&
          context.answers[event.prediction] === undefined,
        actions: assign(({ context, event }: { context: LessonContext; event: LessonMachineEvent }) =>
          event.type === 'ANSWER'
            ? { ...context, answers: { ...context.answers, [event.prediction]: event.option } }
            : context,
        ),
      },
      NEXT: { guard: () => !asks(beat), target },
    },
  };
}

function asks(beat: Beat): boolean {
  return (beat.tasks ?? []).length > 0 || beat.prediction !== undefined;
}

function isDone(beat: Beat, context: LessonContext): boolean {
  const answered = beat.prediction === undefined || context.answers[beat.prediction.id] !== undefined;
  return answered && (beat.tasks ?? []).every((task) => task.check.done(context.checks[task.id]!));
}

function look(beat: Beat, context: LessonContext, event: LessonEvent): LessonContext {
  let { checks, feedback } = context;
  for (const task of beat.tasks ?? []) {
    const before = checks[task.id]!;
    const after = task.check.step(before, event);
    if (after !== before) checks = { ...checks, [task.id]: after };
    for (const [i, { when }] of (task.feedback ?? []).entries()) {
      const old = feedback[task.id]![i]!;
      const now = when.step(old, event);
      if (now !== old) feedback = { ...feedback, [task.id]: feedback[task.id]!.with(i, now) };
    }
  }
  return checks === context.checks && feedback === context.feedback
    ? context
    : { ...context, checks, feedback };
}

/** How a task stands: done, its progress 0–1, and the key of the feedback to show (null = the "notYet" text). */
export function standing(
  task: Task,
  context: LessonContext,
): { done: boolean; progress: number; feedback: string | null } {
  const state = context.checks[task.id]!;
  const states = context.feedback[task.id] ?? [];
  const said = (task.feedback ?? []).filter(({ when }, i) => when.done(states[i]!)).at(-1);
  return { done: task.check.done(state), progress: task.check.progress(state), feedback: said?.say ?? null };
}

function startOf<T>(lesson: Lesson, value: (task: Task) => T): Record<string, T> {
  return Object.fromEntries(tasksOf(lesson).map((task) => [task.id, value(task)]));
}

function feedbackStart(task: Task): CheckState[] {
  return (task.feedback ?? []).map(({ when }) => when.start);
}
