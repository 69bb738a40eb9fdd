/**
 * workstation — a host where a person reads and writes mail
 */
import { startMua } from '../daemons/mua/mua.ts';
import type { Os } from '../os/os.ts';

import type { LateParts } from './roles.ts';

/** Starts the user agent. */
export function bootWorkstation(os: Os, late: () => LateParts): void {
  startMua(os, (...errand) => late().fetchMail(...errand));
}
