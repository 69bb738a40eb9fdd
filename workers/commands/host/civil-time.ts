/**
 * civil-time — dates as tools print and read them: strftime(3), and the words of date -d; hosts keep UTC
 */
import { civilTime as calendarTime, daysFromCivil, type CivilTime } from '../../bytes/civil-date.ts';
import { monthNames } from '../../bytes/month-names.ts';

/** With what formats ask for besides. */
export interface Civil extends CivilTime {
  /** 1–366 */
  yearDay: number;
  /** since 1970 */
  seconds: number;
}

const daySeconds = 86_400;
const weekdays = Object.freeze('Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' '));
const months = Object.freeze(
  'January February March April May June July August September October November December'.split(' '),
);

/** @param epochUs microseconds since 1970 */
export function civilTime(epochUs: number): Civil {
  const time = calendarTime(epochUs);
  const seconds = Math.floor(epochUs / 1_000_000);
  const yearDay = Math.floor(seconds / daySeconds) - daysFromCivil(time.year, 1, 1) + 1;
  return { ...time, yearDay, seconds };
}

/** A time by a format of strftime(3). */
export function formatTime(format: string, epochUs: number): string {
  const t = civilTime(epochUs);
  return format.replace(/%([-_0^]?)([A-Za-z%])/g, (all, flag: string, letter: string) => {
    const text = conversion(letter, t);
    if (text === null) return all;
    if (flag === '-') return text.replace(/^[0 ]+(?=\d)/, '');
    if (flag === '_') return text.replace(/^0+(?=\d)/, (zeros) => ' '.repeat(zeros.length));
    return flag === '^' ? text.toUpperCase() : text;
  });
}

function conversion(letter: string, t: Civil): string | null {
  const two = (n: number): string => String(n).padStart(2, '0');
  const hour12 = t.hour % 12 === 0 ? 12 : t.hour % 12;
  const time = `${two(t.hour)}:${two(t.minute)}:${two(t.second)}`;
  const half = t.hour < 12 ? 'AM' : 'PM';
  const day = weekdays[t.weekday]!.slice(0, 3);
  const table: Record<string, () => string> = {
    '%': () => '%',
    n: () => '\n',
    t: () => '\t',
    Y: () => String(t.year),
    C: () => two(Math.floor(t.year / 100)),
    y: () => two(t.year % 100),
    m: () => two(t.month),
    d: () => two(t.day),
    e: () => String(t.day).padStart(2),
    H: () => two(t.hour),
    I: () => two(hour12),
    k: () => String(t.hour).padStart(2),
    l: () => String(hour12).padStart(2),
    M: () => two(t.minute),
    S: () => two(t.second),
    N: () => String(t.microsecond * 1000).padStart(9, '0'),
    p: () => half,
    P: () => (t.hour < 12 ? 'am' : 'pm'),
    a: () => weekdays[t.weekday]!.slice(0, 3),
    A: () => weekdays[t.weekday]!,
    b: () => monthNames[t.month - 1]!,
    h: () => monthNames[t.month - 1]!,
    B: () => months[t.month - 1]!,
    j: () => String(t.yearDay).padStart(3, '0'),
    u: () => String(t.weekday === 0 ? 7 : t.weekday),
    w: () => String(t.weekday),
    s: () => String(t.seconds),
    T: () => time,
    R: () => time.slice(0, 5),
    X: () => time,
    r: () => `${two(hour12)}:${time.slice(3)} ${half}`,
    F: () => `${t.year}-${two(t.month)}-${two(t.day)}`,
    D: () => `${two(t.month)}/${two(t.day)}/${two(t.year % 100)}`,
    x: () => `${two(t.month)}/${two(t.day)}/${two(t.year % 100)}`,
    c: () => `${day} ${monthNames[t.month - 1]!} ${String(t.day).padStart(2)} ${time} ${t.year}`,
    z: () => '+0000',
    Z: () => 'UTC',
  };
  return table[letter]?.() ?? null;
}

const unitSeconds: Readonly<Record<string, number>> = Object.freeze({
  second: 1,
  sec: 1,
  minute: 60,
  min: 60,
  hour: 3600,
  day: daySeconds,
  week: 7 * daySeconds,
});

/** What date -d takes: "@1700000000", "2026-03-03 09:00:00", "5 minutes ago"; null = something else. */
export function parseTime(text: string, nowUs: number): number | null {
  const words = text.trim();
  const now = Math.floor(nowUs / 1_000_000);
  if (/^@-?\d{1,12}$/.test(words)) return Number(words.slice(1)) * 1_000_000;
  if (words === 'now' || words === '') return nowUs;
  if (words === 'today') return nowUs;
  if (words === 'yesterday') return (now - daySeconds) * 1_000_000;
  if (words === 'tomorrow') return (now + daySeconds) * 1_000_000;
  const relative = /^([-+]?\d{1,9})\s*(second|sec|minute|min|hour|day|week)s?(\s+ago)?$/i.exec(words);
  if (relative !== null) {
    const by = Number(relative[1]) * unitSeconds[relative[2]!.toLowerCase()]!;
    return (now + (relative[3] === undefined ? by : -by)) * 1_000_000;
  }
  const iso = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?\s*(?:Z|UTC)?$/.exec(words);
  if (iso !== null) return instant(iso.slice(1).map((part) => Number(part ?? 0)));
  const syslog = /^([A-Z][a-z]{2})\s+(\d{1,2})\s+(\d\d):(\d\d):(\d\d)(?:\s+(\d{4}))?$/.exec(words);
  if (syslog === null) return null;
  const month = monthNames.indexOf(syslog[1]!) + 1;
  if (month === 0) return null;
  const year = syslog[6] === undefined ? civilTime(nowUs).year : Number(syslog[6]);
  return instant([year, month, ...syslog.slice(2, 6).map(Number)]);
}

function instant([year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0]: number[]): number | null {
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return null;
  return (daysFromCivil(year, month, day) * daySeconds + hour * 3600 + minute * 60 + second) * 1_000_000;
}

/** "5", "5s", "1.5m", "2h", "1d" in microseconds; null = no time. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9}(?:\.\d{1,6})?|\.\d{1,6})([smhd]?)$/.exec(text);
  if (match === null) return null;
  const unit = { '': 1, s: 1, m: 60, h: 3600, d: daySeconds }[match[2]!]!;
  return Math.round(Number(match[1]) * unit * 1_000_000);
}
