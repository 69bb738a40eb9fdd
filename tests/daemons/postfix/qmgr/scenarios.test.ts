import { readdirSync, readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { compare, type Expectation } from './compare.ts';
import { play, type Scenario } from './scenario.ts';

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
    expect(compare(scenario.expect, play(scenario))).toEqual([]);
  },
);
