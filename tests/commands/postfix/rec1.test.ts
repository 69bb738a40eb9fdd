// The recorded scenario with a message in each state: what our commands print against what the real ones did.
import { expect, test } from 'vitest';

import { play, readScenario, recordedOutcomes } from './play.ts';
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
