/**
 * playthrough — one learner's way through a lesson: the trace and the learner's answers go in, where it stands comes out
 *
 * The machine is xstate's, stepped by the pure transition(). Every event is counted once, also over a reload. Nothing
 * here knows the page; player.svelte.ts puts it there.
 */
import { initialTransition, transition } from 'xstate';

import type { EventId, TraceEvent, VirtualTime } from '../../workers/api.ts';
import type { LessonEvent } from '../../lessons/dsl/check.ts';
import {
  beginsAt,
  type Act,
  type Beat,
  type Lesson,
  type LessonText,
  type Prediction,
  type QuizTask,
  type Task,
} from '../../lessons/dsl/define-lesson.ts';
import {
  finished,
  isMovedBy,
  partsOf,
  standing,
  toMachine,
  type LessonContext,
  type LessonMachineEvent,
} from '../../lessons/dsl/machine.ts';

import { countedNothing, versionOf, type Counted, type LessonProgress } from './progress.ts';

/** What the player needs of a session. */
export interface PlayedTrace {
  readonly store: {
    readonly length: number;
    event(position: number): TraceEvent | null;
    time(position: number): VirtualTime;
  };
  readonly names: { full(hostIndex: number): string };
}

/** shown: done by "do it for me" */
export type TaskState = 'later' | 'open' | 'partly' | 'done' | 'shown';

export interface TaskView {
  task: Task;
  state: TaskState;
  /** what is said while it is open, or the principle once it is done */
  says: string;
  doneAt: VirtualTime | null;
  /** what to select to see why */
  evidence: EventId | null;
  /** what it asks for one by one, as far as the lesson names it */
  parts: readonly { says: string; done: boolean }[];
}

type Snapshot = ReturnType<typeof initialTransition<ReturnType<typeof toMachine>>>[0];

/** A lesson being played, without a page: trace in, tasks, hints and progress out. */
export class Playthrough {
  readonly lesson: Lesson;
  readonly text: LessonText;
  /** hint steps open, by task id */
  hints: Readonly<Record<string, number>> = {};
  /** tasks done by the machine */
  shown: readonly string[] = [];

  readonly #trace: PlayedTrace;
  readonly #machine;
  #snapshot: Snapshot;
  #counted: Counted = countedNothing;
  #evidence: Record<string, EventId> = {};
  #doneAt: Record<string, VirtualTime> = {};
  #changes = 0;

