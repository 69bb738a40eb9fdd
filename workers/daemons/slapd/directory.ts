/**
 * directory — the entries of a database: tree, attributes, equality indexes
 *
 * Entries are numbered in the order of adding, and that is the order in which a search returns them.
 *
 * SEE ALSO  match.ts (filters), search.ts
 */
import * as ascii from '../../bytes/ascii.ts';
import * as utf8 from '../../bytes/utf8.ts';

import { normaliseDn, normaliseRdn, parseDn, type Rdn } from '../../protocols/ldap/dn.ts';
import type { AttributeValues } from '../../protocols/ldap/request.ts';

import type { Condition } from './condition.ts';
import { canonicalType, equalityOf } from './matching.ts';
import { isOrDerives, isOrInherits, type AttributeType, type ObjectClass, type Schema } from './schema.ts';

export interface Attribute {
  type: AttributeType;
  values: Uint8Array[];
  /** by the equality rule, made when first needed; null = the type has none */
  normalised: (string | null)[] | null | undefined;
}

export interface Entry {
  /** order of adding, from 0 */
  id: number;
  /** as it was added, with types by their first names and escapes in hexadecimal */
  dn: string;
  normalisedDn: string;
  parent: Entry | null;
  children: Entry[];
  attributes: Attribute[];
  /** calendar of adding, microseconds */
  addedAtUs: number;
  /** which access rules are about it, by number; null = not looked up yet */
  rules: readonly number[] | null;
  /** leads to another server (RFC 3296) */
  isReferral: boolean;
}

/** Ids by comparable value. */
interface Index {
  /** the configuration asks for it */
  listed: boolean;
  ids: Map<string, number[]>;
}

/** A tree of entries with its indexes. */
export class Directory {
  readonly schema: Schema;
  readonly entries: Entry[] = [];
  /** entries without a parent entry */
  readonly roots: Entry[] = [];
  /** ids of referral entries, which every search may come upon */
  readonly referrals: number[] = [];
  readonly #byDn = new Map<string, Entry>();
  /** null = none is possible */
  readonly #indexes = new Map<AttributeType, Index | null>();
  #lastDn = '';
  #lastNormalised: string | null = '';

  constructor(schema: Schema, equalityIndexes: readonly string[]) {
    this.schema = schema;
    for (const name of equalityIndexes) {
      const type = schema.type(name);
      if (type !== null) this.#indexes.set(type, this.#makeIndex(type, true));
    }
  }

  get(normalisedDn: string): Entry | null {
    return this.#byDn.get(normalisedDn) ?? null;
  }

