/**
 * machine — turns a lesson into an xstate machine
 *
 * One state per beat, then "finished". Events: TRACE (something happened), ANSWER (a prediction), FILL (the rows of a
 * quiz), NEXT (a beat that asks for nothing was read). The player feeds it with the pure transition(); there are no
 * timers, since lesson time is the world's time. Context is plain JSON, so that progress survives a reload.
 */
import { assign, setup } from 'xstate';

import type { Check, CheckState, LessonEvent } from './check.ts';
import { finished, tasksOf, type Beat, type Lesson, type QuizTask, type Task } from './define-lesson.ts';

export { finished } from './define-lesson.ts';

export interface LessonContext {
  /** by task id */
  checks: Record<string, CheckState>;
  /** by task id: one state per named part */
  parts: Record<string, CheckState[]>;
  /** by task id: one state per feedback */
  feedback: Record<string, CheckState[]>;
  /** by prediction id: the option chosen */
  answers: Record<string, string>;
  /** by quiz id: the options chosen last, by row */
  quizzes: Record<string, Readonly<Record<string, string>>>;
}

export type LessonMachineEvent =
  | { type: 'TRACE'; event: LessonEvent }
  | { type: 'ANSWER'; prediction: string; option: string }
  | { type: 'FILL'; quiz: string; rows: Readonly<Record<string, string>> }
  | { type: 'NEXT' };

/** The machine of a lesson. Tasks of a beat count only what happens from that beat on. */
export function toMachine(lesson: Lesson) {
  const machine = setup({ types: { context: {} as LessonContext, events: {} as LessonMachineEvent } });
  return machine.createMachine({
    id: lesson.id,
    context: {
      checks: startOf(lesson, checkStart),
      parts: startOf(lesson, (task) => checksOf(task, 'parts').map(({ start }) => start)),
      feedback: startOf(lesson, (task) => checksOf(task, 'feedback').map(({ start }) => start)),
      answers: {},
      quizzes: {},
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
      FILL: {
        guard: ({ event }: { event: LessonMachineEvent }) =>
          event.type === 'FILL' && (beat.tasks ?? []).some(({ id }) => id === event.quiz),
        actions: assign(({ context, event }: { context: LessonContext; event: LessonMachineEvent }) =>
          event.type === 'FILL'
            ? { ...context, quizzes: { ...context.quizzes, [event.quiz]: event.rows } }
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
  return answered && (beat.tasks ?? []).every((task) => standing(task, context).done);
}

function look(beat: Beat, context: LessonContext, event: LessonEvent): LessonContext {
  let { checks, parts, feedback } = context;
  for (const task of beat.tasks ?? []) {
    if ('quiz' in task) continue;
    const before = checks[task.id]!;
    const after = task.check.step(before, event);
    if (after !== before) checks = { ...checks, [task.id]: after };
    parts = stepped(parts, task.id, checksOf(task, 'parts'), event);
    feedback = stepped(feedback, task.id, checksOf(task, 'feedback'), event);
  }
  return checks === context.checks && parts === context.parts && feedback === context.feedback
    ? context
    : { ...context, checks, parts, feedback };
}

/** Whether the event changes anything that is kept of the task. */
export function isMovedBy(task: Task, context: LessonContext, event: LessonEvent): boolean {
  if ('quiz' in task) return false;
  const state = context.checks[task.id]!;
  if (task.check.step(state, event) !== state) return true;
  return (['parts', 'feedback'] as const).some((which) => {
    const states = context[which][task.id]!;
    return stepped({ [task.id]: states }, task.id, checksOf(task, which), event)[task.id] !== states;
  });
}

/** The states of one task's checks after the event; the same record when none moved. */
function stepped(
  states: Record<string, CheckState[]>,
  id: string,
  checks: readonly Check[],
  event: LessonEvent,
): Record<string, CheckState[]> {
  const before = states[id]!;
  const after = checks.map((check, i) => check.step(before[i]!, event));
  return after.some((state, i) => state !== before[i]) ? { ...states, [id]: after } : states;
}

function checksOf(task: Task, which: 'parts' | 'feedback'): Check[] {
  if ('quiz' in task) return [];
  if (which === 'parts') return (task.parts ?? []).map(({ check }) => check);
  return (task.feedback ?? []).map(({ when }) => when);
}

/** The named parts of a task, and whether each was seen. */
export function partsOf(task: Task, context: LessonContext): { id: string; done: boolean }[] {
  if ('quiz' in task) return [];
  const states = context.parts[task.id] ?? [];
  return (task.parts ?? []).map(({ id, check }, i) => ({ id, done: check.done(states[i]!) }));
}

export interface Standing {
  done: boolean;
  /** 0–1 */
  progress: number;
  /** the key of the feedback to show; of a quiz, the first row that is wrong; null = the "notYet" text */
  feedback: string | null;
}

/** How a task stands. */
export function standing(task: Task, context: LessonContext): Standing {
  if ('quiz' in task) return standingOfQuiz(task, context.quizzes[task.id]);
  const state = context.checks[task.id]!;
  const states = context.feedback[task.id] ?? [];
  const said = (task.feedback ?? []).filter(({ when }, i) => when.done(states[i]!)).at(-1);
  return { done: task.check.done(state), progress: task.check.progress(state), feedback: said?.say ?? null };
}

function standingOfQuiz({ quiz }: QuizTask, chosen: Readonly<Record<string, string>> | undefined): Standing {
  if (chosen === undefined) return { done: false, progress: 0, feedback: null };
  const wrong = quiz.rows.filter((row) => chosen[row] !== quiz.answers[row]);
  return {
    done: wrong.length === 0,
    progress: 1 - wrong.length / quiz.rows.length,
    feedback: wrong[0] ?? null,
  };
}

function startOf<T>(lesson: Lesson, value: (task: Task) => T): Record<string, T> {
  return Object.fromEntries(tasksOf(lesson).map((task) => [task.id, value(task)]));
}

/** A quiz keeps nothing of the trace. */
function checkStart(task: Task): CheckState {
  return 'quiz' in task ? 0 : task.check.start;
}
