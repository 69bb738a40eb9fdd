/**
 * roles — which daemons each kind of host runs
 */
import type { Roles } from './boot.ts';
import { bootDirectory } from './directory.ts';
import { bootDnsServer } from './dns-server.ts';
import { bootMailHost } from './mail-host.ts';
import { bootMailstore } from './mailstore.ts';
import { bootMta } from './mta.ts';
import { bootOutside, noSink, type OutsideSink } from './outside.ts';
import { bootResolver } from './resolver.ts';
import { bootWorkstation } from './workstation.ts';

/** The kinds that every worker knows. */
export const roles: Roles = rolesWithSink(noSink);

/** The same, with real peers behind the outside host (bridge). */
export function rolesWithSink(sink: OutsideSink): Roles {
  return {
    mta: bootMta,
    'mail-host': bootMailHost,
    resolver: bootResolver,
    'dns-server': bootDnsServer,
    directory: bootDirectory,
    mailstore: bootMailstore,
    workstation: bootWorkstation,
    outside: (os) => bootOutside(os, sink),
  };
}
