// A site is down for five days: 10,000 and 100,000 messages wait for it, are tried again and put off; and how long it then takes to look
// at such a queue. The messages lie in the queue at boot and the last hour of their life, when they are returned, is not played.
import { engine, median, row, spread } from './measure.mjs';

const sizes = [
  { messages: 10_000, secondsMax: 6, rounds: 3 },
  { messages: 100_000, secondsMax: 60, rounds: 1 },
];
const exponentMax = 1.1;
const idleMsMax = 100;
const viewMsMax = 100;
const command = 'npm run bench -- deferred';
const placement = 'one';

export const title = 'A deferred queue, five days';

export async function bench() {
  const rows = [];
  const idle = await measured(0, 3);
  const idleMs = idle.map(({ wallMs }) => wallMs);
  rows.push(
    row({
      what: 'nothing to do for five days',
      value: `${spread(idleMs)} ms`,
      budget: `at most ${idleMsMax} ms`,
      kept: median(idleMs) <= idleMsMax,
      placement,
      command,
      runs: idle.length,
    }),
  );
  const seconds = [];
  let largest = [];
  for (const { messages, secondsMax, rounds } of sizes) {
    largest = await measured(messages, rounds);
    const wall = largest.map(({ wallMs }) => wallMs / 1000);
    seconds.push(median(wall));
    const [{ attempts, traced }] = largest;
    const each = (median(wall) * 1e6) / attempts;
    rows.push(
      row({
        what: `${count(messages)} messages, ${count(attempts)} attempts, ${count(traced)} events; ${each.toFixed(1)} us an attempt, ${spread(largest.map(({ rssMb }) => rssMb))} MB at most`,
        value: `${spread(wall, 1)} s`,
        budget: `at most ${secondsMax} s`,
        kept: median(wall) <= secondsMax,
        placement,
        command,
        runs: rounds,
      }),
    );
  }
  const [small, large] = sizes.map(({ messages }) => messages);
  const exponent = Math.log(seconds[1] / seconds[0]) / Math.log(large / small);
  rows.push(
    row({
      what: 'exponent of time',
      value: exponent.toFixed(2),
      budget: `at most ${exponentMax}`,
      kept: exponent <= exponentMax,
      placement,
      command,
      runs: 1,
    }),
  );
  return [...rows, ...viewRows(largest, large)];
}

function viewRows(results, messages) {
  return Object.keys(results[0].views).map((argv) => {
    const [first, again] = [0, 1].map((turn) => results.map(({ views }) => views[argv][turn]));
    return row({
      what: `${argv} with ${count(messages)} messages queued, the first time (again: ${spread(again)} ms)`,
      value: `${spread(first)} ms`,
      budget: `under ${viewMsMax} ms`,
      kept: median(first) < viewMsMax,
      placement,
      command,
      runs: results.length,
    });
  });
}

async function measured(messages, rounds) {
  const results = [];
  for (let i = 0; i < rounds; i++) results.push(await engine('--queued', String(messages), '--days', '5'));
  return results;
}

function count(value) {
  return value.toLocaleString('en-US');
}
