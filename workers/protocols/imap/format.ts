/**
 * format — the values of IMAP responses: strings as quoted or literal, NIL, dates, flags
 *
 * Texts are of one character per byte, so that header bytes pass unchanged.
 *
 * STANDARDS  RFC 3501 §4 (data formats), §9 (date-time, nstring)
 */
import { monthNames } from '../../bytes/month-names.ts';

/** A string, quoted when it may be, else a literal. @param text one character per byte */
export function formatString(text: string): string {
  // RFC 3501 §9: a quoted string is of 7-bit characters without CR, LF and NUL.
  if (/^[\x01-\x09\x0b\x0c\x0e-\x7f]*$/.test(text)) return `"${text.replace(/["\\]/g, '\\$&')}"`;
  return `{${text.length}}\r\n${text}`;
}

/** The same, or NIL for null. */
export function formatNstring(text: string | null): string {
  return text === null ? 'NIL' : formatString(text);
}

/** A mailbox name: an atom when it can be one. */
export function formatMailbox(name: string): string {
  return /^[A-Za-z0-9!#$&'+,\-./:;<=>?@^_`|~]+$/.test(name) ? name : formatString(name);
}

/** "31-Jan-2015 09:05:51 +0000" in UTC. @param epochUs microseconds since 1970 */
export function formatInternalDate(date: {
  year: number;
  month: number;
  day: number;
  second: number;
}): string {
  const { year, month, day, second } = date;
  const clock = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60].map(two).join(':');
  return `${two(day)}-${monthNames[month - 1]!}-${String(year).padStart(4, '0')} ${clock} +0000`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
