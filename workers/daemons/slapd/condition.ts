/**
 * condition — a filter whose names and values were looked up once, to be tried on many entries
 *
 * SEE ALSO  match.ts (tries it), directory.ts (which entries it need not be tried on)
 */
import type {
  AssertionFilter,
  ExtensibleFilter,
  Filter,
  SubstringsFilter,
} from '../../protocols/ldap/filter.ts';

import { equalityOf } from './matching.ts';
import type { AttributeType, Schema } from './schema.ts';

export type Condition =
  | { kind: 'and' | 'or'; parts: Condition[] }
  | { kind: 'not'; part: Condition }
  /** key: what is compared; null when the value does not conform to the type's syntax */
  | { kind: 'equality' | 'entry-dn'; type: AttributeType; key: string | null }
  | { kind: 'item'; type: AttributeType; filter: Item }
  | { kind: 'extensible'; type: AttributeType | null; filter: ExtensibleFilter }
  /** by a type that is not known: neither true nor false */
  | { kind: 'undefined' };

/** What is left to do for each entry. */
export type Item = AssertionFilter | SubstringsFilter | { kind: 'present'; attribute: string };

/** Looks up the names and values of a filter. */
export function toCondition(filter: Filter, schema: Schema): Condition {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const parts: Condition[] = [];
      for (const each of filter.filters) parts.push(toCondition(each, schema));
      return { kind: filter.kind, parts };
    }
    case 'not':
      return { kind: 'not', part: toCondition(filter.filter, schema) };
    case 'extensible': {
      const type = filter.attribute === '' ? null : schema.type(filter.attribute);
      return filter.attribute !== '' && type === null
        ? { kind: 'undefined' }
        : { kind: 'extensible', type, filter };
    }
    default: {
      const type = schema.type(filter.attribute);
      return type === null ? { kind: 'undefined' } : ofType(filter, type, schema);
    }
  }
}

function ofType(filter: Item, type: AttributeType, schema: Schema): Condition {
  const isEquality =
    filter.kind === 'equality' || (filter.kind === 'approx' && !/^case/i.test(type.equality));
  if (!isEquality) return { kind: 'item', type, filter };
  const key = equalityOf(type)?.(filter.value, schema) ?? null;
  return { kind: type.name === 'entryDN' ? 'entry-dn' : 'equality', type, key };
}
