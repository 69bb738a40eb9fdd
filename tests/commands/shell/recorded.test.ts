// What the real bash, coreutils, grep, sed and awk printed, command by command; see recorded/record.py.
import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import * as ascii from '../../../workers/bytes/ascii.ts';

import { terminalWith } from './typed.ts';

interface Recorded {
  command: string;
  status: number;
  output: string;
}
const read = (name: string): string => readFileSync(new URL(`./recorded/${name}`, import.meta.url), 'utf8');
const files = JSON.parse(read('files.json')) as Record<string, string>;
const recorded = JSON.parse(read('recorded.json')) as Recorded[];
const inWork = Object.fromEntries(Object.entries(files).map(([name, text]) => [`/tmp/work/${name}`, text]));

describe('as the real bash and its tools', () => {
  test.each(recorded)('$command', ({ command, status, output }) => {
    const terminal = terminalWith({ ...inWork, '/tmp/command': command });
    terminal.run('cd /tmp/work');
    terminal.run('bash -c "$(cat /tmp/command)" < /dev/null > /tmp/output 2>&1');
    const printed = terminal.world.machine(terminal.host).disk.read('/tmp/output')!;
    expect(ascii.decode(printed)).toBe(output);
    expect(terminal.status).toBe(status);
  });
});
