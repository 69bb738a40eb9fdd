/**
 * conformance — plays recorded SMTP dialogues of Postfix 3.7.11 and prints how many pass
 *
 * SYNOPSIS  conformance [--profile NAME | --all] [--only REGEX] [--log] [--quiet] [--host H --port P] [FILE…]
 *           conformance --serve PORT [--profile NAME]
 *
 * With --serve the host itself listens on a real loopback port, in step with the wall clock, for clients of
 * any kind. Without --host against the simulator's Postfix in virtual time, configured as the recordings
 * were; with --host and --port against any server, over real sockets. A case passes at level "code" when
 * codes and enhanced statuses are right, at "caps" when the EHLO lines are as well, at "text" when every word
 * and every time is.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import type { CaseGroup, CaseResult, SmtpCase } from './conformance-case.ts';
import { ConformanceHost } from './conformance-host.ts';
import { serve } from './conformance-serve.ts';
import { playOverSockets } from './conformance-sockets.ts';

const folder = path.resolve('tests/conformance/smtp/recorded');

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      profile: { type: 'string', default: 'mx' },
      all: { type: 'boolean' },
      only: { type: 'string' },
      log: { type: 'boolean' },
      quiet: { type: 'boolean' },
      host: { type: 'string' },
      port: { type: 'string' },
      serve: { type: 'string' },
    },
  });
  if (values.serve !== undefined) {
    await serve(new ConformanceHost({ folder, ...listenerOf(values.profile) }), {
      realPort: Number(values.serve),
      port: listenerOf(values.profile).port,
    });
    return;
  }
  const files = positionals.length > 0 ? positionals : caseFiles();
  const only = values.only === undefined ? null : new RegExp(values.only);
  const wanted = files
    .map(readGroup)
    .filter(({ profile }) => values.all === true || positionals.length > 0 || profile === values.profile)
    .map((group) => ({ ...group, cases: group.cases.filter(({ id }) => only === null || only.test(id)) }));
  const results: { profile: string; result: CaseResult }[] = [];
  for (const [profile, cases, parameters] of listeners(wanted)) {
    const played =
      values.host === undefined
        ? playVirtually({ profile, cases, parameters, log: values.log === true })
        : await playReally(cases, values);
    for (const result of played) results.push({ profile, result });
    if (values.quiet !== true) played.forEach(printFailure);
  }
  for (const profile of new Set(results.map((entry) => entry.profile)))
    printTotals(
      profile,
      results.filter((entry) => entry.profile === profile).map(({ result }) => result),
    );
}

// The cases of each listener; a group with parameters of its own has a listener of its own.
function listeners(groups: CaseGroup[]): [profile: string, cases: SmtpCase[], Record<string, string>][] {
  const found = new Map<string, [string, SmtpCase[], Record<string, string>]>();
  for (const group of groups) {
    const { profile, parameters = {} } = group;
    const key = JSON.stringify([profile, parameters]);
    const listener = found.get(key) ?? [profile, [], parameters];
    listener[1].push(...casesOf(group));
    found.set(key, listener);
  }
  return [...found.values()];
}

interface Play {
  profile: string;
  cases: SmtpCase[];
  parameters: Record<string, string>;
  log: boolean;
}

function playVirtually({ profile, cases, parameters, log }: Play): CaseResult[] {
  const host = new ConformanceHost({ folder, parameters, ...listenerOf(profile) });
  return cases.map((test) => {
    const result = host.play(test);
    if (log) console.log(host.takeLog().join('\n'));
    else host.takeLog();
    return result;
  });
}

async function playReally(
  cases: SmtpCase[],
  { host, port }: { host?: string | undefined; port?: string | undefined },
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const test of cases.filter(({ needs }) => needs?.includes('sink') !== true))
    results.push(await playOverSockets(test, { host: host ?? '127.0.0.1', port: Number(port ?? 25) }));
  return results;
}

function caseFiles(): string[] {
  return readdirSync(path.join(folder, 'cases'))
    .sort()
    .map((name) => path.join(folder, 'cases', name));
}

function readGroup(file: string): CaseGroup & { config: string } {
  return JSON.parse(readFileSync(file, 'utf8')) as CaseGroup & { config: string };
}

function casesOf(group: CaseGroup): SmtpCase[] {
  return group.cases.map((test) => ({ ...test, needs: [...(group.needs ?? []), ...(test.needs ?? [])] }));
}

/** The configuration and the port of a profile. */
function listenerOf(profile: string): { config: string; port: number } {
  const ports = JSON.parse(readFileSync(path.join(folder, 'ports.json'), 'utf8')) as Record<string, number>;
  const group = caseFiles()
    .map(readGroup)
    .find((candidate) => candidate.profile === profile);
  return { config: path.basename(group!.config, '.main.cf'), port: ports[profile]! };
}

function printFailure({ id, differences, transcript }: CaseResult): void {
  if (differences.length === 0) return;
  console.log(`FAIL ${id}`);
  for (const { step, kind, text } of differences) console.log(`     step ${step} [${kind}] ${text}`);
  for (const line of transcript.slice(-6)) console.log(`       | ${line}`);
}

function printTotals(profile: string, results: CaseResult[]): void {
  const passing = (kinds: string[]): number =>
    results.filter(({ differences }) => !differences.some(({ kind }) => kinds.includes(kind))).length;
  const levels = [
    `code ${passing(['code'])}`,
    `caps ${passing(['code', 'caps'])}`,
    `text ${passing(['code', 'caps', 'text', 'time'])}`,
  ];
  console.log(`${profile}: ${levels.join(', ')} of ${results.length} cases pass`);
}
