/**
 * filter — search filters and their BER form
 *
 * STANDARDS  RFC 4511 §4.5.1.7
 * ERRORS     DecodeError; a filter nested deeper than filterDepthMax is one
 * SEE ALSO   filter-text.ts (RFC 4515)
 */
import { DecodeError } from '../../bytes/byte-reader.ts';

import { SEQUENCE, type BerReader, type BerWriter } from './ber.ts';

export interface AssertionFilter {
  kind: 'equality' | 'greater-or-equal' | 'less-or-equal' | 'approx';
  attribute: string;
  value: Uint8Array;
}

export interface SubstringsFilter {
  kind: 'substrings';
  attribute: string;
  initial: Uint8Array | null;
  any: Uint8Array[];
  final: Uint8Array | null;
}

export interface ExtensibleFilter {
  kind: 'extensible';
  /** '' = none */
  rule: string;
  /** '' = none */
  attribute: string;
  value: Uint8Array;
  dnAttributes: boolean;
}

export type Filter =
  | { kind: 'and' | 'or'; filters: Filter[] }
  | { kind: 'not'; filter: Filter }
  | { kind: 'present'; attribute: string }
  | AssertionFilter
  | SubstringsFilter
  | ExtensibleFilter;

/** As slapd's olcMaxFilterDepth. */
export const filterDepthMax = 1000;

/** Tags of the kinds of filter. */
export const filterTags = Object.freeze({
  and: 0xa0, or: 0xa1, not: 0xa2, equality: 0xa3, substrings: 0xa4, greaterOrEqual: 0xa5, lessOrEqual: 0xa6,
  present: 0x87, approx: 0xa8, extensible: 0xa9,
}); // prettier-ignore

/** Decodes the next element as a filter. */
export function decodeFilter(reader: BerReader, depth = 0): Filter {
  if (depth >= filterDepthMax) throw new DecodeError(reader.offset, 'filter nested too deeply');
  const { tag } = reader;
  if (tag === filterTags.present) return { kind: 'present', attribute: reader.text(tag) };
  const kind = kindOf(tag);
  if (kind === null) throw new DecodeError(reader.offset, 'unknown filter type');
  const outer = reader.enter(tag);
  const filter = decodeContents(reader, kind, depth);
  reader.leave(outer);
  return filter;
}

function kindOf(tag: number): Exclude<Filter['kind'], 'present'> | null {
  switch (tag) {
    case filterTags.equality:
      return 'equality';
    case filterTags.and:
      return 'and';
    case filterTags.or:
      return 'or';
    case filterTags.not:
      return 'not';
    case filterTags.greaterOrEqual:
      return 'greater-or-equal';
    case filterTags.lessOrEqual:
      return 'less-or-equal';
    case filterTags.approx:
      return 'approx';
    case filterTags.substrings:
      return 'substrings';
    default:
      return tag === filterTags.extensible ? 'extensible' : null;
  }
}

function decodeContents(reader: BerReader, kind: Exclude<Filter['kind'], 'present'>, depth: number): Filter {
  switch (kind) {
    case 'and':
    case 'or': {
      const filters: Filter[] = [];
      while (!reader.atEnd) filters.push(decodeFilter(reader, depth + 1));
      return { kind, filters };
    }
    case 'not':
      return { kind, filter: decodeFilter(reader, depth + 1) };
    case 'substrings':
      return decodeSubstrings(reader);
    case 'extensible':
      return decodeExtensible(reader);
    default: {
      const attribute = reader.text();
      return { kind, attribute, value: reader.octets() };
    }
  }
}

function decodeSubstrings(reader: BerReader): Filter {
  const attribute = reader.text();
  const outer = reader.enter(SEQUENCE);
  const found: SubstringsFilter = { kind: 'substrings', attribute, initial: null, any: [], final: null };
  if (reader.atEnd) throw new DecodeError(reader.offset, 'substring filter without a substring');
  while (!reader.atEnd) {
    const at = reader.offset;
    // RFC 4511 §4.5.1.7.2: initial only first, final only last.
    if (found.final !== null) throw new DecodeError(at, 'substring after the final one');
    if (reader.tag === 0x80 && found.initial === null && found.any.length === 0)
      found.initial = reader.octets(0x80);
    else if (reader.tag === 0x81) found.any.push(reader.octets(0x81));
    else if (reader.tag === 0x82) found.final = reader.octets(0x82);
    else throw new DecodeError(at, 'unknown substring type');
  }
  reader.leave(outer);
  return found;
}

function decodeExtensible(reader: BerReader): Filter {
  const rule = reader.tag === 0x81 ? reader.text(0x81) : '';
  const attribute = reader.tag === 0x82 ? reader.text(0x82) : '';
  const value = reader.octets(0x83);
  const dnAttributes = reader.tag === 0x84 && reader.boolean(0x84);
  if (rule === '' && attribute === '')
    throw new DecodeError(reader.offset, 'extensible match without rule and type');
  return { kind: 'extensible', rule, attribute, value, dnAttributes };
}

/** Writes a filter (before what follows it, see BerWriter). */
export function encodeFilter(writer: BerWriter, filter: Filter): void {
  const mark = writer.mark;
  switch (filter.kind) {
    case 'and':
    case 'or':
      for (let i = filter.filters.length - 1; i >= 0; i--) encodeFilter(writer, filter.filters[i]!);
      return writer.wrap(filter.kind === 'and' ? filterTags.and : filterTags.or, mark);
    case 'not':
      encodeFilter(writer, filter.filter);
      return writer.wrap(filterTags.not, mark);
    case 'present':
      return writer.text(filter.attribute, filterTags.present);
    case 'substrings': {
      if (filter.final !== null) writer.octets(filter.final, 0x82);
      for (let i = filter.any.length - 1; i >= 0; i--) writer.octets(filter.any[i]!, 0x81);
      if (filter.initial !== null) writer.octets(filter.initial, 0x80);
      writer.wrap(SEQUENCE, mark);
      writer.text(filter.attribute);
      return writer.wrap(filterTags.substrings, mark);
    }
    case 'extensible':
      if (filter.dnAttributes) writer.boolean(true, 0x84);
      writer.octets(filter.value, 0x83);
      if (filter.attribute !== '') writer.text(filter.attribute, 0x82);
      if (filter.rule !== '') writer.text(filter.rule, 0x81);
      return writer.wrap(filterTags.extensible, mark);
    default:
      writer.octets(filter.value);
      writer.text(filter.attribute);
      writer.wrap(assertionTag(filter.kind), mark);
  }
}

function assertionTag(kind: AssertionFilter['kind']): number {
  if (kind === 'equality') return filterTags.equality;
  if (kind === 'greater-or-equal') return filterTags.greaterOrEqual;
  return kind === 'less-or-equal' ? filterTags.lessOrEqual : filterTags.approx;
}
