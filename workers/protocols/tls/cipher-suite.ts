/**
 * cipher-suite — the three cipher suites of TLS 1.3 that are in use: AEAD algorithm and hash
 *
 * SIMPLIFIED: TLS_AES_128_CCM_SHA256 and TLS_AES_128_CCM_8_SHA256 are missing; OpenSSL has them, turned off.
 *
 * STANDARDS  RFC 8446 §B.4, RFC 5116 (AES-GCM), RFC 8439 (ChaCha20-Poly1305)
 */
import { gcm } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { sha256, sha384 } from '@noble/hashes/sha2.js';
import type { CHash } from '@noble/hashes/utils.js';

export interface Aead {
  encrypt(plaintext: Uint8Array): Uint8Array;
  /** Throws when the tag is wrong. */
  decrypt(ciphertext: Uint8Array): Uint8Array;
}

export interface CipherSuite {
  code: number;
  name: string;
  keyBytes: number;
  hash: CHash;
  hashBytes: number;
  aead(key: Uint8Array, nonce: Uint8Array, additional: Uint8Array): Aead;
}

export const nonceBytes = 12; // RFC 8446 §5.3: of all three
export const tagBytes = 16;

/** In the order in which OpenSSL prefers them. */
export const cipherSuites: readonly CipherSuite[] = Object.freeze([
  { code: 0x1302, name: 'TLS_AES_256_GCM_SHA384', keyBytes: 32, hash: sha384, hashBytes: 48, aead: gcm },
  {
    code: 0x1303,
    name: 'TLS_CHACHA20_POLY1305_SHA256',
    keyBytes: 32,
    hash: sha256,
    hashBytes: 32,
    aead: chacha20poly1305,
  },
  { code: 0x1301, name: 'TLS_AES_128_GCM_SHA256', keyBytes: 16, hash: sha256, hashBytes: 32, aead: gcm },
]);
