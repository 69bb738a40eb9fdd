/**
 * prepared — search requests with what follows from their octets alone, kept while they come again
 *
 * The clients of a mail directory ask the same again and again: is this domain ours, where does this address
 * go. Such a request is found here by its octets, without being decoded, looked up in the schema and written
 * for the log once more. Each place keeps the request that was last there: the size is fixed.
 *
 * SEE ALSO  session.ts, search.ts
 */
import { formatFilter } from '../../protocols/ldap/filter-text.ts';
import type { LdapRequest, SearchRequest } from '../../protocols/ldap/request.ts';

import { toCondition, type Condition } from './condition.ts';
import type { RequestControls } from './controls.ts';
import type { Schema } from './schema.ts';
import { Selection } from './selection.ts';

const places = 256;
const octetsMax = 512; // longer ones are prepared each time

/** A search request and what follows from it. */
export class PreparedSearch {
  readonly kind = 'search-request';
  readonly base: string;
  readonly scope: number;
  readonly derefAliases: number;
  readonly sizeLimit: number;
  readonly timeLimit: number;
  readonly typesOnly: boolean;
  readonly controls: Readonly<RequestControls>;
  readonly condition: Condition;
  readonly selection: Selection;
  /** as it is logged: what is asked, then the attributes ('' = none are named) */
  readonly asked: string;
  readonly attributes: string;

  constructor(request: SearchRequest, controls: Readonly<RequestControls>, schema: Schema) {
    const { base, scope, derefAliases, attributes } = request;
    this.base = base;
    this.scope = scope;
    this.derefAliases = derefAliases;
    this.sizeLimit = request.sizeLimit;
    this.timeLimit = request.timeLimit;
    this.typesOnly = request.typesOnly;
    this.controls = controls;
    this.condition = toCondition(request.filter, schema);
    this.selection = new Selection(attributes, schema);
    const filter = formatFilter(request.filter, schema.texts);
    this.asked = `SRCH base="${base}" scope=${scope} deref=${derefAliases} filter="${filter}"`;
    this.attributes = attributes.length > 0 ? `SRCH attr=${attributes.join(' ')}` : '';
  }

  /** Whether something in it is compared octet by octet: a view of the frame that it came in. */
  get isOdd(): boolean {
    return this.controls.assertion !== null || holdsOctets(this.condition);
  }
}

function holdsOctets(condition: Condition): boolean {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.parts.some(holdsOctets);
    case 'not':
      return holdsOctets(condition.part);
    case 'item':
      return condition.filter.kind !== 'present';
    default:
      return condition.kind === 'extensible';
  }
}

/** What a session serves: a search is prepared, all else is as it was decoded. */
export type ServedRequest = Exclude<LdapRequest, SearchRequest> | PreparedSearch;

/** The searches seen lately. */
export class PreparedSearches {
  readonly #searches: (PreparedSearch | null)[] = new Array<PreparedSearch | null>(places).fill(null);
  readonly #octets = new Uint8Array(places * octetsMax);
  readonly #counts = new Uint16Array(places);

  /** The search whose operation and controls are these octets of a frame; null = it is not kept. */
  find(frame: Uint8Array, start: number): PreparedSearch | null {
    const place = placeOf(frame, start);
    if (this.#isAt(place, frame, start)) return this.#searches[place]!;
    return this.#isAt(place ^ 1, frame, start) ? this.#searches[place ^ 1]! : null;
  }

  /** Keeps a search, in the second of its two places when the first is taken. */
  keep(frame: Uint8Array, start: number, search: PreparedSearch): void {
    const count = frame.length - start;
    if (count > octetsMax || search.isOdd) return; // it would keep the frame alive
    const first = placeOf(frame, start);
    const place = this.#searches[first] === null ? first : first ^ 1;
    this.#counts[place] = count;
    this.#octets.set(frame.subarray(start), place * octetsMax);
    this.#searches[place] = search;
  }

  #isAt(place: number, frame: Uint8Array, start: number): boolean {
    if (this.#counts[place] !== frame.length - start) return false;
    const kept = this.#octets;
    for (let i = start, at = place * octetsMax; i < frame.length; i++, at++)
      if (frame[i] !== kept[at]) return false;
    return true;
  }
}

function placeOf(frame: Uint8Array, start: number): number {
  const step = 1 + ((frame.length - start) >>> 6); // some of the octets tell most requests apart
  let hash = frame.length;
  for (let i = start; i < frame.length; i += step) hash = Math.imul(hash, 31) + frame[i]!;
  return (hash ^ (hash >>> 15)) & (places - 1);
}
