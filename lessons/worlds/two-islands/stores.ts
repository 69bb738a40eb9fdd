/**
 * stores — mailboxes and user agents of the first two worlds: mailstore.conf, users, mua.conf
 */
import type { PlainSite } from './mail.ts';

type Files = Record<string, string>;

/** mx.far.example: Dovecot beside Postfix, users in a file. Postfix delivers to lmtp:[127.0.0.1]:24. */
export const farMailstoreFiles: Files = dovecotFiles('mx.far.example', [['alice@far.example', 'wonderland']]);

/** mbox1.acme.example: Zimbra's mailstore, users in the directory. */
export function acmeMailstoreFiles(ldapPassword: string): Files {
  return {
    '/etc/hosts':
      '127.0.0.1 localhost\n192.0.2.30 ldap1.acme.example ldap1\n192.0.2.25 mta1.acme.example mta1\n',
    '/etc/mailstore.conf': `# Zimbra keeps these in localconfig.xml and in the server's directory entry
personality = zimbra
hostname = mbox1.acme.example
lmtp_listen = 7025
imap_listen = 143
mail_location = /opt/zimbra/store
userdb = ldap
ldap_url = ldap://ldap1.acme.example:389
zimbra_ldap_userdn = uid=zimbra,cn=admins,cn=zimbra
zimbra_ldap_password = ${ldapPassword}
zimbraDefaultDomainName = acme.example
`,
  };
}

/** ws-alice.far.example */
export const aliceMuaFiles: Files = {
  '/etc/mua.conf': account({
    address: 'alice@far.example',
    name: 'Alice',
    password: 'wonderland',
    submission: 'mx.far.example:587',
    imap: 'mx.far.example:143',
  }),
};

/** ws-bob.acme.example */
export const bobMuaFiles: Files = {
  '/etc/mua.conf': account({
    address: 'bob@acme.example',
    name: 'Bob',
    password: 'builder',
    submission: 'mta1.acme.example:587',
    imap: 'mbox1.acme.example:143',
  }),
};

/** Mailboxes and mail programs of a host that has both, beside plainPostfixFiles. */
export function mailHostFiles({ host, domain, users }: PlainSite): Files {
  return {
    ...dovecotFiles(
      host,
      users.map(({ name, password }) => [`${name}@${domain}`, password]),
    ),
    '/etc/mua.conf': users
      .map(({ name, password, gecos }) =>
        account({
          address: `${name}@${domain}`,
          name: gecos,
          password,
          submission: '127.0.0.1:587',
          imap: '127.0.0.1:143',
        }),
      )
      .join('\n'),
  };
}

/** A mailstore beside Postfix, users in a file: address and password of each. */
export function dovecotFiles(hostname: string, users: readonly (readonly [string, string])[]): Files {
  return {
    '/etc/mailstore.conf': `# doveconf -n, as far as this mailstore has it
personality = dovecot
hostname = ${hostname}
lmtp_listen = 127.0.0.1:24
imap_listen = 143
mail_location = /var/mail
userdb = passwd-file /etc/dovecot/users
`,
    '/etc/dovecot/users': users.map(([user, password]) => `${user}:{PLAIN}${password}::::::\n`).join(''),
  };
}

/** A section of mua.conf: an account of a user agent. */
export function account(settings: {
  address: string;
  name: string;
  password: string;
  submission: string;
  imap: string;
}): string {
  const { address, name, password, submission, imap } = settings;
  return `[${address}]\nname = ${name}\npassword = ${password}\nsubmission = ${submission}\nimap = ${imap}\n`;
}
