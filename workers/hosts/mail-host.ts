/**
 * mail-host — a host that is all there is to a small mail domain: Postfix, mailboxes, and user agents on it
 */
import { startMailstore } from '../daemons/mailstore/mailstore.ts';
import { startMua } from '../daemons/mua/mua.ts';
import { startPostfix } from '../daemons/postfix/master/master.ts';
import type { Os } from '../os/os.ts';

/** Starts the mailstore, Postfix and the user agents. */
export function bootMailHost(os: Os): void {
  startMailstore(os);
  startPostfix(os);
  startMua(os);
}
