/**
 * workstation — a host where a person reads and writes mail
 */
import { startMua } from '../daemons/mua/mua.ts';
import type { Os } from '../os/os.ts';

/** Starts the user agent. */
export function bootWorkstation(os: Os): void {
  startMua(os);
}
