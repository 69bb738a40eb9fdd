/** ldap-dialogue — LDAP messages as one line each, and what was asked with all that came back */
import { DecodeError } from '../../workers/bytes/byte-reader.ts';
import { makeLdapFramer } from '../../workers/protocols/ldap/ber.ts';
import { formatFilter } from '../../workers/protocols/ldap/filter-text.ts';
import { decodeMessage, type LdapMessage, type LdapOperation } from '../../workers/protocols/ldap/message.ts';
import type { AttributeValues, LdapRequest } from '../../workers/protocols/ldap/request.ts';
import { resultCodes } from '../../workers/protocols/ldap/types.ts';

import type { Side, WireLine } from './conversation.ts';
import type { Dialogue, Talk } from './dialogue.ts';
import type { LdapExchange, LdapExchanges } from './exchanges.ts';
import { readable, type Found } from './line-reader.ts';

const frameBytesMax = 1 << 20;
const entriesKeptMax = 20;
const valuesKeptMax = 40;
const openMax = 1000;

/** Reads the two directions of an LDAP connection as messages. */
export class LdapDialogue implements Dialogue {
  readonly firstMode = () => ({ kind: 'frames', frameLength: makeLdapFramer(frameBytesMax) }) as const;
  readonly #exchanges: LdapExchanges;
  readonly #open = new Map<number, LdapExchange>();

  constructor(exchanges: LdapExchanges) {
    this.#exchanges = exchanges;
  }

  read(side: Side, found: Found, talk: Talk): void {
    if (found.kind === 'opaque') return talk.opaque(side, found.piece);
    if (found.kind !== 'frame') return;
    let message: LdapMessage;
    try {
      message = decodeMessage(found.bytes);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      talk.say(
        side,
        { kind: 'opaque', text: `not LDAP: ${error.message}`, role: 'unknown', tone: 'fail' },
        found.pieces,
      );
      return;
    }
    const { operation, id } = message;
    const exchange = this.#open.get(id);
    const line = talk.say(
      side,
      {
        kind: 'message',
        text: summaryOfLdap(operation),
        role: operation.kind,
        about: aboutOf(operation, exchange),
        tone: 'result' in operation && isRefusal(operation.result.code) ? 'fail' : 'plain',
      },
      found.pieces,
    );
    if (side === 'client') this.#asked(id, operation as LdapRequest, line, talk);
    else if (exchange !== undefined) this.#answered(id, exchange, operation, line);
  }

  #asked(id: number, request: LdapRequest, line: WireLine, talk: Talk): void {
    if (request.kind === 'unbind-request' || request.kind === 'abandon-request') return;
    const { conversation } = talk;
    const exchange = this.#exchanges.add(conversation, request, line);
    if (this.#open.size < openMax) this.#open.set(id, exchange);
  }

  #answered(id: number, exchange: LdapExchange, operation: LdapOperation, line: WireLine): void {
    if (operation.kind === 'search-result-entry') {
      exchange.entryCount++;
      if (exchange.entries.length < entriesKeptMax)
        exchange.entries.push({ line, dn: operation.dn, attributes: textsOf(operation.attributes) });
    } else if ('result' in operation) {
      exchange.done = line;
      exchange.code = operation.result.code;
      exchange.diagnostic = operation.result.text;
      this.#open.delete(id);
    }
  }
}

/** Attribute names with their values as text; what is not text as its size. */
export function textsOf(attributes: readonly AttributeValues[]): { name: string; value: string }[] {
  const texts: { name: string; value: string }[] = [];
  for (const { type, values } of attributes) {
    for (const value of values) {
      if (texts.length === valuesKeptMax) return texts;
      texts.push({ name: type, value: readable(value) });
    }
  }
  return texts;
}

const scopes = ['base', 'one', 'sub', 'children'];

/** base, one, sub: as ldapsearch(1) calls them. */
export function scopeName(scope: number): string {
  return scopes[scope] ?? String(scope);
}

