/**
 * mta — a host that runs Postfix with the content filter beside it
 */
import { startAmavis } from '../daemons/amavis/amavis.ts';
import { startPostfix } from '../daemons/postfix/master/master.ts';
import type { Os } from '../os/os.ts';

/** Starts Postfix and amavisd. */
export function bootMta(os: Os): void {
  startAmavis(os);
  startPostfix(os);
}
