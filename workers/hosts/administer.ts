/**
 * administer — starts what an administrator does on a host
 *
 * SEE ALSO  host-shell.ts (does it)
 */
import type { InputCommand, LatePart, Os } from '../os/os.ts';

/** Runs a command, or saves a file. */
export type AdminCommand = Extract<InputCommand, { kind: 'host.run' | 'file.write' }>;

const shell: LatePart<typeof import('./host-shell.ts')> = 'shell';

/** Does what the input asks, as a proc of the host. */
export function administer(os: Os, command: AdminCommand): void {
  os.spawn(command.kind === 'file.write' ? 'editor' : command.argv[0]!, function* (child) {
    const { runErrand } = yield* child.code(shell);
    yield* runErrand(child, command);
  });
}
