/** context — hands the router and the desk to the screens */
import { createContext } from 'svelte';

import type { Desk } from './desk.svelte.ts';
import type { Router } from './router.svelte.ts';

export const [getDesk, setDesk] = createContext<Desk>();
export const [getRouter, setRouter] = createContext<Router>();
