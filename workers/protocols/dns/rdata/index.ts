/**
 * rdata — the data of each record type: encode, decode, text
 *
 * A new type: one file here and its line in `formats`. Types without a file are kept as raw octets (RFC
 * 3597).
 */
import type { ByteReader } from '../../../bytes/byte-reader.ts';
import type { ByteWriter } from '../../../bytes/byte-writer.ts';

import type { CompressionTable } from '../name.ts';

import { a, type A } from './a.ts';
import { aaaa, type Aaaa } from './aaaa.ts';
import { host, type HostName } from './host.ts';
import { mx, type Mx } from './mx.ts';
import { raw, type Raw } from './raw.ts';
import { soa, type Soa } from './soa.ts';
import { txt, type Txt } from './txt.ts';

export type { Soa } from './soa.ts';

/** Data by type. NS, CNAME and PTR are a host name. */
export type Rdata = A | Aaaa | HostName | Mx | Soa | Txt | Raw;

/** How data of one type is written, read, shown and parsed from a zone file. */
export interface RdataFormat<D> {
  encode(w: ByteWriter, data: D, table: CompressionTable | null): void;
  decode(r: ByteReader, length: number): D;
  /** as in a zone file, names with a final dot */
  format(data: D): string;
  /** fields as in a zone file; absolute resolves names. Returns null when they do not fit. */
  parse(fields: readonly string[], absolute: (name: string) => string | null): D | null;
  /** what a line of a zone file must hold, for error messages */
  expects: string;
}

type AnyFormat = RdataFormat<Rdata>;

const formats = new Map<string, AnyFormat>([
  ['A', a as AnyFormat],
  ['AAAA', aaaa as AnyFormat],
  ['NS', host as AnyFormat],
  ['CNAME', host as AnyFormat],
  ['PTR', host as AnyFormat],
  ['DNAME', host as AnyFormat],
  ['MX', mx as AnyFormat],
  ['SOA', soa as AnyFormat],
  ['TXT', txt as AnyFormat],
  ['SPF', txt as AnyFormat],
]);

/** The format of a type; raw octets for one that has none. */
export function rdataFormat(type: string): AnyFormat {
  return formats.get(type) ?? (raw as AnyFormat);
}
