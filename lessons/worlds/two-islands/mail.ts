/**
 * mail — main.cf, master.cf and what belongs to them: plain Postfix as Debian ships it, and Postfix as Zimbra sets it up
 */

/** A small mail domain on one Debian host: 25, 587 with AUTH, mailboxes by LMTP. */
export interface PlainSite {
  host: string;
  domain: string;
  /** user name → password and real name */
  users: readonly { name: string; password: string; gecos: string }[];
}

/** Files of a plain Postfix. */
export function plainPostfixFiles(site: PlainSite): Record<string, string> {
  return {
    '/etc/hosts': '127.0.0.1 localhost\n',
    '/etc/mailname': `${site.domain}\n`,
    '/etc/postfix/main.cf': plainMainCf(site),
    '/etc/postfix/master.cf': plainMasterCf,
    '/etc/aliases':
      'mailer-daemon: postmaster\npostmaster: root\nhostmaster: root\nwebmaster: root\n' +
      `abuse: root\nroot: ${site.users[0]!.name}\n`,
    '/etc/passwd': passwd(site),
    '/etc/postfix/sasl/smtpd.conf':
      'pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\n',
    '/etc/sasldb-users': site.users
      .map(({ name, password }) => `${name}@${site.domain}:${password}\n`)
      .join(''),
  };
}

function passwd(site: PlainSite): string {
  const system = ['root:x:0:0:root:/root:/bin/bash', 'daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin',
    'mail:x:8:8:mail:/var/mail:/usr/sbin/nologin', 'postfix:x:101:103::/var/spool/postfix:/usr/sbin/nologin']; // prettier-ignore
  const people = site.users.map(
    ({ name, gecos }, i) => `${name}:x:${1000 + i}:${1000 + i}:${gecos},,,:/home/${name}:/bin/bash`,
  );
  return [...system, ...people].join('\n') + '\n';
}

function plainMainCf({ host, domain }: PlainSite): string {
  return `# See /usr/share/postfix/main.cf.dist for a commented, more complete version

# Debian specific:  Specifying a file name will cause the first
# line of that file to be used as the name.  The Debian default
# is /etc/mailname.
myorigin = /etc/mailname

smtpd_banner = $myhostname ESMTP $mail_name (Debian/GNU)
biff = no

# appending .domain is the MUA's job.
append_dot_mydomain = no

# Uncomment the next line to generate "delayed mail" warnings
#delay_warning_time = 4h

# See http://www.postfix.org/COMPATIBILITY_README.html -- default to 3.6 on
# fresh installs.
compatibility_level = 3.6

smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination
myhostname = ${host}
alias_maps = hash:/etc/aliases
alias_database = hash:/etc/aliases
mydestination = $myhostname, ${domain}, localhost.${domain}, localhost
relayhost =
mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128
mailbox_size_limit = 0
recipient_delimiter = +
inet_interfaces = all
inet_protocols = ipv4

# Mailboxes are kept by the IMAP server.
mailbox_transport = lmtp:[127.0.0.1]:24

# Users log in to submit mail; see /etc/postfix/sasl/smtpd.conf
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = ${domain}
smtpd_sasl_security_options = noanonymous
broken_sasl_auth_clients = yes
`;
}

// Fields in the columns of the file that Debian ships.
const plainMasterCf = `# service type  private unpriv  chroot  wakeup  maxproc command + args
#               (yes)   (yes)   (no)    (never) (100)
# ==========================================================================
smtp      inet  n       -       y       -       -       smtpd
submission inet n       -       y       -       -       smtpd
  -o syslog_name=postfix/submission
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o milter_macro_daemon_name=ORIGINATING
pickup    unix  n       -       y       60      1       pickup
cleanup   unix  n       -       y       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
rewrite   unix  -       -       y       -       -       trivial-rewrite
bounce    unix  -       -       y       -       0       bounce
defer     unix  -       -       y       -       0       bounce
trace     unix  -       -       y       -       0       bounce
verify    unix  -       -       y       -       1       verify
flush     unix  n       -       y       1000?   0       flush
proxymap  unix  -       -       n       -       -       proxymap
proxywrite unix -       -       n       -       1       proxymap
smtp      unix  -       -       y       -       -       smtp
relay     unix  -       -       y       -       -       smtp
        -o syslog_name=postfix/$service_name
showq     unix  n       -       y       -       -       showq
error     unix  -       -       y       -       -       error
retry     unix  -       -       y       -       -       error
discard   unix  -       -       y       -       -       discard
local     unix  -       n       n       -       -       local
virtual   unix  -       n       n       -       -       virtual
lmtp      unix  -       -       y       -       -       lmtp
anvil     unix  -       -       y       -       1       anvil
scache    unix  -       -       y       -       1       scache
postlog   unix-dgram n  -       n       -       1       postlogd
`;

/** Files of Postfix on a Zimbra MTA host; the LDAP tables of /opt/zimbra/conf come beside them. */
export function zimbraPostfixFiles(site: { host: string; networks: string }): Record<string, string> {
  return {
    '/etc/hosts': '127.0.0.1 localhost\n',
    '/etc/postfix/main.cf': zimbraMainCf(site),
    '/etc/postfix/master.cf': zimbraMasterCf,
    '/etc/aliases': 'postmaster: root\n',
    '/etc/postfix/sasl/smtpd.conf': 'log_level: 3\npwcheck_method: saslauthd\nmech_list: PLAIN LOGIN\n',
  };
}

