/**
 * request — what a client asks
 *
 * STANDARDS  RFC 4511 §4.2 to §4.12
 * ERRORS     DecodeError(offset, rule)
 * SEE ALSO   message.ts
 */
import { DecodeError } from '../../bytes/byte-reader.ts';

import { ENUMERATED, INTEGER, SEQUENCE, SET, type BerReader, type BerWriter } from './ber.ts';
import { decodeFilter, encodeFilter, type Filter } from './filter.ts';
import { FilledFilter } from './filter-template.ts';
import { operationTags as tags } from './types.ts';

export interface BindRequest {
  kind: 'bind-request';
  version: number;
  name: string;
  /** SASL: mechanism and credentials; anything else has an unknown tag */
  authentication:
    | { method: 'simple'; password: Uint8Array }
    | { method: 'sasl'; mechanism: string; credentials: Uint8Array | null }
    | { method: 'unknown'; tag: number };
}

export interface SearchRequest {
  kind: 'search-request';
  base: string;
  /** 0 base, 1 one level, 2 subtree, 3 subordinate; others are refused by the server */
  scope: number;
  /** 0 never, 1 in searching, 2 finding the base, 3 always */
  derefAliases: number;
  /** 0 = no limit asked for */
  sizeLimit: number;
  /** seconds; 0 = no limit asked for */
  timeLimit: number;
  typesOnly: boolean;
  filter: Filter;
  attributes: readonly string[];
}

/** A search whose filter is encoded from a template. */
export type SearchToEncode = Omit<SearchRequest, 'filter'> & { filter: Filter | FilledFilter };

export interface AttributeValues {
  type: string;
  values: Uint8Array[];
}

/** operation: 0 add, 1 delete, 2 replace, 3 increment (RFC 4525) */
export interface Modification extends AttributeValues {
  operation: number;
}

export type LdapRequest =
  | BindRequest
  | { kind: 'unbind-request' }
  | SearchRequest
  | { kind: 'modify-request'; dn: string; changes: Modification[] }
  | { kind: 'add-request'; dn: string; attributes: AttributeValues[] }
  | { kind: 'delete-request'; dn: string }
  | {
      kind: 'modify-dn-request';
      dn: string;
      newRdn: string;
      deleteOldRdn: boolean;
      newSuperior: string | null;
    }
  | { kind: 'compare-request'; dn: string; attribute: string; value: Uint8Array }
  | { kind: 'abandon-request'; target: number }
  | { kind: 'extended-request'; oid: string; value: Uint8Array | null };

/** Decodes the next element as a request. */
export function decodeRequest(reader: BerReader): LdapRequest {
  const { tag } = reader;
  switch (tag) {
    case tags.deleteRequest:
      return { kind: 'delete-request', dn: reader.text(tag) };
    case tags.abandonRequest:
      return { kind: 'abandon-request', target: reader.integer(tag) };
    default: {
      const decode = decoders.get(tag);
      if (decode === undefined) throw new DecodeError(reader.offset, 'unknown LDAP request');
      const outer = reader.enter(tag);
      const request = decode(reader);
      reader.leave(outer);
      return request;
    }
  }
}

const decoders: ReadonlyMap<number, (reader: BerReader) => LdapRequest> = new Map<
  number,
  (reader: BerReader) => LdapRequest
>([
  [tags.searchRequest, decodeSearch],
  [tags.bindRequest, decodeBind],
  [tags.unbindRequest, () => ({ kind: 'unbind-request' })],
  [tags.modifyRequest, decodeModify],
  [
    tags.addRequest,
    (reader) => ({ kind: 'add-request', dn: reader.text(), attributes: decodeAttributes(reader) }),
  ],
  [tags.modifyDnRequest, decodeModifyDn],
  [tags.compareRequest, decodeCompare],
  [tags.extendedRequest, decodeExtended],
]);

function decodeBind(reader: BerReader): BindRequest {
  const version = reader.integer();
  const name = reader.text();
  return { kind: 'bind-request', version, name, authentication: decodeAuthentication(reader) };
}

function decodeAuthentication(reader: BerReader): BindRequest['authentication'] {
  const { tag } = reader;
  if (tag === 0x80) return { method: 'simple', password: reader.octets(tag) };
  if (tag !== 0xa3) {
    reader.skip();
    return { method: 'unknown', tag };
  }
  const outer = reader.enter(tag);
  const mechanism = reader.text();
  const credentials = reader.atEnd ? null : reader.octets();
  reader.leave(outer);
  return { method: 'sasl', mechanism, credentials };
}

function decodeSearch(reader: BerReader): SearchRequest {
  const base = reader.text();
  const scope = reader.integer(ENUMERATED);
  const derefAliases = reader.integer(ENUMERATED);
  const sizeLimit = reader.integer();
  const timeLimit = reader.integer();
  const typesOnly = reader.boolean();
  const filter = decodeFilter(reader);
  const attributes: string[] = [];
  const outer = reader.enter(SEQUENCE);
  while (!reader.atEnd) attributes.push(reader.text());
  reader.leave(outer);
  return {
    kind: 'search-request',
    base,
    scope,
    derefAliases,
    sizeLimit,
    timeLimit,
    typesOnly,
    filter,
    attributes,
  };
}

function decodeModify(reader: BerReader): LdapRequest {
  const dn = reader.text();
  const changes: Modification[] = [];
  const outer = reader.enter(SEQUENCE);
  while (!reader.atEnd) {
    const list = reader.enter(SEQUENCE);
    changes.push({ operation: reader.integer(ENUMERATED), ...decodeAttribute(reader) });
    reader.leave(list);
  }
  reader.leave(outer);
  return { kind: 'modify-request', dn, changes };
}

