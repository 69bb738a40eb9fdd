/** context — hands the session to the views below a workspace */
import { createContext } from 'svelte';

import type { Session } from './session.svelte.ts';

/** Views call getSession(); the workspace that owns it calls setSession(session). */
export const [getSession, setSession] = createContext<Session>();