  /** The normalised form of a DN; null when the text is none. */
  normalise(dn: string): string | null {
    if (dn === this.#lastDn) return this.#lastNormalised; // clients search below the same base
    const rdns = parseDn(dn);
    this.#lastDn = dn;
    this.#lastNormalised =
      rdns === null ? null : normaliseDn(rdns, (type) => canonicalType(this.schema, type));
    return this.#lastNormalised;
  }

  /**
   * Adds an entry.
   * @returns text as slapadd(8) says why it cannot be, null when it was added
   */
  add(dn: string, values: readonly AttributeValues[], addedAtUs: number): string | null {
    const rdns = parseDn(dn);
    if (rdns === null || rdns.length === 0) return `invalid DN "${dn}"`;
    const levels = rdns.map((rdn) => normaliseRdn(rdn, (type) => canonicalType(this.schema, type)));
    const normalisedDn = levels.join(',');
    if (this.#byDn.has(normalisedDn)) return `dn="${dn}": entry already exists`;
    const attributes: Attribute[] = [];
    for (const { type: name, values: octets } of values) {
      const type = this.schema.type(name);
      if (type === null) return `dn="${dn}": ${name}: attribute type undefined`;
      const rule = equalityOf(type);
      const bad = rule === null ? -1 : octets.findIndex((value) => rule(value, this.schema) === null);
      if (bad >= 0) return `dn="${dn}": ${name}: value #${bad} invalid per syntax`;
      attributes.push({ type, values: octets, normalised: undefined });
    }
    const parent = this.#byDn.get(levels.slice(1).join(',')) ?? null;
    const entry: Entry = {
      id: this.entries.length,
      dn: formatPretty(rdns, this.schema),
      normalisedDn,
      parent,
      children: [],
      attributes,
      addedAtUs,
      rules: null,
      isReferral: false,
    };
    this.entries.push(entry);
    this.#byDn.set(normalisedDn, entry);
    (parent === null ? this.roots : parent.children).push(entry);
    entry.isReferral = isOfClass(entry, 'referral', this.schema);
    if (entry.isReferral) this.referrals.push(entry.id);
    for (const [type, index] of this.#indexes) {
      if (index !== null) enterIndex(index, entry, type, this.schema);
    }
    return null;
  }

  /**
   * The entries that may match, as sorted ids; null when no index helps.
   * @param listedOnly only the indexes of the configuration; else one is made for any type that is asked for
   */
  candidates(condition: Condition, listedOnly: boolean): readonly number[] | null {
    switch (condition.kind) {
      case 'equality': {
        const index = this.#indexOf(condition.type, listedOnly);
        if (index === null) return null;
        return condition.key === null ? noIds : (index.ids.get(condition.key) ?? noIds);
      }
      case 'and': {
        let best: readonly number[] | null = null;
        for (const each of condition.parts) {
          const found = this.candidates(each, listedOnly);
          if (found !== null && (best === null || found.length < best.length)) best = found;
          if (best !== null && best.length <= fewIds) break;
        }
        return best;
      }
      case 'or':
        return this.#union(condition.parts, listedOnly);
      default:
        return null;
    }
  }

  #union(parts: readonly Condition[], listedOnly: boolean): readonly number[] | null {
    let all: readonly number[] = noIds;
    let union: Set<number> | null = null;
    for (const each of parts) {
      const found = this.candidates(each, listedOnly);
      if (found === null) return null;
      if (found.length === 0 || found === all) continue;
      if (all.length === 0) all = found;
      else {
        union ??= new Set(all);
        for (const id of found) union.add(id);
      }
    }
    return union === null ? all : [...union].sort((a, b) => a - b);
  }

  #indexOf(type: AttributeType, listedOnly: boolean): Index | null {
    const known = this.#indexes.get(type);
    if (known !== undefined) return known !== null && listedOnly && !known.listed ? null : known;
    if (listedOnly) return null;
    const made = this.#makeIndex(type, false);
    this.#indexes.set(type, made);
    if (made !== null) for (const entry of this.entries) enterIndex(made, entry, type, this.schema);
    return made;
  }

  /** @returns null for a type with subtypes: it is looked for in all of them, no index of its own would do */
  #makeIndex(type: AttributeType, listed: boolean): Index | null {
    const hasSubtypes = this.schema.types.some((other) => other !== type && isOrDerives(other, type));
    return hasSubtypes ? null : { listed, ids: new Map() };
  }
}

const noIds: readonly number[] = Object.freeze([]);
const fewIds = 1; // trying so few entries is cheaper than looking for fewer

function enterIndex(index: Index, entry: Entry, type: AttributeType, schema: Schema): void {
  for (const attribute of entry.attributes) {
    if (attribute.type !== type) continue;
    for (const key of new Set(normalisedValues(attribute, schema))) {
      if (key === null) continue;
      const ids = index.ids.get(key);
      if (ids === undefined) index.ids.set(key, [entry.id]);
      else if (ids[ids.length - 1] !== entry.id) ids.push(entry.id);
    }
  }
}

/** As slapd prints names: cn=Comma\\2C Peter. */
function formatPretty(rdns: readonly Rdn[], schema: Schema): string {
  const escape = (sign: string): string =>
    `\\${sign.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`;
  const texts = rdns.map((rdn) =>
    rdn.map(({ type, value }) => {
      const name = schema.type(type)?.name ?? type;
      if (!/[^A-Za-z0-9.@_-]/.test(value)) return `${name}=${value}`;
      return `${name}=${value.replace(/[",+;<>\\]/g, escape).replace(/^[ #]| $/g, escape)}`;
    }),
  );
  return texts.map((pairs) => pairs.join('+')).join(',');
}

