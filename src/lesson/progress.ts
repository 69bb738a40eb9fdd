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
    (beat.tasks ?? []).map((task) =>
      'quiz' in task
        ? [task.id, task.quiz]
        : [
            task.id,
            task.check.start,
            (task.parts ?? []).map(({ check }) => check.start),
            (task.feedback ?? []).map(({ when }) => when.start),
          ],
    ),
    beat.prediction?.id ?? '',
    beat.prediction?.options ?? [],
  ]);
  return JSON.stringify(shape);
}

/** @returns null when there is none that fits the lesson as it is now */
export async function keptProgress(lesson: Lesson): Promise<LessonProgress | null> {
  const kept = await keptValue<LessonProgress>(nameOf(lesson.id));
  return kept !== null && fits(kept, lesson) ? kept : null;
}

/** How far a learner came in a lesson, without its text: also what an older version of it was left at. */
export async function placeIn(lesson: string): Promise<'new' | 'begun' | typeof finished> {
  const kept = await keptValue<LessonProgress>(nameOf(lesson));
  if (kept === null) return 'new';
  return kept.beat === finished ? finished : 'begun';
}

/** The units all of whose lessons that exist are finished, by number. */
export async function finishedUnits(lessons: readonly { id: string }[]): Promise<number[]> {
  const places = await Promise.all(lessons.map(({ id }) => placeIn(id)));
  const unfinished = new Set(lessons.filter((_, i) => places[i] !== finished).map(unitOf));
  return [...new Set(lessons.map(unitOf))].filter((unit) => !unfinished.has(unit));
}

/** "6.3" is in unit 6. */
export function unitOf({ id }: { id: string }): number {
  return Number(id.split('.')[0]);
}

/** @returns false when this browser keeps nothing */
export async function keepProgress(progress: LessonProgress): Promise<boolean> {
  return keepValue(nameOf(progress.lesson), progress);
}

function nameOf(lesson: string): string {
  return `lesson:${lesson}`;
}

function fits(kept: LessonProgress, lesson: Lesson): boolean {
  return (
    kept.lesson === lesson.id &&
    kept.version === versionOf(lesson) &&
    (kept.beat === finished || lesson.beats.some(({ id }) => id === kept.beat))
  );
}
