/**
 * response — what a server answers
 *
 * STANDARDS  RFC 4511 §4.1.9 (LDAPResult), §4.5.2 (search results), §4.12 (extended response)
 * ERRORS     DecodeError(offset, rule)
 * SEE ALSO   message.ts
 */
import { ENUMERATED, type BerReader, type BerWriter } from './ber.ts';
import { decodeAttributes, encodeAttributes, type AttributeValues } from './request.ts';
import { operationTags as tags } from './types.ts';

export interface LdapResult {
  code: number;
  matchedDn: string;
  /** diagnosticMessage */
  text: string;
  referral: readonly string[];
}

export type ResultKind =
  | 'search-result-done'
  | 'modify-response'
  | 'add-response'
  | 'delete-response'
  | 'modify-dn-response'
  | 'compare-response';

export interface SearchResultEntry {
  kind: 'search-result-entry';
  dn: string;
  attributes: AttributeValues[];
}

export type LdapResponse =
  | { kind: 'bind-response'; result: LdapResult; saslCredentials: Uint8Array | null }
  | SearchResultEntry
  | { kind: 'search-result-reference'; uris: string[] }
  | { kind: ResultKind; result: LdapResult }
  /** oid '' = none */
  | { kind: 'extended-response'; result: LdapResult; oid: string; value: Uint8Array | null };

const responseTags: ReadonlyMap<LdapResponse['kind'], number> = new Map([
  ['bind-response', tags.bindResponse],
  ['search-result-entry', tags.searchResultEntry],
  ['search-result-reference', tags.searchResultReference],
  ['search-result-done', tags.searchResultDone],
  ['modify-response', tags.modifyResponse],
  ['add-response', tags.addResponse],
  ['delete-response', tags.deleteResponse],
  ['modify-dn-response', tags.modifyDnResponse],
  ['compare-response', tags.compareResponse],
  ['extended-response', tags.extendedResponse],
]);
const responseKinds: ReadonlyMap<number, LdapResponse['kind']> = new Map(
  [...responseTags].map(([kind, tag]) => [tag, kind]),
);

const referralTag = 0xa3;
const saslCredentialsTag = 0x87;
const oidTag = 0x8a;
const valueTag = 0x8b;

/** The tag of the operation that carries this kind of response; slapd logs it. */
export function responseTag(kind: LdapResponse['kind']): number {
  return responseTags.get(kind)!;
}

/** Decodes the next element as a response; null when it is none (nothing is consumed). */
export function decodeResponse(reader: BerReader): LdapResponse | null {
  const { tag } = reader;
  const kind = responseKinds.get(tag);
  if (kind === undefined) return null;
  const outer = reader.enter(tag);
  const response = decodeContents(reader, kind);
  reader.leave(outer);
  return response;
}

function decodeContents(reader: BerReader, kind: LdapResponse['kind']): LdapResponse {
  switch (kind) {
    case 'search-result-entry':
      return { kind, dn: reader.text(), attributes: decodeAttributes(reader) };
    case 'search-result-reference':
      return { kind, uris: decodeTexts(reader) };
    case 'bind-response': {
      const result = decodeResult(reader);
      const saslCredentials = reader.tag === saslCredentialsTag ? reader.octets(saslCredentialsTag) : null;
      return { kind, result, saslCredentials };
    }
    case 'extended-response': {
      const result = decodeResult(reader);
      const oid = reader.tag === oidTag ? reader.text(oidTag) : '';
      return { kind, result, oid, value: reader.tag === valueTag ? reader.octets(valueTag) : null };
    }
    default:
      return { kind, result: decodeResult(reader) };
  }
}

function decodeResult(reader: BerReader): LdapResult {
  const code = reader.integer(ENUMERATED);
  const matchedDn = reader.text();
  const text = reader.text();
  if (reader.tag !== referralTag) return { code, matchedDn, text, referral: noTexts };
  const outer = reader.enter(referralTag);
  const referral = decodeTexts(reader);
  reader.leave(outer);
  return { code, matchedDn, text, referral };
}

const noTexts: readonly string[] = Object.freeze([]);

function decodeTexts(reader: BerReader): string[] {
  const texts: string[] = [];
  while (!reader.atEnd) texts.push(reader.text());
  return texts;
}

/** Writes a response (before what follows it, see BerWriter). */
export function encodeResponse(writer: BerWriter, response: LdapResponse): void {
  const mark = writer.mark;
  switch (response.kind) {
    case 'search-result-entry':
      encodeAttributes(writer, response.attributes);
      writer.text(response.dn);
      break;
    case 'search-result-reference':
      for (let i = response.uris.length - 1; i >= 0; i--) writer.text(response.uris[i]!);
      break;
    case 'bind-response':
      if (response.saslCredentials !== null) writer.octets(response.saslCredentials, saslCredentialsTag);
      encodeResult(writer, response.result);
      break;
    case 'extended-response':
      if (response.value !== null) writer.octets(response.value, valueTag);
      if (response.oid !== '') writer.text(response.oid, oidTag);
      encodeResult(writer, response.result);
      break;
    default:
      encodeResult(writer, response.result);
  }
  writer.wrap(responseTag(response.kind), mark);
}

function encodeResult(writer: BerWriter, result: LdapResult): void {
  if (result.referral.length > 0) {
    const mark = writer.mark;
    for (let i = result.referral.length - 1; i >= 0; i--) writer.text(result.referral[i]!);
    writer.wrap(referralTag, mark);
  }
  writer.text(result.text);
  writer.text(result.matchedDn);
  writer.integer(result.code, ENUMERATED);
}
