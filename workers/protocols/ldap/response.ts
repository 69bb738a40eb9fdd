/**
 * response — what a server answers
 *
 * STANDARDS  RFC 4511 §4.1.9 (LDAPResult), §4.5.2 (search results), §4.12 (extended response)
 * ERRORS     DecodeError(offset, rule)
 * SEE ALSO   message.ts
 */
import { ENUMERATED, OCTET_STRING, type BerReader, type BerWriter } from './ber.ts';
import { decodeAttributes, encodeAttributes, type AttributeValues } from './request.ts';
import { operationTags as tags } from './types.ts';

export interface LdapResult {
  code: number;
  matchedDn: string;
  /** diagnosticMessage */
  text: string;
  referral: string[];
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

const resultTags: ReadonlyMap<ResultKind, number> = new Map([
  ['search-result-done', tags.searchResultDone],
  ['modify-response', tags.modifyResponse],
  ['add-response', tags.addResponse],
  ['delete-response', tags.deleteResponse],
  ['modify-dn-response', tags.modifyDnResponse],
  ['compare-response', tags.compareResponse],
]);
const resultKinds: ReadonlyMap<number, ResultKind> = new Map(
  [...resultTags].map(([kind, tag]) => [tag, kind]),
);

const referralTag = 0xa3;
const saslCredentialsTag = 0x87;
const oidTag = 0x8a;
const valueTag = 0x8b;

/** The tag of the operation that carries this kind of response; slapd logs it. */
export function responseTag(kind: LdapResponse['kind']): number {
  if (kind === 'bind-response') return tags.bindResponse;
  if (kind === 'extended-response') return tags.extendedResponse;
  if (kind === 'search-result-entry') return tags.searchResultEntry;
  return kind === 'search-result-reference' ? tags.searchResultReference : resultTags.get(kind)!;
}

/** Decodes the next element as a response; null when it is none (nothing is consumed). */
export function decodeResponse(reader: BerReader): LdapResponse | null {
  switch (reader.tag) {
    case tags.bindResponse: {
      const response = reader.any();
      const result = decodeResult(response);
      const saslCredentials =
        response.tag === saslCredentialsTag ? response.octets(saslCredentialsTag) : null;
      return { kind: 'bind-response', result, saslCredentials };
    }
    case tags.searchResultEntry: {
      const entry = reader.any();
      return { kind: 'search-result-entry', dn: entry.text(), attributes: decodeAttributes(entry) };
    }
    case tags.searchResultReference: {
      const uris: string[] = [];
      for (const list = reader.any(); !list.atEnd;) uris.push(list.text());
      return { kind: 'search-result-reference', uris };
    }
    case tags.extendedResponse: {
      const response = reader.any();
      const result = decodeResult(response);
      const oid = response.tag === oidTag ? response.text(oidTag) : '';
      return {
        kind: 'extended-response',
        result,
        oid,
        value: response.tag === valueTag ? response.octets(valueTag) : null,
      };
    }
    default: {
      const kind = resultKinds.get(reader.tag);
      return kind === undefined ? null : { kind, result: decodeResult(reader.any()) };
    }
  }
}

function decodeResult(reader: BerReader): LdapResult {
  const code = reader.integer(ENUMERATED);
  const matchedDn = reader.text();
  const text = reader.text();
  const referral: string[] = [];
  if (reader.tag === referralTag) {
    for (const list = reader.any(); !list.atEnd;) referral.push(list.text(OCTET_STRING));
  }
  return { code, matchedDn, text, referral };
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
