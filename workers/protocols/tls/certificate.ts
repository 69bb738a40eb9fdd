/**
 * certificate — X.509 certificates and private keys, as far as TLS needs them, read from DER and PEM
 *
 *   Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature BIT STRING }      RFC 5280 §4.1
 *   TBSCertificate ::= SEQUENCE { [0] version, serialNumber, signature, issuer, validity, subject,
 *                                 subjectPublicKeyInfo, … [3] extensions }
 *
 * STANDARDS  RFC 5280 §4.1, §4.2.1.6, §4.2.1.9; RFC 5208 (PKCS#8), RFC 8017 §A.1 (PKCS#1); RFC 7468 (PEM)
 * ERRORS     DecodeError(offset, rule)
 * SEE ALSO   verify-chain.ts
 */
import { sha256 } from '@noble/hashes/sha2.js';

import * as ascii from '../../bytes/ascii.ts';
import * as base64 from '../../bytes/base64.ts';
import { DecodeError } from '../../bytes/byte-reader.ts';
import * as hex from '../../bytes/hex.ts';
import * as utf8 from '../../bytes/utf8.ts';

import { daysFromCivil } from '../../bytes/civil-date.ts';

import { bigFromBytes, bitLength } from './big-integer.ts';
import { DerReader, derTag } from './der.ts';
import type { RsaPrivateKey } from './rsa.ts';
import type { PublicKey } from './signature-scheme.ts';

export interface Certificate {
  der: Uint8Array;
  /** what the issuer signed */
  signed: Uint8Array;
  signatureOid: string;
  signature: Uint8Array;
  /** names as DER, for comparison */
  issuer: Uint8Array;
  subject: Uint8Array;
  /** the last common name; '' if there is none */
  issuerCommonName: string;
  subjectCommonName: string;
  /** seconds since 1970 */
  notBefore: number;
  notAfter: number;
  /** null: of a kind that we do not know */
  publicKey: PublicKey | null;
  /** subjectPublicKeyInfo as DER */
  keyInfo: Uint8Array;
  /** of subjectAltName, as written */
  dnsNames: string[];
  /** basicConstraints: null = the extension is missing */
  isAuthority: boolean | null;
}

const dnsNameTag = 0x82; // GeneralName [2] IA5String
const oid = Object.freeze({
  commonName: '2.5.4.3',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  rsaEncryption: '1.2.840.113549.1.1.1',
  ecPublicKey: '1.2.840.10045.2.1',
  prime256v1: '1.2.840.10045.3.1.7',
});

/** Reads one certificate. */
export function decodeCertificate(der: Uint8Array): Certificate {
  const outer = new DerReader(der);
  const certificate = outer.enter(derTag.sequence);
  if (!outer.atEnd) throw new DecodeError(der.length, 'bytes after the certificate');
  const signed = certificate.element();
  const signatureOid = certificate.enter(derTag.sequence).objectIdentifier();
  const signature = certificate.bitString();
  const tbs = new DerReader(signed).enter(derTag.sequence);
  if (tbs.tag === 0xa0) tbs.element();
  tbs.element(); // serialNumber
  tbs.element(); // signature, the same as outside
  const issuer = tbs.element();
  const validity = tbs.enter(derTag.sequence);
  const notBefore = time(validity);
  const notAfter = time(validity);
  const subject = tbs.element();
  const keyInfo = tbs.element();
  const extensions = readExtensions(tbs);
  return {
    der,
    signed,
    signatureOid,
    signature,
    issuer,
    subject,
    issuerCommonName: commonName(issuer),
    subjectCommonName: commonName(subject),
    notBefore,
    notAfter,
    publicKey: readPublicKey(new DerReader(keyInfo).enter(derTag.sequence)),
    keyInfo,
    ...extensions,
  };
}

/** SHA-256 over the certificate as Postfix logs and compares it: "A1:B2:…". */
export function fingerprint(der: Uint8Array): string {
  return (hex.encode(sha256(der)).toUpperCase().match(/../g) ?? []).join(':');
}

/** The DER of all PEM blocks with this label, in order ("CERTIFICATE"); other text is skipped. */
export function parsePem(text: string, label: string): Uint8Array[] {
  const found: Uint8Array[] = [];
  const begin = `-----BEGIN ${label}-----`;
  for (let at = text.indexOf(begin); at !== -1; at = text.indexOf(begin, at + 1)) {
    const end = text.indexOf(`-----END ${label}-----`, at);
    if (end === -1) break;
    const der = base64.decode(text.slice(at + begin.length, end).replace(/\s+/g, ''));
    if (der !== null) found.push(der);
  }
  return found;
}