  /** @param kept progress of the same lesson and version
      @param sameRun whether the trace is that of the run the progress was kept with */
  constructor(
    lesson: Lesson,
    text: LessonText,
    trace: PlayedTrace,
    kept: LessonProgress | null = null,
    sameRun = false,
  ) {
    this.lesson = lesson;
    this.text = text;
    this.#trace = trace;
    this.#machine = toMachine(lesson);
    [this.#snapshot] = initialTransition(this.#machine);
    if (kept === null) return;
    this.#snapshot = this.#machine.resolveState({ value: kept.beat, context: kept.context }) as Snapshot;
    this.hints = kept.hints;
    this.shown = kept.shown;
    this.#doneAt = { ...kept.doneAt };
    if (!sameRun) return;
    this.#counted = kept.counted;
    this.#evidence = { ...kept.evidence };
  }

  /** id of the current beat, or "finished" */
  get at(): string {
    return String(this.#snapshot.value);
  }
  get context(): LessonContext {
    return this.#snapshot.context;
  }
  get isFinished(): boolean {
    return this.at === finished;
  }
  /** grows with every change that is worth keeping */
  get changes(): number {
    return this.#changes;
  }
  /** index of the current beat; the number of beats when finished */
  get index(): number {
    const index = this.lesson.beats.findIndex(({ id }) => id === this.at);
    return index < 0 ? this.lesson.beats.length : index;
  }
  get beat(): Beat | null {
    return this.lesson.beats[this.index] ?? null;
  }
  /** the question that waits for an answer */
  get question(): Prediction | null {
    const prediction = this.beat?.prediction;
    return prediction !== undefined && this.context.answers[prediction.id] === undefined ? prediction : null;
  }

  /** Counts what the trace has gained. @returns whether anything changed */
  follow(): boolean {
    const { store } = this.#trace;
    const begins = beginsAt(this.lesson);
    let { events } = this.#counted;
    if (events > 0 && store.length >= events && !this.#isSameRun()) events = 0;
    const before = this.#snapshot;
    const from = events;
    for (; events < store.length; events++) {
      const event = store.event(events);
      if (event !== null && event.at > begins)
        this.#count({ ...event, host: this.#trace.names.full(event.hostIndex) });
    }
    if (events > from) {
      const position = events - 1;
      this.#counted = { events, last: store.event(position)?.id ?? 0, at: store.time(position) };
    }
    return this.#snapshot !== before;
  }

  answer(option: string): void {
    const { question } = this;
    if (question !== null) this.#feed({ type: 'ANSWER', prediction: question.id, option });
  }

  next(): void {
    this.#feed({ type: 'NEXT' });
  }

  /** Gives the answers of a quiz, by row. */
  fill(task: QuizTask, rows: Readonly<Record<string, string>>): void {
    this.#feed({ type: 'FILL', quiz: task.id, rows });
  }

  /** Opens the next step of a task's hint ladder. */
  hint(task: Task): void {
    const open = this.hints[task.id] ?? 0;
    if (open >= this.stepsOf(task)) return;
    this.hints = { ...this.hints, [task.id]: open + 1 };
    this.#changes++;
  }

  /** How many steps the ladder of a task has: its words, and "do it for me" where that can be done. */
  stepsOf(task: Task): number {
    return this.text.tasks[task.id]!.hints.length + (canDo(task) ? 1 : 0);
  }

  /** What "do it for me" does; the task then counts as shown, not as solved. */
  showHow(task: Task): readonly Act[] {
    if (!this.shown.includes(task.id)) this.shown = [...this.shown, task.id];
    this.#changes++;
    if (!('quiz' in task)) return task.doIt ?? [];
    this.fill(task, task.quiz.answers);
    return [];
  }

  /** What is said to an answer once it was given: neutral, since the world shows. */
  verdict(prediction: Prediction): string {
    const { right, wrong } = this.text.predictions[prediction.id]!;
    return this.context.answers[prediction.id] === prediction.answer ? right : wrong;
  }

  taskView(task: Task, beatIndex: number): TaskView {
    const { done, progress, feedback } = standing(task, this.context);
    const words = this.text.tasks[task.id]!;
    const evidence = this.#evidence[task.id] ?? null;
    const parts = partsOf(task, this.context).map(({ id, done }) => ({ says: words.parts![id]!, done }));
    if (done) {
      const state = this.shown.includes(task.id) ? 'shown' : 'done';
      const doneAt = this.#doneAt[task.id] ?? null;
      return { task, state, says: words.done, doneAt, evidence, parts };
    }
    const begun = progress > 0 || feedback !== null;
    return {
      task,
      state: beatIndex > this.index ? 'later' : begun ? 'partly' : 'open',
      says: feedback === null ? words.notYet : this.#say(task, feedback),
      doneAt: null,
      evidence,
      parts,
    };
  }

  #say(task: Task, feedback: string): string {
    if (!('quiz' in task)) return this.text.feedback[feedback]!;
    const { rows } = task.quiz;
    const chosen = this.context.quizzes[task.id] ?? {};
    const right = rows.filter((row) => chosen[row] === task.quiz.answers[row]).length;
    const { label, wrong } = this.text.quizzes![task.id]!.rows[feedback]!;
    return `${right} of ${rows.length} are right. ${label}: ${wrong}`;
  }

  /** All that is needed to go on after a reload. */
  progress(): LessonProgress {
    return {
      lesson: this.lesson.id,
      version: versionOf(this.lesson),
      beat: this.at,
      context: this.context,
      counted: this.#counted,
      evidence: { ...this.#evidence },
      doneAt: { ...this.#doneAt },
      hints: { ...this.hints },
      shown: [...this.shown],
    };
  }

  /** From the first beat again; the world stays as it is and only what happens from now on counts. */
  startOver(): void {
    [this.#snapshot] = initialTransition(this.#machine);
    this.hints = {};
    this.shown = [];
    this.#evidence = {};
    this.#doneAt = {};
    this.#changes++;
  }

  #isSameRun(): boolean {
    const { events, last, at } = this.#counted;
    const event = this.#trace.store.event(events - 1);
    return this.#trace.store.time(events - 1) === at && (event === null || last === 0 || event.id === last);
  }

  #count(event: LessonEvent): void {
    const touched = (this.beat?.tasks ?? []).filter((task) => isMovedBy(task, this.context, event));
    if (touched.length === 0) return;
    for (const task of touched) this.#evidence[task.id] = event.id;
    this.#feed({ type: 'TRACE', event });
    for (const task of touched) {
      if (standing(task, this.context).done) this.#doneAt[task.id] ??= event.at;
    }
  }

  #feed(event: LessonMachineEvent): void {
    const [next] = transition(this.#machine, this.#snapshot, event);
    if (next === this.#snapshot) return;
    this.#changes++;
    this.#snapshot = next;
  }
}

/** Whether "do it for me" is the last step of its ladder. */
export function canDo(task: Task): boolean {
  return 'quiz' in task || task.doIt !== undefined;
}
