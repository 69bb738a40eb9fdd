// What each placement costs in Node: one mail over the whole path, and a mail deferred for five days until it bounces.
import { engine, median, row, spread } from './measure.mjs';

const rounds = 5;
const placements = ['one', 'site', 'host'];
const loads = [
  { what: 'one mail, and two quiet minutes', args: ['--messages', '1'] },
  { what: 'a mail deferred for five days', args: ['--deferral-days', '5'] },
];

export const title = 'Cost of each placement';

export async function bench() {
  const rows = [];
  for (const { what, args } of loads) {
    const wall = new Map(placements.map((placement) => [placement, []]));
    const hashes = new Set();
    let last;
    for (let round = 0; round < rounds; round++)
      for (const placement of placements) {
        last = await engine(...args, '--placement', placement);
        wall.get(placement).push(last.wallMs);
        hashes.add(last.hash);
      }
    if (hashes.size !== 1) throw new Error(`${what}: ${hashes.size} different hashes`);
    for (const placement of placements)
      rows.push(
        row({
          what: `${what} (${last.traced.toLocaleString('en-US')} events, ${last.attempts} delivery attempts)`,
          value: `${spread(wall.get(placement))} ms`,
          ratio: `${(median(wall.get(placement)) / median(wall.get('one'))).toFixed(1)}x of one`,
          placement,
          command: 'npm run bench placement (without boot)',
          runs: rounds,
        }),
      );
  }
  return rows;
}
