/**
 * play — plays a lesson's steps against a running world, as a test or "do it for me" does
 *
 * The world is a port: it takes inputs and runs on. Each event goes through the machine as it would on the page.
 */
import { initialTransition, transition } from 'xstate';

import type { LessonEvent } from './check.ts';
import type { InputCommand, Lesson, Step } from './define-lesson.ts';
import { toMachine, type LessonContext, type LessonMachineEvent } from './machine.ts';

/** A world that a script can act on. Times in virtual microseconds. */
export interface PlayedWorld {
  now(): number;
  input(command: InputCommand): void;
  /** Runs on to the next instant, at most to `limit`. @returns its events; null when nothing happens up to `limit` */
  next(limit: number): Promise<LessonEvent[] | null>;
}

export interface Played {
  /** the beat it stands at, or "finished" */
  beat: string;
  context: LessonContext;
  /** a step that waited in vain, as text; null when all came */
  stuck: string | null;
}

const second = 1_000_000;
const settleUs = 2 * second; // what an act causes at once is seen before the next

/** Plays the steps one after another. */
export async function playLesson(
  lesson: Lesson,
  steps: readonly Step[],
  world: PlayedWorld,
): Promise<Played> {
  const machine = toMachine(lesson);
  let [snapshot] = initialTransition(machine);
  const feed = (event: LessonMachineEvent): void => {
    [snapshot] = transition(machine, snapshot, event);
  };
  const runUntil = async (limit: number, stop: (event: LessonEvent) => boolean): Promise<boolean> => {
    for (;;) {
      const events = await world.next(limit);
      if (events === null) return false;
      let found = false;
      for (const event of events) {
        feed({ type: 'TRACE', event });
        if (stop(event)) found = true;
      }
      if (found) return true;
    }
  };
  const end = (stuck: string | null): Played => ({
    beat: String(snapshot.value),
    context: snapshot.context,
    stuck,
  });
  for (const [i, step] of steps.entries()) {
    if ('do' in step) {
      world.input(step.do);
      await runUntil(world.now() + 1, () => false);
    } else if ('answer' in step) feed({ type: 'ANSWER', prediction: step.to, option: step.answer });
    else if ('next' in step) feed({ type: 'NEXT' });
    else if ('waitS' in step) await runUntil(world.now() + step.waitS * second, () => false);
    else {
      let state = step.until.start;
      const found = await runUntil(world.now() + step.withinS * second, (event) =>
        step.until.done((state = step.until.step(state, event))),
      );
      if (!found) return end(`step ${i + 1} waited ${step.withinS} s in vain`);
      await runUntil(world.now() + settleUs, () => false);
    }
  }
  return end(null);
}
