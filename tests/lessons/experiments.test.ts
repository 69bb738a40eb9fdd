import { describe, expect, test } from 'vitest';

import type { LessonEvent } from '../../lessons/dsl/check.ts';
import { wordsMax, type Experiment } from '../../lessons/dsl/define-experiment.ts';
import { experiments } from '../../lessons/experiments/index.ts';
import { roles } from '../../workers/hosts/all-roles.ts';
import { parseWorld } from '../../workers/hosts/parse-world.ts';
import { engineVersion } from '../../workers/input.ts';
import { LocalPartition } from '../../workers/partition-port.ts';
import { Simulation } from '../../workers/simulation.ts';
import { eventAt } from '../../workers/trace/batch.ts';

/** Everything that happens up to the end of the experiment. */
async function played({ world, inputs, endsAtS }: Experiment): Promise<LessonEvent[]> {
  const simulation = await Simulation.boot({
    run: { version: engineVersion, world, seed: 1, inputs: [...inputs] },
    placement: 'one',
    keepTrace: true,
    start: (spec) => new LocalPartition(spec, roles),
  });
  await simulation.runUntil(endsAtS * 1e6);
  expect(simulation.failures).toEqual([]);
  const chunk = simulation.takeTrace()!;
  return Array.from({ length: chunk.count }, (_, i) => {
    const event = eventAt(chunk, i);
    return { ...event, host: world.hosts[event.hostIndex]!.name };
  });
}

/** The outcomes whose checks hold at the end. */
function outcomesOf({ outcomes }: Experiment, events: readonly LessonEvent[]): string[] {
  return outcomes
    .filter(({ happens }) =>
      happens.done(events.reduce((state, event) => happens.step(state, event), happens.start)),
    )
    .map(({ id }) => id);
}

const surprises: Record<string, string> = {
  'mx-preference': 'small',
  'equal-mx': 'chance',
  'no-mx': 'delivered',
  'null-mx': 'returned',
  'mx-alias': 'delivered',
  'mx-address': 'warned',
  'backup-mx': 'backup',
  'long-ttl': 'day',
  'negative-cache': 'returned',
  greylisting: 'minutes',
  'dead-host': 'spared',
  'slow-destination': 'late',
  hold: 'stays',
  'bounce-of-a-bounce': 'dropped',
};

for (const { experiment, text } of experiments) {
  describe(`experiment ${experiment.id}`, () => {
    test('one outcome happens and the others do not; what shows it is found', async () => {
      const events = await played(experiment);
      expect(outcomesOf(experiment, events)).toEqual([surprises[experiment.id]]);
      for (const { id, finds } of experiment.evidence) expect(events.some(finds), id).toBe(true);
    });
    test('nothing is decided before anything is done', async () => {
      const events = await played({ ...experiment, inputs: [] });
      expect(outcomesOf(experiment, events)).toEqual([]);
    });
    test('its world is a world as it would come from a file', () => {
      expect(parseWorld(experiment.world)).toEqual(experiment.world);
    });
    test('has its words, and says what to try in few of them', () => {
      expect(Object.keys(text.outcomes)).toEqual(experiment.outcomes.map(({ id }) => id));
      expect(Object.keys(text.evidence)).toEqual(experiment.evidence.map(({ id }) => id));
      expect(text.tries.join(' ').split(/\s+/).length).toBeLessThanOrEqual(wordsMax);
      expect(text.sign.length).toBeLessThanOrEqual(3);
      expect(text.why.length).toBeGreaterThan(0);
      expect(text.references.length).toBeGreaterThan(0);
    });
  });
}
