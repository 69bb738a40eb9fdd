/**
 * directory — a host that runs an LDAP server
 */
import { slapd } from '../daemons/slapd/slapd.ts';
import type { Os } from '../os/os.ts';

/** Starts slapd. */
export function bootDirectory(os: Os): void {
  os.spawn('slapd', slapd);
}
