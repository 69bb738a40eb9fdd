/**
 * read — the shell's read: one line of standard input, cut into variables
 */
import type { Proc } from '../../os/os.ts';

import type { Shell } from './shell.ts';
import { nothing, type TerminalStream } from './stream.ts';

/** read [-r] [-p prompt] [-a] NAME … @returns 1 at the end of the input */
export function* read(shell: Shell, args: readonly string[]): Proc<number> {
  const { state } = shell;
  let raw = false;
  let isHidden = false;
  let at = 0;
  for (; args[at]?.startsWith('-') === true && args[at] !== '-'; at++) {
    const option = args[at]!;
    if (/^-[rs]+$/.test(option)) {
      raw ||= option.includes('r');
      isHidden ||= option.includes('s');
    } else if (option === '-p')
      yield* (shell.descriptors.get(2) ?? nothing).write(shell.os, args[++at] ?? '');
    else if (/^-r?[tdnu]$/.test(option) || option.startsWith('-')) {
      yield* shell.complain(`read: the real one has ${option}; this simulator doesn't yet`);
      return 2;
    }
  }
  const names = args.slice(at);
  const input = shell.descriptors.get(0) ?? nothing;
  const terminal = isHidden && input.kind === 'terminal' ? (input as TerminalStream) : null;
  terminal?.setMode('hidden');
  let line = '';
  for (;;) {
    const part = yield* input.readLine(shell.os);
    line += part;
    if (raw || !/(?:^|[^\\])(?:\\\\)*\\\n$/.test(line) || part === '') break;
    line = line.slice(0, -2); // a backslash joins lines
  }
  terminal?.setMode('line');
  const ended = !line.endsWith('\n');
  const text = line.replace(/\n$/, '').replaceAll('\0', '');
  const fields = cut(
    raw ? text : text.replace(/\\(.)/g, '$1'),
    state.get('IFS') ?? ' \t\n',
    Math.max(1, names.length),
  );
  if (names.length === 0) state.set('REPLY', text);
  for (const [i, name] of names.entries()) state.set(name, fields[i] ?? '');
  yield* shell.cpu.use(1);
  return ended ? 1 : 0;
}

/** At most `count` fields; the last one has the rest. */
function cut(text: string, separators: string, count: number): string[] {
  const isBlank = (c: string | undefined): boolean =>
    c !== undefined && ' \t\n'.includes(c) && separators.includes(c);
  const fields: string[] = [];
  let at = 0;
  while (isBlank(text[at])) at++;
  while (at < text.length && fields.length < count - 1) {
    const from = at;
    while (at < text.length && !separators.includes(text[at]!)) at++;
    fields.push(text.slice(from, at));
    while (isBlank(text[at])) at++;
    if (at < text.length && separators.includes(text[at]!) && !isBlank(text[at])) {
      at++;
      while (isBlank(text[at])) at++;
    }
  }
  let rest = text.slice(at);
  while (rest !== '' && isBlank(rest.at(-1))) rest = rest.slice(0, -1);
  return rest === '' ? fields : [...fields, rest];
}
