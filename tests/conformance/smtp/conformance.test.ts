// Recorded dialogues of Postfix 3.7.11 played against the simulator: what passed once must not fall back.
// The numbers in passing.json are raised by hand when more pass; see `npm run conformance -- --all`.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, test } from 'vitest';

import type { CaseGroup, SmtpCase } from '../../../workers/node/conformance-case.ts';
import { ConformanceHost } from '../../../workers/node/conformance-host.ts';

interface Passing {
  cases: number;
  code: number;
  text: number;
}

const here = path.dirname(new URL(import.meta.url).pathname);
const folder = path.join(here, 'recorded');
const ports = readJson<Record<string, number>>(path.join(folder, 'ports.json'));
const recorded = readJson<Record<string, Passing>>(path.join(here, 'passing.json'));
const groups = readdirSync(path.join(folder, 'cases'))
  .sort()
  .map((name) => readJson<CaseGroup & { config: string }>(path.join(folder, 'cases', name)));

test.each(Object.entries(recorded))(
  'profile %s passes no fewer dialogues than before',
  (profile, passing) => {
    const ofProfile = groups.filter((group) => group.profile === profile);
    const cases: SmtpCase[] = ofProfile.flatMap((group) => group.cases);
    const config = path.basename(ofProfile[0]!.config, '.main.cf');
    const host = new ConformanceHost({ folder, config, port: ports[profile]! });
    const results = cases.map((smtpCase) => host.play(smtpCase));
    const failing = (kinds: string[] | null): string[] =>
      results
        .filter(({ differences }) => differences.some(({ kind }) => kinds?.includes(kind) ?? true))
        .map(({ id, differences }) => `${id}: ${differences[0]!.text}`);
    expect(results).toHaveLength(passing.cases);
    expect(results.length - failing(['code']).length, failing(['code']).join('\n')).toBeGreaterThanOrEqual(
      passing.code,
    );
    expect(results.length - failing(null).length, failing(null).join('\n')).toBeGreaterThanOrEqual(
      passing.text,
    );
  },
);

// Disagreements that dialogues made up by tests/differential brought to light.
test.each(readdirSync(path.join(here, 'recorded-differential')))(
  'all dialogues of recorded-differential/%s pass',
  (name) => {
    const group = readJson<CaseGroup & { config: string }>(path.join(here, 'recorded-differential', name));
    const config = path.basename(group.config, '.main.cf');
    const { profile, parameters = {} } = group;
    const host = new ConformanceHost({ folder, config, parameters, port: ports[profile]! });
    const results = group.cases.map((smtpCase) => host.play(smtpCase));
    expect(results.flatMap(({ id, differences }) => differences.map(({ text }) => `${id}: ${text}`))).toEqual(
      [],
    );
    expect(results.length).toBeGreaterThan(0);
  },
);

// Restrictions that look beyond the dialogue, with what they log.
test.each(readdirSync(path.join(here, 'recorded-restrictions')))(
  'all dialogues of recorded-restrictions/%s pass, and log what was logged',
  (name) => {
    const group = readJson<LoggedGroup>(path.join(here, 'recorded-restrictions', name));
    const { profile, parameters = {}, logged = ['smtpd'] } = group;
    const config = path.basename(group.config, '.main.cf');
    const host = new ConformanceHost({ folder, config, parameters, port: ports[profile]! });
    host.takeLog();
    for (const smtpCase of group.cases) {
      const { differences } = host.play(smtpCase);
      expect({ id: smtpCase.id, differences, log: sorted(loggedBy(host.takeLog(), logged)) }).toEqual({
        id: smtpCase.id,
        differences: [],
        log: sorted(smtpCase.log),
      });
    }
  },
);

interface LoggedGroup extends Omit<CaseGroup, 'cases'> {
  config: string;
  /** the daemons whose lines the cases have; usually only "smtpd" */
  logged?: string[];
  /** log: what was logged meanwhile, daemon by daemon */
  cases: (SmtpCase & { log: string[] })[];
}

/** Lines of the daemons, daemon by daemon, with what differs from run to run masked. */
function loggedBy(lines: string[], daemons: string[]): string[] {
  const parsed = lines.map((line) => /^postfix\/([\w/-]+)\[\d+\]: (.*)$/.exec(line)!);
  const masked = parsed
    .filter((match) => match !== null && !/^(connect|disconnect) from/.test(match[2]!))
    .map(([, daemon, text]) => ({ daemon: daemon!, line: `${daemon}: ${maskedLine(text!)}` }));
  return daemons.flatMap((name) => masked.filter(({ daemon }) => daemon === name)).map(({ line }) => line);
}

/** Agents that deliver at the same time write in any order. */
function sorted(lines: string[]): string[] {
  const isServer = (line: string): boolean => line.startsWith('smtpd: ');
  return [...lines.filter(isServer), ...lines.filter((line) => !isServer(line)).sort()];
}

function maskedLine(text: string): string {
  return text
    .replace(/\b[0-9A-F]{9,12}\b(?=:)/g, '{QID}')
    .replace(/(orig_queue_id=)[0-9A-F]+/, '$1{QID}')
    .replace(/message-id=<\d+\.[0-9A-F]+@/, 'message-id=<{STAMP}.{QID}@')
    .replace(/delay=[\d.]+, delays=[\d./]+/, 'delay={*}, delays={*}')
    .replace(/size=\d+/, 'size={NUM}')
    .replace(/queued as [0-9A-F]{9,12}/, 'queued as {QID}');
}

test('every recorded profile has its numbers', () => {
  expect(Object.keys(recorded).sort()).toEqual([...new Set(groups.map(({ profile }) => profile))].sort());
});

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}
