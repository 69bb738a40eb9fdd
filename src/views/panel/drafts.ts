/** drafts — what was written and not saved, while another view is shown */
import type { Session } from '../../sim/session.svelte.ts';

const drafts = new WeakMap<Session, Map<string, string>>();

/** The unsaved files of a session, by host and path. */
export function draftsOf(session: Session): Map<string, string> {
  let found = drafts.get(session);
  if (found === undefined) drafts.set(session, (found = new Map()));
  return found;
}
