/** wanted — the host whose terminal is to be shown as soon as a workspace is there */
import type { Session } from '../sim/session.svelte.ts';

const wanted = new WeakMap<Session, number>();

/** From a screen without terminals: the workspace that opens next shows one. */
export function wantTerminal(session: Session, hostIndex: number): void {
  wanted.set(session, hostIndex);
}

/** Asks once. @returns null when none is wanted */
export function takeWantedTerminal(session: Session): number | null {
  const host = wanted.get(session) ?? null;
  wanted.delete(session);
  return host;
}
