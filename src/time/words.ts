/** words — what the time bar says about now and next */
import type { VirtualTime } from '../../workers/api.ts';

import { span } from '../decode/clock.ts';
import type { Names } from '../decode/names.ts';

import type { Coming } from './coming.ts';

/** Shorter waits are not worth a skip. */
const waitUsMin = 2_000_000;

export interface Skip {
  /** "Nothing happens for 4 min 12 s." */
  says: string;
  /** on the link: "Skip to the queue scan on mx" */
  act: string;
  to: VirtualTime;
}

/** @returns null when something happens soon, and when nothing of a letter is known to come */
export function skipOver(
  at: VirtualTime,
  next: Coming | null,
  nextEventAt: VirtualTime | null,
  names: Names,
): Skip | null {
  if (next === null || next.at - at < waitUsMin) return null;
  if (nextEventAt !== null && nextEventAt - at < waitUsMin) return null;
  const what = next.kind === 'retry' ? 'the next try' : 'the queue scan';
  return {
    says: `${next.kind === 'retry' ? 'A mail waits' : 'Nothing happens'} for ${span(next.at - at)}.`,
    act: `Skip to ${what} on ${names.short(next.hostIndex)}`,
    to: next.at - 1,
  };
}

/** How far back the past shown lies: "02:14", "1:04:00", "0.412 s" under ten seconds. */
export function offset(us: number): string {
  if (us < 10_000_000) return `${(us / 1_000_000).toFixed(3)} s`;
  const seconds = Math.floor(us / 1_000_000);
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  return `${hours > 0 ? `${hours}:` : ''}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** Since the start of the run: "+00:12:48", with days in front from the second on. */
export function sinceStart(at: VirtualTime): string {
  const seconds = Math.floor(at / 1_000_000);
  const two = (n: number) => String(n).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const time = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return days > 0 ? `+${days} d ${time}` : `+${time}`;
}
