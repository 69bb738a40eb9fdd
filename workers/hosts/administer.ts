/**
 * administer — starts what an administrator does on a host
 *
 * SEE ALSO  host-shell.ts (does it)
 */
import type { InputCommand, LatePart, Os } from '../os/os.ts';

/** A command runs, or a file is saved. */
export type Errand = Extract<InputCommand, { kind: 'host.run' | 'file.write' }>;
/** A terminal is opened, and what happens at it. */
export type TtyOpen = Extract<InputCommand, { kind: 'tty.open' }>;
export type TtyInput = Extract<InputCommand, { kind: `tty.${string}` }>;

const shell: LatePart<typeof import('./host-shell.ts')> = 'shell';

/** Does what the input asks, in a proc of the host. */
export function administer(os: Os, command: Errand | TtyInput): void {
  if (command.kind !== 'host.run' && command.kind !== 'file.write') return atTerminal(os, command);
  os.spawn(command.kind === 'file.write' ? 'editor' : command.argv[0]!, function* (child) {
    const { runErrand } = yield* child.code(shell);
    yield* runErrand(child, command);
  });
}

/** A terminal's queue is bound while it is open. */
function atTerminal(os: Os, command: TtyInput): void {
  const path = `/dev/pts/${command.tty}`;
  const queue = os.bound<TtyInput>(path);
  if (queue !== null) return queue.put(command);
  if (command.kind !== 'tty.open') return;
  const events = os.bind<TtyInput>(path);
  os.spawn('bash', function* (child) {
    const { runTty } = yield* child.code(shell);
    yield* runTty(child, events, command);
  });
}
