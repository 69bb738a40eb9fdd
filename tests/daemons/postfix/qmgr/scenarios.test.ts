// Queue scenarios recorded from Postfix 3.7.11, played on a host of ours: when each recipient was tried, with
// what result, and what became of the message.
import { readdirSync, readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import {
  playQueueScenario,
  type QueuePlayed,
  type QueueScenario,
} from '../../../../workers/node/queue-host.ts';
import { queueTrace } from '../../../../workers/node/queue-trace.ts';
import { compare, type Expectation } from './compare.ts';

const directory = new URL('../../../conformance/queue/', import.meta.url);
const scenarios = readdirSync(directory)
  .filter((name) => name.endsWith('.json'))
  .map(
    (name) =>
      JSON.parse(readFileSync(new URL(name, directory), 'utf8')) as QueueScenario & { expect: Expectation },
  );

test.each(scenarios.map((scenario) => [scenario.id, scenario.title, scenario] as const))(
  '%s: %s',
  (_id, _title, scenario) => {
    const played = playQueueScenario(scenario);
    expect(compare(scenario.expect, queueTrace(scenario.id, played))).toEqual([]);
    if (scenario.operations === undefined) expect(liftedAtAnotherTime(played)).toEqual([]);
  },
);

/** Deferred files that left the queue at another time than foretold, without a flush. */
function liftedAtAnotherTime({ events }: QueuePlayed): string[] {
  const wrong: string[] = [];
  const foretold = new Map<string, number>();
  for (const event of events) {
    if (event.kind === 'retry.scheduled') foretold.set(event.queueId, event.due);
    if (event.kind !== 'queue.file-moved' || event.from !== 'deferred') continue;
    const due = foretold.get(event.queueId);
    if (due !== event.at) wrong.push(`${event.queueId}: at ${event.at}, foretold ${due}`);
  }
  return wrong;
}