function zimbraMainCf({ host, networks }: { host: string; networks: string }): string {
  return `# Written by zmconfigd from the zimbraMta… attributes of the directory
mail_owner = postfix
setgid_group = postdrop
recipient_delimiter =
myhostname = ${host}
mydestination = localhost
mynetworks = ${networks}
inet_protocols = ipv4
compatibility_level = 0
disable_dns_lookups = no
relayhost =
smtpd_banner = $myhostname ESMTP $mail_name
smtpd_helo_required = yes
smtpd_client_restrictions = reject_unauth_pipelining
smtpd_data_restrictions = reject_unauth_pipelining
smtpd_sender_restrictions =
smtpd_relay_restrictions = permit_sasl_authenticated, permit_mynetworks, reject_unauth_destination
smtpd_recipient_restrictions = reject_non_fqdn_recipient, permit_sasl_authenticated, permit_mynetworks,
    reject_unlisted_recipient, reject_invalid_helo_hostname, reject_non_fqdn_sender, permit
smtpd_reject_unlisted_recipient = no
smtpd_reject_unlisted_sender = no
smtpd_sasl_authenticated_header = no
smtpd_sasl_security_options = noanonymous
smtpd_sasl_tls_security_options = $smtpd_sasl_security_options
broken_sasl_auth_clients = yes
local_header_rewrite_clients = permit_mynetworks,permit_sasl_authenticated
always_add_missing_headers = yes
alias_maps = lmdb:/etc/aliases
notify_classes = resource, software
message_size_limit = 10240000
mailbox_size_limit = 0
smtputf8_enable = no
minimal_backoff_time = 300s
maximal_backoff_time = 4000s
queue_run_delay = 300s
maximal_queue_lifetime = 5d
bounce_queue_lifetime = 5d
delay_warning_time = 0h
hopcount_limit = 50
in_flow_delay = 1s
lmtp_host_lookup = dns
propagate_unmatched_extensions = canonical
canonical_maps = proxy:ldap:/opt/zimbra/conf/ldap-canonical.cf
transport_maps = proxy:ldap:/opt/zimbra/conf/ldap-transport.cf
virtual_alias_domains = proxy:ldap:/opt/zimbra/conf/ldap-vad.cf
virtual_alias_expansion_limit = 10000
virtual_alias_maps = proxy:ldap:/opt/zimbra/conf/ldap-vam.cf
virtual_mailbox_domains = proxy:ldap:/opt/zimbra/conf/ldap-vmd.cf
virtual_mailbox_maps = proxy:ldap:/opt/zimbra/conf/ldap-vmm.cf
virtual_transport = error
content_filter = smtp-amavis:[127.0.0.1]:10024
`;
}

const zimbraMasterCf = `# service type  private unpriv  chroot  wakeup  maxproc command + args
smtp      inet  n       -       n       -       -       smtpd
submission inet n       -       n       -       -       smtpd
        -o smtpd_etrn_restrictions=reject
        -o smtpd_sasl_auth_enable=yes
        -o smtpd_client_restrictions=permit_sasl_authenticated,reject
        -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
        -o syslog_name=postfix/submission
        -o milter_macro_daemon_name=ORIGINATING
pickup    unix  n       -       n       60      1       pickup
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
verify    unix  -       -       n       -       1       verify
flush     unix  n       -       n       1000?   0       flush
proxymap  unix  -       -       n       -       -       proxymap
smtp      unix  -       -       n       -       -       smtp
relay     unix  -       -       n       -       -       smtp
showq     unix  n       -       n       -       -       showq
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
discard   unix  -       -       n       -       -       discard
local     unix  -       n       n       -       -       local
virtual   unix  -       n       n       -       -       virtual
lmtp      unix  -       -       n       -       -       lmtp
anvil     unix  -       -       n       -       1       anvil
scache    unix  -       -       n       -       1       scache
smtp-amavis unix -      -       n       -       10      smtp
        -o smtp_data_done_timeout=1200
        -o smtp_send_xforward_command=yes
        -o disable_dns_lookups=yes
        -o max_use=20
[127.0.0.1]:10025 inet n -      n       -       -       smtpd
        -o content_filter=
        -o local_recipient_maps=
        -o virtual_mailbox_maps=
        -o virtual_alias_maps=
        -o relay_recipient_maps=
        -o smtpd_restriction_classes=
        -o smtpd_delay_reject=no
        -o smtpd_client_restrictions=permit_mynetworks,reject
        -o smtpd_data_restrictions=
        -o smtpd_end_of_data_restrictions=
        -o smtpd_helo_restrictions=
        -o smtpd_milters=
        -o smtpd_sender_restrictions=
        -o smtpd_reject_unlisted_sender=no
        -o smtpd_relay_restrictions=permit_mynetworks,reject
        -o smtpd_recipient_restrictions=permit_mynetworks,reject
        -o mynetworks_style=host
        -o mynetworks=127.0.0.0/8,[::1]/128
        -o strict_rfc821_envelopes=yes
        -o smtpd_error_sleep_time=0
        -o smtpd_soft_error_limit=1001
        -o smtpd_hard_error_limit=1000
        -o smtpd_client_connection_count_limit=0
        -o smtpd_client_connection_rate_limit=0
        -o receive_override_options=no_header_body_checks,no_unknown_recipient_checks,no_address_mappings
        -o local_header_rewrite_clients=
        -o syslog_name=postfix/amavisd
        -o smtpd_authorized_xforward_hosts=127.0.0.0/8
`;