const codeNames: ReadonlyMap<number, string> = new Map(
  Object.entries(resultCodes).map(([name, code]) => [code as number, name]),
);

/** "success", "invalidCredentials": RFC 4511's name of a result code. */
export function resultName(code: number): string {
  return codeNames.get(code) ?? `code ${code}`;
}

/** Whether a result is neither success nor the answer to a comparison. */
export function isRefusal(code: number): boolean {
  return (
    code !== resultCodes.success && code !== resultCodes.compareTrue && code !== resultCodes.compareFalse
  );
}

/** One line for one message: RFC 4511's name of it, and what it holds. */
export function summaryOfLdap(operation: LdapOperation): string {
  switch (operation.kind) {
    case 'bind-request': {
      const { authentication: how, name } = operation;
      const with_ =
        how.method === 'simple'
          ? `simple "${readable(how.password)}"`
          : how.method === 'sasl'
            ? `SASL ${how.mechanism}`
            : '?';
      return `BindRequest "${name}" ${with_}`;
    }
    case 'unbind-request':
      return 'UnbindRequest';
    case 'search-request': {
      const { base, filter, attributes } = operation;
      const wanted = attributes.length === 0 ? '' : ` ${attributes.join(', ')}`;
      return `SearchRequest ${scopeName(operation.scope)} "${base}" ${formatFilter(filter)}${wanted}`;
    }
    case 'search-result-entry': {
      const shown = operation.attributes.map(
        ({ type, values }) => `${type}: ${values.map(readable).join(', ')}`,
      );
      return `SearchResultEntry "${operation.dn}"${shown.length === 0 ? '' : ` ${shown.join('; ')}`}`;
    }
    case 'search-result-reference':
      return `SearchResultReference ${operation.uris.join(' ')}`;
    case 'modify-request':
      return `ModifyRequest "${operation.dn}" ${operation.changes.map(({ type }) => type).join(', ')}`;
    case 'add-request':
      return `AddRequest "${operation.dn}"`;
    case 'delete-request':
      return `DelRequest "${operation.dn}"`;
    case 'modify-dn-request':
      return `ModifyDNRequest "${operation.dn}" ${operation.newRdn}`;
    case 'compare-request':
      return `CompareRequest "${operation.dn}" ${operation.attribute}=${readable(operation.value)}`;
    case 'abandon-request':
      return `AbandonRequest ${operation.target}`;
    case 'extended-request':
      return `ExtendedRequest ${operation.oid}`;
    default:
      return `${responseNames[operation.kind]} ${resultText(operation.result)}`;
  }
}

const responseNames = {
  'bind-response': 'BindResponse',
  'search-result-done': 'SearchResultDone',
  'modify-response': 'ModifyResponse',
  'add-response': 'AddResponse',
  'delete-response': 'DelResponse',
  'modify-dn-response': 'ModifyDNResponse',
  'compare-response': 'CompareResponse',
  'extended-response': 'ExtendedResponse',
};

function resultText({ code, text }: { code: number; text: string }): string {
  return `${resultName(code)}${code === 0 ? '' : ` (${code})`}${text === '' ? '' : ` ${text}`}`;
}

/** What the gloss says beside: whom a bind or search is about, how many entries came. */
function aboutOf(operation: LdapOperation, exchange: LdapExchange | undefined): string {
  if (operation.kind === 'bind-request') return operation.name;
  if (operation.kind === 'search-request') return sought(formatFilter(operation.filter));
  if (operation.kind === 'search-result-done') return String(exchange?.entryCount ?? 0);
  return '';
}

/** The value a filter looks for: an address when there is one, else the first that is no object class. */
export function sought(filter: string): string {
  const values = [...filter.matchAll(/\(([^()=~<>:]+)[~<>:]?=([^()]*)\)/g)].filter(
    ([, name, value]) => value !== '*' && name!.toLowerCase() !== 'objectclass',
  );
  const value = (values.find(([, , text]) => text!.includes('@')) ?? values[0])?.[2] ?? '';
  return value.replace(/\\([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
}
