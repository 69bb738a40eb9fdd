/**
 * signature-scheme — which signatures can be checked, by their numbers in TLS and in certificates
 *
 * SIMPLIFIED: OpenSSL also knows Ed25519, Ed448, ECDSA over P-384 and P-521, and RSASSA-PSS within
 * certificates.
 *
 * STANDARDS  RFC 8446 §4.2.3, §4.4.3; RFC 4055 and RFC 5758 (object identifiers); FIPS 186-4 §6.4 (ECDSA)
 */
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';

import * as ascii from '../../bytes/ascii.ts';
import { concat } from '../../bytes/concat.ts';

import { bigFromBytes } from './big-integer.ts';
import { DerReader, derTag } from './der.ts';
import { P256 } from './key-exchange.ts';
import { isReasonable, verifyPkcs1, verifyPss, type Hash, type RsaPublicKey } from './rsa.ts';

export interface EcPublicKey {
  kind: 'ec';
  /** an uncompressed point of P-256 */
  point: Uint8Array;
}

export type PublicKey = RsaPublicKey | EcPublicKey;

export interface SignatureScheme {
  code: number;
  algorithm: 'rsa-pss' | 'rsa-pkcs1' | 'ecdsa';
  hash: Hash;
  /** as Postfix logs it */
  digest: string;
  /** of the certificate signature; '' where there is none (see above) */
  oid: string;
}

export const rsaPssSha256: SignatureScheme = {
  code: 0x0804,
  algorithm: 'rsa-pss',
  hash: sha256,
  digest: 'SHA256',
  oid: '',
};

/** In order of preference. */
export const signatureSchemes: readonly SignatureScheme[] = Object.freeze([
  { code: 0x0403, algorithm: 'ecdsa', hash: sha256, digest: 'SHA256', oid: '1.2.840.10045.4.3.2' },
  rsaPssSha256,
  { code: 0x0805, algorithm: 'rsa-pss', hash: sha384, digest: 'SHA384', oid: '' },
  { code: 0x0806, algorithm: 'rsa-pss', hash: sha512, digest: 'SHA512', oid: '' },
  { code: 0x0401, algorithm: 'rsa-pkcs1', hash: sha256, digest: 'SHA256', oid: '1.2.840.113549.1.1.11' },
  { code: 0x0501, algorithm: 'rsa-pkcs1', hash: sha384, digest: 'SHA384', oid: '1.2.840.113549.1.1.12' },
  { code: 0x0601, algorithm: 'rsa-pkcs1', hash: sha512, digest: 'SHA512', oid: '1.2.840.113549.1.1.13' },
]);

/** Whether the signature over the message is the key owner's; never throws. */
export function verifySignature(
  key: PublicKey,
  scheme: SignatureScheme,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (key.kind === 'ec')
    return scheme.algorithm === 'ecdsa' && verifyEcdsa(key.point, scheme.hash(message), signature);
  if (!isReasonable(key)) return false;
  if (scheme.algorithm === 'rsa-pss') return verifyPss(key, scheme.hash, message, signature);
  return scheme.algorithm === 'rsa-pkcs1' && verifyPkcs1(key, scheme.hash, message, signature);
}

/** What a CertificateVerify signs (RFC 8446 §4.4.3). */
export function certificateVerifyContent(side: 'server' | 'client', transcript: Uint8Array): Uint8Array {
  const context = ascii.encode(`TLS 1.3, ${side} CertificateVerify\0`);
  return concat([new Uint8Array(64).fill(0x20), context, transcript]);
}

function verifyEcdsa(pointBytes: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
  const { Fn } = P256;
  try {
    const sequence = new DerReader(signature).enter(derTag.sequence);
    const r = bigFromBytes(sequence.contents(derTag.integer));
    const s = bigFromBytes(sequence.contents(derTag.integer));
    if (!Fn.isValidNot0(r) || !Fn.isValidNot0(s)) return false;
    const key = P256.fromBytes(pointBytes);
    key.assertValidity();
    const inverse = Fn.inv(s);
    const u1 = Fn.mul(Fn.create(bigFromBytes(digest)), inverse);
    const sum = P256.BASE.multiplyUnsafe(u1).add(key.multiplyUnsafe(Fn.mul(r, inverse)));
    return !sum.is0() && Fn.create(sum.toAffine().x) === r;
  } catch {
    return false; // no point of the curve, or no DER
  }
}
