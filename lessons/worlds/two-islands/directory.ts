/**
 * directory — acme.example's LDAP directory, and what asks it: Zimbra's tree, lookup tables of the MTA, saslauthd
 */
const ldapUrl = 'ldap://ldap1.acme.example:389';
const mailstore = 'mbox1.acme.example';

/** Passwords of the application accounts, as zmlocalconfig keeps them on each host. */
export const ldapPasswords = { postfix: 'zmpostfixpw', zimbra: 'zimbraadmin' };

// Zimbra's names; the OIDs are under the documentation arc of RFC 5612.
const zimbraSchema = `# The part of Zimbra's schema that mail flow needs
objectidentifier ZA 1.3.6.1.4.1.32473.1.1
objectidentifier ZO 1.3.6.1.4.1.32473.1.2
${[
  'zimbraId|exact|single',
  'zimbraDomainName|ia5|single',
  'zimbraDomainType|text|single',
  'zimbraDomainStatus|text|single',
  'zimbraMailDeliveryAddress|ia5',
  'zimbraMailAlias|ia5',
  'zimbraOldMailAddress|ia5',
  'zimbraMailForwardingAddress|ia5',
  'zimbraPrefMailForwardingAddress|ia5|single',
  'zimbraMailCatchAllAddress|ia5',
  'zimbraMailCatchAllForwardingAddress|ia5',
  'zimbraMailCanonicalAddress|ia5|single',
  'zimbraMailCatchAllCanonicalAddress|ia5',
  'zimbraMailHost|ia5|single',
  'zimbraMailTransport|text|single',
  'zimbraMailStatus|text|single',
  'zimbraAccountStatus|text|single',
  'zimbraMailQuota|integer|single',
  'zimbraIsAdminAccount|boolean|single',
  'zimbraCOSId|text|single',
  'zimbraServiceEnabled|text',
  'zimbraServiceInstalled|text',
  'zimbraServiceHostname|ia5|single',
  'zimbraLmtpBindPort|integer|single',
  'zimbraMtaMyNetworks|ia5',
  'zimbraMtaRelayHost|ia5',
  'zimbraMtaRestriction|text',
  'zimbraMtaMaxMessageSize|integer|single',
]
  .map((row, index) => {
    const [name, kind, single] = row.split('|');
    const rules: Record<string, string> = {
      text: 'EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{256}',
      exact: 'EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15{256}',
      ia5: 'EQUALITY caseIgnoreIA5Match SUBSTR caseIgnoreIA5SubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.26{256}',
      integer: 'EQUALITY integerMatch ORDERING integerOrderingMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27',
      boolean: 'EQUALITY booleanMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.7',
    };
    return `attributetype ( ZA:${index + 1} NAME '${name}' ${rules[kind ?? '']}${single === undefined ? '' : ' SINGLE-VALUE'} )`;
  })
  .join('\n')}
objectclass ( ZO:1 NAME 'zimbraMailRecipient' SUP top AUXILIARY MAY ( zimbraMailStatus $ zimbraMailDeliveryAddress $ zimbraMailAlias $ zimbraOldMailAddress $ zimbraMailForwardingAddress $ zimbraPrefMailForwardingAddress $ zimbraMailCatchAllAddress $ zimbraMailCatchAllForwardingAddress $ zimbraMailCanonicalAddress $ zimbraMailCatchAllCanonicalAddress $ zimbraMailTransport $ zimbraMailHost $ mail ) )
objectclass ( ZO:2 NAME 'zimbraAccount' SUP zimbraMailRecipient AUXILIARY MAY ( zimbraId $ zimbraAccountStatus $ zimbraMailQuota $ zimbraIsAdminAccount $ zimbraCOSId $ userPassword $ displayName ) )
objectclass ( ZO:3 NAME 'zimbraDistributionList' SUP top STRUCTURAL MUST ( uid $ zimbraId ) MAY ( cn $ displayName $ mail $ description ) )
objectclass ( ZO:4 NAME 'zimbraAlias' SUP top STRUCTURAL MUST uid MAY ( zimbraId $ mail ) )
objectclass ( ZO:5 NAME 'zimbraDomain' SUP zimbraMailRecipient AUXILIARY MUST ( zimbraDomainName $ zimbraId ) MAY ( zimbraDomainType $ zimbraDomainStatus ) )
objectclass ( ZO:6 NAME 'zimbraServer' SUP top STRUCTURAL MUST ( cn $ zimbraId ) MAY ( zimbraServiceEnabled $ zimbraServiceInstalled $ zimbraServiceHostname $ zimbraLmtpBindPort $ zimbraMtaMyNetworks $ zimbraMtaRelayHost $ zimbraMtaRestriction ) )
objectclass ( ZO:7 NAME 'zimbraCOS' SUP top STRUCTURAL MUST ( cn $ zimbraId ) MAY ( zimbraMailQuota $ description ) )
objectclass ( ZO:8 NAME 'zimbraGlobalConfig' SUP top AUXILIARY MAY ( zimbraMtaMyNetworks $ zimbraMtaRelayHost $ zimbraMtaRestriction $ zimbraMtaMaxMessageSize $ zimbraLmtpBindPort ) )
`;

