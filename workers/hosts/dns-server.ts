/**
 * dns-server — a host that runs an authoritative name server
 */
import { named } from '../daemons/named/named.ts';
import type { Os } from '../os/os.ts';

/** Starts named. */
export function bootDnsServer(os: Os): void {
  os.spawn('named', named);
}
