// Command lines as getopt(3) reads them.
import { expect, test } from 'vitest';

import * as utf8 from '../../../workers/bytes/utf8.ts';
import { Program } from '../../../workers/commands/postfix/command.ts';
import { getopt } from '../../../workers/commands/postfix/getopt.ts';
import type { Os } from '../../../workers/os/os.ts';

function parse(args: string[], spec = 'ab:c') {
  let said = '';
  const stderr = { write: (bytes: Uint8Array) => void (said += utf8.decode(bytes)) };
  const program = new Program({} as Os, { stdout: stderr, stderr }, { name: 'prog', logs: false });
  const { options, operands, wrong } = getopt(program, args, spec);
  return { options: options.map(({ letter, value }) => letter + value), operands, wrong, said };
}

test('letters may stand together, a value in the same word or the next', () => {
  expect(parse(['-ac', '-bx', '-b', 'y', 'z'])).toMatchObject({
    options: ['a', 'c', 'bx', 'by'],
    operands: ['z'],
  });
});

test('the first word that is no option ends them; so does --, which is dropped', () => {
  expect(parse(['x', '-a'])).toMatchObject({ options: [], operands: ['x', '-a'] });
  expect(parse(['-a', '--', '-c'])).toMatchObject({ options: ['a'], operands: ['-c'] });
  expect(parse(['-', '-a'])).toMatchObject({ options: [], operands: ['-', '-a'] });
});

test('what is wrong is said in the words of the C library', () => {
  expect(parse(['-z'])).toMatchObject({ wrong: true, said: "prog: invalid option -- 'z'\n" });
  expect(parse(['-b'])).toMatchObject({ wrong: true, said: "prog: option requires an argument -- 'b'\n" });
  expect(parse(['-:'])).toMatchObject({ wrong: true, said: "prog: invalid option -- ':'\n" });
});
