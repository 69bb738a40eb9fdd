import { describe, expect, test } from 'vitest';

import type { LessonEvent } from '../../lessons/dsl/check.ts';
import { tasksOf, type Lesson, type Step } from '../../lessons/dsl/define-lesson.ts';
import { standing } from '../../lessons/dsl/machine.ts';
import { playLesson, type Played, type PlayedWorld } from '../../lessons/dsl/play.ts';
import { lessons } from '../../lessons/index.ts';
import { worldNamed } from '../../lessons/worlds/index.ts';
import { roles } from '../../workers/hosts/all-roles.ts';
import { engineVersion } from '../../workers/input.ts';
import { LocalPartition } from '../../workers/partition-port.ts';
import { Simulation } from '../../workers/simulation.ts';
import { eventAt } from '../../workers/trace/batch.ts';

async function play(lesson: Lesson, steps: readonly Step[]): Promise<Played> {
  const world = worldNamed(lesson.world)!;
  const simulation = await Simulation.boot({
    run: { version: engineVersion, world, seed: 1, inputs: [] },
    placement: 'one',
    keepTrace: true,
    start: (spec) => new LocalPartition(spec, roles),
  });
  let clock = 0;
  const played: PlayedWorld = {
    now: () => clock,
    input: (command) => void simulation.input(command, clock),
    next: async (limit) => {
      const next = simulation.nextTime;
      if (next > limit) {
        await simulation.window(limit);
        clock = limit;
        return null;
      }
      await simulation.window(next);
      clock = next;
      const chunk = simulation.takeTrace();
      const events: LessonEvent[] = [];
      for (let i = 0; chunk !== null && i < chunk.count; i++) {
        const event = eventAt(chunk, i);
        events.push({ ...event, host: world.hosts[event.hostIndex]!.name });
      }
      return events;
    },
  };
  const result = await playLesson(lesson, steps, played);
  expect(simulation.failures).toEqual([]);
  return result;
}

for (const { lesson, text } of lessons) {
  describe(`lesson ${lesson.id}`, () => {
    test('its solution finishes it', async () => {
      const { beat, stuck } = await play(lesson, lesson.solution);
      expect(stuck).toBeNull();
      expect(beat).toBe('finished');
    });
    for (const alternative of lesson.alternatives) {
      test(`who ${alternative.name} finishes it too`, async () => {
        const { beat, stuck } = await play(lesson, alternative.steps);
        expect(stuck).toBeNull();
        expect(beat).toBe('finished');
      });
    }
    for (const wrong of lesson.wrong) {
      test(`who ${wrong.name} does not, and is told why`, async () => {
        const { beat, context, stuck } = await play(lesson, wrong.steps);
        expect(stuck).toBeNull();
        expect(beat).not.toBe('finished');
        const task = tasksOf(lesson).find(({ id }) => id === wrong.open)!;
        expect(standing(task, context)).toMatchObject({ done: false, feedback: wrong.says });
      });
    }
    test('doing nothing finishes nothing', async () => {
      const { context } = await play(lesson, [{ waitS: 600 }]);
      for (const task of tasksOf(lesson)) expect(standing(task, context).done, task.id).toBe(false);
    });
    test('every task, beat, prediction and feedback has its words, and three hints', () => {
      for (const beat of lesson.beats) {
        expect(text.beats[beat.id], beat.id).toBeDefined();
        for (const task of beat.tasks ?? []) {
          expect(text.tasks[task.id]?.hints.length, task.id).toBe(3);
          for (const { say } of task.feedback ?? []) expect(text.feedback[say], say).toBeDefined();
        }
        if (beat.prediction !== undefined)
          expect(Object.keys(text.predictions[beat.prediction.id]!.options)).toEqual(beat.prediction.options);
      }
    });
  });
}
