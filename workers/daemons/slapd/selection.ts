/**
 * selection — which attributes a search shows: names, "*", "+", "1.1", "@class"
 *
 * STANDARDS  RFC 4511 §4.5.1.8, RFC 3673, RFC 4529
 */
import { isOrDerives, type AttributeType, type ObjectClass, type Schema } from './schema.ts';

const namesMax = 10_000;

export interface Selection {
  /** whether a stored attribute is shown */
  user(type: AttributeType): boolean;
  /** whether an operational attribute that the server computes is shown, by name */
  operational(name: string): boolean;
  anyOperational: boolean;
}

/** Reads an attribute selection. */
export function chooseAttributes(names: readonly string[], schema: Schema): Selection {
  const listed = names.slice(0, namesMax);
  const all = listed.length === 0 || listed.includes('*');
  const operational = listed.includes('+');
  const wanted: AttributeType[] = [];
  for (const name of listed) {
    if (name.startsWith('@')) {
      const objectClass = schema.objectClass(name.slice(1));
      // extensibleObject allows every attribute.
      if (objectClass !== null) wanted.push(...allowedTypes(objectClass, schema));
      continue;
    }
    // An option such as ";binary" is none that a stored attribute has.
    const type = schema.type(name);
    if (type !== null) wanted.push(type);
  }
  const isWanted = (type: AttributeType): boolean => wanted.some((each) => isOrDerives(type, each));
  return {
    user: (type) => (type.operational ? operational : all) || isWanted(type),
    operational: (name) => operational || isWanted(schema.type(name)!),
    anyOperational: operational || wanted.some((type) => type.operational),
  };
}

function allowedTypes(objectClass: ObjectClass, schema: Schema): AttributeType[] {
  const own = objectClass.attributes.flatMap((name) => schema.type(name) ?? []);
  return [...own, ...objectClass.superiors.flatMap((superior) => allowedTypes(superior, schema))];
}
