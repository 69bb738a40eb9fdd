/**
 * stats — the log lines of loglevel "stats" that say what is asked
 *
 * SEE ALSO  session.ts (RESULT lines), slapd.ts (ACCEPT, closed); slapd.conf(5) loglevel
 */
import type { BindRequest } from '../../protocols/ldap/request.ts';

import type { Os } from '../../os/os.ts';

import type { PreparedSearch, ServedRequest } from './prepared.ts';

const simpleMethod = 128;
const saslMethod = 163;

/**
 * Logs a request.
 * @param dn who the client is bound as, '' = anonymous
 */
export function logRequest(os: Os, place: string, request: ServedRequest, dn: string): void {
  if (request.kind === 'search-request') {
    os.log('slapd', `${place} ${request.asked}`);
    if (request.attributes !== '') os.log('slapd', `${place} ${request.attributes}`);
    return;
  }
  if (request.kind === 'bind-request' && dn !== '')
    os.log('slapd', `${place} BIND anonymous mech=implicit bind_ssf=0 ssf=0`);
  os.log('slapd', `${place} ${describe(request)}`);
  if (request.kind === 'modify-request')
    os.log('slapd', `${place} MOD attr=${request.changes.map(({ type }) => type).join(' ')}`);
}

function describe(request: Exclude<ServedRequest, PreparedSearch>): string {
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
