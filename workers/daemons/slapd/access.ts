/**
 * access — who may do what: "access to <what> by <who> <level>", first match decides
 *
 * SIMPLIFIED: the real server also has regular expressions, sets, filters, groups, addresses and "by …
 * break/continue"; here such a rule is an error at start.
 *
 * SEE ALSO  slapd.access(5)
 */
import { normaliseDn, parseDn } from '../../protocols/ldap/dn.ts';

import type { Entry } from './directory.ts';
import { canonicalType } from './matching.ts';
import { isOrDerives, type AttributeType, type Schema } from './schema.ts';

/** In increasing order; each includes the ones before it. */
export const accessLevels = Object.freeze({
  none: 0, disclose: 1, auth: 2, compare: 3, search: 4, read: 5, write: 6, manage: 7,
}); // prettier-ignore

export type DnScope = 'base' | 'one' | 'subtree' | 'children';

export type Who =
  { kind: 'any' | 'anonymous' | 'users' | 'self' } | { kind: 'dn'; dn: string; scope: DnScope };

export interface AccessRule {
  /** entries; null = all */
  what: { dn: string; scope: DnScope } | null;
  /** attribute types, with "entry" and "children" for what is no attribute; null = all */
  attributes: (AttributeType | 'entry' | 'children')[] | null;
  by: { who: Who; level: number }[];
}

/** @returns text saying what is wrong */
export function parseAccess(words: readonly string[], schema: Schema): AccessRule | string {
  if (words[0] !== 'to') return `expected "access to <what> …", found "${words.join(' ')}"`;
  const rule: AccessRule = { what: null, attributes: null, by: [] };
  let at = 1;
  for (; at < words.length && words[at] !== 'by'; at++) {
    const problem = parseWhat(words[at]!, rule, schema);
    if (problem !== null) return problem;
  }
  for (; at < words.length; at += 3) {
    const [by, who = '', levelName = ''] = words.slice(at, at + 3);
    const level = levelOf(levelName);
    const parsed = parseWho(who, schema);
    if (by !== 'by' || level === undefined || parsed === null) {
      return `expected "by <who> <level>", found "${words.slice(at, at + 3).join(' ')}"`;
    }
    rule.by.push({ who: parsed, level });
  }
  return rule.by.length > 0 ? rule : 'no by clause(s) specified in access line';
}

function levelOf(name: string): number | undefined {
  return (accessLevels as Readonly<Record<string, number>>)[name];
}

function parseWhat(word: string, rule: AccessRule, schema: Schema): string | null {
  if (word === '*') return null;
  const attributes = /^attrs?=(.+)$/.exec(word);
  if (attributes === null) {
    rule.what = parseDnPattern(word, schema);
    return rule.what === null ? `unknown <what> "${word}"` : null;
  }
  rule.attributes = [];
  for (const name of attributes[1]!.split(',')) {
    const names = name.startsWith('@') ? (schema.objectClass(name.slice(1))?.attributes ?? []) : [name];
    for (const each of names) {
      const type = each === 'entry' || each === 'children' ? each : schema.type(each);
      if (type === null) return `unknown attr "${each}" in to clause`;
      rule.attributes.push(type);
    }
  }
  return null;
}

function parseWho(word: string, schema: Schema): Who | null {
  if (word === '*') return { kind: 'any' };
  if (word === 'anonymous' || word === 'users' || word === 'self') return { kind: word };
  const pattern = parseDnPattern(word, schema);
  return pattern === null ? null : { kind: 'dn', ...pattern };
}

function parseDnPattern(word: string, schema: Schema): { dn: string; scope: DnScope } | null {
  const match = /^dn(?:\.(exact|base|baseobject|one|onelevel|sub|subtree|children))?=(.*)$/.exec(word);
  const rdns = match === null ? null : parseDn(match[2]!);
  if (match === null || rdns === null) return null;
  const style = match[1] ?? 'exact';
  const scope = style.startsWith('one')
    ? 'one'
    : style.startsWith('sub')
      ? 'subtree'
      : style === 'children'
        ? style
        : 'base';
  return { dn: normaliseDn(rdns, (type) => canonicalType(schema, type)), scope };
}

/** Whether a normalised DN is in a scope of another one. */
export function isWithin(dn: string, { dn: base, scope }: { dn: string; scope: DnScope }): boolean {
  if (scope === 'base') return dn === base;
  if (dn === base) return scope === 'subtree';
  const below = base === '' ? dn !== '' : dn.endsWith(base) && dn[dn.length - base.length - 1] === ',';
  if (!below || scope !== 'one') return below;
  return !/(^|[^\\]),/.test(base === '' ? dn : dn.slice(0, dn.length - base.length - 1));
}

/** What one requester may do. Its level by each rule is found once, when it first matters. */
export class Requester {
  /** normalised, '' = anonymous */
  readonly dn: string;
  /** the rootdn, which may do everything */
  readonly isRoot: boolean;
  readonly #rules: readonly AccessRule[];
  readonly #levels: (number | undefined)[] = [];

  constructor(dn: string, rules: readonly AccessRule[], isRoot: boolean) {
    this.dn = dn;
    this.isRoot = isRoot;
    this.#rules = rules;
  }

  /** Whether it has a level of access to an attribute, or to the entry itself. */
  may(entry: Entry, attribute: AttributeType | 'entry' | 'children', level: number): boolean {
    return this.isRoot || this.#level(entry, attribute) >= level;
  }

  #level(entry: Entry, attribute: AttributeType | 'entry' | 'children'): number {
    const rules = this.#rules;
    // slapd.access(5): the default is "access to * by * read"
    if (rules.length === 0) return accessLevels.read;
    entry.rules ??= rulesAbout(rules, entry.normalisedDn);
    for (let i = 0; i < entry.rules.length; i++) {
      const number = entry.rules[i]!;
      if (isAbout(rules[number]!, attribute)) return this.#levelBy(number, entry.normalisedDn);
    }
    return accessLevels.none;
  }

  #levelBy(number: number, entryDn: string): number {
    const known = this.#levels[number];
    if (known !== undefined) return known;
    const { by } = this.#rules[number]!;
    const level = by.find(({ who }) => isWho(who, this.dn, entryDn))?.level ?? accessLevels.none;
    if (!by.some(({ who }) => who.kind === 'self')) this.#levels[number] = level;
    return level;
  }
}

function rulesAbout(rules: readonly AccessRule[], dn: string): number[] {
  const numbers: number[] = [];
  for (const [number, { what }] of rules.entries())
    if (what === null || isWithin(dn, what)) numbers.push(number);
  return numbers;
}

function isAbout({ attributes }: AccessRule, attribute: AttributeType | 'entry' | 'children'): boolean {
  if (attributes === null) return true;
  for (let i = 0; i < attributes.length; i++) if (covers(attributes[i]!, attribute)) return true;
  return false;
}

function covers(
  each: AttributeType | 'entry' | 'children',
  attribute: AttributeType | 'entry' | 'children',
): boolean {
  if (typeof each === 'string' || typeof attribute === 'string') return each === attribute;
  return isOrDerives(attribute, each);
}

/** Whether a requester is one of those meant. */
export function isWho(who: Who, requester: string, entryDn: string): boolean {
  switch (who.kind) {
    case 'any':
      return true;
    case 'anonymous':
      return requester === '';
    case 'users':
      return requester !== '';
    case 'self':
      return requester !== '' && requester === entryDn;
    case 'dn':
      return requester !== '' && isWithin(requester, who);
  }
}
