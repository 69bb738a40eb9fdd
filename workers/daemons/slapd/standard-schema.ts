/**
 * standard-schema — the part of slapd's own, core, cosine and inetorgperson schema that a mail directory uses
 *
 * SIMPLIFIED: the real server reads core.schema, cosine.schema and inetorgperson.schema; here the types below
 * are there from the start, and an "include" of one of these files that does not exist is satisfied by them.
 * Types that are left out (X.509, RFC 1274 mail preferences …) are unknown: searching by them finds nothing.
 *
 * STANDARDS  RFC 4512, RFC 4519, RFC 4524, RFC 2798
 */
const directoryString = 'SYNTAX 1.3.6.1.4.1.1466.115.121.1.15';
const ia5String = 'SYNTAX 1.3.6.1.4.1.1466.115.121.1.26';
const dnSyntax = 'SYNTAX 1.3.6.1.4.1.1466.115.121.1.12';
const oidSyntax = 'SYNTAX 1.3.6.1.4.1.1466.115.121.1.38';
const timeSyntax = 'SYNTAX 1.3.6.1.4.1.1466.115.121.1.24';
const ignoreCase = 'EQUALITY caseIgnoreMatch SUBSTR caseIgnoreSubstringsMatch';
const ignoreCaseIa5 = 'EQUALITY caseIgnoreIA5Match SUBSTR caseIgnoreIA5SubstringsMatch';
const byTime = 'EQUALITY generalizedTimeMatch ORDERING generalizedTimeOrderingMatch';
const operational = 'SINGLE-VALUE NO-USER-MODIFICATION USAGE directoryOperation';

