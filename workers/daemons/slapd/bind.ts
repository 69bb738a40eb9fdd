/**
 * bind — BindRequest: who the client is from now on
 *
 * STANDARDS  RFC 4511 §4.2, RFC 4513 §5.1
 * SEE ALSO   operations.ts
 */
import * as utf8 from '../../bytes/utf8.ts';

import type { BindRequest } from '../../protocols/ldap/request.ts';
import type { LdapResult } from '../../protocols/ldap/response.ts';
import { resultCodes } from '../../protocols/ldap/types.ts';

import type { Os } from '../../os/os.ts';

import { accessLevels } from './access.ts';
import type { RequestControls } from './controls.ts';
import { attributesOf } from './directory.ts';
import { checkPassword } from './password.ts';
import { plainResult, requesterOf } from './server.ts';
import type { Session } from './session.ts';

/** One operation of a session. */
export interface Operation {
  os: Os;
  session: Session;
  /** "conn=1000 op=1", as logged */
  place: string;
  id: number;
  controls: Readonly<RequestControls>;
}

/** Binds. Whatever the outcome, the client is anonymous before (RFC 4513 §4). */
export function bindResult(operation: Operation, request: BindRequest): LdapResult {
  const { session, place, os } = operation;
  session.dn = '';
  session.requester = session.server.anonymous;
  const { version, name, authentication } = request;
  if (version < 2 || version > 3) {
    return plainResult(resultCodes.protocolError, 'requested protocol version not supported');
  }
  const { directory } = session.server;
  const normalisedDn = directory.normalise(name);
  if (normalisedDn === null) return plainResult(resultCodes.invalidDNSyntax, 'invalid DN');
  if (version === 2) {
    return plainResult(
      resultCodes.protocolError,
      'historical protocol version requested, use LDAPv3 instead',
    );
  }
  if (authentication.method === 'sasl') {
    const text = `SASL(-4): no mechanism available: Couldn't find mech ${authentication.mechanism}`;
    return plainResult(resultCodes.authMethodNotSupported, text);
  }
  if (authentication.method === 'unknown') {
    return plainResult(resultCodes.authMethodNotSupported, 'unknown authentication method');
  }
  const { password } = authentication;
  if (normalisedDn === '')
    return plainResult(password.length > 0 ? resultCodes.invalidCredentials : resultCodes.success);
  if (password.length === 0) {
    const text = 'unauthenticated bind (DN with no password) disallowed';
    return plainResult(resultCodes.unwillingToPerform, text);
  }
  const dn = verify(session, normalisedDn, password);
  if (dn === null) return plainResult(resultCodes.invalidCredentials);
  session.dn = dn;
  session.requester = requesterOf(session.server, normalisedDn);
  os.log('slapd', `${place} BIND dn="${dn}" mech=SIMPLE bind_ssf=0 ssf=0`);
  return plainResult(resultCodes.success);
}

/**
 * @returns the DN as the directory spells it, null when the password is not the one of an entry of
 * that name
 */
function verify(session: Session, normalisedDn: string, password: Uint8Array): string | null {
  const { server } = session;
  const { rootDn, rootPassword, schema } = server.conf;
  if (normalisedDn === server.rootDn && rootPassword !== '') {
    return checkPassword(utf8.encode(rootPassword), password) ? rootDn : null;
  }
  const entry = server.directory.get(normalisedDn);
  const type = schema.type('userPassword');
  if (entry === null || type === null) return null;
  if (!server.anonymous.may(entry, type, accessLevels.auth)) return null;
  const stored = attributesOf(entry, type).flatMap(({ values }) => values);
  return stored.some((value) => checkPassword(value, password)) ? entry.dn : null;
}
