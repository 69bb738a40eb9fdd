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

import { readSaslConf } from './sasl-conf.ts';
import { checkByLdap } from './saslauthd-ldap.ts';
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
  const method = readSaslConf(os, path).get('pwcheck_method') ?? 'auxprop';
  const at = user.lastIndexOf('@');
  const name = at < 0 ? user : user.slice(0, at);
  const realm = at < 0 ? parameters.text('smtpd_sasl_local_domain') : user.slice(at + 1);
  switch (method.split(/\s+/)[0]) {
    case 'auxprop':
      return checkSasldb(os, `${name}@${realm || os.hostName}`, password);
    case 'saslauthd':
      return yield* checkByLdap(
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
  const bytes = os.files.read(sasldbPath);
  if (bytes === null) return 'bad-password'; // auxprop: no such user
  for (const line of utf8.decode(bytes).split(/\r?\n/)) {
    const colon = line.indexOf(':');
    // Realms are host names: their case does not count.
    if (colon <= 0 || !sameIdentity(line.slice(0, colon), identity)) continue;
    return line.slice(colon + 1) === password ? 'ok' : 'bad-password';
  }
  return 'bad-password';
}

function sameIdentity(a: string, b: string): boolean {
  const [x, y] = [a.lastIndexOf('@'), b.lastIndexOf('@')];
  return a.slice(0, x) === b.slice(0, y) && a.slice(x).toLowerCase() === b.slice(y).toLowerCase();
}
