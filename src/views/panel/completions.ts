/** completions — the names of parameters for the editor, each with type, default and what it does */
import type { Completion } from '@codemirror/autocomplete';

import type { ParameterHelp } from '../../../workers/commands/postfix/check-main-cf.ts';

import { shortType, typeWords } from './words.ts';

interface Checked {
  names(): string[];
  help(name: string): ParameterHelp | null;
}

/** All of them; those of no effect here come last. */
export function completionsOf(check: Checked): Completion[] {
  return check.names().flatMap((name): Completion[] => {
    const help = check.help(name);
    return help === null ? [] : [completionOf(help)];
  });
}

function completionOf(help: ParameterHelp): Completion {
  const { name, usual, actsHere } = help;
  return {
    label: name,
    detail: ` ${shortType(help)}${usual === '' ? '' : `, ${usual.length > 24 ? `${usual.slice(0, 23)}…` : usual}`}`,
    info: infoOf(help),
    type: actsHere ? 'parameter' : 'idle',
    boost: actsHere ? 1 : -50,
  };
}

/** What is said of a parameter beside the list. */
export function infoOf(help: ParameterHelp): string {
  const { does, readers, usual, actsHere } = help;
  return [
    does === '' ? '' : `${does[0]!.toUpperCase()}${does.slice(1)}.`,
    typeWords(help),
    `Default: ${usual === '' ? '(empty)' : usual}`,
    readers === '' ? '' : `Read by ${readers}.`,
    actsHere ? '' : 'Not acted on by this simulation.',
  ]
    .filter((line) => line !== '')
    .join('\n');
}