/** An RSA key from a PEM file with PKCS#8 or PKCS#1. @returns null when there is none */
export function parsePrivateKey(text: string): RsaPrivateKey | null {
  try {
    const pkcs8 = parsePem(text, 'PRIVATE KEY')[0];
    if (pkcs8 !== undefined) return decodePkcs8(pkcs8);
    const pkcs1 = parsePem(text, 'RSA PRIVATE KEY')[0];
    return pkcs1 === undefined ? null : decodePkcs1(pkcs1);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

function decodePkcs8(der: Uint8Array): RsaPrivateKey {
  const sequence = new DerReader(der).enter(derTag.sequence);
  sequence.element(); // version
  const algorithm = sequence.enter(derTag.sequence).objectIdentifier();
  if (algorithm !== oid.rsaEncryption) throw new DecodeError(0, `expected an RSA key, got ${algorithm}`);
  return decodePkcs1(sequence.contents(derTag.octetString));
}

function decodePkcs1(der: Uint8Array): RsaPrivateKey {
  const sequence = new DerReader(der).enter(derTag.sequence);
  sequence.element(); // version
  const [n, , , p, q, dP, dQ, qInv] = Array.from({ length: 8 }, () =>
    bigFromBytes(sequence.contents(derTag.integer)),
  ) as [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
  const bits = bitLength(n);
  if (p * q !== n || bits < 1024 || bits > 8192)
    throw new DecodeError(0, `no usable RSA key of ${bits} bits`);
  return { n, p, q, dP, dQ, qInv, bits };
}

function commonName(name: Uint8Array): string {
  let found = '';
  const names = new DerReader(name).enter(derTag.sequence);
  while (!names.atEnd) {
    const set = names.enter(derTag.set);
    while (!set.atEnd) {
      const attribute = set.enter(derTag.sequence);
      if (attribute.objectIdentifier() !== oid.commonName) continue;
      const isUtf8 = attribute.tag === derTag.utf8String;
      const value = attribute.contents(attribute.tag);
      found = isUtf8 ? utf8.decode(value) : ascii.decode(value);
    }
  }
  return found;
}

// RFC 5280 §4.1.2.5: YYMMDDHHMMSSZ with 50–99 = 19xx, or YYYYMMDDHHMMSSZ.
function time(reader: DerReader): number {
  const short = reader.tag === derTag.utcTime;
  const text = ascii.decode(reader.contents(short ? derTag.utcTime : derTag.generalizedTime));
  const fields = (
    short ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
  )
    .exec(text)
    ?.slice(1)
    .map(Number);
  if (fields === undefined) throw new DecodeError(0, `expected a time in UTC, got "${text}"`);
  const [year, month, day, hour, minute, second] = fields as [number, number, number, number, number, number];
  const century = !short ? 0 : year < 50 ? 2000 : 1900;
  return daysFromCivil(century + year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
}

function readPublicKey(keyInfo: DerReader): PublicKey | null {
  const algorithm = keyInfo.enter(derTag.sequence);
  const kind = algorithm.objectIdentifier();
  if (kind === oid.rsaEncryption) {
    const sequence = new DerReader(keyInfo.bitString()).enter(derTag.sequence);
    const n = bigFromBytes(sequence.contents(derTag.integer));
    return { kind: 'rsa', n, e: bigFromBytes(sequence.contents(derTag.integer)), bits: bitLength(n) };
  }
  if (kind !== oid.ecPublicKey || algorithm.tag !== derTag.objectIdentifier) return null;
  return algorithm.objectIdentifier() === oid.prime256v1 ? { kind: 'ec', point: keyInfo.bitString() } : null;
}

function readExtensions(tbs: DerReader): Pick<Certificate, 'dnsNames' | 'isAuthority'> {
  const dnsNames: string[] = [];
  let isAuthority: boolean | null = null;
  while (!tbs.atEnd && tbs.tag !== 0xa3) tbs.element();
  if (tbs.atEnd) return { dnsNames, isAuthority };
  const list = tbs.enter(0xa3).enter(derTag.sequence);
  while (!list.atEnd) {
    const extension = list.enter(derTag.sequence);
    const id = extension.objectIdentifier();
    if (extension.tag === derTag.boolean) extension.boolean();
    const value = new DerReader(extension.contents(derTag.octetString));
    if (id === oid.basicConstraints) {
      const constraints = value.enter(derTag.sequence);
      isAuthority = constraints.tag === derTag.boolean && constraints.boolean();
    } else if (id === oid.subjectAltName) {
      const names = value.enter(derTag.sequence);
      while (!names.atEnd)
        if (names.tag === dnsNameTag) dnsNames.push(ascii.decode(names.contents(dnsNameTag)));
        else names.element();
    }
  }
  return { dnsNames, isAuthority };
}