const slapdConf = `# slapd.conf(5) of ldap1.acme.example
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/zimbra.schema

# Zimbra logs trouble and replication, not every search (ldap_common_loglevel).
loglevel 49152
sizelimit 500
timelimit 3600
# Without it (the default, 0) a client that says nothing keeps its connection for ever.
idletimeout 3600

database mdb
# Zimbra's database has the empty suffix: it holds every domain.
suffix ""
rootdn "cn=config"
directory /opt/zimbra/data/ldap/mdb/db
index objectClass eq
index mail,zimbraMailDeliveryAddress,zimbraMailAlias eq,sub
index zimbraMailForwardingAddress,zimbraMailCatchAllAddress eq
index zimbraDomainName,zimbraMailTransport,zimbraMailHost,zimbraId,uid eq

access to attrs=userPassword
  by dn.children="cn=admins,cn=zimbra" write
  by anonymous auth
  by * none
access to dn.subtree="cn=zimbra"
  by dn.children="cn=admins,cn=zimbra" write
  by * none
# SIMPLIFIED: Zimbra lets others read what is in the address list (cn, mail, displayName ...), not all.
access to *
  by dn.children="cn=admins,cn=zimbra" write
  by * read
`;

const ldif = `# Entries of the directory, in the order of adding
dn: cn=zimbra
objectClass: organizationalRole
cn: zimbra
description: Zimbra Systems Application Data

dn: cn=admins,cn=zimbra
objectClass: organizationalRole
cn: admins

dn: uid=zimbra,cn=admins,cn=zimbra
objectClass: inetOrgPerson
objectClass: zimbraAccount
uid: zimbra
cn: zimbra
sn: zimbra
zimbraIsAdminAccount: TRUE
userPassword: {SSHA}gUOACcIK4xzWS1RA+3LWFolFSrBhY21lc2FsdDM=

dn: cn=appaccts,cn=zimbra
objectClass: organizationalRole
cn: appaccts

dn: uid=zmpostfix,cn=appaccts,cn=zimbra
objectClass: inetOrgPerson
objectClass: zimbraAccount
uid: zmpostfix
cn: postfix
sn: postfix
userPassword: {SSHA}ljqDXSARYj80qP7vDyQ+j6flaHhhY21lc2FsdDI=

dn: cn=config,cn=zimbra
objectClass: organizationalRole
objectClass: zimbraGlobalConfig
cn: config
zimbraMtaMaxMessageSize: 10240000
zimbraMtaRestriction: reject_invalid_helo_hostname
zimbraMtaRestriction: reject_non_fqdn_sender
zimbraLmtpBindPort: 7025

dn: cn=servers,cn=zimbra
objectClass: organizationalRole
cn: servers

dn: cn=mta1.acme.example,cn=servers,cn=zimbra
objectClass: zimbraServer
cn: mta1.acme.example
zimbraId: 5a0f0000-0000-4000-8000-000000000001
zimbraServiceHostname: mta1.acme.example
zimbraServiceEnabled: mta
zimbraServiceEnabled: amavis
zimbraMtaMyNetworks: 127.0.0.0/8 192.0.2.0/24

dn: cn=ldap1.acme.example,cn=servers,cn=zimbra
objectClass: zimbraServer
cn: ldap1.acme.example
zimbraId: 5a0f0000-0000-4000-8000-000000000002
zimbraServiceHostname: ldap1.acme.example
zimbraServiceEnabled: ldap

dn: cn=${mailstore},cn=servers,cn=zimbra
objectClass: zimbraServer
cn: ${mailstore}
zimbraId: 5a0f0000-0000-4000-8000-000000000003
zimbraServiceHostname: ${mailstore}
zimbraServiceEnabled: mailbox
zimbraLmtpBindPort: 7025

dn: cn=cos,cn=zimbra
objectClass: organizationalRole
cn: cos

dn: cn=default,cn=cos,cn=zimbra
objectClass: zimbraCOS
cn: default
zimbraId: 5a0f0000-0000-4000-8000-000000000004
zimbraMailQuota: 0

dn: dc=example
objectClass: dcObject
objectClass: organization
dc: example
o: example

dn: dc=acme,dc=example
objectClass: dcObject
objectClass: organization
objectClass: zimbraDomain
dc: acme
o: acme.example domain
zimbraDomainName: acme.example
zimbraDomainType: local
zimbraDomainStatus: active
zimbraMailStatus: enabled
zimbraId: 5a0f0000-0000-4000-8000-000000000005

dn: ou=people,dc=acme,dc=example
objectClass: organizationalRole
ou: people
cn: people

${account({ uid: 'bob', given: 'Bob', sn: 'Builder', number: 16, alias: 'sales', password: '{SSHA}4aQ8iNAZq0UxyxCKMN6hkIJ+xXFhY21lc2FsdDE=' })}
dn: uid=sales,ou=people,dc=acme,dc=example
objectClass: zimbraAlias
uid: sales
mail: sales@acme.example
zimbraId: 5a0f0000-0000-4000-8000-000000000016

`;

