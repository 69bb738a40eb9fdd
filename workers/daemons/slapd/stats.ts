/**
 * stats — the log lines of loglevel "stats" that say what is asked
 *
 * SEE ALSO  session.ts (RESULT lines), slapd.ts (ACCEPT, closed); slapd.conf(5) loglevel
 */
import { formatFilter } from '../../protocols/ldap/filter-text.ts';
import type { BindRequest, LdapRequest } from '../../protocols/ldap/request.ts';

import type { Os } from '../../os/os.ts';

const simpleMethod = 128;
const saslMethod = 163;

/** Logs a request. */
export function logRequest(os: Os, place: string, request: LdapRequest, session: { dn: string }): void {
  const log = (text: string): void => os.log('slapd', `${place} ${text}`);
  switch (request.kind) {
    case 'bind-request':
      if (session.dn !== '') log('BIND anonymous mech=implicit bind_ssf=0 ssf=0');
      return log(`BIND dn="${request.name}" method=${methodNumber(request)}`);
    case 'unbind-request':
      return log('UNBIND');
    case 'search-request': {
      const { base, scope, derefAliases, filter, attributes } = request;
      log(`SRCH base="${base}" scope=${scope} deref=${derefAliases} filter="${formatFilter(filter)}"`);
      if (attributes.length > 0) log(`SRCH attr=${attributes.join(' ')}`);
      return;
    }
    case 'modify-request':
      log(`MOD dn="${request.dn}"`);
      return log(`MOD attr=${request.changes.map(({ type }) => type).join(' ')}`);
    case 'add-request':
      return log(`ADD dn="${request.dn}"`);
    case 'delete-request':
      return log(`DEL dn="${request.dn}"`);
    case 'modify-dn-request':
      return log(`MODRDN dn="${request.dn}"`);
    case 'compare-request':
      return log(`CMP dn="${request.dn}" attr="${request.attribute}"`);
    case 'abandon-request':
      return log(`ABANDON msg=${request.target}`);
    case 'extended-request':
      return log(`EXT oid=${request.oid}`);
  }
}

function methodNumber(request: BindRequest): number {
  return request.authentication.method === 'simple' ? simpleMethod : saslMethod;
}
