/**
 * not-found — what the shell says to a command that is not there, and which was probably meant
 */
import type { Proc } from '../../os/os.ts';

import { nearestName } from '../postfix/nearest-name.ts';

import { builtins } from './builtins.ts';
import { absolutePath } from './process.ts';
import type { Shell } from './shell.ts';
import { nothing } from './stream.ts';

/** @returns the exit status */
export function* notFound(shell: Shell, name: string): Proc<number> {
  const { files, directory } = shell.state;
  if (name.includes('/')) {
    const isThere = files.exists(absolutePath(directory, name));
    yield* shell.complain(`${name}: ${isThere ? 'Permission denied' : 'No such file or directory'}`);
    return isThere ? 126 : 127;
  }
  yield* shell.complain(`${name}: command not found`);
  if (!shell.interactive) return 127;
  const nearest = nearestName(name, [...shell.session.programs.names, ...builtins.keys()]);
  const errors = shell.descriptors.get(2) ?? nothing;
  if (nearest !== null) yield* errors.write(shell.os, `did you mean "${nearest}"?\n`);
  return 127;
}
