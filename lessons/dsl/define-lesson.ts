/**
 * define-lesson — what a lesson is: a world, beats of text, tasks over the trace, hints, predictions, a solution
 *
 * Data plus pure checks. Texts are keys into the lesson's text file (text.en.ts), one file per language.
 */
import type { InputCommand } from '../../workers/input.ts';

import type { Check } from './check.ts';

export type { InputCommand } from '../../workers/input.ts';

/** The state after the last beat. */
export const finished = 'finished';

export interface Feedback {
  /** shown while the task is open and this was seen */
  when: Check;
  /** key of the text */
  say: string;
}

export interface Task {
  id: string;
  check: Check;
  /** the last one whose check is done is shown; with none, the task's "notYet" text */
  feedback?: Feedback[];
  /** what "do it for me" does, if the last hint can be done by machine */
  doIt?: InputCommand[];
}

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
}

/** A step of a run that a test plays: a person's act, an answer, or waiting for something. */
export type Step =
  | { do: InputCommand }
  | { answer: string; to: string }
  | { next: true }
  | { until: Check; withinS: number }
  | { waitS: number };

export interface WrongRun {
  name: string;
  steps: Step[];
  /** the task that must stay open, and the feedback it must show */
  open: string;
  says: string;
}

export interface Lesson {
  id: string;
  title: string;
  /** minutes it takes */
  minutes: number;
  world: string;
  beats: Beat[];
  solution: Step[];
  alternatives: { name: string; steps: Step[] }[];
  wrong: WrongRun[];
}

/** The words of a lesson in one language; keys as the lesson names them. */
export interface LessonText {
  title: string;
  objective: string;
  beats: Record<string, { heading: string; paragraphs: string[] }>;
  /** sentence of a task; `done` states the principle */
  tasks: Record<string, { ask: string; done: string; notYet: string; hints: string[] }>;
  predictions: Record<
    string,
    { question: string; options: Record<string, string>; right: string; wrong: string }
  >;
  feedback: Record<string, string>;
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
  }
  return lesson;
}

/** All tasks of a lesson, in order. */
export function tasksOf(lesson: Lesson): Task[] {
  return lesson.beats.flatMap((beat) => beat.tasks ?? []);
}
