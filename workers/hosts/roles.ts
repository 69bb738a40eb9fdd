/**
 * roles — which daemons each kind of host runs
 *
 * SEE ALSO  late-parts.ts, all-roles.ts
 */
import type { runImapSession } from '../daemons/mailstore/imapd/session.ts';
import type { fetchMail } from '../daemons/mua/fetch.ts';

import type { InputCommand, Run } from '../input.ts';

import type { Roles } from './boot.ts';
import { bootDirectory } from './directory.ts';
import { bootDnsServer } from './dns-server.ts';
import { bootMailHost } from './mail-host.ts';
import { bootMailstore } from './mailstore.ts';
import { bootMta } from './mta.ts';
import type { bootOutside, OutsideSink } from './outside.ts';
import { bootResolver } from './resolver.ts';
import { bootWorkstation } from './workstation.ts';

/** What late-parts.ts has. */
export interface LateParts {
  readonly runImapSession: typeof runImapSession;
  readonly fetchMail: typeof fetchMail;
  readonly bootOutside: typeof bootOutside;
}

/**
 * The kinds that every worker knows.
 * @param late called when a part is needed; by then it must be there, see needsLateParts
 * @param sink who stands behind the outside host; none when a recorded run is replayed
 */
export function makeRoles(late: () => LateParts, sink?: OutsideSink): Roles {
  return {
    mta: bootMta,
    'mail-host': (os) => bootMailHost(os, late),
    resolver: bootResolver,
    'dns-server': bootDnsServer,
    directory: bootDirectory,
    mailstore: (os) => bootMailstore(os, late),
    workstation: (os) => bootWorkstation(os, late),
    outside: (os) => late().bootOutside(os, sink),
  };
}

/** Whether the late parts must be there before this input takes effect. */
export function needsLateParts(command: InputCommand): boolean {
  return command.kind === 'mua.fetch';
}

/** Whether they must be there before this run is booted. */
export function runNeedsLateParts({ world, inputs }: Run): boolean {
  return world.hosts.some(({ kind }) => kind === 'outside') || inputs.some((i) => needsLateParts(i.command));
}
