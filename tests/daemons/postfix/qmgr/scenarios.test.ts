import { readdirSync, readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { compare, type Expectation } from './compare.ts';
import { play, type Played, type Scenario } from './scenario.ts';

const directory = new URL('../../../conformance/queue/', import.meta.url);
const scenarios = readdirSync(directory)
  .filter((name) => name.endsWith('.json'))
  .map(
    (name) =>
      JSON.parse(readFileSync(new URL(name, directory), 'utf8')) as Scenario & { expect: Expectation },
  );

test.each(scenarios.map((scenario) => [scenario.id, scenario.title, scenario] as const))(
  '%s: %s',
  (_id, _title, scenario) => {
    const played = play(scenario);
    expect(compare(scenario.expect, played)).toEqual([]);
    if (scenario.operations === undefined) expect(liftedAtAnotherTime(played)).toEqual([]);
  },
);

/** Deferred files that left the queue at another time than foretold, without a flush. */
function liftedAtAnotherTime({ world }: Played): string[] {
  const wrong: string[] = [];
  const foretold = new Map<string, number>();
  for (const event of world.events) {
    if (event.kind === 'retry.scheduled') foretold.set(event.queueId, event.due);
    if (event.kind !== 'queue.file-moved' || event.from !== 'deferred') continue;
    const due = foretold.get(event.queueId);
    if (due !== event.at) wrong.push(`${event.queueId}: at ${event.at}, foretold ${due}`);
  }
  return wrong;
}
