/**
 * matching — matching rules: values in a form in which equal ones are equal text, and their order
 *
 * SIMPLIFIED: the real server prepares strings by RFC 4518 with all of Unicode's normalisation; here case
 * is folded and spaces are squeezed, so that a composed and a decomposed letter differ. Approximate
 * matching is by a simple sound code, where the real one uses Metaphone.
 *
 * STANDARDS  RFC 4517 §4.2
 */
import * as ascii from '../../bytes/ascii.ts';
import * as utf8 from '../../bytes/utf8.ts';

import { normaliseDn, parseDn } from '../../protocols/ldap/dn.ts';

import type { AttributeType, Normalise, Schema } from './schema.ts';

/** The rule of that name or OID; null when there is none. */
export function matchingRule(name: string): Normalise | null {
  return rules.get(name.toLowerCase()) ?? rules.get(ruleOids.get(name) ?? '') ?? null;
}

/** How a type's values are compared for equality; null when it has no equality rule. */
export function equalityOf(type: AttributeType): Normalise | null {
  if (type.normalise === undefined)
    type.normalise = type.equality === '' ? null : matchingRule(type.equality);
  return type.normalise;
}

/** Compares values normalised by a type's ordering rule. */
export function compareOrdered(type: AttributeType, a: string, b: string): number {
  if (type.ordering.toLowerCase() === 'integerorderingmatch') {
    const [x, y] = [BigInt(a), BigInt(b)];
    return x < y ? -1 : x > y ? 1 : 0;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}

/** How parts of a value are compared: as the type's equality, but spaces at the ends count as one. */
export function normaliseSubstring(type: AttributeType, value: Uint8Array): string | null {
  const rule = type.substring.toLowerCase();
  if (rule === '') return null;
  const text = utf8.decode(value);
  if (rule.startsWith('telephone')) return text.replace(/[ -]/g, '').toLowerCase();
  if (rule.startsWith('octet')) return ascii.decode(value);
  const squeezed = text.replace(/ +/g, ' ');
  return rule.startsWith('caseexact') ? squeezed : squeezed.toLowerCase();
}

/** The sounds of the words of a text. */
export function soundsOf(value: Uint8Array): string[] {
  const words =
    utf8
      .decode(value)
      .toLowerCase()
      .match(/[a-z0-9]+/g) ?? [];
  return words.map((word) =>
    word
      .replace(/ph/g, 'f')
      .replace(/[ckq]+/g, 'k')
      .replace(/[sz]+/g, 's')
      .replace(/th/g, 't')
      .replace(/[dt]+/g, 't')
      .replace(/(?!^)[aeiouyhw]/g, '')
      .replace(/(.)\1+/g, '$1'),
  );
}

const ignoreCase: Normalise = (value, schema) =>
  isNormal(value) ? schema.texts.find(value, 0, value.length) : text(value).toLowerCase();
const exactCase: Normalise = (value) => text(value);
const octets: Normalise = (value) => ascii.decode(value);
const ignoreCaseIa5: Normalise = (value, schema) => (isAscii(value) ? ignoreCase(value, schema) : null);
const exactCaseIa5: Normalise = (value) => (isAscii(value) ? text(value) : null);
const number: Normalise = (value) => {
  const found = ascii.decode(value);
  return /^(0|-?[1-9]\d{0,1000})$/.test(found) ? found : null;
};
const boolean: Normalise = (value) => {
  const found = ascii.decode(value);
  return found === 'TRUE' || found === 'FALSE' ? found : null;
};
const name: Normalise = (value, schema) => {
  const rdns = parseDn(utf8.decode(value));
  return rdns === null ? null : normaliseDn(rdns, (type) => canonicalType(schema, type));
};
const telephone: Normalise = (value) => ascii.decode(value).replace(/[ -]/g, '').toLowerCase();
const identifier: Normalise = (value, schema) => {
  const found = ascii.decode(value).trim();
  return (schema.objectClass(found)?.name ?? schema.type(found)?.name ?? found).toLowerCase();
};
const uuid: Normalise = (value) => ascii.decode(value).toLowerCase();

const rules: ReadonlyMap<string, Normalise> = new Map([
  ['caseignorematch', ignoreCase],
  ['caseignoreorderingmatch', ignoreCase],
  ['caseexactmatch', exactCase],
  ['caseexactorderingmatch', exactCase],
  ['caseignoreia5match', ignoreCaseIa5],
  ['caseexactia5match', exactCaseIa5],
  ['integermatch', number],
  ['integerorderingmatch', number],
  ['booleanmatch', boolean],
  ['distinguishednamematch', name],
  ['octetstringmatch', octets],
  ['telephonenumbermatch', telephone],
  ['objectidentifiermatch', identifier],
  ['objectidentifierfirstcomponentmatch', identifier],
  ['generalizedtimematch', generalizedTime],
  ['generalizedtimeorderingmatch', generalizedTime],
  ['uuidmatch', uuid],
  ['uuidorderingmatch', uuid],
  ['csnmatch', octets],
  ['csnorderingmatch', octets],
]);

const ruleOids: ReadonlyMap<string, string> = new Map([
  ['2.5.13.1', 'distinguishednamematch'],
  ['2.5.13.2', 'caseignorematch'],
  ['2.5.13.3', 'caseignoreorderingmatch'],
  ['2.5.13.5', 'caseexactmatch'],
  ['2.5.13.6', 'caseexactorderingmatch'],
  ['2.5.13.13', 'booleanmatch'],
  ['2.5.13.14', 'integermatch'],
  ['2.5.13.15', 'integerorderingmatch'],
  ['2.5.13.17', 'octetstringmatch'],
  ['2.5.13.27', 'generalizedtimematch'],
  ['2.5.13.28', 'generalizedtimeorderingmatch'],
  ['1.3.6.1.4.1.1466.109.114.1', 'caseexactia5match'],
  ['1.3.6.1.4.1.1466.109.114.2', 'caseignoreia5match'],
]);

/** The one name of a type in normalised DNs. */
export function canonicalType(schema: Schema, type: string): string {
  return (schema.type(type)?.name ?? type).toLowerCase();
}

// RFC 4518 §2.6.1: leading and trailing spaces do not count, several count as one.
function text(value: Uint8Array): string {
  return utf8.decode(value).replace(/ +/g, ' ').replace(/^ | $/g, '');
}

/** Whether a value is ASCII without spaces and capitals, the usual case: it is its own comparable form. */
function isNormal(value: Uint8Array): boolean {
  for (let i = 0; i < value.length; i++) {
    const octet = value[i]!;
    if (octet === 0x20 || (octet >= 0x41 && octet <= 0x5a) || octet >= 0x80) return false;
  }
  return true;
}

function isAscii(value: Uint8Array): boolean {
  return ascii.isSevenBit(value);
}

/** RFC 4517 §3.3.13: YYYYMMDDHH[MM[SS]][.f](Z|±HHMM), brought to UTC and full length. */
function generalizedTime(value: Uint8Array): string | null {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)?(\d\d)?(?:[.,](\d+))?(Z|[+-]\d{2}(?:\d{2})?)$/.exec(
    ascii.decode(value),
  );
  if (match === null) return null;
  const [, year, month, day, hour, minute = '00', second = '00', fraction = '', zone = 'Z'] = match;
  const offset =
    zone === 'Z'
      ? 0
      : (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3, 5)));
  const minutes = Number(hour) * 60 + Number(minute) - offset;
  const days = dayNumber(Number(year), Number(month), Number(day)) + Math.floor(minutes / 1440);
  const inDay = ((minutes % 1440) + 1440) % 1440;
  const clock = [Math.floor(inDay / 60), inDay % 60, Number(second)]
    .map((part) => String(part).padStart(2, '0'))
    .join('');
  return `${String(days).padStart(8, '0')}${clock}.${fraction.replace(/0+$/, '')}`;
}

/** Days since 1 March of year 0 (proleptic Gregorian). */
function dayNumber(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1;
  const months = (month + 9) % 12;
  const leap = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return shifted * 365 + leap + Math.floor((months * 306 + 5) / 10) + day - 1;
}
