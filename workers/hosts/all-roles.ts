/**
 * all-roles — the roles with everything there at once, for Node
 */
import { lateParts } from './late-parts.ts';
import type { OutsideSink } from './outside.ts';
import { makeRoles } from './roles.ts';
import type { Roles } from './boot.ts';

/** Roles for headless runs and tests. */
export const roles: Roles = makeRoles(() => lateParts);

/** The same, with real peers behind the outside host (bridge). */
export function rolesWithSink(sink: OutsideSink): Roles {
  return makeRoles(() => lateParts, sink);
}
