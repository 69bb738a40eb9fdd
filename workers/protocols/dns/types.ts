/**
 * types — numbers and names of record types, classes, opcodes and rcodes
 *
 * STANDARDS  RFC 1035 §3.2, §4.1.1; RFC 3597 §5 (TYPEn for what has no name)
 */
const typeNumbers: ReadonlyArray<readonly [string, number]> = [
  ['A', 1],
  ['NS', 2],
  ['CNAME', 5],
  ['SOA', 6],
  ['PTR', 12],
  ['HINFO', 13],
  ['MX', 15],
  ['TXT', 16],
  ['AAAA', 28],
  ['SRV', 33],
  ['NAPTR', 35],
  ['DNAME', 39],
  ['OPT', 41],
  ['DS', 43],
  ['SSHFP', 44],
  ['RRSIG', 46],
  ['NSEC', 47],
  ['DNSKEY', 48],
  ['TLSA', 52],
  ['SPF', 99],
  ['IXFR', 251],
  ['AXFR', 252],
  ['ANY', 255],
  ['CAA', 257],
];
const numberOfType = new Map(typeNumbers);
const nameOfType = new Map(typeNumbers.map(([name, number]) => [number, name]));

/** @returns null when the text is no type */
export function typeNumber(name: string): number | null {
  const known = numberOfType.get(name);
  if (known !== undefined) return known;
  const match = /^TYPE(\d{1,5})$/.exec(name);
  return match !== null && Number(match[1]) <= 0xffff ? Number(match[1]) : null;
}
export function typeName(number: number): string {
  return nameOfType.get(number) ?? `TYPE${number}`;
}

export const classIn = 1;
export const classChaos = 3;
export const classAny = 255;

const rcodes = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
] as const;

/** As dig prints it. */
export function rcodeName(rcode: number): string {
  return rcode === 16 ? 'BADVERS' : (rcodes[rcode] ?? `RESERVED${rcode}`);
}
export const NOERROR = 0;
export const FORMERR = 1;
export const SERVFAIL = 2;
export const NXDOMAIN = 3;
export const NOTIMP = 4;
export const REFUSED = 5;
export const BADVERS = 16;
