/**
 * lesson — proves lessons, draws their machines
 *
 * SYNOPSIS  lesson check [ID…] [--report FILE]     plays every lesson in every way it claims to stand
 *           lesson draw ID [--out FILE]            its xstate machine, as SVG
 *
 * check ends with "N passed, N failed", and exit status 1 when something failed. `new` and `play` are in
 * scripts/lesson.mjs.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { drawMachine } from '../../lessons/dsl/draw.ts';
import { proveLesson, type Finding } from '../../lessons/dsl/prove.ts';
import { catalogue, lessonNumbered, type LessonEntry } from '../../lessons/index.ts';

import { reportPage } from './lesson-report.ts';
import { trialOf } from './lesson-trial.ts';

const usage = 'usage: lesson check [ID…] [--report FILE] | lesson draw ID [--out FILE]';

class UsageError extends Error {}

/** What was found of one lesson. */
export interface Proof {
  id: string;
  title: string;
  findings: readonly Finding[];
  /** wall time it took */
  ms: number;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { report: { type: 'string' }, out: { type: 'string' } },
  });
  const [act, ...ids] = positionals;
  if (act === 'check') return check(ids.length === 0 ? catalogue : ids.map(wanted), values.report);
  if (act === 'draw' && ids.length === 1) return draw(wanted(ids[0]!), values.out);
  throw new UsageError(usage);
}

function wanted(id: string): LessonEntry {
  const entry = lessonNumbered(id);
  if (entry !== null) return entry;
  throw new UsageError(`there is no lesson "${id}"; there are ${catalogue.map((one) => one.id).join(', ')}`);
}

async function check(entries: readonly LessonEntry[], report: string | undefined): Promise<void> {
  const proofs: Proof[] = [];
  for (const entry of entries) {
    const proof = await prove(entry);
    proofs.push(proof);
    print(proof);
  }
  if (report !== undefined) writeFileSync(report, reportPage(proofs));
  const findings = proofs.flatMap((proof) => proof.findings);
  const failed = findings.filter(({ wrong }) => wrong !== null).length;
  console.log(`${findings.length - failed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

async function prove(entry: LessonEntry): Promise<Proof> {
  const started = performance.now();
  const { lesson, text } = await entry.load();
  const findings: Finding[] = [
    {
      name: 'the catalogue names it as it names itself',
      wrong:
        [lesson.id, lesson.title, lesson.minutes].join() === nameOf(entry) ? null : `found ${nameOf(entry)}`,
    },
    ...(await proveLesson(lesson, text, trialOf(lesson))),
  ];
  return { id: entry.id, title: entry.title, findings, ms: performance.now() - started };
}

function nameOf({ id, title, minutes }: LessonEntry): string {
  return [id, title, minutes].join();
}

function print({ id, title, findings, ms }: Proof): void {
  const failed = findings.filter(({ wrong }) => wrong !== null);
  const verdict = failed.length === 0 ? 'ok    ' : 'FAILED';
  console.log(`${verdict}  ${id} ${title} (${findings.length} checks, ${(ms / 1000).toFixed(1)} s)`);
  for (const { name, wrong } of failed) {
    console.log(`  expected: ${name}`);
    for (const reason of wrong!.split('; ')) console.log(`    ${placeOf(id, reason)}${reason}`);
  }
}

/** "lessons/06-3-deferred/text.en.ts:41: " where a reason names a key of the words; '' elsewhere. */
function placeOf(id: string, reason: string): string {
  const [, keys] = /^([\w.-]+)[:[]/.exec(reason) ?? [];
  const folder = folderOf(id);
  if (keys === undefined || folder === null) return '';
  const file = path.join(folder, 'text.en.ts');
  if (!existsSync(file)) return '';
  const lines = readFileSync(file, 'utf8').split('\n');
  let line = -1;
  for (const key of keys.split('.')) {
    const after = lines.findIndex(
      (text, i) => i > line && text.trim().replaceAll("'", '').startsWith(`${key}:`),
    );
    if (after < 0) break;
    line = after;
  }
  return line < 0 ? `${file}: ` : `${file}:${line + 1}: `;
}

/** @returns null when it does not follow the rule: 6.3 is in lessons/06-3-… */
function folderOf(id: string): string | null {
  const [unit, number] = id.split('.') as [string, string];
  const start = `${unit.padStart(2, '0')}-${number}-`;
  const name = readdirSync('lessons').find((folder) => folder.startsWith(start));
  return name === undefined ? null : path.join('lessons', name);
}

async function draw(entry: LessonEntry, out: string | undefined): Promise<void> {
  const { lesson, text } = await entry.load();
  const picture = drawMachine(lesson, text);
  if (out === undefined) console.log(picture);
  else writeFileSync(out, picture);
}

main().catch((error: unknown) => {
  console.error(error instanceof UsageError ? error.message : error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
