/**
 * soa — start of a zone of authority, RFC 1035 §3.3.13
 */
import { decodeName, encodeName } from '../name.ts';

import type { RdataFormat } from './index.ts';

export interface Soa {
  mname: string;
  rname: string;
  serial: number;
  /** seconds */
  refresh: number;
  retry: number;
  expire: number;
  /** TTL of negative answers, with the SOA's own TTL as the upper bound (RFC 2308 §4) */
  minimum: number;
}

export const soa: RdataFormat<Soa> = Object.freeze({
  encode(w, data, table) {
    encodeName(w, data.mname, table);
    encodeName(w, data.rname, table);
    for (const value of [data.serial, data.refresh, data.retry, data.expire, data.minimum]) w.u32(value);
  },
  decode: (r) => ({
    mname: decodeName(r),
    rname: decodeName(r),
    serial: r.u32(),
    refresh: r.u32(),
    retry: r.u32(),
    expire: r.u32(),
    minimum: r.u32(),
  }),
  format: (d) => `${d.mname}. ${d.rname}. ${d.serial} ${d.refresh} ${d.retry} ${d.expire} ${d.minimum}`,
  parse(fields, absolute) {
    const [mname, rname] = [fields[0], fields[1]].map((name) => (name === undefined ? null : absolute(name)));
    const numbers = fields.slice(2).map(parseTtl);
    if (mname == null || rname == null || numbers.length !== 5 || numbers.some((n) => n === null))
      return null;
    const [serial, refresh, retry, expire, minimum] = numbers as [number, number, number, number, number];
    return { mname, rname, serial, refresh, retry, expire, minimum };
  },
  expects: '"mname rname serial refresh retry expire minimum"',
} satisfies RdataFormat<Soa>);

const unitSeconds = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86400],
  ['w', 604800],
]);

/** Seconds: "3600", "1h", "1h30m" (BIND's units). @returns null when it is anything else or above 2^32 − 1 */
export function parseTtl(text: string): number | null {
  if (/^\d+$/.test(text)) return Number(text) <= 0xffffffff ? Number(text) : null;
  if (!/^(\d+[smhdw])+$/i.test(text)) return null;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([smhdw])/gi))
    total += Number(count) * unitSeconds.get(unit!.toLowerCase())!;
  return total <= 0xffffffff ? total : null;
}
