/**
 * resolver — a host that runs a recursive name server
 */
import { resolver } from '../daemons/resolver/resolver.ts';
import type { Os } from '../os/os.ts';

/** Starts named as a resolver. */
export function bootResolver(os: Os): void {
  os.spawn('named', resolver);
}
