/**
 * filter-template — a filter with places for values, encoded but for these
 *
 * A lookup table asks the same filter with one value after another: names, fixed items and what lies around
 * them are encoded once.
 *
 * STANDARDS  RFC 4511 §4.5.1.7
 * SEE ALSO   filter.ts
 */
import { BerWriter } from './ber.ts';
import { encodeFilter, filterTags, type AssertionFilter, type Filter } from './filter.ts';

type Part =
  | { kind: 'fixed'; octets: Uint8Array }
  | { kind: 'equality'; attribute: Uint8Array; place: number }
  | { kind: 'and' | 'or'; parts: Part[] };

/** A filter with places for values. */
export class FilterTemplate {
  readonly #part: Part;

  /** @param placeOf which place the value of an equality item is; -1 = the value is as it is */
  constructor(filter: Filter, placeOf: (item: AssertionFilter) => number) {
    this.#part = toPart(filter, placeOf);
  }

  /** Writes the filter with values in its places (before what follows it, see BerWriter). */
  write(writer: BerWriter, values: readonly Uint8Array[]): void {
    writePart(writer, this.#part, values);
  }
}

/** A filter to be encoded: a template and its values. */
export class FilledFilter {
  readonly template: FilterTemplate;
  readonly values: readonly Uint8Array[];

  constructor(template: FilterTemplate, values: readonly Uint8Array[]) {
    this.template = template;
    this.values = values;
  }
}

function toPart(filter: Filter, placeOf: (item: AssertionFilter) => number): Part {
  if (filter.kind === 'and' || filter.kind === 'or')
    return { kind: filter.kind, parts: filter.filters.map((each) => toPart(each, placeOf)) };
  const place = filter.kind === 'equality' ? placeOf(filter) : -1;
  const writer = new BerWriter();
  if (place < 0 || filter.kind !== 'equality') {
    encodeFilter(writer, filter);
    return { kind: 'fixed', octets: writer.finish() };
  }
  writer.text(filter.attribute);
  return { kind: 'equality', attribute: writer.finish(), place };
}

function writePart(writer: BerWriter, part: Part, values: readonly Uint8Array[]): void {
  if (part.kind === 'fixed') return writer.encoded(part.octets);
  const { mark } = writer;
  if (part.kind === 'equality') {
    writer.octets(values[part.place]!);
    writer.encoded(part.attribute);
    return writer.wrap(filterTags.equality, mark);
  }
  for (let i = part.parts.length - 1; i >= 0; i--) writePart(writer, part.parts[i]!, values);
  writer.wrap(part.kind === 'and' ? filterTags.and : filterTags.or, mark);
}
