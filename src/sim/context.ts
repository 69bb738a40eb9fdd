/** context — hands the session, and what only a workspace can do, to the views below it */
import { createContext } from 'svelte';

import type { Session } from './session.svelte.ts';

/** Views call getSession(); the workspace that owns it calls setSession(session). */
export const [getSession, setSession] = createContext<Session>();

/** Shows the desk of the selected MTA; without a workspace around there is none. */
export const [getDeskOpener, setDeskOpener] = createContext<() => void>();

/** Brings the terminal of a host to the front, or opens one. */
export const [getTerminalOpener, setTerminalOpener] = createContext<(hostIndex: number) => void>();
