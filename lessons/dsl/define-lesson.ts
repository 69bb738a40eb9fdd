/**
 * define-lesson — what a lesson is: a world, beats of text, tasks over the trace, hints, predictions, a solution
 *
 * Data plus pure checks. Texts are keys into the lesson's text file (text.en.ts), one file per language.
 */
import type { World } from '../../workers/api.ts';
import type { Input, InputCommand } from '../../workers/input.ts';

import type { Check } from './check.ts';
import type { ReferenceName } from './references.ts';

export type { Input, InputCommand } from '../../workers/input.ts';

/** The state after the last beat. */
export const finished = 'finished';

export interface Feedback {
  /** shown while the task is open and this was seen */
  when: Check;
  /** key of the text */
  say: string;
}

/** What a task that looks at the world waits for. */
export interface TraceTask {
  id: string;
  check: Check;
  /** what the check asks for, one by one: each has its own sentence and its own dot in the task list */
  parts?: readonly { id: string; check: Check }[];
  /** the last one whose check is done is shown; with none, the task's "notYet" text */
  feedback?: Feedback[];
  /** what "do it for me" does; the proof follows it and the task must then be done */
  doIt?: readonly Act[];
}

/** A task that the learner answers: each row wants one of the options. Putting things in order is rows "1st", "2nd"… */
export interface QuizTask {
  id: string;
  quiz: {
    rows: readonly string[];
    options: readonly string[];
    /** by row: the option that is right */
    answers: Readonly<Record<string, string>>;
  };
}

export type Task = TraceTask | QuizTask;

/** A thing that is done for the learner, or the virtual time that passes before the next one. */
export type Act = InputCommand | { waitS: number };

/** A question before the simulation answers it. Right or wrong is neutral: the world shows. */
export interface Prediction {
  id: string;
  options: string[];
  answer: string;
}

/** A short text with what it asks for. The next beat comes when its tasks are done and its prediction is answered. */
export interface Beat {
  id: string;
  tasks?: Task[];
  prediction?: Prediction;
  /** names of hosts to show, others are dimmed */
  highlight?: string[];
  /** a view that this beat opens: queues, ladder, dns, log, message… */
  view?: string;
  /** a "2015 text → today" card that stands below the text */
  today?: string;
}

/** A step of a run that a test plays: a person's act, an answer, or waiting for something. */
export type Step =
  | { do: InputCommand }
  | { answer: string; to: string }
  /** answers of a quiz, by row */
  | { fill: Readonly<Record<string, string>>; quiz: string }
  | { next: true }
  | { until: Check; withinS: number }
  | { waitS: number };

export interface WrongRun {
  name: string;
  steps: Step[];
  /** the task that must stay open, and the feedback it must show: its key; for a quiz the first row that is wrong */
  open: string;
  /** null: the task's "notYet" text */
  says: string | null;
}

export interface Lesson {
  id: string;
  title: string;
  /** minutes it takes */
  minutes: number;
  world: World;
  /** what has happened in the world when the lesson begins, and at which second that is */
  prologue?: { inputs: readonly Input[]; untilS: number };
  beats: Beat[];
  solution: Step[];
  alternatives: { name: string; steps: Step[] }[];
  wrong: WrongRun[];
  /** RFCs and manual pages to read on */
  references?: readonly ReferenceName[];
}

/** The words of a lesson in one language; keys as the lesson names them. */
export interface LessonText {
  title: string;
  objective: string;
  beats: Record<string, { heading: string; paragraphs: string[] }>;
  /** sentence of a task; `done` states the principle; `parts` by part id; three hints: a question, where to look, its shape */
  tasks: Record<
    string,
    { ask: string; done: string; notYet: string; hints: string[]; parts?: Record<string, string> }
  >;
  /** by task id: what is asked in each row, what is said while its answer is wrong, and the options */
  quizzes?: Record<
    string,
    { rows: Record<string, { label: string; wrong: string }>; options: Record<string, string> }
  >;
  predictions: Record<
    string,
    { question: string; options: Record<string, string>; right: string; wrong: string }
  >;
  feedback: Record<string, string>;
  /** by id: what the course text of 2015 says, and what is so today */
  today?: Record<string, { then: string; now: string }>;
  /** questions of a minute for later days */
  drills?: { question: string; options: string[]; right: number; why: string }[];
  recap: string[];
  misconception: { said: string; truth: string };
}

/** Checks that a lesson is whole: ids differ, answers are among the options. @throws Error saying what is wrong */
export function defineLesson(lesson: Lesson): Lesson {
  const ids = new Set<string>();
  for (const beat of lesson.beats) {
    for (const id of [
      beat.id,
      ...(beat.tasks ?? []).map((task) => task.id),
      ...(beat.prediction ? [beat.prediction.id] : []),
    ]) {
      if (ids.has(id)) throw new Error(`lesson ${lesson.id}: the id "${id}" is used twice`);
      ids.add(id);
    }
    const { prediction } = beat;
    if (prediction !== undefined && !prediction.options.includes(prediction.answer))
      throw new Error(
        `lesson ${lesson.id}: the answer "${prediction.answer}" is not an option of "${prediction.id}"`,
      );
    for (const task of beat.tasks ?? []) if ('quiz' in task) checkQuiz(lesson.id, task);
  }
  return lesson;
}

function checkQuiz(lesson: string, { id, quiz }: QuizTask): void {
  for (const row of quiz.rows) {
    const answer = quiz.answers[row];
    if (answer === undefined || !quiz.options.includes(answer))
      throw new Error(
        `lesson ${lesson}: row "${row}" of quiz "${id}" wants one of its options as answer, found "${answer}"`,
      );
  }
}

/** The instant up to which all belongs to the prologue, in microseconds. */
export function beginsAt({ prologue }: Lesson): number {
  return (prologue?.untilS ?? 0) * 1_000_000;
}

/** All tasks of a lesson, in order. */
export function tasksOf(lesson: Lesson): Task[] {
  return lesson.beats.flatMap((beat) => beat.tasks ?? []);
}
