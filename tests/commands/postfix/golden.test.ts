// Commands on files, one after the other, against what the real ones printed.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import * as utf8 from '../../../workers/bytes/utf8.ts';
import { SECOND } from '../../../workers/os/os.ts';
import { golden, host, hostOf, recordedOutcomes, shell } from './play.ts';
import { mask } from '../mask.ts';

function filesOf(folder: string, to: string): Record<string, string> {
  const names = readdirSync(path.join(golden, folder)).filter((name) => !name.endsWith('.txt'));
  return Object.fromEntries(
    names.map((name) => [`${to}/${name}`, readFileSync(path.join(golden, folder, name), 'utf8')]),
  );
}

// Order of hash tables is not ours; standard output is in its order, warnings are not.
function comparable(text: string): string {
  const lines = mask(text)
    .replace(/YP_LAST_MODIFIED:\t\d+/, 'YP_LAST_MODIFIED:\t<EPOCH>')
    .split('\n');
  const warnings = lines.filter((line) => line.includes(': warning: '));
  return [...lines.filter((line) => !line.includes(': warning: ')), ...warnings.sort()].join('\n');
}

interface Session {
  /** folder/file without .txt */
  name: string;
  mainCf: string;
  masterCf: string;
  files: Record<string, string>;
  /** commands that have no counterpart, and why */
  leftOut: Record<string, string>;
}

const text = (name: string): string => readFileSync(path.join(golden, name), 'utf8');
const postconfFiles = { mainCf: text('postconf/main.cf'), masterCf: text('postconf/master.cf'), files: {} };
const sessions: Session[] = [
  { name: 'postconf/postconf', ...postconfFiles, leftOut: {} },
  { name: 'postconf/postconf-edit', ...postconfFiles, leftOut: {} },
  {
    name: 'postmap/postmap',
    mainCf:
      'compatibility_level=3.6\nmyhostname=mail.example.com\nalias_database = hash:/etc/m/aliases\ndefault_database_type=hash\n',
    masterCf: '',
    files: filesOf('postmap', '/etc/m'),
    leftOut: { 'postmap -fq K2 hash:/etc/m/good': 'where no database was made the source answers' },
  },
];

for (const session of sessions) {
  describe(session.name, () => {
    const world = hostOf({ mainCf: session.mainCf, masterCf: session.masterCf, files: session.files });
    world.run(SECOND);
    const seen = new Map<string, number>();
    for (const recorded of recordedOutcomes(`${session.name}.txt`)) {
      const count = (seen.get(recorded.cmd) ?? 0) + 1;
      seen.set(recorded.cmd, count);
      const [command, input = '""'] = recorded.cmd.split(' <<< ') as [string, string?];
      const ran = world.call(host, (os) => run(os, command, JSON.parse(input) as string));
      if (session.leftOut[command] !== undefined) continue;
      test(`${recorded.cmd}${count > 1 ? ` (${count})` : ''}`, () => {
        expect(comparable(ran.text)).toBe(comparable(recorded.text));
        expect(ran.status).toBe(recorded.status);
      });
    }
  });
}

function* run(os: Parameters<typeof shell>[0], line: string, stdin: string) {
  const file = /^cat (\S+)$/.exec(line);
  if (file !== null) return { status: 0, text: utf8.decode(os.files.read(file[1]!) ?? new Uint8Array()) };
  const [first, ...filters] = line.split(' | ');
  const config = first!.replace(/^postconf/, 'postconf -c /etc/postfix');
  const ran = yield* shell(os, config, stdin);
  const isDiagnostic = (said: string): boolean => /^post\w+: (warning|fatal): /.test(said);
  for (const filter of filters) {
    const lines = ran.text.split('\n').filter((said) => said !== '');
    const output = lines.filter((said) => !isDiagnostic(said));
    const kept = filter === 'sort' ? output.sort() : output.slice(0, 5);
    ran.text = [...kept, ...lines.filter(isDiagnostic), ''].join('\n');
    ran.status = 0;
  }
  return ran;
}
