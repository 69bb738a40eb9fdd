// npm test: installs what is missing, runs every check, prints the time of each step and ends with "N passed, N failed".
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import { findOrInstallChromium, freePort, installIfNeeded, root, run } from './project.mjs';

const lanes = 2;
const results = path.join(root, 'test-results');
const startedAll = Date.now();
let passed = 0;
let failed = 0;

if (!installIfNeeded()) finish('install', { passed: 0, failed: 1 }, 'npm ci failed: see above');
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const chromium = findOrInstallChromium();
if (chromium === null) {
  failed++;
  console.log(
    'FAILED  Chromium: none found. Set CHROMIUM_PATH, or install it (Debian: apt-get install chromium).',
  );
} else {
  passed++;
  console.log(`ok      Chromium: ${chromium}`);
}
const env = { CHROMIUM_PATH: chromium ?? '', CI: '1', E2E_PORT: String(await freePort()), FORCE_COLOR: '0' };

// In the order they start; a step waits for those it names in `after`.
const steps = [
  { name: 'build', run: () => command('vite/bin/vite.js', ['build', '--logLevel', 'warn']) },
  { name: 'unit tests', run: () => vitest('unit') },
  { name: 'bundle budgets', after: ['build'], run: budgets },
  { name: 'types: workers', run: () => command('typescript/bin/tsc', ['-p', 'tsconfig.workers.json']) },
  { name: 'types: node and tests', run: () => command('typescript/bin/tsc', ['-p', 'tsconfig.node.json']) },
  {
    name: 'types: page',
    run: () =>
      command('svelte-check/bin/svelte-check', ['--tsconfig', './tsconfig.json', '--output', 'human']),
  },
  { name: 'conformance', run: () => vitest('conformance') },
  { name: 'lessons', run: () => vitest('lessons') },
  { name: 'determinism', after: ['build'], needsChromium: true, run: () => vitest('determinism') },
  { name: 'end to end', after: ['build'], needsChromium: true, run: endToEnd },
  { name: 'lint', run: () => command('eslint/bin/eslint.js', ['.', '--max-warnings', '0']) },
  {
    name: 'format',
    run: () => command('prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']),
  },
];

const only = process.argv.slice(2);
await schedule(
  only.length === 0 ? steps : steps.filter((step) => only.some((word) => step.name.includes(word))),
);
console.log(`\nAll steps: ${seconds(Date.now() - startedAll)}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** Runs the steps, `lanes` at a time. */
async function schedule(wanted) {
  const waiting = [...wanted];
  const ended = new Map(); // name → whether it passed
  const present = new Set(wanted.map((step) => step.name));
  const lane = async () => {
    for (;;) {
      const next = waiting.findIndex((step) =>
        (step.after ?? []).every((name) => !present.has(name) || ended.has(name)),
      );
      if (next < 0 && waiting.length === 0) return;
      if (next < 0) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        continue;
      }
      const [step] = waiting.splice(next, 1);
      ended.set(step.name, await perform(step, ended));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

async function perform(step, ended) {
  const started = Date.now();
  const missing = (step.after ?? []).filter((name) => ended.get(name) === false);
  if (missing.length > 0)
    return report(step, started, { passed: 0, failed: 1, output: `not run: ${missing.join(', ')} failed\n` });
  if (step.needsChromium && chromium === null)
    return report(step, started, { passed: 0, failed: 1, output: 'not run: no Chromium\n' });
  return report(step, started, await step.run());
}

function report(step, started, result) {
  passed += result.passed;
  failed += result.failed;
  const ok = result.failed === 0;
  if (result.output.trim() !== '' && (!ok || step.name === 'bundle budgets'))
    console.log(result.output.trimEnd());
  const counts =
    result.passed + result.failed > 1 ? `: ${result.passed} passed, ${result.failed} failed` : '';
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${step.name}${counts} (${seconds(Date.now() - started)})`);
  return ok;
}

/** One check: its exit status is the result. */
async function command(script, args) {
  const { status, output } = await run(process.execPath, [path.join(root, 'node_modules', script), ...args], {
    env,
  });
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, output };
}

async function vitest(project) {
  const file = path.join(results, `${project}.json`);
  const args = [
    'run',
    '--project',
    project,
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ];
  const { status, output } = await run(
    process.execPath,
    [path.join(root, 'node_modules/vitest/vitest.mjs'), ...args],
    { env },
  );
  const counted = readResults(file, (json) => ({
    passed: json.numPassedTests,
    failed: json.numFailedTests + json.numPendingTests,
  }));
  return honest(counted, status, output);
}

async function endToEnd() {
  const file = path.join(results, 'e2e.json');
  const args = ['test', '--reporter=line,json'];
  const extra = { PLAYWRIGHT_JSON_OUTPUT_NAME: file, NODE_OPTIONS: '' };
  const cli = path.join(root, 'node_modules/@playwright/test/cli.js');
  const { status, output } = await run(process.execPath, [cli, ...args], { env: { ...env, ...extra } });
  // A skipped test did not pass. One that passed only when tried again passed, but is named.
  const counted = readResults(file, ({ stats }) => {
    if (stats.flaky > 0)
      console.log(`flaky   ${stats.flaky} end-to-end test(s) passed only at the second try`);
    return { passed: stats.expected + stats.flaky, failed: stats.unexpected + stats.skipped };
  });
  return honest(counted, status, output);
}

async function budgets() {
  const { status, output } = await run(process.execPath, [path.join(root, 'scripts/budgets.mjs')], { env });
  const lines = output.split('\n');
  const counted = {
    passed: lines.filter((line) => line.startsWith('ok ')).length,
    failed: lines.filter((line) => line.startsWith('FAILED ')).length,
  };
  return honest(counted, status, output);
}

function readResults(file, read) {
  if (!existsSync(file)) return { passed: 0, failed: 0 };
  return read(JSON.parse(readFileSync(file, 'utf8')));
}

/** A runner that failed without a failed test (a file that does not load, say) counts as one failure; so does one without tests. */
function honest(counted, status, output) {
  const silent = counted.failed === 0 && (status !== 0 || counted.passed === 0);
  return { passed: counted.passed, failed: counted.failed + (silent ? 1 : 0), output };
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}

function finish(name, result, text) {
  console.log(`FAILED  ${name}: ${text}\n${result.passed} passed, ${result.failed} failed`);
  process.exit(1);
}
