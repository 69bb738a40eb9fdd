/**
 * mailstore — a host that keeps mailboxes: LMTP in, IMAP out
 */
import { startMailstore } from '../daemons/mailstore/mailstore.ts';
import type { Os } from '../os/os.ts';

/** Starts the mailstore. */
export function bootMailstore(os: Os): void {
  startMailstore(os);
}
