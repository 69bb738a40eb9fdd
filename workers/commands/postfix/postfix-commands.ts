/**
 * postfix-commands — the commands of Postfix by name, for a host's shell to run
 *
 * Loaded late: nothing that runs before the first delivery imports this.
 */
import type { Command } from './command.ts';
import { postcat } from './postcat.ts';
import { postconf } from './postconf.ts';
import { postfix } from './postfix.ts';
import { postlog } from './postlog.ts';
import { postalias, postmap } from './postmap.ts';
import { postqueue } from './postqueue.ts';
import { postsuper } from './postsuper.ts';
import { qshape } from './qshape.ts';
import { mailq, newaliases, sendmail } from './sendmail.ts';

/** By the name under which a shell finds them. */
export const postfixCommands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['mailq', mailq],
  ['newaliases', newaliases],
  ['postalias', postalias],
  ['postcat', postcat],
  ['postconf', postconf],
  ['postfix', postfix],
  ['postlog', postlog],
  ['postmap', postmap],
  ['postqueue', postqueue],
  ['postsuper', postsuper],
  ['qshape', qshape],
  ['sendmail', sendmail],
]);
