/**
 * schema — attribute types and object classes, as attributetype and objectclass directives define them
 *
 * SIMPLIFIED: the real server refuses to start when a definition names a type or rule that it does not
 * know; here an unknown superior or rule is none. Syntaxes are known by the matching rules that use them.
 *
 * STANDARDS  RFC 4512 §4.1
 * ERRORS     text for what is no definition
 */
import { TextTable } from '../../protocols/ldap/text-table.ts';

export interface AttributeType {
  /** as replies spell it: the first name */
  name: string;
  names: string[];
  oid: string;
  superior: AttributeType | null;
  /** names of matching rules, '' = none; inherited from the superior */
  equality: string;
  ordering: string;
  substring: string;
  /** OID without length bound */
  syntax: string;
  singleValue: boolean;
  operational: boolean;
  /** as it was written, for the subschema entry */
  text: string;
  /** the equality rule, looked up when first needed; null = none */
  normalise: Normalise | null | undefined;
}

/** Turns a value into comparable text; null when it does not conform to the rule's syntax. */
export type Normalise = (value: Uint8Array, schema: Schema) => string | null;

export interface ObjectClass {
  name: string;
  names: string[];
  oid: string;
  superiors: ObjectClass[];
  kind: 'ABSTRACT' | 'STRUCTURAL' | 'AUXILIARY';
  /** MUST and MAY, without those of superiors */
  attributes: string[];
  text: string;
}

/** All that is known of types and classes; names are not case sensitive. */
export class Schema {
  /** names and values that requests bring again and again */
  readonly texts = new TextTable();
  readonly #macros = new Map<string, string>();
  readonly #types = new Map<string, AttributeType>();
  readonly #classes = new Map<string, ObjectClass>();

  /** A type by name or OID, without options. */
  type(name: string): AttributeType | null {
    return this.#types.get(name) ?? this.#types.get(name.toLowerCase()) ?? null;
  }
  objectClass(name: string): ObjectClass | null {
    return this.#classes.get(name.toLowerCase()) ?? null;
  }
  /** Every type once, in the order of definition. */
  get types(): AttributeType[] {
    return [...new Set(this.#types.values())];
  }
  get classes(): ObjectClass[] {
    return [...new Set(this.#classes.values())];
  }

  /** objectidentifier NAME OID: a name for an OID or its beginning. */
  addMacro(name: string, oid: string): void {
    this.#macros.set(name.toLowerCase(), this.#expand(oid));
  }

  /** @returns text saying what was expected, null when it was added */
  addType(definition: string): string | null {
    const fields = readDefinition(definition);
    if (typeof fields === 'string') return fields;
    const oid = this.#expand(fields.oid);
    const superior = this.type(fields.one('SUP'));
    const names = fields.list('NAME');
    const type: AttributeType = {
      name: names[0] ?? oid,
      names,
      oid,
      superior,
      equality: fields.one('EQUALITY') || (superior?.equality ?? ''),
      ordering: fields.one('ORDERING') || (superior?.ordering ?? ''),
      substring: fields.one('SUBSTR') || (superior?.substring ?? ''),
      syntax: fields.one('SYNTAX').replace(/\{.*$/, '') || (superior?.syntax ?? ''),
      singleValue: fields.has('SINGLE-VALUE'),
      operational: fields.has('USAGE') && fields.one('USAGE') !== 'userApplications',
      text: definition.replace(fields.oid, oid),
      normalise: undefined,
    };
    // As it is spelled here, too: the usual spelling is then found without a copy in lower case.
    for (const key of [oid, ...names]) this.#types.set(key, type).set(key.toLowerCase(), type);
    return null;
  }

  /** @returns text saying what was expected, null when it was added */
  addClass(definition: string): string | null {
    const fields = readDefinition(definition);
    if (typeof fields === 'string') return fields;
    const oid = this.#expand(fields.oid);
    const names = fields.list('NAME');
    const objectClass: ObjectClass = {
      name: names[0] ?? oid,
      names,
      oid,
      superiors: fields.list('SUP').flatMap((name) => this.objectClass(name) ?? []),
      kind: fields.has('ABSTRACT') ? 'ABSTRACT' : fields.has('AUXILIARY') ? 'AUXILIARY' : 'STRUCTURAL',
      attributes: [...fields.list('MUST'), ...fields.list('MAY')],
      text: definition.replace(fields.oid, oid),
    };
    for (const key of [oid, ...names]) this.#classes.set(key.toLowerCase(), objectClass);
    return null;
  }

  // "ZA:1" is the macro ZA and ".1".
  #expand(oid: string): string {
    const colon = oid.indexOf(':');
    const name = colon < 0 ? oid : oid.slice(0, colon);
    const value = this.#macros.get(name.toLowerCase());
    if (value === undefined) return oid;
    return colon < 0 ? value : `${value}.${oid.slice(colon + 1)}`;
  }
}

/** Whether a class is another one or below it. */
export function isOrInherits(objectClass: ObjectClass, wanted: ObjectClass): boolean {
  return objectClass === wanted || objectClass.superiors.some((superior) => isOrInherits(superior, wanted));
}

/** Whether a type is another one or a subtype of it: cn is a name (RFC 4512 §2.5.1). */
export function isOrDerives(type: AttributeType, wanted: AttributeType): boolean {
  for (let at: AttributeType | null = type; at !== null; at = at.superior) if (at === wanted) return true;
  return false;
}

interface Definition {
  oid: string;
  has(keyword: string): boolean;
  one(keyword: string): string;
  list(keyword: string): string[];
}

const flags = new Set([
  'SINGLE-VALUE',
  'NO-USER-MODIFICATION',
  'COLLECTIVE',
  'OBSOLETE',
  'ABSTRACT',
  'STRUCTURAL',
  'AUXILIARY',
]);

function readDefinition(text: string): Definition | string {
  const words = text.match(/'[^']*'|[()$]|[^\s()'$]+/g) ?? [];
  if (words[0] !== '(' || words[words.length - 1] !== ')' || words.length < 3) {
    return `expected "( OID … )", found "${text.slice(0, 40)}"`;
  }
  const values = new Map<string, string[]>();
  for (let i = 2; i < words.length - 1;) {
    const keyword = words[i++]!.toUpperCase();
    if (flags.has(keyword)) {
      values.set(keyword, []);
      continue;
    }
    const list: string[] = [];
    if (words[i] === '(') {
      for (i++; i < words.length - 1 && words[i] !== ')'; i++)
        if (words[i] !== '$') list.push(unquote(words[i]!));
      i++;
    } else if (i < words.length - 1) list.push(unquote(words[i++]!));
    values.set(keyword, list);
  }
  return {
    oid: words[1]!,
    has: (keyword) => values.has(keyword),
    one: (keyword) => values.get(keyword)?.[0] ?? '',
    list: (keyword) => values.get(keyword) ?? [],
  };
}

function unquote(word: string): string {
  return word.startsWith("'") ? word.slice(1, -1) : word;
}
