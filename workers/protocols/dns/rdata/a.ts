/**
 * a — IPv4 address, RFC 1035 §3.4.1
 */
import { DecodeError } from '../../../bytes/byte-reader.ts';

import type { RdataFormat } from './index.ts';

export interface A {
  /** dotted decimal */
  address: string;
}

const dot = 0x2e;
const digit0 = 0x30;

export const a: RdataFormat<A> = Object.freeze({
  encode(w, { address }) {
    let part = 0;
    for (let i = 0; i < address.length; i++) {
      const code = address.charCodeAt(i);
      if (code === dot) {
        w.u8(part);
        part = 0;
      } else part = part * 10 + code - digit0;
    }
    w.u8(part);
  },
  decode(r, length) {
    if (length !== 4) throw new DecodeError(r.offset, `RFC 1035 §3.4.1: A needs 4 octets, got ${length}`);
    return { address: `${r.u8()}.${r.u8()}.${r.u8()}.${r.u8()}` };
  },
  format: (data) => data.address,
  parse(fields) {
    const parts = fields[0]?.split('.') ?? [];
    const fits =
      fields.length === 1 &&
      parts.length === 4 &&
      parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
    return fits ? { address: parts.map(Number).join('.') } : null;
  },
  expects: 'an IPv4 address',
} satisfies RdataFormat<A>);
