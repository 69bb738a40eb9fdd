// How time and memory grow from 10,000 to 100,000 messages. The smaller size is large enough not to measure the warm-up.
import { engine, median, row, spread } from './measure.mjs';

const sizes = [10_000, 100_000];
const rounds = 1; // some six minutes
const bytes = 1024;
const exponentMax = 1.1;
const memoryRatioMax = 1.5;

export const title = 'Growth with the number of messages';

export async function bench() {
  const wall = new Map(sizes.map((size) => [size, []]));
  const memory = new Map(sizes.map((size) => [size, []]));
  for (let round = 0; round < rounds; round++)
    for (const size of sizes) {
      const result = await engine('--messages', String(size), '--bytes', String(bytes), '--gap-us', '20000');
      if (result.delivered !== size)
        throw new Error(`${result.delivered} of ${size} messages were delivered`);
      wall.get(size).push(result.wallMs / 1000);
      memory.get(size).push(result.rssMb);
    }
  const [small, large] = sizes;
  const exponents = wall
    .get(small)
    .map((value, i) => Math.log10(wall.get(large)[i] / value) / Math.log10(large / small));
  const growth = median(memory.get(large)) / median(memory.get(small));
  const common = {
    placement: 'one',
    command: `npm run bench scaling (${bytes} bytes each, 50 per virtual second)`,
    runs: rounds,
  };
  return [
    ...sizes.map((size) =>
      row({
        what: `${size.toLocaleString('en-US')} messages`,
        value: `${spread(wall.get(size), 1)} s, ${spread(memory.get(size))} MB at most`,
        ...common,
      }),
    ),
    row({
      what: 'exponent of time',
      value: spread(exponents, 2),
      budget: `at most ${exponentMax}`,
      kept: median(exponents) <= exponentMax,
      ...common,
    }),
    row({
      what: 'memory, ten times the messages',
      value: `${growth.toFixed(2)}x`,
      budget: `at most ${memoryRatioMax}x (bounded)`,
      kept: growth <= memoryRatioMax,
      ...common,
    }),
  ];
}
