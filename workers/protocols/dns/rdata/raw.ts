/**
 * raw — data of a type without a format of its own, RFC 3597 §5: \# length hex
 */
import * as hex from '../../../bytes/hex.ts';

import type { RdataFormat } from './index.ts';

export interface Raw {
  octets: Uint8Array;
}

export const raw: RdataFormat<Raw> = Object.freeze({
  encode(w, data) {
    w.bytes(data.octets);
  },
  decode: (r, length) => ({ octets: r.take(length) }),
  format: (data) =>
    data.octets.length === 0 ? '\\# 0' : `\\# ${data.octets.length} ${hex.encode(data.octets).toUpperCase()}`,
  parse(fields) {
    const octets = fields[0] === '\\#' ? hex.decode(fields.slice(2).join('')) : null;
    return octets !== null && octets.length === Number(fields[1]) ? { octets } : null;
  },
  expects: '"\\# length hex" (RFC 3597)',
} satisfies RdataFormat<Raw>);
