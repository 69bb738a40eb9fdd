/**
 * parse-value — times, numbers and sizes as /etc/receiver.conf writes them
 */
const second = 1_000_000;
const durationMaxUs = 400 * 86_400 * second;
const numberMax = 1_000_000_000;
const unitUs: ReadonlyMap<string, number> = new Map([
  ['ms', 1000],
  ['s', second],
  ['m', 60 * second],
  ['h', 3600 * second],
  ['d', 86_400 * second],
]);
const unitBytes: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['k', 1024],
  ['m', 1024 * 1024],
]);

/** "300s", "5m", "250ms"; microseconds, at most 400 days. @returns null when it is none */
export function parseDuration(text: string): number | null {
  const [, digits, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  if (digits === undefined) return null;
  const us = Number(digits) * unitUs.get(unit!)!;
  return us > durationMaxUs ? null : us;
}

/** At most a thousand million. @returns null when it is none */
export function parseCount(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** "500", "20k", "1m". @returns null when it is none, or too large */
export function parseBytes(text: string): number | null {
  const [, digits, unit] = /^(\d{1,9})([km]?)$/i.exec(text) ?? [];
  if (digits === undefined) return null;
  const bytes = Number(digits) * unitBytes.get(unit!.toLowerCase())!;
  return bytes > numberMax ? null : bytes;
}
