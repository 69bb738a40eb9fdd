/**
 * roles — which daemons each kind of host runs
 */
import type { Roles } from './boot.ts';
import { bootDnsServer } from './dns-server.ts';
import { bootOutside, noSink, type OutsideSink } from './outside.ts';
import { bootResolver } from './resolver.ts';

/** The kinds that every worker knows. */
export const roles: Roles = rolesWithSink(noSink);

/** The same, with real peers behind the outside host (bridge). */
export function rolesWithSink(sink: OutsideSink): Roles {
  return {
    mta: silent,
    'mail-host': silent,
    resolver: bootResolver,
    'dns-server': bootDnsServer,
    directory: silent,
    mailstore: silent,
    workstation: silent,
    outside: (os) => bootOutside(os, sink),
  };
}

function silent(): void {}
