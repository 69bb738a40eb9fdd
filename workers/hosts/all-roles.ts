/**
 * all-roles — the roles with everything there at once, for Node
 */
import type { TlsServices } from '../daemons/postfix/tls/tls-services.ts';

import type { Roles } from './boot.ts';
import { bootDirectory } from './directory.ts';
import { bootDnsServer } from './dns-server.ts';
import { administer } from './host-shell.ts';
import { lateParts } from './late-parts.ts';
import { bootMailHost } from './mail-host.ts';
import { bootMailstore } from './mailstore.ts';
import { bootMta } from './mta.ts';
import type { OutsideSink } from './outside.ts';
import { bootResolver } from './resolver.ts';
import type { LateParts } from './roles.ts';
import { tlsServices } from './tls-part.ts';
import { bootWorkstation } from './workstation.ts';

const late = (): LateParts => lateParts;
const tls = (): TlsServices => tlsServices;

/** Roles for headless runs and tests. */
export const roles: Required<Roles> = rolesWithSink();

/** The same, with real peers behind the outside host (bridge); without a sink nobody is there. */
export function rolesWithSink(sink?: OutsideSink): Required<Roles> {
  return {
    mta: (os) => bootMta(os, late, tls),
    'mail-host': (os) => bootMailHost(os, late, tls),
    resolver: bootResolver,
    'dns-server': bootDnsServer,
    directory: bootDirectory,
    mailstore: (os) => bootMailstore(os, late),
    workstation: (os) => bootWorkstation(os, late),
    outside: (os) => lateParts.bootOutside(os, sink),
    administer,
  };
}
