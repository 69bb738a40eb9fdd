/**
 * saslauthd-ldap — saslauthd -a ldap: find the user's entry, then bind as it
 *
 * SIMPLIFIED: the real saslauthd answers NO also when the directory is down, and smtpd then says 535 as
 * for a wrong password; here that is try-again, so that an outage does not look like a wrong password.
 *
 * SEE ALSO  saslauthd(8), LDAP_SASLAUTHD
 */
import { escapeFilterValue, LdapSession, openLdapServers, parseLdapServers } from '../../clients/ldap.ts';
import { SECOND, type Os, type Proc } from '../../../os/os.ts';
import { describeResult, resultCodes } from '../../../protocols/ldap/types.ts';

import { readSaslConf } from './sasl-conf.ts';
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
  const conf = readSaslConf(os, confPath);
  const identity = { ...given, realm: given.realm || (conf.get('ldap_default_realm') ?? '') };
  const servers = parseLdapServers(conf.get('ldap_servers') ?? 'ldap://localhost/');
  const timeoutUs = Math.max(1, Number(conf.get('ldap_timeout') ?? 5) || 5) * SECOND;
  const session = yield* openLdapServers(os, servers, timeoutUs);
  if (!(session instanceof LdapSession)) return down(os, session.code);
  try {
    const bound = yield* session.bind({
      dn: conf.get('ldap_bind_dn') ?? '',
      password: conf.get('ldap_password') ?? conf.get('ldap_bind_pw') ?? '',
      deadline: os.now() + timeoutUs,
    });
    if (bound.kind !== 'ok') return down(os, bound.code);
    const found = yield* session.search({
      base: expand(conf.get('ldap_search_base') ?? '', identity),
      scope: scopeOf(conf.get('ldap_scope')),
      filter: expand(conf.get('ldap_filter') ?? 'uid=%u', identity),
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

function down(os: Os, code: number): PasswordVerdict {
  os.log(ident, `user ldap_simple_bind() failed ${code} (${describeResult(code)}).`);
  return { kind: 'try-again', why: describeResult(code) };
}

function refuse(os: Os, { user, realm, service }: Identity): PasswordVerdict {
  const who = `[user=${user}] [service=${service}] [realm=${realm}]`;
  os.log(ident, `do_auth         : auth failure: ${who} [mech=ldap] [reason=Unknown]`);
  return 'bad-password';
}

function scopeOf(text: string | undefined): 'base' | 'one' | 'sub' {
  return text === 'one' || text === 'base' ? text : 'sub';
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
