/**
 * mta — a host that runs Postfix with the content filter beside it
 */
import { startAmavis } from '../daemons/amavis/amavis.ts';
import { startPostfix } from '../daemons/postfix/master/master.ts';
import type { TlsServices } from '../daemons/postfix/tls/tls-services.ts';
import type { Os } from '../os/os.ts';

import type { LateParts } from './roles.ts';

/** Starts Postfix and amavisd. */
export function bootMta(os: Os, late: () => LateParts, tls: () => TlsServices): void {
  startAmavis(os);
  startPostfix(os, () => late().postfix, tls);
}
