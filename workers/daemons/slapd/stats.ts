/**
 * stats — the log lines of loglevel "stats" that say what is asked
 *
 * SEE ALSO  session.ts (RESULT lines), slapd.ts (ACCEPT, closed); slapd.conf(5) loglevel
 */
import { formatFilter } from '../../protocols/ldap/filter-text.ts';
import type { BindRequest, LdapRequest } from '../../protocols/ldap/request.ts';
import type { TextTable } from '../../protocols/ldap/text-table.ts';

import type { Os } from '../../os/os.ts';

const simpleMethod = 128;
const saslMethod = 163;

/**
 * Logs a request.
 * @param client the session it comes from: who it is bound as, and texts that come again and again
 */
export function logRequest(
  os: Os,
  place: string,
  request: LdapRequest,
  client: { dn: string; texts: TextTable },
): void {
  if (request.kind === 'search-request') {
    const { base, scope, derefAliases, attributes } = request;
    const filter = formatFilter(request.filter, client.texts);
    os.log('slapd', `${place} SRCH base="${base}" scope=${scope} deref=${derefAliases} filter="${filter}"`);
    if (attributes.length === 0) return;
    let text = `${place} SRCH attr=${attributes[0]!}`;
    for (let i = 1; i < attributes.length; i++) text += ` ${attributes[i]!}`;
    return os.log('slapd', text);
  }
  if (request.kind === 'bind-request' && client.dn !== '')
    os.log('slapd', `${place} BIND anonymous mech=implicit bind_ssf=0 ssf=0`);
  os.log('slapd', `${place} ${describe(request)}`);
  if (request.kind === 'modify-request')
    os.log('slapd', `${place} MOD attr=${request.changes.map(({ type }) => type).join(' ')}`);
}

function describe(request: Exclude<LdapRequest, { kind: 'search-request' }>): string {
  switch (request.kind) {
    case 'bind-request':
      return `BIND dn="${request.name}" method=${methodNumber(request)}`;
    case 'unbind-request':
      return 'UNBIND';
    case 'modify-request':
      return `MOD dn="${request.dn}"`;
    case 'add-request':
      return `ADD dn="${request.dn}"`;
    case 'delete-request':
      return `DEL dn="${request.dn}"`;
    case 'modify-dn-request':
      return `MODRDN dn="${request.dn}"`;
    case 'compare-request':
      return `CMP dn="${request.dn}" attr="${request.attribute}"`;
    case 'abandon-request':
      return `ABANDON msg=${request.target}`;
    case 'extended-request':
      return `EXT oid=${request.oid}`;
  }
}

function methodNumber(request: BindRequest): number {
  return request.authentication.method === 'simple' ? simpleMethod : saslMethod;
}
