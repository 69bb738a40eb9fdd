/**
 * saslauthd-ldap — saslauthd -a ldap: find the user's entry, then bind as it
 *
 * SIMPLIFIED: the real saslauthd answers NO also when the directory is down, and smtpd then says 535 as
 * for a wrong password; here that is try-again, so that an outage does not look like a wrong password.
 *
 * SEE ALSO  saslauthd(8), LDAP_SASLAUTHD
 */
import {
  escapeFilterValue, LdapSession, openLdapServers, parseLdapServers, type LdapServer,
} from '../../clients/ldap.ts'; // prettier-ignore
import { SECOND, type Os, type Proc } from '../../../os/os.ts';
import { describeResult, resultCodes } from '../../../protocols/ldap/types.ts';

import { parseSaslConf } from './sasl-conf.ts';
import type { PasswordVerdict } from './verdict.ts';

const confPath = '/etc/saslauthd.conf';
const ident = 'saslauthd';

interface Identity {
  user: string;
  realm: string;
  service: string;
}

/** Checks a password against the directory of /etc/saslauthd.conf. */
export function* checkByLdap(os: Os, given: Identity, password: string): Proc<PasswordVerdict> {
  const conf = os.files.parsed(confPath, parseConf);
  const { timeoutUs } = conf;
  const identity = { ...given, realm: given.realm || conf.defaultRealm };
  const session = yield* openLdapServers(os, conf.servers, timeoutUs);
  if (!(session instanceof LdapSession)) return down(os, session.code);
  try {
    const { bindDn, bindPassword } = conf;
    const bound = yield* session.bind({ dn: bindDn, password: bindPassword, deadline: os.now() + timeoutUs });
    if (bound.kind !== 'ok') return down(os, bound.code);
    const found = yield* session.search({
      base: expand(conf.searchBase, identity),
      scope: conf.scope,
      filter: expand(conf.filter, identity),
      attributes: ['1.1'],
      deadline: os.now() + timeoutUs,
      table: 'saslauthd',
      key: `${identity.user}@${identity.realm}`,
    });
    if (found.kind === 'refused' && found.code === resultCodes.noSuchObject) return refuse(os, identity);
    if (found.kind !== 'entries') return down(os, found.code);
    // None, or more than one: nobody to be.
    if (found.entries.length !== 1) return refuse(os, identity);
    const dn = found.entries[0]!.dn;
    const checked = yield* session.bind({ dn, password, deadline: os.now() + timeoutUs });
    if (checked.kind === 'try-again') return down(os, checked.code);
    if (checked.kind === 'refused') return refuse(os, identity);
    yield* session.unbind();
    return 'ok';
  } finally {
    session.close();
  }
}

interface Conf {
  servers: LdapServer[];
  timeoutUs: number;
  bindDn: string;
  bindPassword: string;
  searchBase: string;
  scope: 'base' | 'one' | 'sub';
  filter: string;
  defaultRealm: string;
}

function parseConf(bytes: Uint8Array | null): Conf {
  const values = parseSaslConf(bytes);
  const text = (name: string, otherwise: string): string => values.get(name) ?? otherwise;
  const scope = text('ldap_scope', 'sub');
  return {
    servers: parseLdapServers(text('ldap_servers', 'ldap://localhost/')),
    timeoutUs: Math.max(1, Number(text('ldap_timeout', '5')) || 5) * SECOND,
    bindDn: text('ldap_bind_dn', ''),
    bindPassword: text('ldap_password', text('ldap_bind_pw', '')),
    searchBase: text('ldap_search_base', ''),
    scope: scope === 'one' || scope === 'base' ? scope : 'sub',
    filter: text('ldap_filter', 'uid=%u'),
    defaultRealm: text('ldap_default_realm', ''),
  };
}

function down(os: Os, code: number): PasswordVerdict {
  os.log(ident, `user ldap_simple_bind() failed ${code} (${describeResult(code)}).`);
  return { kind: 'try-again', why: describeResult(code) };
}

function refuse(os: Os, { user, realm, service }: Identity): PasswordVerdict {
  const who = `[user=${user}] [service=${service}] [realm=${realm}]`;
  os.log(ident, `do_auth         : auth failure: ${who} [mech=ldap] [reason=Unknown]`);
  return 'bad-password';
}

/** %u user, %r and %d realm, %R "@realm", %U the user's part before "@", %s service, %% percent. */
function expand(template: string, { user, realm, service }: Identity): string {
  return template.replace(/%([%A-Za-z])/g, (whole, letter: string) => {
    switch (letter) {
      case '%':
        return '%';
      case 'u':
        return escapeFilterValue(user);
      case 'U':
        return escapeFilterValue(user.split('@')[0]!);
      case 'r':
      case 'd':
        return escapeFilterValue(realm);
      case 'R':
        return realm === '' ? '' : `@${escapeFilterValue(realm)}`;
      case 's':
        return escapeFilterValue(service);
      default:
        return whole;
    }
  });
}
