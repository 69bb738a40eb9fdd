/**
 * match — whether an entry matches a filter: true, false or Undefined
 *
 * STANDARDS  RFC 4511 §4.5.1.7 (three-valued logic; an entry is returned only when the filter is true)
 * SEE ALSO   rare-match.ts
 */
import { assert } from '../../bytes/assert.ts';

import { accessLevels, type Requester } from './access.ts';
import type { Condition, Item } from './condition.ts';
import { attributesOf, normalisedValues, type Entry } from './directory.ts';
import type * as rareMatch from './rare-match.ts';
import { isOrDerives, type AttributeType, type Schema } from './schema.ts';

/** null is Undefined. */
export type Verdict = boolean | null;

export interface MatchContext {
  schema: Schema;
  /** what it may not search by is Undefined */
  requester: Requester;
  /** what an odd filter needs; null = it is none, see PreparedSearch.isOdd */
  rare: RareMatching | null;
}

/** rare-match.ts */
export type RareMatching = typeof rareMatch;

/** Evaluates a filter. */
export function matches(context: MatchContext, entry: Entry, condition: Condition): Verdict {
  switch (condition.kind) {
    case 'and': {
      let verdict: Verdict = true;
      for (let i = 0; i < condition.parts.length; i++) {
        const found = matches(context, entry, condition.parts[i]!);
        if (found === false) return false;
        if (found === null) verdict = null;
      }
      return verdict;
    }
    case 'or': {
      let verdict: Verdict = false;
      for (let i = 0; i < condition.parts.length; i++) {
        const found = matches(context, entry, condition.parts[i]!);
        if (found === true) return true;
        if (found === null) verdict = null;
      }
      return verdict;
    }
    case 'not': {
      const found = matches(context, entry, condition.part);
      return found === null ? null : !found;
    }
    case 'undefined':
      return null;
    case 'extensible':
      return rareOf(context).matchExtensible(context, entry, condition.type, condition.filter);
    default:
      if (!context.requester.may(entry, condition.type, accessLevels.search)) return null;
      if (condition.kind === 'item') return matchItem(context, entry, condition.type, condition.filter);
      if (condition.key === null) return condition.kind === 'entry-dn' ? false : null;
      if (condition.kind === 'entry-dn') return condition.key === entry.normalisedDn;
      return hasValue(entry, condition.type, condition.key, context.schema);
  }
}

/** Whether an attribute of this type or of a subtype has the value, which is in its comparable form. */
export function hasValue(entry: Entry, type: AttributeType, key: string, schema: Schema): boolean {
  for (let i = 0; i < entry.attributes.length; i++) {
    const attribute = entry.attributes[i]!;
    if (isOrDerives(attribute.type, type) && normalisedValues(attribute, schema).includes(key)) return true;
  }
  return false;
}

function matchItem(context: MatchContext, entry: Entry, type: AttributeType, filter: Item): Verdict {
  if (filter.kind !== 'present') return rareOf(context).matchOddItem(context, entry, type, filter);
  // Every entry has the operational attributes that the server computes.
  return attributesOf(entry, type).length > 0 || (type.operational && computed.test(type.name));
}

const computed = /^(structuralObjectClass|entry|creat|modif|subschemaSubentry|hasSubordinates)/;

function rareOf({ rare }: MatchContext): RareMatching {
  assert(rare !== null, 'an odd filter without the code for it');
  return rare;
}
