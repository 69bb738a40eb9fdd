/**
 * server-access — check_…_{mx,ns,a}_access: access(5) by who serves the mail or the name of a domain
 *
 * A domain without MX records is its own mail server; one without NS records has those of its parent. OK is
 * no answer here: anybody can choose who serves his domain.
 *
 * SIMPLIFIED: no IDNA: a domain beyond ASCII is not found; the real smtpd(8) looks its A-label up.
 *
 * SEE ALSO  access.ts, postconf(5) check_sender_mx_access
 */
import { isIpv4, isIpv6 } from '../../../protocols/smtp/host-name.ts';

import type { Proc } from '../../../os/os.ts';

import { gaiStrerror, hstrerror, lookup, lookupAddresses } from '../../clients/dns.ts';

import { addressKeys, findAccess, hostKeys } from './access.ts';
import type { Subject } from './check-subject.ts';
import type { Session } from './session.ts';
import { rejectServerError, renamed, type Check, type Verdict } from './verdict.ts';

/** A = the domain itself, and only its addresses */
export type ServerType = 'MX' | 'NS' | 'A';

const addressesMax = 100; // dns_rr_list_limit of later versions

/** Looks the servers of a name or address up in a table: by name, then by address. */
export function* checkServerAccess(
  check: Check,
  title: string,
  type: ServerType,
  { what, replyName, replyClass }: Subject,
): Proc<Verdict> {
  const named = renamed(check, replyName, replyClass);
  const domain = what.slice(what.lastIndexOf('@') + 1);
  if (domain.startsWith('[')) return yield* checkLiteral(named, title, type, domain);
  const servers = yield* findServers(check.session, what, domain, type);
  let addressCount = 0;
  for (const server of servers) {
    const address = isIpv4(server) || isIpv6(server) ? server : null;
    const keys = address === null ? hostKeys(check.session, server) : addressKeys(address);
    const verdict = type === 'A' && address === null ? null : yield* findAccess(named, title, keys);
    if (verdict !== null) return verdict;
    if (address !== null) continue;
    const found = yield* lookupAddresses(check.session.os, server);
    if (found.kind !== 'found') {
      const whose = `${replyClass} ${replyName}: ${gaiStrerror(found.kind)}`;
      if (type !== 'A') check.session.warn(`Unable to look up ${type} host ${server} for ${whose}`);
      continue;
    }
    for (const one of found.addresses) {
      if (++addressCount > addressesMax) {
        const limit = `${type} server address count limit (${addressesMax}) exceeded`;
        const whose = `${replyClass} ${replyName} -- ignoring the remainder`;
        check.session.warn(`check_server_access: ${limit} for ${whose}`);
        return 'dunno';
      }
      const ofAddress = yield* findAccess(named, title, addressKeys(one));
      if (ofAddress !== null) return ofAddress;
    }
  }
  return 'dunno';
}

// An address in brackets is its own mail server.
function* checkLiteral(check: Check, title: string, type: ServerType, literal: string): Proc<Verdict> {
  if (type === 'NS' || !literal.endsWith(']')) return 'dunno';
  const address = literal.slice(1, -1).replace(/^ipv6:/i, '');
  if (!isIpv4(address) && !isIpv6(address)) return 'dunno';
  return (yield* findAccess(check, title, addressKeys(address))) ?? 'dunno';
}

function* findServers(session: Session, what: string, domain: string, type: ServerType): Proc<string[]> {
  if (type === 'A') return [domain];
  let answer = yield* lookup(session.os, { name: domain, type });
  let asked: string = domain;
  if (type === 'MX' && (answer.kind === 'no-such-name' || answer.kind === 'no-data')) return [domain];
  while (answer.kind === 'no-such-name' || answer.kind === 'no-data') {
    const dot = asked.indexOf('.');
    asked = dot === -1 || dot === asked.length - 1 ? '' : asked.slice(dot + 1);
    if (asked === '') break;
    answer = yield* lookup(session.os, { name: asked, type });
  }
  if (answer.kind !== 'found') {
    const words = hstrerror(answer.kind);
    session.warn(`Unable to look up ${type} host for ${asked === '' ? what : asked}: ${words}`);
    return [];
  }
  const names = answer.records.map(({ data }) =>
    type === 'MX' ? (data as { exchange: string }).exchange : (data as { host: string }).host,
  );
  const isNullMx = type === 'MX' && names.length === 1 && /^\.?$/.test(names[0]!); // RFC 7505 §3
  return isNullMx ? [] : names.map((name) => name.replace(/\.$/, ''));
}

/** OK of what anybody can choose is a mistake of the configuration. */
export function forbidOk(
  check: Check,
  verdict: Verdict,
  { name, what }: { name: string; what: string },
): Verdict {
  const { session } = check;
  if (verdict !== 'ok' || session.actions.discard) return verdict;
  session.warn(`restriction ${name} returns OK for ${what}`);
  session.warn('this is not allowed for security reasons');
  session.warn('use DUNNO instead of OK if you want to make an exception');
  return rejectServerError(session);
}
