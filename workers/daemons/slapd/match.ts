/**
 * match — whether an entry matches a filter: true, false or Undefined
 *
 * STANDARDS  RFC 4511 §4.5.1.7 (three-valued logic; an entry is returned only when the filter is true)
 */
import * as ascii from '../../bytes/ascii.ts';
import * as utf8 from '../../bytes/utf8.ts';

import { parseDn } from '../../protocols/ldap/dn.ts';
import type {
  AssertionFilter,
  ExtensibleFilter,
  Filter,
  SubstringsFilter,
} from '../../protocols/ldap/filter.ts';

import { attributesOf, normalisedValues, type Attribute, type Entry } from './directory.ts';
import { compareOrdered, equalityOf, matchingRule, normaliseSubstring, soundsOf } from './matching.ts';
import { isOrDerives, type AttributeType, type Schema } from './schema.ts';

/** null is Undefined. */
export type Verdict = boolean | null;

export interface MatchContext {
  schema: Schema;
  /** whether the requester may search by this attribute of the entry; what it may not is Undefined */
  maySearch(entry: Entry, type: AttributeType): boolean;
}

/** Evaluates a filter. */
export function matchFilter(context: MatchContext, entry: Entry, filter: Filter): Verdict {
  switch (filter.kind) {
    case 'and': {
      let verdict: Verdict = true;
      for (const each of filter.filters) {
        const found = matchFilter(context, entry, each);
        if (found === false) return false;
        if (found === null) verdict = null;
      }
      return verdict;
    }
    case 'or': {
      let verdict: Verdict = false;
      for (const each of filter.filters) {
        const found = matchFilter(context, entry, each);
        if (found === true) return true;
        if (found === null) verdict = null;
      }
      return verdict;
    }
    case 'not': {
      const found = matchFilter(context, entry, filter.filter);
      return found === null ? null : !found;
    }
    case 'extensible':
      return matchExtensible(context, entry, filter);
    default:
      return matchItem(context, entry, filter);
  }
}

type Item = AssertionFilter | SubstringsFilter | { kind: 'present'; attribute: string };

function matchItem(context: MatchContext, entry: Entry, filter: Item): Verdict {
  const type = context.schema.type(filter.attribute);
  if (type === null || !context.maySearch(entry, type)) return null;
  const attributes = attributesOf(entry, type);
  switch (filter.kind) {
    case 'present':
      // Every entry has the operational attributes that the server computes.
      return attributes.length > 0 || (type.operational && computed.test(type.name));
    case 'equality': {
      if (type.name === 'entryDN')
        return equalityOf(type)!(filter.value, context.schema) === entry.normalisedDn;
      const key = equalityOf(type)?.(filter.value, context.schema) ?? null;
      return key === null
        ? null
        : attributes.some((each) => normalisedValues(each, context.schema).includes(key));
    }
    case 'approx': {
      if (!/^case/.test(type.equality.toLowerCase()))
        return matchItem(context, entry, { ...filter, kind: 'equality' });
      const wanted = soundsOf(filter.value);
      return someValue(attributes, (value) => isSubsequence(wanted, soundsOf(value)));
    }
    case 'substrings':
      return matchSubstrings(type, attributes, filter);
    default:
      return matchOrdering(context.schema, type, attributes, filter);
  }
}

const computed = /^(structuralObjectClass|entry|creat|modif|subschemaSubentry|hasSubordinates)/;

function someValue(attributes: readonly Attribute[], test: (value: Uint8Array) => boolean): boolean {
  return attributes.some((attribute) => attribute.values.some(test));
}

function matchOrdering(
  schema: Schema,
  type: AttributeType,
  attributes: readonly Attribute[],
  filter: AssertionFilter,
): Verdict {
  const rule = matchingRule(type.ordering);
  const key = rule?.(filter.value, schema) ?? null;
  if (rule === null || key === null) return null;
  return someValue(attributes, (value) => {
    const found = rule(value, schema);
    if (found === null) return false;
    const order = compareOrdered(type, found, key);
    return filter.kind === 'greater-or-equal' ? order >= 0 : order <= 0;
  });
}

function matchSubstrings(
  type: AttributeType,
  attributes: readonly Attribute[],
  filter: SubstringsFilter,
): Verdict {
  if (type.substring === '') return null;
  const part = (value: Uint8Array): string => normaliseSubstring(type, value)!;
  const initial = filter.initial === null ? '' : part(filter.initial).replace(/^ /, '');
  const final = filter.final === null ? '' : part(filter.final).replace(/ $/, '');
  const any = filter.any.map(part);
  return someValue(attributes, (value) => {
    const whole = part(value).replace(/^ | $/g, '');
    if (!whole.startsWith(initial)) return false;
    let at = initial.length;
    for (const each of any) {
      const found = whole.indexOf(each, at);
      if (found < 0) return false;
      at = found + each.length;
    }
    return whole.endsWith(final) && whole.length - final.length >= at;
  });
}

function isSubsequence(wanted: readonly string[], found: readonly string[]): boolean {
  let at = 0;
  for (const word of found) if (at < wanted.length && word === wanted[at]) at++;
  return wanted.length > 0 && at === wanted.length;
}

const bitAnd = '1.2.840.113556.1.4.803';
const bitOr = '1.2.840.113556.1.4.804';

function matchExtensible(context: MatchContext, entry: Entry, filter: ExtensibleFilter): Verdict {
  const { schema } = context;
  const type = filter.attribute === '' ? null : schema.type(filter.attribute);
  if (filter.attribute !== '' && (type === null || !context.maySearch(entry, type))) return null;
  if (filter.rule === bitAnd || filter.rule === bitOr) {
    return type === null ? null : matchBits(attributesOf(entry, type), filter);
  }
  const rule = filter.rule === '' ? (type === null ? null : equalityOf(type)) : matchingRule(filter.rule);
  const key = rule?.(filter.value, schema) ?? null;
  if (rule === null || key === null) return null;
  const attributes =
    type === null
      ? entry.attributes.filter((each) => context.maySearch(entry, each.type))
      : attributesOf(entry, type);
  if (someValue(attributes, (value) => rule(value, schema) === key)) return true;
  if (!filter.dnAttributes) return false;
  for (const { type: name, value } of (parseDn(entry.dn) ?? []).flat()) {
    const named = schema.type(name);
    if (named === null || (type !== null && !isOrDerives(named, type))) continue;
    if (rule(utf8.encode(value), schema) === key) return true;
  }
  return false;
}

function matchBits(attributes: readonly Attribute[], filter: ExtensibleFilter): Verdict {
  const wanted = ascii.decode(filter.value);
  if (!/^-?\d{1,1000}$/.test(wanted)) return null;
  const mask = BigInt(wanted);
  return someValue(attributes, (value) => {
    const found = ascii.decode(value);
    if (!/^-?\d{1,1000}$/.test(found)) return false;
    const bits = BigInt(found) & mask;
    return filter.rule === bitAnd ? bits === mask : bits !== 0n;
  });
}
