/**
 * roles — the kinds of hosts whose daemons every worker of a browser has at once
 *
 * SEE ALSO  late-code.ts (the others), all-roles.ts (all, for Node)
 */
import { startMailstore } from '../daemons/mailstore/mailstore.ts';
import { startMua } from '../daemons/mua/mua.ts';

import { bootDirectory } from './directory.ts';
import { bootDnsServer } from './dns-server.ts';
import { bootResolver } from './resolver.ts';

/** Each starts the daemons of its kind. */
export const earlyRoles = {
  resolver: bootResolver,
  'dns-server': bootDnsServer,
  directory: bootDirectory,
  mailstore: startMailstore,
  workstation: startMua,
} as const;
