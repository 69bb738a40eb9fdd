/**
 * roles — which daemons each kind of host runs
 *
 * Each worker of a browser compiles its code anew, so that what few hosts run is fetched by their workers
 * alone.
 *
 * SEE ALSO  late-parts.ts, ../simulation.worker.ts (who fetches them), all-roles.ts (Node)
 */
import type { runImapSession } from '../daemons/mailstore/imapd/session.ts';
import type { fetchMail } from '../daemons/mua/fetch.ts';
import type { LateServices } from '../daemons/postfix/services.ts';

import type { Os } from '../os/os.ts';

import type { InputCommand, Run } from '../input.ts';

import { bootDirectory } from './directory.ts';
import { bootDnsServer } from './dns-server.ts';
import { bootMailstore } from './mailstore.ts';
import type { bootOutside } from './outside.ts';
import { bootResolver } from './resolver.ts';
import { bootWorkstation } from './workstation.ts';

/** What late-parts.ts has. */
export interface LateParts {
  readonly runImapSession: typeof runImapSession;
  readonly fetchMail: typeof fetchMail;
  readonly bootOutside: typeof bootOutside;
  readonly postfix: LateServices;
}

/**
 * Starts the daemons of a host.
 * @param late called when a late part is needed; by then it must be there, see needsLateParts
 */
export type BootRole = (os: Os, late: () => LateParts) => void;

/** What every worker of a browser has at once. */
export const earlyRoles = {
  resolver: bootResolver,
  'dns-server': bootDnsServer,
  directory: bootDirectory,
  mailstore: bootMailstore,
  workstation: bootWorkstation,
} as const;

/** Fetches the others: half of all code, for few hosts of a world. */
export const roleFiles = {
  mta: () => import('./mail-servers.ts').then(({ bootMta }) => bootMta),
  'mail-host': () => import('./mail-servers.ts').then(({ bootMailHost }) => bootMailHost),
} as const;

/** Whether the late parts must be there before this input takes effect. */
export function needsLateParts(command: InputCommand): boolean {
  return command.kind === 'mua.fetch';
}

/** Whether they must be there before this run is booted. */
export function runNeedsLateParts({ world, inputs }: Run): boolean {
  return world.hosts.some(({ kind }) => kind === 'outside') || inputs.some((i) => needsLateParts(i.command));
}
