/**
 * lesson-trial — a world in which a lesson is tried headless, as tests and `npm run lesson` do
 */
import type { LessonEvent } from '../../lessons/dsl/check.ts';
import { beginsAt, type Lesson } from '../../lessons/dsl/define-lesson.ts';
import type { PlayedWorld } from '../../lessons/dsl/play.ts';
import { usualDetour, type Trial } from '../../lessons/dsl/prove.ts';
import { roles } from '../hosts/all-roles.ts';
import { engineVersion } from '../input.ts';
import { LocalPartition } from '../partition-port.ts';
import { Simulation } from '../simulation.ts';
import { eventAt } from '../trace/batch.ts';

/** Opens the lesson's world anew for each run, played as far as its prologue goes. */
export function trialOf(lesson: Lesson): Trial {
  return { open: openLesson, detour: usualDetour(lesson.world) };
}

/** @throws Error when a proc of a host failed: `next()` rejects with its stack */
async function openLesson(lesson: Lesson): Promise<PlayedWorld> {
  const { world, prologue } = lesson;
  const simulation = await Simulation.boot({
    run: { version: engineVersion, world, seed: 1, inputs: [...(prologue?.inputs ?? [])] },
    placement: 'one',
    keepTrace: true,
    start: (spec) => new LocalPartition(spec, roles),
  });
  let clock = beginsAt(lesson);
  await simulation.runUntil(clock);
  simulation.takeTrace(); // what came before is no part of the lesson
  const take = (): LessonEvent[] => {
    const [failure] = simulation.failures;
    if (failure !== undefined) throw new Error(`${failure.host} ${failure.proc}: ${failure.stack}`);
    const chunk = simulation.takeTrace();
    return Array.from({ length: chunk?.count ?? 0 }, (_, i) => {
      const event = eventAt(chunk!, i);
      return { ...event, host: world.hosts[event.hostIndex]!.name };
    });
  };
  return {
    now: () => clock,
    input: (command) => void simulation.input(command, clock),
    next: async (limit) => {
      const next = simulation.nextTime;
      clock = Math.min(next, limit);
      await simulation.window(clock);
      return next > limit ? null : take();
    },
  };
}
