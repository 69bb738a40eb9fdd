/**
 * redirect — opens what a redirection names: files, descriptors, here-documents, devices
 *
 * ERRORS  RedirectionError: "path: No such file or directory", in the words of bash
 */
import * as ascii from '../../bytes/ascii.ts';

import type { Os, Proc } from '../../os/os.ts';

import type { Redirection } from './ast.ts';
import { isDirectory, kindOfPath, parentOf } from './directory.ts';
import { expandText, expandWords, type Expander } from './expand.ts';
import { absolutePath } from './process.ts';
import { FileReader, FileWriter, nothing, textStream, type Stream } from './stream.ts';

/** A redirection that cannot be made; the command is not run. */
export class RedirectionError {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Changes `descriptors` as the redirections say; what was opened belongs to them. */
export function* redirect(
  shell: Expander & { os: Os },
  redirections: readonly Redirection[],
  descriptors: Map<number, Stream>,
): Proc<void> {
  for (const redirection of redirections) {
    const { operator } = redirection;
    if (operator === '<<' || operator === '<<<') {
      const text = yield* expandText(shell, redirection.target);
      descriptors.set(redirection.descriptor, textStream(operator === '<<<' ? `${text}\n` : text));
      continue;
    }
    const names = yield* expandWords(shell, [redirection.target]);
    const [name] = names;
    if (name === undefined || names.length > 1)
      throw new RedirectionError(`${name ?? ''}: ambiguous redirect`);
    if (operator === '>&' || operator === '<&') duplicate(shell, redirection, name, descriptors);
    else open(shell, redirection, name, descriptors);
  }
}

function open(
  shell: Expander & { os: Os },
  { descriptor, operator }: Redirection,
  name: string,
  descriptors: Map<number, Stream>,
): void {
  const path = absolutePath(shell.state.directory, name);
  const stream = openFile(shell.os, { name, path, descriptors, mode: modes[operator] });
  descriptors.set(descriptor, stream);
  if (operator === '&>' || operator === '&>>') descriptors.set(2, stream);
}

const modes: Readonly<Record<Redirection['operator'], 'read' | 'write' | 'append'>> = Object.freeze({
  '<': 'read', '<>': 'read', '>': 'write', '>|': 'write', '&>': 'write', '>>': 'append', '&>>': 'append',
  '<&': 'read', '>&': 'write', '<<': 'read', '<<<': 'read',
}); // prettier-ignore

/** Opens a file or device. @throws RedirectionError */
export function openFile(
  os: Os,
  {
    name,
    path,
    descriptors,
    mode,
  }: {
    name: string;
    path: string;
    descriptors: ReadonlyMap<number, Stream>;
    mode: 'read' | 'write' | 'append';
  },
): Stream {
  const device = deviceStream(path, descriptors);
  if (device !== null) return device;
  const kind = kindOfPath(os.files, path);
  if (name === '') throw new RedirectionError(': No such file or directory');
  if (mode === 'read') {
    if (kind === 'directory') throw new RedirectionError(`${name}: Is a directory`);
    const state = os.files.state(path);
    if (state === null) throw new RedirectionError(`${name}: No such file or directory`);
    return new FileReader(path, state);
  }
  if (kind === 'directory') throw new RedirectionError(`${name}: Is a directory`);
  if (os.files.exists(parentOf(path))) throw new RedirectionError(`${name}: Not a directory`);
  if (!isDirectory(os.files, parentOf(path)))
    throw new RedirectionError(`${name}: No such file or directory`);
  if (mode === 'write' || kind === 'missing') os.files.write(path, ascii.encode(''));
  return new FileWriter(path);
}

function deviceStream(path: string, descriptors: ReadonlyMap<number, Stream>): Stream | null {
  switch (path) {
    case '/dev/null':
      return nothing;
    case '/dev/stdin':
      return descriptors.get(0) ?? nothing;
    case '/dev/stdout':
      return descriptors.get(1) ?? nothing;
    case '/dev/stderr':
    case '/dev/tty':
      return descriptors.get(2) ?? nothing;
    default:
      return null;
  }
}

function duplicate(
  shell: Expander & { os: Os },
  redirection: Redirection,
  name: string,
  descriptors: Map<number, Stream>,
): void {
  if (name === '-') return void descriptors.delete(redirection.descriptor);
  if (!/^\d+$/.test(name)) {
    if (redirection.operator === '<&') throw new RedirectionError(`${name}: ambiguous redirect`);
    return open(shell, { ...redirection, operator: '&>' }, name, descriptors); // ">& file"
  }
  const stream = descriptors.get(Number(name));
  if (stream === undefined) throw new RedirectionError(`${name}: Bad file descriptor`);
  descriptors.set(redirection.descriptor, stream);
}
