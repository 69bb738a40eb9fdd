/**
 * mailstore — a host that keeps mailboxes: LMTP in, IMAP out
 */
import { startMailstore } from '../daemons/mailstore/mailstore.ts';
import type { Os } from '../os/os.ts';

import type { LateParts } from './roles.ts';

/** Starts the mailstore. */
export function bootMailstore(os: Os, late: () => LateParts): void {
  startMailstore(os, (...session) => late().runImapSession(...session));
}