/** In the syntax of slapd.conf(5). */
export const standardSchema = `
attributetype ( 2.5.4.0 NAME 'objectClass' DESC 'RFC4512: object classes of the entity' EQUALITY
  objectIdentifierMatch ${oidSyntax} )
attributetype ( 2.5.21.9 NAME 'structuralObjectClass' DESC 'RFC4512: structural object class of entry'
  EQUALITY objectIdentifierMatch ${oidSyntax} ${operational} )
attributetype ( 2.5.18.1 NAME 'createTimestamp' DESC 'RFC4512: time which object was created' ${byTime}
  ${timeSyntax} ${operational} )
attributetype ( 2.5.18.2 NAME 'modifyTimestamp' DESC 'RFC4512: time which object was last modified'
  ${byTime} ${timeSyntax} ${operational} )
attributetype ( 2.5.18.3 NAME 'creatorsName' DESC 'RFC4512: name of creator' EQUALITY
  distinguishedNameMatch ${dnSyntax} ${operational} )
attributetype ( 2.5.18.4 NAME 'modifiersName' DESC 'RFC4512: name of last modifier' EQUALITY
  distinguishedNameMatch ${dnSyntax} ${operational} )
attributetype ( 2.5.18.9 NAME 'hasSubordinates' DESC 'X.501: entry has children' EQUALITY booleanMatch
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.7 ${operational} )
attributetype ( 2.5.18.10 NAME 'subschemaSubentry' DESC 'RFC4512: name of controlling subschema entry'
  EQUALITY distinguishedNameMatch ${dnSyntax} ${operational} )
attributetype ( 1.3.6.1.1.20 NAME 'entryDN' DESC 'DN of the entry' EQUALITY distinguishedNameMatch
  ${dnSyntax} ${operational} )
attributetype ( 1.3.6.1.1.16.4 NAME 'entryUUID' DESC 'UUID of the entry' EQUALITY UUIDMatch ORDERING
  UUIDOrderingMatch SYNTAX 1.3.6.1.1.16.1 ${operational} )
attributetype ( 1.3.6.1.4.1.4203.666.1.7 NAME 'entryCSN' DESC 'change sequence number of the entry
  content' EQUALITY CSNMatch ORDERING CSNOrderingMatch SYNTAX 1.3.6.1.4.1.4203.666.11.2.1{64}
  ${operational} )
attributetype ( 1.3.6.1.4.1.1466.101.120.5 NAME 'namingContexts' DESC 'RFC4512: naming contexts' EQUALITY
  distinguishedNameMatch ${dnSyntax} USAGE dSAOperation )
attributetype ( 1.3.6.1.4.1.1466.101.120.7 NAME 'supportedExtension' EQUALITY objectIdentifierMatch
  ${oidSyntax} USAGE dSAOperation )
attributetype ( 1.3.6.1.4.1.1466.101.120.13 NAME 'supportedControl' EQUALITY objectIdentifierMatch
  ${oidSyntax} USAGE dSAOperation )
attributetype ( 1.3.6.1.4.1.1466.101.120.15 NAME 'supportedLDAPVersion' EQUALITY integerMatch SYNTAX
  1.3.6.1.4.1.1466.115.121.1.27 USAGE dSAOperation )
attributetype ( 1.3.6.1.4.1.4203.1.3.5 NAME 'supportedFeatures' DESC 'RFC4512: features supported by the
  server' EQUALITY objectIdentifierMatch ${oidSyntax} USAGE dSAOperation )
attributetype ( 2.5.21.5 NAME 'attributeTypes' DESC 'RFC4512: attribute types' EQUALITY
  objectIdentifierFirstComponentMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.3 USAGE directoryOperation )
attributetype ( 2.5.21.6 NAME 'objectClasses' DESC 'RFC4512: object classes' EQUALITY
  objectIdentifierFirstComponentMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.37 USAGE directoryOperation )
attributetype ( 2.16.840.1.113730.3.1.34 NAME 'ref' DESC 'RFC3296: subordinate referral URL' EQUALITY
  caseExactMatch ${directoryString} USAGE distributedOperation )
attributetype ( 2.5.4.1 NAME ( 'aliasedObjectName' 'aliasedEntryName' ) DESC 'RFC4512: name of aliased
  object' EQUALITY distinguishedNameMatch ${dnSyntax} SINGLE-VALUE )
attributetype ( 2.5.4.49 NAME 'distinguishedName' DESC 'RFC4519: common supertype of DN attributes'
  EQUALITY distinguishedNameMatch ${dnSyntax} )
attributetype ( 2.5.4.41 NAME 'name' DESC 'RFC4519: common supertype of name attributes' ${ignoreCase}
  ${directoryString}{32768} )
attributetype ( 2.5.4.3 NAME ( 'cn' 'commonName' ) DESC 'RFC4519: common name(s) for which the entity is
  known by' SUP name )
attributetype ( 0.9.2342.19200300.100.1.1 NAME ( 'uid' 'userid' ) DESC 'RFC4519: user identifier'
  ${ignoreCase} ${directoryString}{256} )
attributetype ( 2.5.4.35 NAME 'userPassword' DESC 'RFC4519/2307: password of user' EQUALITY
  octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40{128} )
attributetype ( 1.3.6.1.4.1.250.1.57 NAME 'labeledURI' DESC 'RFC2079: Uniform Resource Identifier with
  optional label' EQUALITY caseExactMatch ${directoryString} )
attributetype ( 2.5.4.13 NAME 'description' DESC 'RFC4519: descriptive information' ${ignoreCase}
  ${directoryString}{1024} )
attributetype ( 2.5.4.34 NAME 'seeAlso' DESC 'RFC4519: DN of related object' SUP distinguishedName )
attributetype ( 2.5.4.4 NAME ( 'sn' 'surname' ) DESC 'RFC2256: last (family) name(s) for which the entity
  is known by' SUP name )
attributetype ( 2.5.4.5 NAME 'serialNumber' DESC 'RFC2256: serial number of the entity' ${ignoreCase}
  SYNTAX 1.3.6.1.4.1.1466.115.121.1.44{64} )
attributetype ( 2.5.4.6 NAME ( 'c' 'countryName' ) DESC 'RFC4519: two-letter ISO-3166 country code' SUP
  name SYNTAX 1.3.6.1.4.1.1466.115.121.1.11 SINGLE-VALUE )
attributetype ( 2.5.4.7 NAME ( 'l' 'localityName' ) DESC 'RFC2256: locality which this object resides in'
  SUP name )
attributetype ( 2.5.4.8 NAME ( 'st' 'stateOrProvinceName' ) DESC 'RFC2256: state or province which this
  object resides in' SUP name )
attributetype ( 2.5.4.9 NAME ( 'street' 'streetAddress' ) DESC 'RFC2256: street address of this object'
  ${ignoreCase} ${directoryString}{128} )
attributetype ( 2.5.4.10 NAME ( 'o' 'organizationName' ) DESC 'RFC2256: organization this object belongs
  to' SUP name )
attributetype ( 2.5.4.11 NAME ( 'ou' 'organizationalUnitName' ) DESC 'RFC2256: organizational unit this
  object belongs to' SUP name )
attributetype ( 2.5.4.12 NAME 'title' DESC 'RFC2256: title associated with the entity' SUP name )
attributetype ( 2.5.4.17 NAME 'postalCode' DESC 'RFC2256: postal code' ${ignoreCase}
  ${directoryString}{40} )
attributetype ( 2.5.4.20 NAME 'telephoneNumber' DESC 'RFC2256: Telephone Number' EQUALITY
  telephoneNumberMatch SUBSTR telephoneNumberSubstringsMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.50{32} )
attributetype ( 2.5.4.31 NAME 'member' DESC 'RFC2256: member of a group' SUP distinguishedName )
attributetype ( 2.5.4.32 NAME 'owner' DESC 'RFC2256: owner (of the object)' SUP distinguishedName )
attributetype ( 2.5.4.33 NAME 'roleOccupant' DESC 'RFC2256: occupant of role' SUP distinguishedName )
attributetype ( 2.5.4.42 NAME ( 'givenName' 'gn' ) DESC 'RFC2256: first name(s) for which the entity is
  known by' SUP name )
attributetype ( 2.5.4.43 NAME 'initials' DESC 'RFC2256: initials of some or all of names, but not the
  surname(s).' SUP name )
attributetype ( 0.9.2342.19200300.100.1.3 NAME ( 'mail' 'rfc822Mailbox' ) DESC 'RFC1274: RFC822 Mailbox'
  ${ignoreCaseIa5} ${ia5String}{256} )
attributetype ( 0.9.2342.19200300.100.1.25 NAME ( 'dc' 'domainComponent' ) DESC 'RFC1274/2247: domain
  component' ${ignoreCaseIa5} ${ia5String} SINGLE-VALUE )
attributetype ( 0.9.2342.19200300.100.1.37 NAME 'associatedDomain' DESC 'RFC1274: domain associated with
  object' ${ignoreCaseIa5} ${ia5String} )
attributetype ( 0.9.2342.19200300.100.1.20 NAME ( 'homePhone' 'homeTelephoneNumber' ) DESC 'RFC1274: home
  telephone number' EQUALITY telephoneNumberMatch SUBSTR telephoneNumberSubstringsMatch SYNTAX
  1.3.6.1.4.1.1466.115.121.1.50 )
attributetype ( 0.9.2342.19200300.100.1.41 NAME ( 'mobile' 'mobileTelephoneNumber' ) DESC 'RFC1274:
  mobile telephone number' EQUALITY telephoneNumberMatch SUBSTR telephoneNumberSubstringsMatch SYNTAX
  1.3.6.1.4.1.1466.115.121.1.50 )
attributetype ( 0.9.2342.19200300.100.1.60 NAME 'jpegPhoto' DESC 'RFC2798: a JPEG image' SYNTAX
  1.3.6.1.4.1.1466.115.121.1.28 )
attributetype ( 2.16.840.1.113730.3.1.241 NAME 'displayName' DESC 'RFC2798: preferred name to be used
  when displaying entries' ${ignoreCase} ${directoryString} SINGLE-VALUE )
attributetype ( 2.16.840.1.113730.3.1.3 NAME 'employeeNumber' DESC 'RFC2798: numerically identifies an
  employee within an organization' ${ignoreCase} ${directoryString} SINGLE-VALUE )
attributetype ( 2.16.840.1.113730.3.1.39 NAME 'preferredLanguage' DESC 'RFC2798: preferred written or
  spoken language for a person' ${ignoreCase} ${directoryString} SINGLE-VALUE )
objectclass ( 2.5.6.0 NAME 'top' DESC 'top of the superclass chain' ABSTRACT MUST objectClass )
objectclass ( 1.3.6.1.4.1.1466.101.120.111 NAME 'extensibleObject' DESC 'RFC4512: extensible object' SUP
  top AUXILIARY )
objectclass ( 2.5.6.1 NAME 'alias' DESC 'RFC4512: an alias' SUP top STRUCTURAL MUST aliasedObjectName )
objectclass ( 2.16.840.1.113730.3.2.6 NAME 'referral' DESC 'namedref: named subordinate referral' SUP top
  STRUCTURAL MUST ref )
objectclass ( 1.3.6.1.4.1.4203.1.4.1 NAME ( 'OpenLDAProotDSE' 'LDAProotDSE' ) DESC 'OpenLDAP Root DSE
  object' SUP top STRUCTURAL MAY cn )
objectclass ( 2.5.17.0 NAME 'subentry' DESC 'RFC3672: subentry' SUP top STRUCTURAL MUST cn )
objectclass ( 2.5.20.1 NAME 'subschema' DESC 'RFC4512: controlling subschema (sub)entry' AUXILIARY MAY (
  attributeTypes $ objectClasses ) )
objectclass ( 2.5.6.3 NAME 'locality' DESC 'RFC2256: a locality' SUP top STRUCTURAL MAY ( street $
  seeAlso $ st $ l $ description ) )
objectclass ( 2.5.6.4 NAME 'organization' DESC 'RFC2256: an organization' SUP top STRUCTURAL MUST o MAY (
  userPassword $ seeAlso $ postalCode $ telephoneNumber $ street $ st $ l $ description ) )
objectclass ( 2.5.6.5 NAME 'organizationalUnit' DESC 'RFC2256: an organizational unit' SUP top STRUCTURAL
  MUST ou MAY ( userPassword $ seeAlso $ postalCode $ telephoneNumber $ street $ st $ l $ description ) )
objectclass ( 2.5.6.6 NAME 'person' DESC 'RFC2256: a person' SUP top STRUCTURAL MUST ( sn $ cn ) MAY (
  userPassword $ telephoneNumber $ seeAlso $ description ) )
objectclass ( 2.5.6.7 NAME 'organizationalPerson' DESC 'RFC2256: an organizational person' SUP person
  STRUCTURAL MAY ( title $ telephoneNumber $ street $ postalCode $ ou $ st $ l ) )
objectclass ( 2.5.6.8 NAME 'organizationalRole' DESC 'RFC2256: an organizational role' SUP top STRUCTURAL
  MUST cn MAY ( telephoneNumber $ seeAlso $ roleOccupant $ street $ postalCode $ ou $ st $ l $
  description ) )
objectclass ( 2.5.6.9 NAME 'groupOfNames' DESC 'RFC2256: a group of names (DNs)' SUP top STRUCTURAL MUST
  ( member $ cn ) MAY ( seeAlso $ owner $ ou $ o $ description ) )
objectclass ( 1.3.6.1.4.1.1466.344 NAME 'dcObject' DESC 'RFC2247: domain component object' SUP top
  AUXILIARY MUST dc )
objectclass ( 1.3.6.1.1.3.1 NAME 'uidObject' DESC 'RFC2377: uid object' SUP top AUXILIARY MUST uid )
objectclass ( 0.9.2342.19200300.100.4.19 NAME 'simpleSecurityObject' DESC 'RFC1274: simple security
  object' SUP top AUXILIARY MUST userPassword )
objectclass ( 0.9.2342.19200300.100.4.5 NAME 'account' SUP top STRUCTURAL MUST uid MAY ( description $
  seeAlso $ l $ o $ ou ) )
objectclass ( 0.9.2342.19200300.100.4.13 NAME 'domain' SUP top STRUCTURAL MUST dc MAY ( userPassword $
  seeAlso $ postalCode $ telephoneNumber $ street $ st $ l $ description $ o ) )
objectclass ( 2.16.840.1.113730.3.2.2 NAME 'inetOrgPerson' DESC 'RFC2798: Internet Organizational Person'
  SUP organizationalPerson STRUCTURAL MAY ( displayName $ employeeNumber $ givenName $ homePhone $
  initials $ jpegPhoto $ labeledURI $ mail $ mobile $ o $ preferredLanguage $ uid ) )
`;
