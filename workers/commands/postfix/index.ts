/**
 * index — the commands of Postfix by name, for a host's shell to run
 *
 * Loaded late: nothing that runs before the first delivery imports this.
 */
import type { Command } from './command.ts';
import { postcat } from './postcat.ts';
import { postfix } from './postfix.ts';
import { postqueue } from './postqueue.ts';
import { postsuper } from './postsuper.ts';
import { qshape } from './qshape.ts';

/** By the name under which a shell finds them. */
export const postfixCommands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['postcat', postcat],
  ['postfix', postfix],
  ['postqueue', postqueue],
  ['postsuper', postsuper],
  ['qshape', qshape],
]);
