// What the benchmarks share: running a part in a process of its own, medians, and how a row of results looks.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

import { bundleForNode } from '../../scripts/bundle-node.mjs';
import { root } from '../../scripts/project.mjs';

const entries = { engine: 'tests/bench/engine.ts', 'host-worker': 'workers/node/host-worker.ts' };

/** Runs the engine in a fresh process; resolves to what it measured. Throws when a daemon failed. */
export async function engine(...args) {
  const folder = await bundleForNode(entries, ['tests/bench/engine.ts']);
  const result = await runJson([path.join(folder, 'engine.mjs'), ...args]);
  if (result.failures.length > 0) throw new Error(`a daemon failed:\n${result.failures[0]}`);
  return result;
}

/** Runs a peer script of this folder in a fresh process. */
export function peer(name, ...args) {
  return runJson([path.join(root, 'tests/bench', name), ...args.map(String)]);
}

async function runJson(args) {
  const { stdout } = await promisify(execFile)(process.execPath, ['--max-old-space-size=4096', ...args], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
    timeout: 900_000,
  });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1));
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** "1,234 (1,100 … 1,300)": the median and the spread. */
export function spread(values, digits = 0) {
  const text = (value) =>
    value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits });
  return `${text(median(values))} (${text(Math.min(...values))} … ${text(Math.max(...values))})`;
}

/** A figure against its budget; `kept` null = no budget. */
export function row({ what, value, ratio = '', budget = '', kept = null, placement = '', command, runs }) {
  return {
    what,
    value,
    ratio,
    budget,
    verdict: kept === null ? '' : kept ? 'kept' : 'MISSED',
    placement,
    command,
    runs,
  };
}
