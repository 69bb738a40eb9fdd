/**
 * instant — times in the files of a receiver: seconds since 1970, written as "2026-03-03T09:00:05Z"
 */
import { civilTime, daysFromCivil } from '../../bytes/civil-date.ts';

import { SECOND, type Os } from '../../os/os.ts';

/** Whole seconds, as time(2). */
export function epochSeconds(os: Os): number {
  return Math.floor(os.epochUs() / SECOND);
}

/** @param seconds since 1970 */
export function formatInstant(seconds: number): string {
  const t = civilTime(seconds * SECOND);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${t.year}-${two(t.month)}-${two(t.day)}T${two(t.hour)}:${two(t.minute)}:${two(t.second)}Z`;
}

/** @returns 0 when it is none */
export function parseInstant(text: string): number {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/.exec(text);
  if (match === null) return 0;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number, number, number, number, number, number,
  ]; // prettier-ignore
  return daysFromCivil(year, month, day) * 86_400 + (hour * 60 + minute) * 60 + second;
}
