/**
 * host — NS, CNAME and PTR: one domain name, RFC 1035 §3.3.1, §3.3.11, §3.3.12
 */
import { decodeName, encodeName } from '../name.ts';

import type { RdataFormat } from './index.ts';

export interface HostName {
  host: string;
}

export const host: RdataFormat<HostName> = Object.freeze({
  encode(w, data, table) {
    encodeName(w, data.host, table);
  },
  decode: (r) => ({ host: decodeName(r) }),
  format: (data) => `${data.host}.`,
  parse(fields, absolute) {
    const name = fields.length === 1 ? absolute(fields[0]!) : null;
    return name === null ? null : { host: name };
  },
  expects: 'a domain name',
} satisfies RdataFormat<HostName>);
