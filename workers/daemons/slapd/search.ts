/**
 * search — SearchRequest: base, scope, filter, limits, what is shown of each entry
 *
 * SIMPLIFIED: the answer's messages go out together, up to 16 kB at a time, where the real server writes
 * each by itself; aliases are not dereferenced.
 *
 * STANDARDS  RFC 4511 §4.5, RFC 3673 ("+"), RFC 4529 ("@class"), RFC 3296 (referral entries)
 */
import { ByteWriter } from '../../bytes/byte-writer.ts';

import { encodeMessage } from '../../protocols/ldap/message.ts';
import type { AttributeValues, SearchRequest } from '../../protocols/ldap/request.ts';
import type { LdapResult } from '../../protocols/ldap/response.ts';
import { resultCodes } from '../../protocols/ldap/types.ts';

import { NEVER, SECOND, type Connection, type Os, type Proc } from '../../os/os.ts';

import { isWho } from './access.ts';
import type { SizeLimits } from './conf.ts';
import type { RequestControls } from './controls.ts';
import { isOfClass, operationalAttributes, type Entry } from './directory.ts';
import { matchFilter, type MatchContext } from './match.ts';
import { rootDse, subschema } from './root-dse.ts';
import { chooseAttributes, type Selection } from './selection.ts';
import { isAllowed, plainResult, type Server } from './server.ts';
import { findBase, formatReferrals, inScope } from './scope.ts';

export interface SearchContext {
  server: Server;
  /** normalised DN, '' = anonymous */
  requester: string;
  controls: RequestControls;
  conn: Connection;
  messageId: number;
}

export interface SearchOutcome {
  result: LdapResult;
  entries: number;
  /** the client went away */
  lost: boolean;
}

const flushBytes = 16_384;

/** Sends the entries; the caller sends the result. What is buffered but not sent comes back in `tail`. */
export function* search(
  os: Os,
  context: SearchContext,
  request: SearchRequest,
): Proc<SearchOutcome & { tail: Uint8Array }> {
  const done = (result: LdapResult): SearchOutcome & { tail: Uint8Array } => ({
    result, entries: 0, lost: false, tail: nothing,
  }); // prettier-ignore
  const refusal = checkRequest(request);
  if (refusal !== null) return done(refusal);
  const { server, requester } = context;
  const base = server.directory.normalise(request.base);
  if (base === null) return done(plainResult(resultCodes.invalidDNSyntax, 'invalid DN'));
  const selection = chooseAttributes(request.attributes, server.conf.schema);
  const matching = matchContext(server, requester);
  if (request.scope === 0 && (base === '' || base === 'cn=subschema')) {
    const special = base === '' ? rootDse(server) : subschema(server);
    return describeServer(context, request, { selection, matching, ...special });
  }
  const found = findBase(context, request, base);
  if ('result' in found) return done(found.result);
  if (context.controls.assertion !== null && found.entry !== null) {
    const verdict = matchFilter(matching, found.entry, context.controls.assertion);
    if (verdict !== true) return done(plainResult(resultCodes.assertionFailed));
  }
  const limits = limitsOf(server, requester);
  const candidates = listCandidates(server, request, found.entry);
  if (limits.unchecked > 0 && candidates.length > limits.unchecked) {
    return done(plainResult(resultCodes.adminLimitExceeded));
  }
  return yield* sendMatches(os, context, request, { candidates, selection, matching, limits });
}

const nothing = new Uint8Array(0);

function describeServer(
  context: SearchContext,
  request: SearchRequest,
  special: { entry: Entry; operational: AttributeValues[]; selection: Selection; matching: MatchContext },
): SearchOutcome & { tail: Uint8Array } {
  const { entry, operational, selection, matching } = special;
  const matches = matchFilter({ ...matching, maySearch: () => true }, entry, request.filter) === true;
  const attributes = [
    ...entry.attributes
      .filter(({ type }) => selection.user(type))
      .map(({ type, values }) => ({ type: type.name, values })),
    ...operational.filter(({ type }) => selection.operational(type)),
  ].filter(({ values }) => values.length > 0);
  const tail = matches ? encodeEntry(context.messageId, request, { dn: entry.dn, attributes }) : nothing;
  return { result: plainResult(resultCodes.success), entries: matches ? 1 : 0, lost: false, tail };
}

function checkRequest(request: SearchRequest): LdapResult | null {
  const protocolError = (text: string): LdapResult => plainResult(resultCodes.protocolError, text);
  if (request.scope < 0 || request.scope > 3) return protocolError('invalid scope');
  if (request.derefAliases < 0 || request.derefAliases > 3) return protocolError('invalid deref');
  if (request.sizeLimit < 0) return protocolError('invalid size limit');
  if (request.timeLimit < 0) return protocolError('invalid time limit');
  return null;
}

function matchContext(server: Server, requester: string): MatchContext {
  return {
    schema: server.conf.schema,
    maySearch: (entry, attribute) => isAllowed(server, { requester, entry, attribute, level: 'search' }),
  };
}

