/** drafts — what was written and not saved, while another view is shown */
import type { Session } from '../../sim/session.svelte.ts';

const drafts = new WeakMap<Session, Map<number, string>>();

/** The unsaved main.cf of each host of a session, by the host's index. */
export function draftsOf(session: Session): Map<number, string> {
  let found = drafts.get(session);
  if (found === undefined) drafts.set(session, (found = new Map()));
  return found;
}
