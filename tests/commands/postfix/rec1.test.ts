// The recorded scenario with a message in each state: what our commands print against what the real ones did.
import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { golden, host, play, readScenario, recordedOutcomes } from './play.ts';
import { mask } from '../mask.ts';

const played = play(readScenario('rec1'));

const ids = (text: string): string => text.replace(/\b[0-9A-F]{10,12}\b(?!!)/g, '{QID}');
const plain = (cmd: string): string => ids(cmd.replace(/ -[cC] \{E\}/g, '').replace(/\{QID:\w+\}/g, '{QID}'));

// What the masks leave: the client's port, the addresses of the machine, and the order of directories.
function comparable(text: string): string {
  return sortedEntries(
    mask(text)
      .replace(/_port=\d{5}\b(?<!=12709)/g, '_port=<PORT>')
      .replace(/configured \d+ IPv4/, 'configured <N> IPv4'),
  );
}

function sortedEntries(text: string): string {
  if (/^ +T /.test(text)) return text.split('\n').sort().join('\n');
  if (text.startsWith('-Queue ID-')) {
    const [head, ...rest] = text.split('\n');
    const entries = rest.join('\n').split('\n\n');
    const total = entries.pop()!;
    return [head, ...entries.sort(), total].join('\n\n');
  }
  if (text.startsWith('{"queue_name"')) return text.split('\n').sort().join('\n');
  return text;
}

const recordings = [
  'mailq',
  'postqueue-json',
  'qshape',
  'postcat',
  'postsuper',
  'postqueue-flush-and-errors',
];

for (const name of recordings) {
  for (const [index, recorded] of recordedOutcomes(`rec1/${name}.txt`).entries()) {
    const earlier = recordedOutcomes(`rec1/${name}.txt`)
      .slice(0, index)
      .filter(({ cmd }) => plain(cmd) === plain(recorded.cmd)).length;
    test(`${name} ${index + 1}: ${recorded.cmd} prints what Postfix printed`, () => {
      const ours = played.outcomes.filter(({ cmd }) => plain(cmd) === plain(recorded.cmd))[earlier]!;
      expect(comparable(ours.text)).toBe(comparable(recorded.text));
      expect(ours.status).toBe(recorded.status);
    });
  }
}

// Lines of the log that the commands cause, without those of the deliveries. What postqueue said while the mail
// system was down is left out: the recorded instance logged by a service of its own, which was down too.
function caused(lines: string[]): string[] {
  const ours = lines
    .filter((line) => /^postfix\/(postsuper|postqueue|postfix-script|pickup|master): /.test(line))
    .filter(
      (line) =>
        !/starting the Postfix|daemon started|terminating on signal|[Mm]ail system is down/.test(line),
    )
    .map((line) =>
      mask(line)
        .replace(/configuration \S+/, 'configuration <DIR>')
        .replace(/PID: \d+/, 'PID: <PID>'),
    );
  return [...new Set(ours)].sort();
}

test('the log has the lines of the recording that commands, pickup and master wrote', () => {
  const recorded = readFileSync(`${golden}/rec1/maillog-rec1.txt`, 'utf8')
    .split('\n')
    .map((line) => line.replace(/^.{15} \S+ (\S+?)\[\d+\]: /, '$1: '));
  expect(caused(played.world.logLines(host))).toEqual(caused(recorded));
});

test('qmgr finds that a message it delivered was moved away', () => {
  const text = 'warning: qmgr_active_done_3_generic: remove <QID> from active: No such file or directory';
  const warnings = played.world
    .logLines(host)
    .map(mask)
    .filter((line) => line === `postfix/qmgr: ${text}`);
  expect(warnings).toHaveLength(2);
});
