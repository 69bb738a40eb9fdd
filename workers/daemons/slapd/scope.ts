/**
 * scope — where a search starts and how far it goes; what is said when there is nothing, or a referral
 *
 * STANDARDS  RFC 4511 §4.5.1.1, §4.5.1.2, §4.1.10 (referral), RFC 3296
 */
import * as utf8 from '../../bytes/utf8.ts';

import { formatDn, parseDn } from '../../protocols/ldap/dn.ts';
import type { LdapResult } from '../../protocols/ldap/response.ts';
import { resultCodes } from '../../protocols/ldap/types.ts';

import { accessLevels, isWithin, type Requester } from './access.ts';
import type { RequestControls } from './controls.ts';
import type { Entry } from './directory.ts';
import { plainResult, type Server } from './server.ts';

interface Asking {
  server: Server;
  requester: Requester;
  controls: Readonly<RequestControls>;
}

/**
 * The entry to start from (null = the empty suffix, which has no entry), or the result that says why
 * there is none.
 */
export function findBase(
  context: Asking,
  request: { base: string; scope: number },
  base: string,
): { entry: Entry | null } | { result: LdapResult } {
  const { server, requester } = context;
  const { suffix } = server.conf;
  if (suffix === null || !isWithin(base, { dn: suffix, scope: 'subtree' })) {
    return { result: plainResult(resultCodes.noSuchObject) };
  }
  if (base === '') return { entry: null };
  const entry = server.directory.get(base);
  if (entry === null) return { result: notFound(context, request.base, { scope: request.scope }) };
  if (!requester.may(entry, 'entry', accessLevels.search)) {
    const seen = requester.may(entry, 'entry', accessLevels.disclose);
    return { result: plainResult(seen ? resultCodes.insufficientAccessRights : resultCodes.noSuchObject) };
  }
  if (!context.controls.manageDsaIt && entry.isReferral) {
    const referral = formatReferrals(entry, { base: request.base, scope: scopeNames[request.scope]! });
    return { result: { code: resultCodes.referral, matchedDn: entry.dn, text: '', referral } };
  }
  return { entry };
}

/** noSuchObject with the nearest entry above, or a referral when that one is a referral. */
export function notFound(context: Asking, dn: string, { scope }: { scope: number }): LdapResult {
  const { server, requester } = context;
  const rdns = parseDn(dn) ?? [];
  for (let i = 1; i < rdns.length; i++) {
    const above = server.directory.get(server.directory.normalise(formatDn(rdns.slice(i)))!);
    if (above === null) continue;
    const seen = requester.may(above, 'entry', accessLevels.disclose);
    if (seen && above.isReferral) {
      const referral = formatReferrals(above, { base: dn, scope: scopeNames[scope]! });
      return { code: resultCodes.referral, matchedDn: above.dn, text: '', referral };
    }
    return { ...plainResult(resultCodes.noSuchObject), matchedDn: seen ? above.dn : '' };
  }
  return plainResult(resultCodes.noSuchObject);
}

const scopeNames: readonly string[] = Object.freeze(['base', 'one', 'sub', 'subordinate']);

/** The URIs of a referral entry, with what is left to do there: ldap://host/dn??scope. */
export function formatReferrals(entry: Entry, rest: { base: string; scope: string }): string[] {
  const refs = entry.attributes.find(({ type }) => type.name === 'ref')?.values ?? [];
  return refs.map((ref) => {
    const uri = utf8.decode(ref).replace(/\/$/, '');
    const match = /^(ldaps?:\/\/[^/]*)(?:\/(.*))?$/.exec(uri);
    if (match === null) return uri;
    const [, server = '', target = ''] = match;
    // What lies below the referral keeps its own names in front of the target's.
    const below =
      rest.base.length > entry.dn.length ? rest.base.slice(0, rest.base.length - entry.dn.length) : '';
    return `${server}/${below}${target === '' ? entry.dn : target}??${rest.scope}`;
  });
}

/** Whether an entry is within a scope of the base (null = the empty suffix). */
export function inScope(entry: Entry, base: Entry | null, scope: number): boolean {
  if (scope === 0) return entry === base;
  if (scope === 1) return entry.parent === base;
  if (base === null) return true;
  if (entry === base) return scope === 2;
  for (let at = entry.parent; at !== null; at = at.parent) if (at === base) return true;
  return false;
}