function limitsOf(server: Server, requester: string): SizeLimits {
  if (requester !== '' && requester === server.rootDn) return { soft: 0, hard: 0, unchecked: 0 };
  return server.conf.limits.find(({ who }) => isWho(who, requester, ''))?.limits ?? server.conf.size;
}

/** Entries in scope that an index does not rule out, in the order of adding. */
function listCandidates(server: Server, request: SearchRequest, base: Entry | null): Entry[] {
  const { directory } = server;
  const ids = directory.candidates(request.filter);
  if (ids !== null) {
    const all = directory.referrals.length === 0 ? ids : [...new Set([...ids, ...directory.referrals])];
    if (all !== ids) all.sort((a, b) => a - b);
    const entries = all.map((id) => directory.entries[id]!);
    return entries.filter((entry) => inScope(entry, base, request.scope));
  }
  if (base === null) return request.scope === 1 ? directory.roots : directory.entries;
  if (request.scope === 0) return [base];
  if (request.scope === 1) return base.children;
  const found: Entry[] = [];
  const waiting = [base];
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    if (entry !== base || request.scope === 2) found.push(entry);
    for (const child of entry.children) waiting.push(child);
  }
  return found.sort((a, b) => a.id - b.id);
}

interface Plan {
  candidates: readonly Entry[];
  selection: Selection;
  matching: MatchContext;
  limits: SizeLimits;
}

function* sendMatches(
  os: Os,
  context: SearchContext,
  request: SearchRequest,
  plan: Plan,
): Proc<SearchOutcome & { tail: Uint8Array }> {
  const { server, requester, controls, conn, messageId } = context;
  const sizeMax = effectiveSize(request.sizeLimit, plan.limits);
  const seconds = Math.min(request.timeLimit || Infinity, server.conf.timeLimit || Infinity);
  const deadline = seconds === Infinity ? NEVER : os.now() + seconds * SECOND;
  let buffer = new ByteWriter();
  let entries = 0;
  const end = (code: number, lost = false): SearchOutcome & { tail: Uint8Array } => ({
    result: plainResult(code), entries, lost, tail: buffer.finish(),
  }); // prettier-ignore
  for (const entry of plan.candidates) {
    const isReferral = !controls.manageDsaIt && isOfClass(entry, 'referral', server.conf.schema);
    if (isReferral) {
      if (!isAllowed(server, { requester, entry, attribute: 'entry', level: 'read' })) continue;
      const uris = formatReferrals(entry, { base: entry.dn, scope: request.scope === 1 ? 'base' : 'sub' });
      buffer.bytes(
        encodeMessage({ id: messageId, operation: { kind: 'search-result-reference', uris }, controls: [] }),
      );
      continue;
    }
    if (matchFilter(plan.matching, entry, request.filter) !== true) continue;
    if (!isAllowed(server, { requester, entry, attribute: 'entry', level: 'read' })) continue;
    if (sizeMax > 0 && entries >= sizeMax) return end(resultCodes.sizeLimitExceeded);
    entries++;
    const attributes = visibleAttributes(context, entry, plan.selection);
    buffer.bytes(encodeEntry(messageId, request, { dn: entry.dn, attributes }));
    if (buffer.length < flushBytes) continue;
    const written = yield* conn.write(buffer.finish(), { deadline });
    buffer = new ByteWriter();
    if (written === 'reset') return end(resultCodes.other, true);
    if (written === 'timeout' || os.now() >= deadline) return end(resultCodes.timeLimitExceeded);
  }
  return end(resultCodes.success);
}

/** What the client asks for and what it may have: the soft limit by default, the hard one at most. */
function effectiveSize(asked: number, limits: SizeLimits): number {
  if (asked === 0) return limits.soft;
  const most = limits.hard === 0 ? limits.soft : limits.hard;
  return most === 0 ? asked : Math.min(asked, most);
}

function visibleAttributes(context: SearchContext, entry: Entry, selection: Selection): AttributeValues[] {
  const { server, requester } = context;
  const { schema } = server.conf;
  const shown: AttributeValues[] = [];
  for (const { type, values } of entry.attributes) {
    if (!selection.user(type) || !isAllowed(server, { requester, entry, attribute: type, level: 'read' }))
      continue;
    shown.push({ type: type.name, values });
  }
  if (!selection.anyOperational) return shown;
  for (const attribute of operationalAttributes(entry, schema, server.conf.rootDn)) {
    if (shown.some(({ type }) => type === attribute.type) || !selection.operational(attribute.type)) continue;
    const type = schema.type(attribute.type)!;
    if (isAllowed(server, { requester, entry, attribute: type, level: 'read' })) shown.push(attribute);
  }
  return shown;
}

function encodeEntry(
  id: number,
  request: SearchRequest,
  entry: { dn: string; attributes: AttributeValues[] },
): Uint8Array {
  const attributes = request.typesOnly
    ? entry.attributes.map(({ type }) => ({ type, values: [] }))
    : entry.attributes;
  return encodeMessage({
    id,
    operation: { kind: 'search-result-entry', dn: entry.dn, attributes },
    controls: [],
  });
}
