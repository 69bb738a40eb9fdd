/**
 * calendar — civil date and time from microseconds since 1970, without the engine's Date
 *
 * Proleptic Gregorian calendar, UTC. The day arithmetic counts eras of 400 years, each 146,097 days.
 */
import { monthNames } from '../bytes/month-names.ts';

export interface CivilTime {
  year: number;
  /** 1–12 */
  month: number;
  /** 1–31 */
  day: number;
  hour: number;
  minute: number;
  second: number;
  microsecond: number;
  /** 0 = Sunday */
  weekday: number;
}

const dayUs = 86_400_000_000;

/** @param epochUs microseconds since 1970-01-01T00:00:00Z */
export function civilTime(epochUs: number): CivilTime {
  const days = Math.floor(epochUs / dayUs);
  const rest = epochUs - days * dayUs;
  const second = Math.floor(rest / 1_000_000);
  const { year, month, day } = civilDate(days);
  return {
    year,
    month,
    day,
    hour: Math.floor(second / 3600),
    minute: Math.floor(second / 60) % 60,
    second: second % 60,
    microsecond: rest % 1_000_000,
    weekday: (((days + 4) % 7) + 7) % 7,
  };
}

/** Days since 1970-01-01 of a civil date. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

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
  const date = civilDate(days);
  if (date.month !== month || date.day !== day) return null; // 31 February
  return days * dayUs + ((hour * 60 + minute) * 60 + second) * 1_000_000;
}

/** "Mar  3 09:00:00", the stamp of syslog (RFC 3164 §4.1.2). */
export function formatSyslogStamp(epochUs: number): string {
  const t = civilTime(epochUs);
  const time = `${two(t.hour)}:${two(t.minute)}:${two(t.second)}`;
  return `${monthNames[t.month - 1]!} ${String(t.day).padStart(2)} ${time}`;
}

function civilDate(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const mp = Math.floor((5 * dayOfYear + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * mp + 2) / 5) + 1,
  };
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