/**
 * An entry's values by the equality rule; [] when the type has none. objectClass has its superiors as
 * well.
 */
export function normalisedValues(attribute: Attribute, schema: Schema): (string | null)[] {
  if (attribute.normalised === undefined) {
    const rule = equalityOf(attribute.type);
    const keys = rule === null ? null : attribute.values.map((value) => rule(value, schema));
    if (keys !== null && attribute.type.name === 'objectClass') addSuperiors(keys, schema);
    attribute.normalised = keys;
  }
  return attribute.normalised ?? [];
}

function addSuperiors(keys: (string | null)[], schema: Schema): void {
  for (let i = 0; i < keys.length; i++) {
    for (const superior of schema.objectClass(keys[i] ?? '')?.superiors ?? []) {
      const key = superior.name.toLowerCase();
      if (!keys.includes(key)) keys.push(key);
    }
  }
}

/** The values of a type and of its subtypes. */
export function attributesOf(entry: Entry, type: AttributeType): Attribute[] {
  return entry.attributes.filter((attribute) => isOrDerives(attribute.type, type));
}

/** Whether the entry is of this class or one below it. */
function isOfClass(entry: Entry, name: string, schema: Schema): boolean {
  const attribute = entry.attributes.find(({ type }) => type.name === 'objectClass');
  return attribute !== undefined && normalisedValues(attribute, schema).includes(name.toLowerCase());
}

/** The operational attributes that the server keeps or computes, as slapd lists them. */
export function operationalAttributes(entry: Entry, schema: Schema, creator: string): AttributeValues[] {
  const stamp = formatGeneralizedTime(entry.addedAtUs);
  const texts: [string, string][] = [
    ['structuralObjectClass', structuralClass(entry, schema)?.name ?? ''],
    ['entryUUID', uuidOf(entry.id)],
    ['creatorsName', creator],
    ['createTimestamp', `${stamp}Z`],
    ['entryCSN', `${stamp}.000000Z#000000#000#000000`],
    ['modifiersName', creator],
    ['modifyTimestamp', `${stamp}Z`],
    ['entryDN', entry.dn],
    ['subschemaSubentry', 'cn=Subschema'],
    ['hasSubordinates', entry.children.length > 0 ? 'TRUE' : 'FALSE'],
  ];
  return texts
    .filter(([, text]) => text !== '')
    .map(([type, text]) => ({ type, values: [utf8.encode(text)] }));
}

function structuralClass(entry: Entry, schema: Schema): ObjectClass | null {
  let lowest: ObjectClass | null = null;
  for (const value of entry.attributes.find(({ type }) => type.name === 'objectClass')?.values ?? []) {
    const found = schema.objectClass(ascii.decode(value));
    if (found?.kind === 'STRUCTURAL' && (lowest === null || isOrInherits(found, lowest))) lowest = found;
  }
  return lowest;
}

// SIMPLIFIED: the real server draws a time-based UUID; this one tells the entry's number.
function uuidOf(id: number): string {
  return `00000000-0000-1000-8000-${id.toString(16).padStart(12, '0')}`;
}

function formatGeneralizedTime(epochUs: number): string {
  const seconds = Math.floor(epochUs / 1_000_000);
  const days = Math.floor(seconds / 86_400);
  const inDay = seconds - days * 86_400;
  // Days to civil date: eras of 400 years that begin on 1 March.
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const year = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  const parts = [
    month < 10 ? month + 3 : month - 9,
    dayOfYear - Math.floor((153 * month + 2) / 5) + 1,
    Math.floor(inDay / 3600),
    Math.floor((inDay % 3600) / 60),
    inDay % 60,
  ];
  const years = year + era * 400 + (month < 10 ? 0 : 1);
  return `${years}${parts.map((part) => String(part).padStart(2, '0')).join('')}`;
}
