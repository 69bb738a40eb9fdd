/**
 * calendar — times as worlds write them and syslog prints them, without the engine's Date
 *
 * Proleptic Gregorian calendar, UTC.
 */
import { civilFromDays, civilTime, daysFromCivil } from '../bytes/civil-date.ts';
import { monthNames } from '../bytes/month-names.ts';

const dayUs = 86_400_000_000;

/** Parses "YYYY-MM-DDTHH:MM:SSZ"; null when it is anything else. */
export function parseInstant(text: string): number | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (hour > 23 || minute > 59 || second > 59) return null;
  const days = daysFromCivil(year, month, day);
  const date = civilFromDays(days);
  if (date.month !== month || date.day !== day) return null; // 31 February
  return days * dayUs + ((hour * 60 + minute) * 60 + second) * 1_000_000;
}

/** "Mar  3 09:00:00", the stamp of syslog (RFC 3164 §4.1.2). */
export function formatSyslogStamp(epochUs: number): string {
  const t = civilTime(epochUs);
  const time = `${two(t.hour)}:${two(t.minute)}:${two(t.second)}`;
  return `${monthNames[t.month - 1]!} ${String(t.day).padStart(2)} ${time}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
