/** clock — virtual time as people read it. UTC, because that is what the simulated hosts keep. */

const second = 1_000_000;

/** Formats the times of one run. */
export interface Clock {
  /** "09:00:00" */
  time(at: number): string;
  /** "09:00:00.412" */
  precise(at: number): string;
  /** "Tue 3 Mar 2026" */
  date(at: number): string;
  /** "Mar  3 09:00:00", as syslog stamps a line */
  syslog(at: number): string;
}

/** The clock of a world that starts at this date (ISO 8601). */
export function clockOf(startsAt: string): Clock {
  const start = Date.parse(startsAt) || 0;
  const dateAt = (at: number) => new Date(start + Math.floor(at / 1000));
  const time = (at: number) => dateAt(at).toISOString().slice(11, 19);
  return {
    time,
    precise: (at) => dateAt(at).toISOString().slice(11, 23),
    date(at) {
      const d = dateAt(at);
      return `${days[d.getUTCDay()]!} ${d.getUTCDate()} ${months[d.getUTCMonth()]!} ${d.getUTCFullYear()}`;
    },
    syslog(at) {
      const d = dateAt(at);
      return `${months[d.getUTCMonth()]!} ${String(d.getUTCDate()).padStart(2)} ${time(at)}`;
    },
  };
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A span in words, rounded to its two largest units: "4 min 12 s", "3 h 5 min", "0.412 s", "200 µs". */
export function span(us: number): string {
  if (us < 0) return `-${span(-us)}`;
  if (us < 1000) return `${us} µs`;
  if (us < second) return `${trim((us / 1000).toFixed(us < 10_000 ? 1 : 0))} ms`;
  if (us < 10 * second) return `${trim((us / second).toFixed(2))} s`;
  const seconds = Math.round(us / second);
  if (seconds < 60) return `${seconds} s`;
  const units: [string, number][] = [
    ['d', 86400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ];
  const first = units.findIndex(([, size]) => seconds >= size);
  const [unit, size] = units[first]!;
  const next = units[first + 1];
  const rest = next === undefined ? 0 : Math.floor((seconds % size) / next[1]);
  return `${Math.floor(seconds / size)} ${unit}${rest > 0 && next !== undefined ? ` ${rest} ${next[0]}` : ''}`;
}

/** Time left as a countdown: "07:12", "1:04:00". */
export function countdown(us: number): string {
  const seconds = Math.max(0, Math.ceil(us / second));
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

function trim(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
