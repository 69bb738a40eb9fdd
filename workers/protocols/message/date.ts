/**
 * date — dates of message headers to text and back, without the engine's Date
 *
 * Proleptic Gregorian calendar. Formatting is in UTC, as a mail host whose clock runs in UTC prints it.
 *
 * STANDARDS  RFC 5322 §3.3 (date-time), §4.3 (obsolete years and zones)
 */
import { civilFromDays, daysFromCivil } from '../../bytes/civil-date.ts';
import { monthNames } from '../../bytes/month-names.ts';

/** "Tue, 3 Mar 2026 09:00:00 +0000 (UTC)", as Postfix prints it. @param epochUs microseconds since 1970 */
export function formatDate(epochUs: number): string {
  return `${formatDateTime(epochUs)} (UTC)`;
}

/** "Tue, 3 Mar 2026 09:00:00 +0000", as user agents print it (RFC 5322 §3.3). */
export function formatDateTime(epochUs: number): string {
  const second = Math.floor(epochUs / 1_000_000);
  const days = Math.floor(second / 86_400);
  const rest = second - days * 86_400;
  const { year, month, day } = civilFromDays(days);
  const weekday = dayNames[(((days + 4) % 7) + 7) % 7]!;
  const clock = `${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`;
  return `${weekday}, ${day} ${monthNames[month - 1]!} ${year} ${clock} +0000`;
}

/** "20260303090000", the stamp that cleanup(8) puts into a Message-Id it makes. */
export function formatCompactStamp(epochUs: number): string {
  const second = Math.floor(epochUs / 1_000_000);
  const days = Math.floor(second / 86_400);
  const rest = second - days * 86_400;
  const { year, month, day } = civilFromDays(days);
  const clock = `${two(Math.floor(rest / 3600))}${two(Math.floor(rest / 60) % 60)}${two(rest % 60)}`;
  return `${String(year).padStart(4, '0')}${two(month)}${two(day)}${clock}`;
}

/**
 * Parses a date-time of RFC 5322 §3.3, comments and folding included, with the obsolete forms of §4.3.
 * @returns microseconds since 1970-01-01T00:00:00Z; null when the text is no date
 */
export function parseDate(text: string): number | null {
  const plain = removeComments(text)
    .replace(/[\t\r\n ]+/g, ' ')
    .trim();
  const match = dateTime.exec(plain);
  if (match === null) return null;
  const month = monthNames.findIndex((name) => name.toLowerCase() === match[2]!.toLowerCase()) + 1;
  const day = Number(match[1]);
  const year = fullYear(match[3]!);
  const hour = Number(match[4]);
  const minute = Number(match[5]);
  const second = Number(match[6] ?? '0');
  const zone = zoneMinutes(match[7] ?? '-0000');
  if (month === 0 || day < 1 || day > daysInMonth(year, month)) return null;
  // RFC 5322 §3.3: 60 = leap second
  if (hour > 23 || minute > 59 || second > 60 || zone === null) return null;
  const days = daysFromCivil(year, month, day);
  return (((days * 24 + hour) * 60 + minute - zone) * 60 + second) * 1_000_000;
}

const dayNames = Object.freeze(['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']);
const date = '(?:[A-Za-z]{3} ?, ?)?(\\d{1,2}) ([A-Za-z]{3}) (\\d{2,4})';
const time = '(\\d\\d) ?: ?(\\d\\d)(?: ?: ?(\\d\\d))?(?: ([+-]\\d{4}|[A-Za-z]{1,5}))?';
const dateTime = new RegExp(`^${date} ${time}$`);

// RFC 5322 §4.3: two digits 00–49 are 20xx, others and three digits are added to 1900.
function fullYear(text: string): number {
  const year = Number(text);
  if (text.length === 2) return year < 50 ? 2000 + year : 1900 + year;
  return text.length === 3 ? 1900 + year : year;
}

// RFC 5322 §4.3: the North American names; all other letters mean nothing is known of the zone.
function zoneMinutes(text: string): number | null {
  const numeric = /^([+-])(\d\d)(\d\d)$/.exec(text);
  if (numeric !== null) {
    const minute = Number(numeric[3]);
    if (minute > 59) return null;
    return (numeric[1] === '-' ? -1 : 1) * (Number(numeric[2]) * 60 + minute);
  }
  const named = /^([ECMP])([SD])T$/i.exec(text);
  if (named === null) return 0;
  const standard = { E: -5, C: -6, M: -7, P: -8 }[named[1]!.toUpperCase()] ?? 0;
  return (standard + (named[2]!.toUpperCase() === 'D' ? 1 : 0)) * 60;
}

function removeComments(text: string): string {
  let plain = '';
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '\\' && depth > 0) i++;
    else if (c === '(') depth++;
    else if (c === ')' && depth > 0) depth--;
    else if (depth === 0) plain += c;
  }
  return plain;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const twoDigits: readonly string[] = Object.freeze(
  Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0')),
);

/** @param value at most 59 */
function two(value: number): string {
  return twoDigits[value]!;
}
