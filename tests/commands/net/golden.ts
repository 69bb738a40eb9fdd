// What real programs printed, command by command, and a terminal in which ours do the same.
import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { islandTerminal } from './island-terminal.ts';

export interface Recorded {
  command: string;
  output: string;
  status: number;
}

export function readRecorded(name: string): Recorded[] {
  const text = readFileSync(new URL(`./golden/${name}.txt`, import.meta.url), 'utf8');
  return [...text.matchAll(/^=== (.*)\n([^]*?)\[status (\d+)\]\n/gm)].map((match) => ({
    command: match[1]!,
    output: match[2]!,
    status: Number(match[3]),
  }));
}

/** A test for each recorded command, in one terminal, in the order of the recording. */
export function testRecorded(name: string, mask: (text: string) => string): void {
  const terminal = islandTerminal();
  test.each(readRecorded(name))('$command', ({ command, output, status }) => {
    expect(mask(terminal.run(command))).toBe(mask(output));
    expect(terminal.status).toBe(status);
  });
}
