/**
 * rsa — signatures: RSASSA-PSS made and checked, RSASSA-PKCS1-v1_5 checked (in certificates)
 *
 * SIMPLIFIED: not constant in time; OpenSSL blinds the private operation. Keys here protect nothing real.
 *
 * STANDARDS  RFC 8017 §5.1.2 (Chinese remainders), §8.1, §8.2.2, §9.1, §9.2, §B.2.1 (MGF1)
 */
import type { CHash } from '@noble/hashes/utils.js';

import { ByteWriter } from '../../bytes/byte-writer.ts';
import { concat } from '../../bytes/concat.ts';

import { bigFromBytes, bigToBytes, bitLength, modularPower } from './big-integer.ts';

/** SHA-256, SHA-384 or SHA-512. */
export type Hash = CHash;

export interface RsaPublicKey {
  kind: 'rsa';
  n: bigint;
  e: bigint;
  bits: number;
}

export interface RsaPrivateKey {
  n: bigint;
  p: bigint;
  q: bigint;
  dP: bigint;
  dQ: bigint;
  qInv: bigint;
  bits: number;
}

/** Signs with RSASSA-PSS. @param salt as long as the hash (RFC 8446 §4.2.3) */
export function signPss(key: RsaPrivateKey, hash: Hash, message: Uint8Array, salt: Uint8Array): Uint8Array {
  const encoded = encodePss(hash, hash(message), salt, key.bits - 1);
  return bigToBytes(privatePower(key, bigFromBytes(encoded)), Math.ceil(key.bits / 8));
}

/** Checks an RSASSA-PSS signature whose salt is as long as the hash. */
export function verifyPss(
  key: RsaPublicKey,
  hash: Hash,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const opened = open(key, signature);
  if (opened === null) return false;
  const bits = key.bits - 1;
  const length = Math.ceil(bits / 8);
  if (bitLength(opened) > bits || length < 2 * hash.outputLen + 2) return false;
  const encoded = bigToBytes(opened, length);
  const split = length - hash.outputLen - 1;
  const digest = encoded.subarray(split, length - 1);
  const block = unmask(hash, encoded.subarray(0, split), digest, bits);
  const salt = block.subarray(split - hash.outputLen);
  return equalBytes(encoded, encodePss(hash, hash(message), salt, bits));
}

/** Checks an RSASSA-PKCS1-v1_5 signature. */
export function verifyPkcs1(
  key: RsaPublicKey,
  hash: Hash,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  const opened = open(key, signature);
  const length = Math.ceil(key.bits / 8);
  if (opened === null || length < hash.outputLen + 30) return false;
  const expected = new Uint8Array(length).fill(0xff);
  expected[0] = 0;
  expected[1] = 1;
  const tail = concat([Uint8Array.of(0), digestInfo(hash), hash(message)]);
  expected.set(tail, length - tail.length);
  return equalBytes(bigToBytes(opened, length), expected);
}

/** What a public key has to be to be used at all: no attacker's exponent keeps us busy. */
export function isReasonable(key: RsaPublicKey): boolean {
  return key.bits >= 512 && key.bits <= 8192 && (key.n & 1n) === 1n && key.e >= 3n && bitLength(key.e) <= 64;
}

/** Whether two byte strings are the same. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

function privatePower(key: RsaPrivateKey, message: bigint): bigint {
  const m1 = modularPower(message % key.p, key.dP, key.p);
  const m2 = modularPower(message % key.q, key.dQ, key.q);
  const h = (((m1 - m2) % key.p) + key.p) * key.qInv;
  return m2 + (h % key.p) * key.q;
}

function open(key: RsaPublicKey, signature: Uint8Array): bigint | null {
  if (signature.length !== Math.ceil(key.bits / 8)) return null;
  const value = bigFromBytes(signature);
  return value < key.n ? modularPower(value, key.e, key.n) : null;
}

//  +-----------+------+--------+
//  | 0 … 0     | 0x01 |  salt  |  masked with MGF1(H), then H, then 0xbc      RFC 8017 §9.1.1
//  +-----------+------+--------+
function encodePss(hash: Hash, digest: Uint8Array, salt: Uint8Array, bits: number): Uint8Array {
  const h = hash(concat([new Uint8Array(8), digest, salt]));
  const length = Math.ceil(bits / 8);
  const block = new Uint8Array(length - h.length - 1);
  block[block.length - salt.length - 1] = 1;
  block.set(salt, block.length - salt.length);
  return concat([unmask(hash, block, h, bits), h, Uint8Array.of(0xbc)]);
}

/** Masking is its own inverse; the bits above the modulus are cleared. */
function unmask(hash: Hash, block: Uint8Array, seed: Uint8Array, bits: number): Uint8Array {
  const result = block.slice();
  const mask = new ByteWriter(block.length + hash.outputLen);
  for (let counter = 0; mask.length < block.length; counter++)
    mask.bytes(hash(concat([seed, Uint8Array.of(0, 0, 0, counter)])));
  const bytes = mask.finish();
  for (let i = 0; i < result.length; i++) result[i]! ^= bytes[i]!;
  result[0]! &= 0xff >> (8 * Math.ceil(bits / 8) - bits);
  return result;
}

// RFC 8017 §9.2: SEQUENCE { SEQUENCE { OID 2.16.840.1.101.3.4.2.x, NULL }, OCTET STRING } up to the digest.
function digestInfo(hash: Hash): Uint8Array {
  const algorithm = hash.outputLen === 32 ? 1 : hash.outputLen === 48 ? 2 : 3;
  return Uint8Array.of(
    0x30, 17 + hash.outputLen, 0x30, 13, 0x06, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, algorithm, 0x05, 0,
    0x04, hash.outputLen,
  ); // prettier-ignore
}
