/**
 * mx — mail exchange, RFC 1035 §3.3.9
 *
 *  +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 *  |                  PREFERENCE                   |
 *  +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 *  /                   EXCHANGE                    /
 *  +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
 */
import { decodeName, encodeName } from '../name.ts';

import type { RdataFormat } from './index.ts';

export interface Mx {
  /** 0–65535, lower is tried first */
  preference: number;
  /** without final dot; '' is the null MX (RFC 7505) */
  exchange: string;
}

export const mx: RdataFormat<Mx> = Object.freeze({
  encode(w, data, table) {
    w.u16(data.preference);
    encodeName(w, data.exchange, table);
  },
  decode: (r) => ({ preference: r.u16(), exchange: decodeName(r) }),
  format: (data) => `${data.preference} ${data.exchange}.`,
  parse(fields, absolute) {
    if (fields.length !== 2 || !/^\d{1,5}$/.test(fields[0]!) || Number(fields[0]) > 0xffff) return null;
    const exchange = absolute(fields[1]!);
    return exchange === null ? null : { preference: Number(fields[0]), exchange };
  },
  expects: '"preference exchange"',
} satisfies RdataFormat<Mx>);
