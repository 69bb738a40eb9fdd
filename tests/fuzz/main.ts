// npm run fuzz -- [--seconds 120] [--inputs N] [--seed N] [--input N]: plays inputs until one of both limits is reached.
// npm run fuzz -- --worlds 500 [--seconds N] [--seed N]: plays random worlds from a seed on.
// The work is done in a thread of its own, so that an input that never ends is found too. Ends with "N passed, N failed".
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

import { Fuzzer, type Finding } from './fuzz.ts';
import { playRandomWorld } from './random-worlds.ts';

const hangMs = 20_000;
const findingsMax = 10;
const heapGrowthMax = 300e6;

interface Task {
  seed: number;
  from: number;
  inputs: number;
  seconds: number;
  /** input under way */
  progress: SharedArrayBuffer;
}

interface Played {
  inputs: number;
  findings: Finding[];
  counts: [string, { inputs: number; ms: number }][];
  heap: { start: number; most: number };
}

function playAll({ seed, from, inputs, seconds, progress }: Task): Played {
  const fuzzer = new Fuzzer(seed);
  const at = new Int32Array(progress);
  const until = Date.now() + seconds * 1000;
  const findings: Finding[] = [];
  const heap = { start: 0, most: 0 };
  const seen = new Set<string>();
  let input = from;
  for (; input < from + inputs && findings.length < findingsMax; input++) {
    if ((input & 63) === 0 && Date.now() > until) break;
    Atomics.store(at, 0, input);
    const finding = fuzzer.play(input);
    if (finding !== null && !seen.has(`${finding.target} ${finding.error.split('\n')[0]}`)) {
      seen.add(`${finding.target} ${finding.error.split('\n')[0]}`);
      findings.push(finding);
    }
    if (input % 20_000 === 2000 || (heap.start === 0 && input - from === 200)) {
      globalThis.gc?.();
      const { heapUsed } = process.memoryUsage();
      if (heap.start === 0) heap.start = heapUsed;
      heap.most = Math.max(heap.most, heapUsed);
    }
  }
  return { inputs: input - from, findings, counts: [...fuzzer.counts], heap };
}

function main(): void {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string' },
      inputs: { type: 'string' },
      seed: { type: 'string' },
      input: { type: 'string' },
      worlds: { type: 'string' },
    },
  });
  if (values.worlds !== undefined)
    return void playWorlds(Number(values.worlds), Number(values.seed ?? 1), Number(values.seconds ?? 1e6));
  const one = values.input !== undefined;
  const task: Task = {
    seed: values.seed === undefined ? Date.now() % 1_000_000_000 : Number(values.seed),
    from: Number(values.input ?? 0),
    inputs: one ? 1 : Number(values.inputs ?? 1e9),
    seconds: Number(values.seconds ?? (values.inputs === undefined && !one ? 120 : 1e6)),
    progress: new SharedArrayBuffer(4),
  };
  console.log(`seed ${task.seed}`);
  const started = Date.now();
  const worker = new Worker(new URL(import.meta.url), { workerData: task });
  const at = new Int32Array(task.progress);
  let before = -1;
  const watch = setInterval(() => {
    const input = Atomics.load(at, 0);
    if (input === before) {
      const { target, pieces } = new Fuzzer(task.seed).make(input);
      console.log(`FAILED  ${target}: seed ${task.seed}, input ${input} does not end`);
      showPieces(pieces);
      console.log('0 passed, 1 failed');
      process.exit(1);
    }
    before = input;
  }, hangMs);
  worker.on('message', (played: Played) => {
    clearInterval(watch);
    report(played, task.seed, (Date.now() - started) / 1000);
  });
}

async function playWorlds(count: number, from: number, seconds: number): Promise<void> {
  const started = Date.now();
  const sum = { worlds: 0, failed: 0, acknowledged: 0, crashes: 0 };
  for (let seed = from; seed < from + count && Date.now() - started < seconds * 1000; seed++) {
    sum.worlds++;
    try {
      const { acknowledged, crashes } = await playRandomWorld(seed);
      sum.acknowledged += acknowledged;
      sum.crashes += crashes;
    } catch (error) {
      sum.failed++;
      console.log(`FAILED  world ${seed} (npm run fuzz -- --worlds 1 --seed ${seed}): ${String(error)}`);
    }
  }
  console.log(
    `${sum.worlds} worlds from seed ${from} in ${Math.round((Date.now() - started) / 1000)} s: ${sum.acknowledged} messages acknowledged, ${sum.crashes} crashes`,
  );
  console.log(`${sum.worlds - sum.failed} passed, ${sum.failed} failed`);
  process.exit(sum.failed === 0 ? 0 : 1);
}

function showPieces(pieces: readonly Uint8Array[]): void {
  for (const piece of pieces.slice(0, 20)) {
    const text = JSON.stringify(Buffer.from(piece).toString('latin1'));
    console.log(`  ${text.length > 600 ? `${text.slice(0, 600)}… (${piece.length} bytes)` : text}`);
  }
}

function report({ inputs, findings, counts, heap }: Played, seed: number, seconds: number): void {
  for (const { target, input, error, smallest } of findings) {
    console.log(
      `FAILED  ${target}: seed ${seed}, input ${input} (npm run fuzz -- --seed ${seed} --input ${input})`,
    );
    console.log(error.split('\n').slice(0, 6).join('\n'));
    console.log('smallest input:');
    showPieces(smallest);
  }
  const grown = heap.most - heap.start;
  if (grown > heapGrowthMax) console.log(`FAILED  memory grew by ${Math.round(grown / 1e6)} MB`);
  const failed = findings.length + (grown > heapGrowthMax ? 1 : 0);
  console.log(
    counts.map(([name, { inputs: n, ms }]) => `${name} ${n} (${(ms / 1000).toFixed(1)} s)`).join(', '),
  );
  console.log(
    `${inputs} inputs in ${seconds.toFixed(0)} s, ${failed} finding(s), heap ${Math.round(heap.start / 1e6)} MB, at most ${Math.round(heap.most / 1e6)} MB`,
  );
  console.log(`${counts.length} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

if (isMainThread) main();
else parentPort!.postMessage(playAll(workerData as Task));
