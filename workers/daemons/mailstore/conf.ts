/**
 * conf — /etc/mailstore.conf: which product the mailstore imitates, its ports and its users
 *
 *   personality = dovecot                       # or zimbra
 *   hostname = mx.far.example
 *   lmtp_listen = 127.0.0.1:24                  # [address:]port
 *   imap_listen = 143
 *   userdb = passwd-file /etc/dovecot/users     # or ldap
 *   mail_location = /var/mail
 *   ldap_url = ldap://ldap1.acme.example:389    # with userdb = ldap
 *
 * SIMPLIFIED: one file. Dovecot has dovecot.conf with sections; Zimbra keeps these values in its directory
 * and in localconfig.xml. Their names are kept where they have one.
 */
import * as utf8 from '../../bytes/utf8.ts';

export type Personality = 'dovecot' | 'zimbra';

export interface ListenAddress {
  address: string | null;
  port: number;
}

export interface MailstoreConf {
  personality: Personality;
  hostname: string;
  lmtp_listen: ListenAddress;
  imap_listen: ListenAddress;
  mail_location: string;
  userdb: { kind: 'passwd-file'; path: string } | { kind: 'ldap'; ldap: LdapConf };
  /** seconds that Dovecot waits before it says that a password is wrong */
  auth_failure_delay: number;
  /** Zimbra's cache of Message-IDs already delivered; 0 = none */
  zimbraMessageIdDedupeCacheSize: number;
}

/** How the users are found; names as in Zimbra's localconfig where it has one. */
export interface LdapConf {
  host: string;
  port: number;
  /** zimbra_ldap_userdn */
  bind_dn: string;
  /** zimbra_ldap_password */
  bind_pw: string;
  search_base: string;
  /** %s = the address */
  query_filter: string;
  result_attribute: string;
  /** zimbraDefaultDomainName: whose user a bare "bob" is; '' = nobody's */
  default_domain: string;
}

// ZLdapFilterFactory.accountByName
const zimbraFilter = '(&(|(zimbraMailDeliveryAddress=%s)(zimbraMailAlias=%s))(objectClass=zimbraAccount))';

/** Reads the file's text; a setting that is missing or malformed has its default. */
export function parseConf(bytes: Uint8Array | null, hostName: string): MailstoreConf {
  const settings = new Map<string, string>();
  for (const line of bytes === null ? [] : utf8.decode(bytes).split('\n')) {
    const match = /^\s*([A-Za-z_]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (match !== null) settings.set(match[1]!, match[2]!);
  }
  const text = (name: string, otherwise: string): string => settings.get(name) ?? otherwise;
  const zimbra = text('personality', 'dovecot') === 'zimbra';
  return {
    personality: zimbra ? 'zimbra' : 'dovecot',
    hostname: text('hostname', hostName),
    lmtp_listen: parseListen(text('lmtp_listen', zimbra ? '7025' : '24')),
    imap_listen: parseListen(text('imap_listen', '143')),
    mail_location: text('mail_location', '/var/mail').replace(/\/+$/, ''),
    userdb: parseUserdb(settings),
    auth_failure_delay: parseCount(text('auth_failure_delay', zimbra ? '0' : '2')),
    zimbraMessageIdDedupeCacheSize: parseCount(text('zimbraMessageIdDedupeCacheSize', zimbra ? '3000' : '0')),
  };
}

function parseUserdb(settings: ReadonlyMap<string, string>): MailstoreConf['userdb'] {
  const [kind, path] = (settings.get('userdb') ?? 'passwd-file').split(/\s+/);
  if (kind !== 'ldap') return { kind: 'passwd-file', path: path ?? '/etc/dovecot/users' };
  const url = /^ldap:\/\/([^:/]+)(?::(\d+))?\/?$/.exec(settings.get('ldap_url') ?? '');
  return {
    kind: 'ldap',
    ldap: {
      host: url?.[1] ?? 'localhost',
      port: Number(url?.[2] ?? '389'),
      bind_dn: settings.get('zimbra_ldap_userdn') ?? '',
      bind_pw: settings.get('zimbra_ldap_password') ?? '',
      search_base: settings.get('ldap_search_base') ?? '',
      query_filter: settings.get('ldap_query_filter') ?? zimbraFilter,
      result_attribute: settings.get('ldap_result_attribute') ?? 'zimbraMailDeliveryAddress',
      default_domain: settings.get('zimbraDefaultDomainName') ?? '',
    },
  };
}

function parseListen(text: string): ListenAddress {
  const match = /^(?:(.*):)?(\d+)$/.exec(text);
  return { address: match?.[1] ?? null, port: Number(match?.[2] ?? '0') };
}

function parseCount(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : 0;
}
