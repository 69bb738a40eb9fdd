/**
 * search — SearchRequest: base, scope, filter, limits, what is shown of each entry
 *
 * SIMPLIFIED: the answer's messages go out together, up to 16 kB at a time, where the real server writes
 * each by itself; aliases are not dereferenced.
 *
 * STANDARDS  RFC 4511 §4.5, RFC 3673 ("+"), RFC 4529 ("@class"), RFC 3296 (referral entries)
 */
import { encodeMessage, type Control } from '../../protocols/ldap/message.ts';
import type { AttributeValues } from '../../protocols/ldap/request.ts';
import type { LdapResponse, LdapResult } from '../../protocols/ldap/response.ts';
import { resultCodes } from '../../protocols/ldap/types.ts';

import { NEVER, SECOND, type VirtualTime } from '../../os/os.ts';

import { accessLevels, isWho, Requester } from './access.ts';
import { toCondition, type Condition } from './condition.ts';
import type { SizeLimits } from './conf.ts';
import type { RequestControls } from './controls.ts';
import { operationalAttributes, type Directory, type Entry } from './directory.ts';
import type { SlapdLate } from './late.ts';
import { matches } from './match.ts';
import type { PreparedSearch } from './prepared.ts';
import type { Selection } from './selection.ts';
import { plainResult, type Server } from './server.ts';
import { findBase, formatReferrals, inScope } from './scope.ts';

export interface Asking {
  server: Server;
  requester: Requester;
  controls: Readonly<RequestControls>;
  messageId: number;
  /** null: neither the filter nor the base needs it, see needsRare */
  rare: SlapdLate | null;
}

/** Whether a search needs code that comes late: for odd filters, or entries that describe the server. */
export function needsRare({ directory }: Server, { isOdd, scope, base }: PreparedSearch): boolean {
  return isOdd || (scope === 0 && describesServer(directory.normalise(base)));
}

function describesServer(normalisedBase: string | null): boolean {
  return normalisedBase === '' || normalisedBase === 'cn=subschema';
}

const flushBytes = 16_384;

/** A search under way: what it finds is encoded in pieces, so that the caller can send between them. */
export class Search {
  /** entries found so far */
  entries = 0;
  readonly #asking: Asking;
  readonly #request: PreparedSearch;
  readonly #sizeMax: number;
  #candidates: readonly Entry[] = nobody;
  #next = 0;
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  /** decided before any entry was looked at; null = nothing was */
  readonly #result: LdapResult | null;

  constructor(asking: Asking, request: PreparedSearch) {
    const { server, requester } = asking;
    this.#asking = asking;
    this.#request = request;
    const limits = limitsOf(server, requester);
    this.#sizeMax = effectiveSize(request.sizeLimit, limits);
    this.#result = checkRequest(request) ?? this.#begin(limits);
  }

