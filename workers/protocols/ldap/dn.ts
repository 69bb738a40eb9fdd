/**
 * dn — distinguished names: uid=bob,ou=people,dc=acme,dc=example
 *
 * STANDARDS  RFC 4514
 * ERRORS     null for text that is no DN
 */
import * as utf8 from '../../bytes/utf8.ts';

export interface TypeAndValue {
  type: string;
  value: string;
}

/** One level of a DN: usually one pair, several in a multi-valued RDN. */
export type Rdn = readonly TypeAndValue[];

const rdnsMax = 256;
const typePattern = /^(?:[A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*)$/;

/**
 * Parses a DN, the entry's own RDN first. '' is the empty DN: [].
 * @returns null when the text is no DN
 */
export function parseDn(text: string): Rdn[] | null {
  const rdns: Rdn[] = [];
  if (text.trim() === '') return rdns;
  let pairs: TypeAndValue[] = [];
  for (let at = 0; ;) {
    const equals = text.indexOf('=', at);
    if (equals < 0 || rdns.length >= rdnsMax) return null;
    const type = text.slice(at, equals).trim();
    if (!typePattern.test(type)) return null;
    const read = readValue(text, equals + 1);
    if (read === null) return null;
    pairs.push({ type, value: read.value });
    const sign = text[read.end];
    if (sign !== '+') {
      rdns.push(pairs);
      pairs = [];
    }
    if (sign === undefined) return rdns;
    at = read.end + 1;
  }
}

/** Reads an attribute value up to an unescaped separator. */
function readValue(text: string, start: number): { value: string; end: number } | null {
  let at = start;
  while (text[at] === ' ') at++;
  if (text[at] === '#') return readHexValue(text, at);
  if (text[at] === '"') return readQuoted(text, at);
  const rest = plainRun(text, at);
  if (rest > at) return { value: text.slice(at, rest), end: rest };
  const bytes: number[] = [];
  let kept = 0; // trailing spaces that are not escaped do not count
  for (; at < text.length; at++) {
    const sign = text[at]!;
    if (sign === ',' || sign === ';' || sign === '+') break;
    if (sign === '"' || sign === '<' || sign === '>') return null;
    if (sign === '\\') {
      const read = readEscape(text, at);
      if (read === null) return null;
      bytes.push(...read.bytes);
      at = read.end - 1;
      kept = bytes.length;
      continue;
    }
    const point = text.codePointAt(at)!;
    if (point > 0xffff) at++;
    bytes.push(...utf8.encode(String.fromCodePoint(point)));
    if (sign !== ' ') kept = bytes.length;
  }
  return { value: utf8.decode(Uint8Array.from(bytes.slice(0, kept))), end: at };
}

/** The end of a value of letters, digits and "-.@_" alone, the usual case; `at` when it has anything else. */
function plainRun(text: string, at: number): number {
  let end = at;
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === 0x2c || code === 0x2b || code === 0x3b) return end; // , + ;
    const lower = code | 0x20;
    const isPlain = (lower >= 0x61 && lower <= 0x7a) || (code >= 0x2d && code <= 0x39 && code !== 0x2f);
    if (!isPlain && code !== 0x40 && code !== 0x5f) return at;
  }
  return end;
}

// RFC 4514 §3: "\" and a special character, or two hexadecimal digits.
function readEscape(text: string, at: number): { bytes: readonly number[]; end: number } | null {
  const pair = /^\\([0-9A-Fa-f]{2})/.exec(text.slice(at, at + 3));
  if (pair !== null) return { bytes: [parseInt(pair[1]!, 16)], end: at + 3 };
  const sign = text[at + 1];
  if (sign === undefined || !/[ "#+,;<=>\\]/.test(sign)) return null;
  return { bytes: [sign.charCodeAt(0)], end: at + 2 };
}

function readHexValue(text: string, at: number): { value: string; end: number } | null {
  const match = /^#((?:[0-9A-Fa-f]{2})+) *(?=[,;+]|$)/.exec(text.slice(at));
  return match === null ? null : { value: `#${match[1]!.toLowerCase()}`, end: at + match[0].length };
}

// RFC 1779 §2.3: a quoted value, which RFC 4514 no longer writes but servers still read.
function readQuoted(text: string, at: number): { value: string; end: number } | null {
  const match = /^"((?:[^"\\]|\\.)*)" *(?=[,;+]|$)/.exec(text.slice(at));
  return match === null ? null : { value: match[1]!.replace(/\\(.)/g, '$1'), end: at + match[0].length };
}

/** Writes a DN with the escapes that RFC 4514 §2.4 asks for. */
export function formatDn(rdns: readonly Rdn[]): string {
  return rdns.map(formatRdn).join(',');
}

/** Writes one RDN. */
export function formatRdn(rdn: Rdn): string {
  return rdn.map(({ type, value }) => `${type}=${escapeValue(value)}`).join('+');
}

function escapeValue(value: string): string {
  if (!/[^A-Za-z0-9.@_-]/.test(value)) return value;
  // RFC 4514 §2.4 escapes NUL as well.
  const escaped = value.replace(/[",+;<>\\]/g, '\\$&').replace(/\0/g, '\\00');
  return escaped.replace(/^[ #]/, '\\$&').replace(/([^\\]|^) $/, '$1\\ ');
}

/**
 * A DN in a form in which equal names are equal text: types and values in lower case, spaces squeezed,
 * the pairs of a multi-valued RDN sorted.
 * @param canonicalType the one name of a type that has several; default: lower case
 */
export function normaliseDn(
  rdns: readonly Rdn[],
  canonicalType: (type: string) => string = (type) => type.toLowerCase(),
): string {
  return rdns.map((rdn) => normaliseRdn(rdn, canonicalType)).join(',');
}

/** One RDN in that form. */
export function normaliseRdn(rdn: Rdn, canonicalType: (type: string) => string): string {
  const pairs = rdn.map(({ type, value }) => ({
    type: canonicalType(type),
    value: value.trim().replace(/ +/g, ' ').toLowerCase(),
  }));
  if (pairs.length === 1) return formatRdn(pairs);
  const texts = pairs.map((pair) => formatRdn([pair]));
  return texts.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).join('+');
}
