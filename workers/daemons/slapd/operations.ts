/**
 * operations — compare, the extended operations, and what is said to a client that wants to change
 * something
 *
 * SIMPLIFIED: the directory is read only: the real server would carry out the changes that access control
 * allows. Here they are answered as by a real one with "readonly on": unwillingToPerform, "operation
 * restricted".
 *
 * STANDARDS  RFC 4511 §4.6 to §4.10, §4.12; RFC 4532 (who am I)
 * SEE ALSO   bind.ts
 */
import * as utf8 from '../../bytes/utf8.ts';

import type { LdapResponse, LdapResult } from '../../protocols/ldap/response.ts';
import { resultCodes, whoAmI } from '../../protocols/ldap/types.ts';

import { accessLevels } from './access.ts';
import type { Operation } from './bind.ts';
import { toCondition } from './condition.ts';
import { attributesOf, type Entry } from './directory.ts';
import { hasValue, matches } from './match.ts';
import { equalityOf } from './matching.ts';
import type { ServedRequest } from './prepared.ts';
import { notFound } from './scope.ts';
import { matchExtensible, matchOddItem } from './rare-match.ts';
import { plainResult } from './server.ts';

type Answer = LdapResponse & { result: LdapResult };

/** Answers any other request; `refusal` is the result that is decided already, null when none is. */
export function answer(operation: Operation, request: ServedRequest, refusal: LdapResult | null): Answer {
  switch (request.kind) {
    case 'compare-request':
      return { kind: 'compare-response', result: refusal ?? compare(operation, request) };
    case 'modify-request':
      return {
        kind: 'modify-response',
        result:
          refusal ??
          refuseChange(
            operation,
            request.dn,
            request.changes.map(({ type }) => type),
          ),
      };
    case 'add-request':
      return { kind: 'add-response', result: refusal ?? refuseAdd(operation, request.dn) };
    case 'delete-request':
      return { kind: 'delete-response', result: refusal ?? refuseMove(operation, request.dn) };
    case 'modify-dn-request':
      return { kind: 'modify-dn-response', result: refusal ?? refuseMove(operation, request.dn) };
    case 'extended-request':
      return refusal === null
        ? extended(operation, request.oid)
        : { kind: 'extended-response', result: refusal, oid: '', value: null };
    case 'bind-request':
      return {
        kind: 'bind-response',
        result: refusal ?? plainResult(resultCodes.other),
        saslCredentials: null,
      };
    default:
      return { kind: 'search-result-done', result: refusal ?? plainResult(resultCodes.other) };
  }
}

/** What a change of an entry is answered: why it may not be, or that nothing can be changed here. */
function refuseChange(operation: Operation, dn: string, types: readonly string[]): LdapResult {
  const { session, controls } = operation;
  const { server, requester } = session;
  const normalisedDn = server.directory.normalise(dn);
  if (normalisedDn === null) return plainResult(resultCodes.invalidDNSyntax, 'invalid DN');
  if (requester.dn === '') {
    return plainResult(resultCodes.strongerAuthRequired, 'modifications require authentication');
  }
  const entry = server.directory.get(normalisedDn);
  if (entry === null) return notFound({ server, requester, controls }, dn, { scope: 0 });
  for (const name of types) {
    const type = server.conf.schema.type(name);
    if (type === null) {
      return plainResult(resultCodes.undefinedAttributeType, `${name}: attribute type undefined`);
    }
    if (!requester.may(entry, type, accessLevels.write)) {
      return plainResult(resultCodes.insufficientAccessRights);
    }
  }
  return plainResult(resultCodes.unwillingToPerform, 'operation restricted');
}

function refuseAdd(operation: Operation, dn: string): LdapResult {
  const { session } = operation;
  if (session.server.directory.normalise(dn) === null)
    return plainResult(resultCodes.invalidDNSyntax, 'invalid DN');
  if (session.requester.dn === '') {
    return plainResult(resultCodes.strongerAuthRequired, 'modifications require authentication');
  }
  return plainResult(resultCodes.unwillingToPerform, 'operation restricted');
}

function refuseMove(operation: Operation, dn: string): LdapResult {
  const { server, requester } = operation.session;
  const result = refuseChange(operation, dn, []);
  const entry = server.directory.get(server.directory.normalise(dn) ?? '');
  if (result.code !== resultCodes.unwillingToPerform || entry?.parent == null) return result;
  if (requester.may(entry.parent, 'children', accessLevels.write)) return result;
  return plainResult(resultCodes.insufficientAccessRights, 'no write access to parent');
}

function extended(operation: Operation, oid: string): Answer {
  const { dn } = operation.session;
  if (oid === whoAmI) {
    const value = utf8.encode(dn === '' ? '' : `dn:${dn}`);
    return { kind: 'extended-response', result: plainResult(resultCodes.success), oid: '', value };
  }
  const result = plainResult(resultCodes.protocolError, 'unsupported extended operation');
  return { kind: 'extended-response', result, oid: '', value: null };
}

function compare(
  operation: Operation,
  request: { dn: string; attribute: string; value: Uint8Array },
): LdapResult {
  const { session, controls } = operation;
  const { server, requester } = session;
  const { schema } = server.conf;
  const normalisedDn = server.directory.normalise(request.dn);
  if (normalisedDn === null) return plainResult(resultCodes.invalidDNSyntax, 'invalid DN');
  const type = schema.type(request.attribute);
  if (type === null) {
    return plainResult(resultCodes.undefinedAttributeType, `${request.attribute}: attribute type undefined`);
  }
  const rule = equalityOf(type);
  if (rule === null) return plainResult(resultCodes.inappropriateMatching, 'inappropriate matching request');
  const key = rule(request.value, schema);
  if (key === null) {
    return plainResult(resultCodes.invalidAttributeSyntax, 'value does not conform to assertion syntax');
  }
  const entry = server.directory.get(normalisedDn);
  if (entry === null) return notFound({ server, requester, controls }, request.dn, { scope: 0 });
  if (!requester.may(entry, type, accessLevels.compare)) {
    const seen = requester.may(entry, 'entry', accessLevels.disclose);
    return plainResult(seen ? resultCodes.insufficientAccessRights : resultCodes.noSuchObject);
  }
  if (controls.assertion !== null && !holds(operation, entry))
    return plainResult(resultCodes.assertionFailed);
  if (attributesOf(entry, type).length === 0) return plainResult(resultCodes.noSuchAttribute);
  const same = hasValue(entry, type, key, schema);
  return plainResult(same ? resultCodes.compareTrue : resultCodes.compareFalse);
}

function holds({ session, controls }: Operation, entry: Entry): boolean {
  const { schema } = session.server.conf;
  const rare = { matchExtensible, matchOddItem };
  const context = { schema, requester: session.requester, rare };
  return matches(context, entry, toCondition(controls.assertion!, schema)) === true;
}
