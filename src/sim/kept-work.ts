/** kept-work — what a learner did, kept in the browser (IndexedDB) over a reload; nothing leaves the device */
import { del, get, set } from 'idb-keyval';

import type { Run, VirtualTime, World } from '../../workers/api.ts';

/** A run and how far it had come. */
export interface KeptRun {
  run: Run;
  until: VirtualTime;
  /** id of the speed it was played at */
  speed?: string;
  /** wall time in milliseconds when it was kept */
  keptAt: number;
}

const hintKey = 'postroom:kept';

/** Whether anything may be kept here: known at once, while a database takes its time. */
export function mayHaveKept(): boolean {
  try {
    const kept = localStorage.getItem(hintKey);
    if (kept === null) probe();
    return kept !== null;
  } catch {
    return true;
  }
}

/** Throws where nothing can be stored: there no hint can be left, and what is kept is always looked for. */
function probe(): void {
  localStorage.setItem(`${hintKey}?`, '');
  localStorage.removeItem(`${hintKey}?`);
}

function hint(): void {
  try {
    localStorage.setItem(hintKey, '');
  } catch {
    // mayHaveKept finds that out
  }
}

/** @returns null when there is none, or it cannot be read */
export async function keptRun(name: string): Promise<KeptRun | null> {
  const kept = await keptValue<KeptRun>(`run:${name}`);
  return kept !== null && typeof kept === 'object' && Array.isArray(kept.run?.inputs) ? kept : null;
}

/** @returns false when this browser keeps nothing */
export async function keepRun(name: string, kept: KeptRun): Promise<boolean> {
  return keepValue(`run:${name}`, kept);
}

/** After this there is no kept run of that name. */
export async function forgetRun(name: string): Promise<void> {
  await del(`run:${name}`).catch(() => undefined);
}

/** Small things by name: lesson progress, settings. @returns null when there is none */
export async function keptValue<T>(name: string): Promise<T | null> {
  try {
    return (await get<T>(name)) ?? null;
  } catch {
    return null; // private browsing without storage
  }
}

/** @returns false when this browser keeps nothing */
export async function keepValue(name: string, value: unknown): Promise<boolean> {
  try {
    await set(name, value);
    hint();
    return true;
  } catch {
    return false;
  }
}

/** Whether two worlds are alike in content: one from a file may bear the name of another. */
export function isSameWorld(one: World, other: World): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
