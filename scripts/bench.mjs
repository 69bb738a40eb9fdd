// npm run bench [-- name…]: runs tests/bench/*.bench.mjs, prints each figure, and rewrites docs/performance.md when all were run.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { filesUnder, installIfNeeded, root } from './project.mjs';

if (!installIfNeeded()) process.exit(1);
const wanted = process.argv.slice(2);
const order = ['throughput', 'scaling', 'deferred', 'placement', 'start', 'map'];
const nameOf = (file) => path.basename(file, '.bench.mjs');
const files = filesUnder(path.join(root, 'tests/bench'))
  .filter((file) => file.endsWith('.bench.mjs') && (wanted.length === 0 || wanted.includes(nameOf(file))))
  .sort((a, b) => order.indexOf(nameOf(a)) - order.indexOf(nameOf(b)));

const sections = [];
let missed = 0;
for (const file of files) {
  const { title, bench } = await import(pathToFileURL(file).href);
  console.log(`\n${title}`);
  const rows = await bench();
  for (const row of rows) {
    const parts = [
      row.value,
      row.ratio,
      row.budget && `budget ${row.budget}: ${row.verdict || 'not measured'}`,
      row.placement && `placement ${row.placement}`,
    ];
    console.log(
      `  ${row.what}: ${parts.filter(Boolean).join(' · ')}\n    ${row.command}${row.runs ? `, median of ${row.runs}` : ''}`,
    );
    if (row.verdict === 'MISSED') missed++;
  }
  sections.push({ title, rows });
}
if (wanted.length === 0) writeFileSync(path.join(root, 'docs/performance.md'), report());
console.log(missed === 0 ? '\nEvery budget was kept.' : `\n${missed} budget(s) missed.`);
process.exit(missed === 0 ? 0 : 1);

function report() {
  const text = [
    '# Performance',
    '',
    'Written by `npm run bench`; do not edit. Figures are medians with (least … most); ratios are medians of interleaved pairs of the',
    'same run, each measurement in a process of its own. A missed budget says so.',
    '',
    `${machine()}.`,
  ];
  for (const { title, rows } of sections) {
    text.push(
      '',
      `## ${title}`,
      '',
      '| what | figure | ratio | budget | | placement | runs |',
      '|---|---|---|---|---|---|--:|',
    );
    for (const row of rows)
      text.push(
        `| ${row.what} | ${row.value} | ${row.ratio} | ${row.budget} | ${row.verdict} | ${row.placement} | ${row.runs ?? ''} |`,
      );
    text.push(
      '',
      `Command: ${[...new Set(rows.map((row) => `\`${row.command.replace(/ \(/, '` (')}`.replace(/^`([^`]*)$/, '`$1`')))].join(', ')}`,
    );
  }
  return `${text.join('\n')}\n`;
}

function machine() {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: root,
    encoding: 'utf8',
  }).trim();
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, commit ${commit}, Node ${process.version}, ${os.cpus().length} × ${os.cpus()[0]?.model ?? 'CPU'}, ${os.platform()}`;
}
