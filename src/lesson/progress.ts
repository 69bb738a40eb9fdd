/**
 * progress — where a learner stands in a lesson, as plain JSON, and how it goes together with the run of its world
 *
 * A kept run is computed anew from its inputs and gives the same trace. So progress says how many events it has counted:
 * those are passed over. A world that was reset is another run: the lesson stays where it was and counts from the start.
 */
import type { EventId, VirtualTime } from '../../workers/api.ts';
import { finished, type Lesson } from '../../lessons/dsl/define-lesson.ts';
import type { LessonContext } from '../../lessons/dsl/machine.ts';

import { keepValue, keptValue } from '../sim/kept-work.ts';

export interface LessonProgress {
  lesson: string;
  version: string;
  /** the beat it stands at, or "finished" */
  beat: string;
  context: LessonContext;
  counted: Counted;
  /** by task id: the event that last moved it */
  evidence: Record<string, EventId>;
  /** by task id: when it was done */
  doneAt: Record<string, VirtualTime>;
  /** by task id: how many steps of the hint ladder are open */
  hints: Record<string, number>;
  /** tasks that were done by "do it for me" */
  shown: string[];
}

/** How far the trace was counted. */
export interface Counted {
  /** positions 0 … events - 1 */
  events: number;
  /** the last one, to know the run again */
  last: EventId;
  at: VirtualTime;
}

export const countedNothing: Counted = { events: 0, last: 0, at: 0 };

/** Changes whenever an older snapshot would no longer fit the lesson. */
export function versionOf(lesson: Lesson): string {
  const shape = lesson.beats.map((beat) => [
    beat.id,
    (beat.tasks ?? []).map((task) => [
      task.id,
      task.check.start,
      (task.feedback ?? []).map(({ when }) => when.start),
    ]),
    beat.prediction?.id ?? '',
    beat.prediction?.options ?? [],
  ]);
  return JSON.stringify(shape);
}

/** @returns null when there is none that fits the lesson as it is now */
export async function keptProgress(lesson: Lesson): Promise<LessonProgress | null> {
  const kept = await keptValue<LessonProgress>(nameOf(lesson));
  return kept !== null && fits(kept, lesson) ? kept : null;
}

/** The units all of whose lessons that exist are finished, by number. */
export async function finishedUnits(lessons: readonly Lesson[]): Promise<number[]> {
  const kept = await Promise.all(lessons.map(keptProgress));
  const unitOf = ({ id }: Lesson) => Number(id.split('.')[0]);
  const unfinished = new Set(lessons.filter((_, i) => kept[i]?.beat !== finished).map(unitOf));
  return [...new Set(lessons.map(unitOf))].filter((unit) => !unfinished.has(unit));
}

/** @returns false when this browser keeps nothing */
export async function keepProgress(progress: LessonProgress): Promise<boolean> {
  return keepValue(`lesson:${progress.lesson}`, progress);
}

function nameOf(lesson: Lesson): string {
  return `lesson:${lesson.id}`;
}

function fits(kept: LessonProgress, lesson: Lesson): boolean {
  return (
    kept.lesson === lesson.id &&
    kept.version === versionOf(lesson) &&
    (kept.beat === finished || lesson.beats.some(({ id }) => id === kept.beat))
  );
}
