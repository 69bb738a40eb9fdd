// The same dialogues, generated from a grammar with seeds, on the real Postfix and on the simulated one: replies agree.
// With arguments: differential.check.mjs PROFILE FROM COUNT plays other seeds of one profile.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { run } from '../../scripts/project.mjs';
import { configOf, portOf, startRealPostfix, whyNot } from '../differential/real-postfix.mjs';
import { record } from '../differential/record.mjs';

const usual = [
  { profile: 'mx', from: 1, count: 60 },
  { profile: 'strict', from: 1, count: 50 },
  { profile: 'submission', from: 1, count: 40 },
  { profile: 'trusted', from: 1, count: 20 },
  { profile: 'reentry', from: 1, count: 15 },
  { profile: 'dist', from: 1, count: 15 },
];
const atOnce = 8;

const reason = whyNot();
if (reason !== null) {
  console.log(`FAILED  differential: ${reason}\n0 passed, 1 failed`);
  process.exit(1);
}
const [only, from = '1', count = '100'] = process.argv.slice(2);
const plan = only === undefined ? usual : [{ profile: only, from: Number(from), count: Number(count) }];
const folder = mkdtempSync(path.join(os.tmpdir(), 'postroom-differential-'));
const end = await startRealPostfix(new Set(plan.map(({ profile }) => configOf(profile))));
let passed = 0;
let failed = 0;
try {
  for (const part of plan) await compare(part);
} finally {
  end();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

async function compare({ profile, from, count }) {
  const seeds = Array.from({ length: count }, (_, i) => from + i);
  const lanes = Array.from({ length: atOnce }, (_, lane) => seeds.filter((seed) => seed % atOnce === lane));
  const config = `configs/${configOf(profile)}.main.cf`;
  const options = { host: '127.0.0.1', port: portOf(profile), profile, config };
  const groups = await Promise.all(lanes.map((lane) => record({ ...options, seeds: lane })));
  const cases = groups.flatMap((group) => group.cases);
  const file = path.join(folder, `${profile}.json`);
  writeFileSync(file, JSON.stringify({ ...groups[0], cases }));
  const { output } = await run(process.execPath, ['scripts/node-entry.mjs', 'conformance', file]);
  const agreeing = Number(/text (\d+) of \d+ cases pass/.exec(output)?.[1] ?? 0);
  passed += agreeing;
  failed += cases.length - agreeing;
  if (agreeing < cases.length) console.log(output.replace(/^/gm, '        '));
  const to = from + count - 1;
  console.log(
    `${profile}, seeds ${from}–${to}: ${agreeing} of ${cases.length} dialogues agree in every word`,
  );
}
