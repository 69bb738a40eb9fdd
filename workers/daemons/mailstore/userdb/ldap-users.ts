/**
 * ldap-users — users in a directory, as Zimbra's mailstore finds them
 *
 * A recipient is searched by delivery address or alias; a password is right when the directory lets its owner
 * bind with it. Accounts found are kept for a while (localconfig ldap_cache_account_maxage), so that a
 * directory that is down does not stop all mail; passwords never are.
 *
 * SEE ALSO  ../../clients/ldap.ts; Zimbra: ZimbraLmtpBackend.getAddressStatus, LdapProvisioning.authAccount
 */
import * as utf8 from '../../../bytes/utf8.ts';

import { MINUTE, SECOND, type Os, type Proc, type VirtualTime } from '../../../os/os.ts';

import { escapeFilterValue, LdapSession, openLdap, type LdapEntry } from '../../clients/ldap.ts';

import type { LdapConf } from '../conf.ts';

import type { PasswordResult, UserDatabase, UserResult } from './user-database.ts';

const timeoutUs = 30 * SECOND; // localconfig ldap_connect_timeout, ldap_read_timeout
const cacheAgeMax = 15 * MINUTE; // localconfig ldap_cache_account_maxage
const cacheSizeMax = 20_000; // localconfig ldap_cache_account_maxsize
const invalidCredentials = 49; // RFC 4511 §4.1.9

interface Account {
  dn: string;
  mailbox: string;
  status: string;
  quotaBytes: number;
}

type AccountResult =
  { kind: 'found'; account: Account } | { kind: 'no-such-user' } | { kind: 'try-again'; why: string };

/** Users of a directory. */
export function ldapUsers(conf: LdapConf): UserDatabase {
  return new LdapUsers(conf);
}

class LdapUsers implements UserDatabase {
  readonly #conf: LdapConf;
  /** bound and waiting for work; one search at a time on each */
  readonly #idle: LdapSession[] = [];
  readonly #cache = new Map<string, { account: Account; until: VirtualTime }>();

  constructor(conf: LdapConf) {
    this.#conf = conf;
  }

  *find(os: Os, address: string): Proc<UserResult> {
    const result = yield* this.#account(os, address);
    if (result.kind !== 'found') return result;
    const { mailbox, status, quotaBytes } = result.account;
    switch (status) {
      case 'active':
      case 'lockout':
      case 'locked':
        return { kind: 'found', mailbox, quotaBytes };
      case 'maintenance':
        return { kind: 'disabled' };
      default:
        return { kind: 'no-such-user' };
    }
  }

  *verify(os: Os, user: string, password: string): Proc<PasswordResult> {
    // RFC 4513 §5.1.2: a bind without a password is anonymous and succeeds; it proves nothing.
    if (password === '') return { kind: 'bad-password' };
    const { default_domain } = this.#conf;
    const isBare = default_domain !== '' && !user.includes('@');
    const result = yield* this.#account(os, isBare ? `${user}@${default_domain}` : user);
    if (result.kind === 'try-again') return result;
    if (result.kind !== 'found' || result.account.status !== 'active') return { kind: 'bad-password' };
    const { host, port } = this.#conf;
    const deadline = os.now() + timeoutUs;
    const session = yield* openLdap(os, { host, port, deadline });
    if (!(session instanceof LdapSession)) return { kind: 'try-again', why: session.why };
    try {
      const bound = yield* session.bind({ dn: result.account.dn, password, deadline });
      if (bound.kind === 'ok') return { kind: 'ok', mailbox: result.account.mailbox };
      if (bound.kind === 'refused' && bound.code === invalidCredentials) return { kind: 'bad-password' };
      return { kind: 'try-again', why: bound.kind === 'refused' ? bound.text : bound.why };
    } finally {
      session.close();
    }
  }

  *#account(os: Os, address: string): Proc<AccountResult> {
    const key = address.toLowerCase();
    const cached = this.#cache.get(key);
    if (cached !== undefined && os.now() < cached.until) return { kind: 'found', account: cached.account };
    // A connection that has been idle may be dead: then once more on a new one.
    let result = yield* this.#search(os, key, this.#idle.pop() ?? null);
    if (result === 'stale') result = yield* this.#search(os, key, null);
    if (result === 'stale') return { kind: 'try-again', why: "Can't contact LDAP server" };
    if (result.kind === 'found') {
      if (this.#cache.size >= cacheSizeMax) this.#cache.clear();
      this.#cache.set(key, { account: result.account, until: os.now() + cacheAgeMax });
    } else this.#cache.delete(key);
    return result;
  }

  *#search(os: Os, address: string, idle: LdapSession | null): Proc<AccountResult | 'stale'> {
    const session = idle ?? (yield* this.#open(os));
    if (!(session instanceof LdapSession)) return session;
    const found = yield* session.search(
      {
        base: this.#conf.search_base,
        scope: 'sub',
        filter: this.#conf.query_filter.replaceAll('%s', escapeFilterValue(address)),
        attributes: [this.#conf.result_attribute, 'zimbraAccountStatus', 'zimbraMailQuota'],
        deadline: os.now() + timeoutUs,
        table: 'mailbox',
        key: address,
      },
      os,
    );
    if (found.kind === 'try-again') return idle === null ? found : 'stale';
    if (found.kind === 'refused') {
      session.close();
      return { kind: 'try-again', why: found.text };
    }
    this.#idle.push(session);
    const entry = found.entries[0];
    const account = entry === undefined ? null : toAccount(entry, this.#conf.result_attribute);
    return account === null ? { kind: 'no-such-user' } : { kind: 'found', account };
  }

  *#open(os: Os): Proc<LdapSession | { kind: 'try-again'; why: string }> {
    const { host, port, bind_dn, bind_pw } = this.#conf;
    const deadline = os.now() + timeoutUs;
    const session = yield* openLdap(os, { host, port, deadline });
    if (!(session instanceof LdapSession)) return session;
    const bound = yield* session.bind({ dn: bind_dn, password: bind_pw, deadline });
    if (bound.kind === 'ok') return session;
    session.close();
    return { kind: 'try-again', why: bound.kind === 'refused' ? bound.text : bound.why };
  }
}

function toAccount(entry: LdapEntry, resultAttribute: string): Account | null {
  const first = (name: string): string | null => {
    const value = entry.attributes.get(name.toLowerCase())?.[0];
    return value === undefined ? null : utf8.decode(value);
  };
  const mailbox = first(resultAttribute);
  if (mailbox === null) return null;
  const quota = first('zimbraMailQuota');
  return {
    dn: entry.dn,
    mailbox: mailbox.toLowerCase(),
    status: first('zimbraAccountStatus') ?? 'active',
    quotaBytes: quota !== null && /^\d{1,15}$/.test(quota) ? Number(quota) : 0,
  };
}
