/**
 * selection — which attributes a search shows: names, "*", "+", "1.1", "@class"
 *
 * STANDARDS  RFC 4511 §4.5.1.8, RFC 3673, RFC 4529
 */
import { isOrDerives, type AttributeType, type ObjectClass, type Schema } from './schema.ts';

const namesMax = 10_000;

/** An attribute selection. */
export class Selection {
  readonly #schema: Schema;
  #allUser = true;
  #allOperational = false;
  #anyOperational = false;
  readonly #wanted: AttributeType[] = [];

  constructor(names: readonly string[], schema: Schema) {
    this.#schema = schema;
    if (names.length > 0) this.#allUser = false;
    for (let i = 0; i < names.length && i < namesMax; i++) this.#add(names[i]!);
  }

  /** Whether an operational attribute is shown. */
  get anyOperational(): boolean {
    return this.#allOperational || this.#anyOperational;
  }
  /** Whether a stored attribute is shown. */
  user(type: AttributeType): boolean {
    return (type.operational ? this.#allOperational : this.#allUser) || this.#isWanted(type);
  }
  /** Whether an operational attribute that the server computes is shown, by name. */
  operational(name: string): boolean {
    return this.#allOperational || this.#isWanted(this.#schema.type(name)!);
  }

  #add(name: string): void {
    if (name === '*') this.#allUser = true;
    else if (name === '+') this.#allOperational = true;
    else if (name.startsWith('@')) {
      const objectClass = this.#schema.objectClass(name.slice(1));
      // extensibleObject allows every attribute.
      if (objectClass !== null) for (const type of allowedTypes(objectClass, this.#schema)) this.#want(type);
    } else {
      // An option such as ";binary" is none that a stored attribute has.
      const type = this.#schema.type(name);
      if (type !== null) this.#want(type);
    }
  }
  #want(type: AttributeType): void {
    this.#wanted.push(type);
    if (type.operational) this.#anyOperational = true;
  }
  #isWanted(type: AttributeType): boolean {
    const wanted = this.#wanted;
    for (let i = 0; i < wanted.length; i++) if (isOrDerives(type, wanted[i]!)) return true;
    return false;
  }
}

function allowedTypes(objectClass: ObjectClass, schema: Schema): AttributeType[] {
  const own = objectClass.attributes.flatMap((name) => schema.type(name) ?? []);
  return [...own, ...objectClass.superiors.flatMap((superior) => allowedTypes(superior, schema))];
}
