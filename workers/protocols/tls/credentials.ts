/**
 * credentials — what a server proves itself with: its certificate chain and the key, from their files
 *
 * SEE ALSO   certificate.ts; postconf(5) smtpd_tls_chain_files, smtpd_tls_cert_file, smtpd_tls_key_file
 */
import { DecodeError } from '../../bytes/byte-reader.ts';

import { decodeCertificate, parsePem, parsePrivateKey } from './certificate.ts';
import type { RsaPrivateKey } from './rsa.ts';

export interface Credentials {
  /** DER, leaf first */
  certificates: readonly Uint8Array[];
  privateKey: RsaPrivateKey;
}

/** Why a server cannot use its files; the last one in OpenSSL's words. */
export type CredentialsProblem = 'no certificate' | 'no private key' | 'key values mismatch';

/**
 * Reads a chain and its key; both texts may be of the same file.
 * SIMPLIFIED: RSA keys alone; Postfix takes ECDSA and Ed25519 keys too, and several at once.
 */
export function parseCredentials(texts: {
  certificates: string;
  key: string;
}): Credentials | CredentialsProblem {
  const certificates = parsePem(texts.certificates, 'CERTIFICATE');
  const [leaf] = certificates;
  const publicKey = leaf === undefined ? null : publicKeyOf(leaf);
  if (publicKey === null) return 'no certificate';
  const privateKey = parsePrivateKey(texts.key);
  if (privateKey === null) return 'no private key';
  if (publicKey.kind !== 'rsa' || publicKey.n !== privateKey.n) return 'key values mismatch';
  return { certificates, privateKey };
}

function publicKeyOf(der: Uint8Array) {
  try {
    return decodeCertificate(der).publicKey;
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}
