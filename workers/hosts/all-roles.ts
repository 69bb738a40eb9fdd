/**
 * all-roles — the roles with everything there at once, for Node
 */
import type { Roles } from './boot.ts';
import { bootDirectory } from './directory.ts';
import { bootDnsServer } from './dns-server.ts';
import { lateParts } from './late-parts.ts';
import { bootMailHost } from './mail-host.ts';
import { bootMailstore } from './mailstore.ts';
import { bootMta } from './mta.ts';
import type { OutsideSink } from './outside.ts';
import { bootResolver } from './resolver.ts';
import type { LateParts } from './roles.ts';
import { bootWorkstation } from './workstation.ts';

const late = (): LateParts => lateParts;

/** Roles for headless runs and tests. */
export const roles: Required<Roles> = rolesWithSink();

/** The same, with real peers behind the outside host (bridge); without a sink nobody is there. */
export function rolesWithSink(sink?: OutsideSink): Required<Roles> {
  return {
    mta: (os) => bootMta(os, late),
    'mail-host': (os) => bootMailHost(os, late),
    resolver: bootResolver,
    'dns-server': bootDnsServer,
    directory: bootDirectory,
    mailstore: (os) => bootMailstore(os, late),
    workstation: (os) => bootWorkstation(os, late),
    outside: (os) => lateParts.bootOutside(os, sink),
  };
}
