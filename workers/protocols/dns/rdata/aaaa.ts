/**
 * aaaa — IPv6 address, RFC 3596 §2.2; text as in RFC 5952
 */
import { DecodeError } from '../../../bytes/byte-reader.ts';

import type { RdataFormat } from './index.ts';

export interface Aaaa {
  /** canonical text, RFC 5952 */
  address6: string;
}

export const aaaa: RdataFormat<Aaaa> = Object.freeze({
  encode(w, data) {
    for (const group of parseGroups(data.address6) ?? []) w.u16(group);
  },
  decode(r, length) {
    if (length !== 16) throw new DecodeError(r.offset, `RFC 3596 §2.2: AAAA needs 16 octets, got ${length}`);
    return { address6: formatGroups(Array.from({ length: 8 }, () => r.u16())) };
  },
  format: (data) => data.address6,
  parse(fields) {
    const groups = fields.length === 1 ? parseGroups(fields[0]!) : null;
    return groups === null ? null : { address6: formatGroups(groups) };
  },
  expects: 'an IPv6 address',
} satisfies RdataFormat<Aaaa>);

function parseGroups(text: string): number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const groups = [
    ...head!,
    ...Array<string>(tail === undefined ? 0 : 8 - head!.length - tail.length).fill('0'),
    ...(tail ?? []),
  ];
  if (groups.length !== 8 || groups.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  return groups.map((group) => parseInt(group, 16));
}

// RFC 5952 §4.2: the longest run of at least two zero groups becomes "::", the first of equals.
function formatGroups(groups: readonly number[]): string {
  let best = { start: -1, length: 1 };
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length++;
    if (length > best.length) best = { start: i, length };
  }
  const hex = groups.map((group) => group.toString(16));
  if (best.start === -1) return hex.join(':');
  return `${hex.slice(0, best.start).join(':')}::${hex.slice(best.start + best.length).join(':')}`;
}