function account(person: {
  uid: string;
  given: string;
  sn: string;
  number: number;
  alias: string;
  password: string;
}): string {
  const { uid, given, sn, number, alias, password } = person;
  const address = `${uid}@acme.example`;
  return `dn: uid=${uid},ou=people,dc=acme,dc=example
objectClass: inetOrgPerson
objectClass: zimbraAccount
uid: ${uid}
cn: ${given} ${sn}
sn: ${sn}
givenName: ${given}
displayName: ${given} ${sn}
mail: ${address}
mail: ${alias}@acme.example
zimbraMailDeliveryAddress: ${address}
zimbraMailAlias: ${alias}@acme.example
zimbraId: 5a0f0000-0000-4000-8000-0000000000${number}
zimbraMailHost: ${mailstore}
zimbraMailTransport: lmtp:${mailstore}:7025
zimbraMailStatus: enabled
zimbraAccountStatus: active
userPassword: ${password}
`;
}

/** Files of ldap1. */
export const directoryFiles: Record<string, string> = {
  '/etc/ldap/schema/zimbra.schema': zimbraSchema,
  '/etc/ldap/slapd.conf': slapdConf,
  '/opt/zimbra/data/ldap/mdb/db/01-zimbra.ldif': ldif,
};

/** A lookup table as zmmtainit writes it. */
function table(query: string, result: string, more = ''): string {
  return `server_host = ${ldapUrl}
server_port = 389
search_base =
query_filter = ${query}
result_attribute = ${result}
${more}version = 3
start_tls = no
bind = yes
bind_dn = uid=zmpostfix,cn=appaccts,cn=zimbra
bind_pw = ${ldapPasswords.postfix}
timeout = 30
`;
}

const enabled = '(zimbraMailStatus=enabled)';

/** Files of mta1 that lead to the directory. */
export const lookupFiles: Record<string, string> = {
  '/opt/zimbra/conf/ldap-vmd.cf': table(
    `(&(zimbraDomainName=%s)(zimbraDomainType=local)${enabled})`,
    'zimbraDomainName',
  ),
  '/opt/zimbra/conf/ldap-vmm.cf': table(
    `(&(zimbraMailDeliveryAddress=%s)${enabled})`,
    'zimbraMailDeliveryAddress',
  ),
  '/opt/zimbra/conf/ldap-vam.cf': table(
    `(&(|(zimbraMailDeliveryAddress=%s)(zimbraMailAlias=%s)(zimbraOldMailAddress=%s)(zimbraMailCatchAllAddress=%s))${enabled})`,
    'zimbraMailDeliveryAddress,zimbraMailForwardingAddress,zimbraPrefMailForwardingAddress,zimbraMailCatchAllForwardingAddress',
    'special_result_attribute = member\n',
  ),
  '/opt/zimbra/conf/ldap-vad.cf': table(
    `(&(zimbraDomainName=%s)(zimbraDomainType=alias)${enabled})`,
    'zimbraDomainName',
  ),
  '/opt/zimbra/conf/ldap-transport.cf': table(
    `(&(|(zimbraMailDeliveryAddress=%s)(zimbraDomainName=%s))${enabled})`,
    'zimbraMailTransport',
  ),
  '/opt/zimbra/conf/ldap-canonical.cf': table(
    `(&(|(zimbraMailDeliveryAddress=%s)(zimbraMailAlias=%s)(zimbraMailCatchAllAddress=%s))${enabled})`,
    'zimbraMailCanonicalAddress,zimbraMailCatchAllCanonicalAddress',
  ),
  '/etc/saslauthd.conf': `ldap_servers: ${ldapUrl}
ldap_search_base:
ldap_filter: (&(|(zimbraMailDeliveryAddress=%u@%r)(zimbraMailAlias=%u@%r))${enabled})
ldap_bind_dn: uid=zmpostfix,cn=appaccts,cn=zimbra
ldap_password: ${ldapPasswords.postfix}
ldap_timeout: 5
ldap_default_realm: acme.example
`,
};
