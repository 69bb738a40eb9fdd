/**
 * late-parts — what a world can do without until somebody reads mail, or a real peer comes in
 *
 * A browser fetches this file only then, so that the first letter is delivered sooner; in Node it is always
 * there.
 *
 * SEE ALSO  roles.ts, ../simulation.worker.ts (who waits for it before an input that needs it takes effect)
 */
import { runImapSession } from '../daemons/mailstore/imapd/session.ts';
import { fetchMail } from '../daemons/mua/fetch.ts';
import { flush } from '../daemons/postfix/flush/flush.ts';
import { pickup } from '../daemons/postfix/pickup/pickup.ts';
import { showq } from '../daemons/postfix/showq/showq.ts';

import { bootOutside } from './outside.ts';
import type { LateParts } from './roles.ts';

/** All of them. */
export const lateParts: LateParts = Object.freeze({
  runImapSession,
  fetchMail,
  bootOutside,
  postfix: { pickup, showq, flush },
});
