/**
 * a — IPv4 address, RFC 1035 §3.4.1
 */
import { DecodeError } from '../../../bytes/byte-reader.ts';

import type { RdataFormat } from './index.ts';

export interface A {
  /** dotted decimal */
  address: string;
}

export const a: RdataFormat<A> = Object.freeze({
  encode(w, data) {
    for (const part of data.address.split('.')) w.u8(Number(part));
  },
  decode(r, length) {
    if (length !== 4) throw new DecodeError(r.offset, `RFC 1035 §3.4.1: A needs 4 octets, got ${length}`);
    return { address: [...r.take(4)].join('.') };
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
