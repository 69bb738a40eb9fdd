/**
 * shown-entry — how postconf(1) shows one name and value, and what it knows of a configuration
 */
import type { MainCf } from '../../daemons/postfix/main-cf.ts';

import type { KnownParameter } from './known-parameters.ts';
import type { MasterLine } from './master-file.ts';

/** How names and values are shown. */
export interface Show {
  names: boolean;
  values: boolean;
  fold: boolean;
  expand: boolean;
}

/** The files that a run is about. */
export interface Configuration {
  readonly directory: string;
  readonly main: MainCf;
  readonly services: MasterLine[];
  readonly known: ReadonlyMap<string, KnownParameter>;
}

/** "name = value", or the part of it that is wanted. */
export function formatEntry(name: string, value: string, show: Show): string {
  if (!show.values) return `${name}\n`;
  const line = show.names ? `${name} =${value === '' ? '' : ' '}${value}` : value;
  return `${show.fold ? folded(line) : line}\n`;
}

// Words of a long line go to lines of their own.
function folded(line: string): string {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(/\s+/)) {
    if (current !== '' && current.length + 1 + word.length > 80) {
      lines.push(current);
      current = `    ${word}`;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current].join('\n');
}
