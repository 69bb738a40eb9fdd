/**
 * key-exchange — ephemeral Diffie-Hellman over X25519 and P-256
 *
 * SIMPLIFIED: Postfix's tls_eecdh_auto_curves also has X448, P-384 and P-521.
 *
 * STANDARDS  RFC 7748 (X25519), SEC 1 §2.3.3 (uncompressed points), RFC 8446 §4.2.8.2, §7.4.2
 */
import { montgomery } from '@noble/curves/abstract/montgomery.js';
import { pow } from '@noble/curves/abstract/modular.js';
import { weierstrass } from '@noble/curves/abstract/weierstrass.js';

import { assert } from '../../bytes/assert.ts';

import { bigFromBytes } from './big-integer.ts';
import { randomBytes, TlsFailure, type RandomSource } from './terms.ts';

export interface KeyPair {
  group: Group;
  privateKey: Uint8Array;
  publicKey: Uint8Array;
}

export interface Group {
  code: number;
  name: 'X25519' | 'P-256';
  publicKey(privateKey: Uint8Array): Uint8Array;
  /** Throws when the peer's key is no point of the curve. */
  shared(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array;
  isPrivateKey(bytes: Uint8Array): boolean;
}

const p25519 = 2n ** 255n - 19n;
const x25519 = montgomery({
  P: p25519,
  type: 'x25519',
  adjustScalarBytes: (bytes: Uint8Array) => {
    bytes[0]! &= 248; // RFC 7748 §5
    bytes[31]! = (bytes[31]! & 127) | 64;
    return bytes;
  },
  powPminus2: (x) => pow(x, p25519 - 2n, p25519),
});

/** Points of the curve secp256r1 (SEC 2 §2.4.2). */
export const P256 = weierstrass({
  p: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
  n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  h: 1n,
  a: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 4n,
  b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
  Gx: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  Gy: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
});
const pointBytes = 65; // 0x04, x, y

/** In order of preference, as in Postfix's tls_eecdh_auto_curves. */
export const groups: readonly Group[] = Object.freeze([
  {
    code: 0x001d,
    name: 'X25519',
    publicKey: (privateKey) => x25519.getPublicKey(privateKey),
    shared: (privateKey, publicKey) => x25519.getSharedSecret(privateKey, publicKey),
    isPrivateKey: () => true,
  },
  {
    code: 0x0017,
    name: 'P-256',
    publicKey: (privateKey) => P256.BASE.multiply(bigFromBytes(privateKey)).toBytes(false),
    shared: (privateKey, publicKey) => {
      assert(publicKey.length === pointBytes, 'checked by sharedSecret');
      const point = P256.fromBytes(publicKey);
      point.assertValidity();
      return point.multiply(bigFromBytes(privateKey)).toBytes(false).subarray(1, 33);
    },
    isPrivateKey: (bytes) => P256.Fn.isValidNot0(bigFromBytes(bytes)),
  },
]);

/** Makes an ephemeral key. */
export function generateKeyPair(group: Group, random: RandomSource): KeyPair {
  for (;;) {
    const privateKey = randomBytes(random, 32);
    if (!group.isPrivateKey(privateKey)) continue;
    return { group, privateKey, publicKey: group.publicKey(privateKey) };
  }
}

/** The secret that both ends compute; a public key that is none is an illegal_parameter. */
export function sharedSecret(pair: KeyPair, peerKey: Uint8Array): Uint8Array {
  if (peerKey.length === pair.publicKey.length)
    try {
      return pair.group.shared(pair.privateKey, peerKey);
    } catch {
      // The library throws for what is no point, and for an all-zero result (RFC 8446 §7.4.2).
    }
  throw new TlsFailure('illegal_parameter', 'bad key share');
}