function decodeModifyDn(reader: BerReader): LdapRequest {
  const dn = reader.text();
  const newRdn = reader.text();
  const deleteOldRdn = reader.boolean();
  const newSuperior = reader.tag === 0x80 ? reader.text(0x80) : null;
  return { kind: 'modify-dn-request', dn, newRdn, deleteOldRdn, newSuperior };
}

function decodeCompare(reader: BerReader): LdapRequest {
  const dn = reader.text();
  const outer = reader.enter(SEQUENCE);
  const attribute = reader.text();
  const value = reader.octets();
  reader.leave(outer);
  return { kind: 'compare-request', dn, attribute, value };
}

function decodeExtended(reader: BerReader): LdapRequest {
  const oid = reader.text(0x80);
  return { kind: 'extended-request', oid, value: reader.tag === 0x81 ? reader.octets(0x81) : null };
}

/** Decodes a PartialAttributeList. */
export function decodeAttributes(reader: BerReader): AttributeValues[] {
  const attributes: AttributeValues[] = [];
  const outer = reader.enter(SEQUENCE);
  while (!reader.atEnd) attributes.push(decodeAttribute(reader));
  reader.leave(outer);
  return attributes;
}

function decodeAttribute(reader: BerReader): AttributeValues {
  const outer = reader.enter(SEQUENCE);
  const type = reader.text();
  const values: Uint8Array[] = [];
  const set = reader.enter(SET);
  while (!reader.atEnd) values.push(reader.octets());
  reader.leave(set);
  reader.leave(outer);
  return { type, values };
}

/** Writes a request (before what follows it, see BerWriter). */
export function encodeRequest(writer: BerWriter, request: LdapRequest | SearchToEncode): void {
  const mark = writer.mark;
  switch (request.kind) {
    case 'bind-request':
      encodeAuthentication(writer, request.authentication);
      writer.text(request.name);
      writer.integer(request.version);
      return writer.wrap(tags.bindRequest, mark);
    case 'unbind-request':
      return writer.wrap(tags.unbindRequest, mark);
    case 'search-request':
      return encodeSearch(writer, request);
    case 'modify-request':
      for (let i = request.changes.length - 1; i >= 0; i--) {
        const inner = writer.mark;
        encodeAttribute(writer, request.changes[i]!);
        writer.integer(request.changes[i]!.operation, ENUMERATED);
        writer.wrap(SEQUENCE, inner);
      }
      writer.wrap(SEQUENCE, mark);
      writer.text(request.dn);
      return writer.wrap(tags.modifyRequest, mark);
    case 'add-request':
      encodeAttributes(writer, request.attributes);
      writer.text(request.dn);
      return writer.wrap(tags.addRequest, mark);
    case 'delete-request':
      return writer.text(request.dn, tags.deleteRequest);
    case 'modify-dn-request':
      if (request.newSuperior !== null) writer.text(request.newSuperior, 0x80);
      writer.boolean(request.deleteOldRdn);
      writer.text(request.newRdn);
      writer.text(request.dn);
      return writer.wrap(tags.modifyDnRequest, mark);
    case 'compare-request':
      writer.octets(request.value);
      writer.text(request.attribute);
      writer.wrap(SEQUENCE, mark);
      writer.text(request.dn);
      return writer.wrap(tags.compareRequest, mark);
    case 'abandon-request':
      return writer.integer(request.target, tags.abandonRequest);
    case 'extended-request':
      if (request.value !== null) writer.octets(request.value, 0x81);
      writer.text(request.oid, 0x80);
      return writer.wrap(tags.extendedRequest, mark);
  }
}

function encodeAuthentication(writer: BerWriter, authentication: BindRequest['authentication']): void {
  if (authentication.method === 'simple') return writer.octets(authentication.password, 0x80);
  const mark = writer.mark;
  if (authentication.method === 'unknown') return writer.wrap(authentication.tag, mark);
  if (authentication.credentials !== null) writer.octets(authentication.credentials);
  writer.text(authentication.mechanism);
  writer.wrap(0xa3, mark);
}

function encodeSearch(writer: BerWriter, request: SearchToEncode): void {
  const mark = writer.mark;
  for (let i = request.attributes.length - 1; i >= 0; i--) writer.text(request.attributes[i]!);
  writer.wrap(SEQUENCE, mark);
  const { filter } = request;
  if (filter instanceof FilledFilter) filter.template.write(writer, filter.values);
  else encodeFilter(writer, filter);
  writer.boolean(request.typesOnly);
  writer.integer(request.timeLimit, INTEGER);
  writer.integer(request.sizeLimit, INTEGER);
  writer.integer(request.derefAliases, ENUMERATED);
  writer.integer(request.scope, ENUMERATED);
  writer.text(request.base);
  writer.wrap(tags.searchRequest, mark);
}

/** Writes a PartialAttributeList. */
export function encodeAttributes(writer: BerWriter, attributes: readonly AttributeValues[]): void {
  const mark = writer.mark;
  for (let i = attributes.length - 1; i >= 0; i--) encodeAttribute(writer, attributes[i]!);
  writer.wrap(SEQUENCE, mark);
}

function encodeAttribute(writer: BerWriter, { type, values }: AttributeValues): void {
  const mark = writer.mark;
  for (let i = values.length - 1; i >= 0; i--) writer.octets(values[i]!);
  writer.wrap(SET, mark);
  writer.text(type);
  writer.wrap(SEQUENCE, mark);
}
