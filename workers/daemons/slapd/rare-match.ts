/**
 * rare-match — matching that a mail directory is seldom asked for: order, sound, substrings, rules
 *
 * SEE ALSO  match.ts
 */
import * as ascii from '../../bytes/ascii.ts';
import * as utf8 from '../../bytes/utf8.ts';

import { parseDn } from '../../protocols/ldap/dn.ts';
import type { AssertionFilter, ExtensibleFilter, SubstringsFilter } from '../../protocols/ldap/filter.ts';

import { accessLevels } from './access.ts';
import type { Item } from './condition.ts';
import { attributesOf, type Attribute, type Entry } from './directory.ts';
import type { MatchContext, Verdict } from './match.ts';
import { compareOrdered, equalityOf, matchingRule, normaliseSubstring, soundsOf } from './matching.ts';
import { isOrDerives, type AttributeType, type Schema } from './schema.ts';

/** Greater, less, approximate, substrings. */
export function matchOddItem(
  { schema }: MatchContext,
  entry: Entry,
  type: AttributeType,
  filter: Exclude<Item, { kind: 'present' }>,
): Verdict {
  const attributes = attributesOf(entry, type);
  switch (filter.kind) {
    case 'approx': {
      const wanted = soundsOf(filter.value);
      return someValue(attributes, (value) => isSubsequence(wanted, soundsOf(value)));
    }
    case 'substrings':
      return matchSubstrings(type, attributes, filter);
    default:
      return matchOrdering(schema, type, attributes, filter);
  }
}

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

/** By a matching rule, of one type or of all. */
export function matchExtensible(
  { schema, requester }: MatchContext,
  entry: Entry,
  type: AttributeType | null,
  filter: ExtensibleFilter,
): Verdict {
  if (type !== null && !requester.may(entry, type, accessLevels.search)) return null;
  if (filter.rule === bitAnd || filter.rule === bitOr) {
    return type === null ? null : matchBits(attributesOf(entry, type), filter);
  }
  const rule = filter.rule === '' ? (type === null ? null : equalityOf(type)) : matchingRule(filter.rule);
  const key = rule?.(filter.value, schema) ?? null;
  if (rule === null || key === null) return null;
  const attributes =
    type === null
      ? entry.attributes.filter((each) => requester.may(entry, each.type, accessLevels.search))
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