  /** Goes on to the end, or to 16 kB. @returns the result at the end; null: `take` must be sent before */
  advance(): LdapResult | null {
    if (this.#result !== null) return this.#result;
    while (this.#next < this.#candidates.length) {
      const full = this.#visit(this.#candidates[this.#next++]!);
      if (full) return plainResult(resultCodes.sizeLimitExceeded);
      if (this.#bytes >= flushBytes) return null;
    }
    return plainResult(resultCodes.success);
  }

  /** The messages encoded since the last time. */
  take(): Uint8Array[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#bytes = 0;
    return pieces;
  }

  /** When it will have taken too long, if it begins now; NEVER when it may take for ever. */
  deadline(now: VirtualTime): VirtualTime {
    const { timeLimit } = this.#asking.server.conf;
    const seconds = Math.min(this.#request.timeLimit || Infinity, timeLimit || Infinity);
    return seconds === Infinity ? NEVER : now + seconds * SECOND;
  }

  #begin(limits: SizeLimits): LdapResult | null {
    const { server, requester, controls } = this.#asking;
    const { schema } = server.conf;
    const request = this.#request;
    const base = server.directory.normalise(request.base);
    if (base === null) return plainResult(resultCodes.invalidDNSyntax, 'invalid DN');
    if (request.scope === 0 && describesServer(base)) {
      const { rootDse, subschema } = this.#asking.rare!;
      return this.#describeServer(base === '' ? rootDse(server) : subschema(server));
    }
    const found = findBase(this.#asking, request, base);
    if ('result' in found) return found.result;
    if (controls.assertion !== null && found.entry !== null) {
      const verdict = matches(
        { schema, requester, rare: this.#asking.rare },
        found.entry,
        toCondition(controls.assertion, schema),
      );
      if (verdict !== true) return plainResult(resultCodes.assertionFailed);
    }
    this.#candidates = listCandidates(server, request, {
      condition: this.#request.condition,
      base: found.entry,
      listedOnly: limits.unchecked > 0,
    });
    if (limits.unchecked > 0 && this.#candidates.length > limits.unchecked) {
      return plainResult(resultCodes.adminLimitExceeded);
    }
    return null;
  }

  #describeServer(special: { entry: Entry; operational: AttributeValues[] }): LdapResult {
    const { entry, operational } = special;
    // What describes the server is for everybody.
    const { server, rare } = this.#asking;
    const context = { schema: server.conf.schema, requester: new Requester('', [], true), rare };
    if (matches(context, entry, this.#request.condition) === true) {
      const attributes = [
        ...entry.attributes
          .filter(({ type }) => this.#request.selection.user(type))
          .map(({ type, values }) => ({ type: type.name, values })),
        ...operational.filter(({ type }) => this.#request.selection.operational(type)),
      ].filter(({ values }) => values.length > 0);
      this.#show(entry.dn, attributes);
    }
    return plainResult(resultCodes.success);
  }

  /** Shows an entry if it matches. @returns true when it would be one too many */
  #visit(entry: Entry): boolean {
    const { server, requester, controls, rare } = this.#asking;
    if (entry.isReferral && !controls.manageDsaIt) {
      if (!requester.may(entry, 'entry', accessLevels.read)) return false;
      const scope = this.#request.scope === 1 ? 'base' : 'sub';
      const uris = formatReferrals(entry, { base: entry.dn, scope });
      this.#send({ kind: 'search-result-reference', uris });
      return false;
    }
    const context = { schema: server.conf.schema, requester, rare };
    if (matches(context, entry, this.#request.condition) !== true) return false;
    if (!requester.may(entry, 'entry', accessLevels.read)) return false;
    if (this.#sizeMax > 0 && this.entries >= this.#sizeMax) return true;
    this.#show(entry.dn, visibleAttributes(this.#asking, entry, this.#request.selection));
    return false;
  }

  #show(dn: string, attributes: AttributeValues[]): void {
    this.entries++;
    const shown = this.#request.typesOnly ? attributes.map(({ type }) => ({ type, values: [] })) : attributes;
    this.#send({ kind: 'search-result-entry', dn, attributes: shown });
  }

  #send(operation: LdapResponse): void {
    const bytes = encodeMessage({ id: this.#asking.messageId, operation, controls: noControls });
    this.#pieces.push(bytes);
    this.#bytes += bytes.length;
  }
}

const nobody: readonly Entry[] = Object.freeze([]);
const noControls: readonly Control[] = Object.freeze([]);

function checkRequest(request: PreparedSearch): LdapResult | null {
  const protocolError = (text: string): LdapResult => plainResult(resultCodes.protocolError, text);
  if (request.scope < 0 || request.scope > 3) return protocolError('invalid scope');
  if (request.derefAliases < 0 || request.derefAliases > 3) return protocolError('invalid deref');
  if (request.sizeLimit < 0) return protocolError('invalid size limit');
  if (request.timeLimit < 0) return protocolError('invalid time limit');
  return null;
}

function limitsOf(server: Server, requester: Requester): SizeLimits {
  if (requester.isRoot) return { soft: 0, hard: 0, unchecked: 0 };
  return server.conf.limits.find(({ who }) => isWho(who, requester.dn, ''))?.limits ?? server.conf.size;
}

/** Entries in scope that an index does not rule out, in the order of adding. */
function listCandidates(
  { directory }: Server,
  { scope }: PreparedSearch,
  wanted: { condition: Condition; base: Entry | null; listedOnly: boolean },
): readonly Entry[] {
  const { base } = wanted;
  const ids = directory.candidates(wanted.condition, wanted.listedOnly);
  if (ids !== null) {
    const found: Entry[] = [];
    for (const id of withReferrals(directory, ids)) {
      const entry = directory.entries[id]!;
      if (inScope(entry, base, scope)) found.push(entry);
    }
    return found;
  }
  if (base === null) return scope === 1 ? directory.roots : directory.entries;
  if (scope === 0) return [base];
  if (scope === 1) return base.children;
  const found: Entry[] = [];
  const waiting = [base];
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    if (entry !== base || scope === 2) found.push(entry);
    for (const child of entry.children) waiting.push(child);
  }
  return found.sort((a, b) => a.id - b.id);
}

function withReferrals({ referrals }: Directory, ids: readonly number[]): readonly number[] {
  return referrals.length === 0 ? ids : [...new Set([...ids, ...referrals])].sort((a, b) => a - b);
}

/** What the client asks for and what it may have: the soft limit by default, the hard one at most. */
function effectiveSize(asked: number, limits: SizeLimits): number {
  if (asked === 0) return limits.soft;
  const most = limits.hard === 0 ? limits.soft : limits.hard;
  return most === 0 ? asked : Math.min(asked, most);
}

function visibleAttributes(
  { server, requester }: Asking,
  entry: Entry,
  selection: Selection,
): AttributeValues[] {
  const { schema } = server.conf;
  const shown: AttributeValues[] = [];
  for (let i = 0; i < entry.attributes.length; i++) {
    const { type, values } = entry.attributes[i]!;
    if (selection.user(type) && requester.may(entry, type, accessLevels.read))
      shown.push({ type: type.name, values });
  }
  if (!selection.anyOperational) return shown;
  for (const attribute of operationalAttributes(entry, schema, server.conf.rootDn)) {
    if (shown.some(({ type }) => type === attribute.type) || !selection.operational(attribute.type)) continue;
    if (requester.may(entry, schema.type(attribute.type)!, accessLevels.read)) shown.push(attribute);
  }
  return shown;
}
