/**
 * txt — character strings, RFC 1035 §3.3.14, §3.3
 */
import * as ascii from '../../../bytes/ascii.ts';

import type { RdataFormat } from './index.ts';

export interface Txt {
  /** each at most 255 octets, one character per octet */
  strings: string[];
}

export const txt: RdataFormat<Txt> = Object.freeze({
  encode(w, data) {
    for (const string of data.strings) {
      const bytes = ascii.encode(string);
      w.u8(bytes.length);
      w.bytes(bytes);
    }
  },
  decode(r, length) {
    const end = r.offset + length;
    const strings: string[] = [];
    while (r.offset < end) strings.push(ascii.decode(r.take(r.u8())));
    return { strings };
  },
  format: (data) => data.strings.map((string) => `"${string.replace(/["\\]/g, '\\$&')}"`).join(' '),
  parse(fields) {
    return fields.length > 0 && fields.every((field) => field.length <= 255)
      ? { strings: [...fields] }
      : null;
  },
  expects: 'strings of at most 255 octets',
} satisfies RdataFormat<Txt>);
