/**
 * authenticate — checks a user's password for AUTH, as Cyrus SASL is configured to
 *
 * /etc/postfix/sasl/<smtpd_sasl_path>.conf says how: pwcheck_method "auxprop" looks in /etc/sasldb-users,
 * "saslauthd" searches the directory of /etc/saslauthd.conf and binds as the entry found.
 *
 * SIMPLIFIED: sasldb2 is a Berkeley DB; here it is text, "user@realm:password" a line. saslauthd(8) is a
 * daemon behind a socket that keeps its connections; here each check opens one, and logs as saslauthd.
 *
 * SEE ALSO  SASL_README; saslauthd-ldap.ts
 */
import * as utf8 from '../../../bytes/utf8.ts';

import type { Os, Proc } from '../../../os/os.ts';

import type { Service } from '../instance.ts';
import { lateCode } from '../late.ts';

import { parseSaslConf } from './sasl-conf.ts';
import type { PasswordVerdict } from './verdict.ts';

export type { PasswordVerdict } from './verdict.ts';

const confFolder = '/etc/postfix/sasl';
const sasldbPath = '/etc/sasldb-users';
const passwordCharsMax = 8192;

/**
 * Checks a password. `user` is the authentication identity as the client gave it, with or without "@realm".
 * try-again: the password could not be checked; smtpd answers 454 4.7.0.
 */
export function* verifyPassword(
  os: Os,
  service: Service,
  user: string,
  password: string,
): Proc<PasswordVerdict> {
  if (user === '' || password === '' || password.length > passwordCharsMax) return 'bad-password';
  const { parameters, ident } = service;
  const path = `${confFolder}/${parameters.text('smtpd_sasl_path')}.conf`;
  const method = os.files.parsed(path, parseSaslConf).get('pwcheck_method') ?? 'auxprop';
  const at = user.lastIndexOf('@');
  const name = at < 0 ? user : user.slice(0, at);
  const realm = at < 0 ? parameters.text('smtpd_sasl_local_domain') : user.slice(at + 1);
  switch (method.split(/\s+/)[0]) {
    case 'auxprop':
      return checkSasldb(os, `${name}@${realm || os.hostName}`, password);
    case 'saslauthd':
      return yield* (yield* lateCode(os)).checkByLdap(
        os,
        { user: name, realm, service: parameters.text('smtpd_sasl_service') },
        password,
      );
    default: {
      const why = `unknown password verifier(s) ${method}`;
      os.log(ident, `warning: SASL authentication failure: ${why}`);
      return { kind: 'try-again', why };
    }
  }
}

function checkSasldb(os: Os, identity: string, password: string): PasswordVerdict {
  const known = os.files.parsed(sasldbPath, parseSasldb).get(foldRealm(identity));
  return known === password ? 'ok' : 'bad-password'; // auxprop: no such user
}

/** Passwords by identity; the first line of an identity counts. */
function parseSasldb(bytes: Uint8Array | null): ReadonlyMap<string, string> {
  const passwords = new Map<string, string>();
  for (const line of bytes === null ? [] : utf8.decode(bytes).split(/\r?\n/)) {
    const colon = line.indexOf(':');
    const identity = foldRealm(line.slice(0, Math.max(colon, 0)));
    if (identity !== '' && !passwords.has(identity)) passwords.set(identity, line.slice(colon + 1));
  }
  return passwords;
}

/** Realms are host names: their case does not count. */
function foldRealm(identity: string): string {
  const at = identity.lastIndexOf('@');
  return at < 0 ? identity : identity.slice(0, at) + identity.slice(at).toLowerCase();
}
