/**
 * worlds — the worlds that ship with Postroom, by name
 */
import type { World } from '../../workers/hosts/world.ts';

import { hostileInternet } from './hostile-internet/world.ts';
import { postcard } from './postcard/world.ts';
import { twoIslands } from './two-islands/world.ts';

/** In the order of the gallery. */
export const worlds: readonly World[] = [twoIslands, postcard, hostileInternet];

/** @returns null when there is no such world */
export function worldNamed(name: string): World | null {
  return worlds.find((world) => world.name === name) ?? null;
}
