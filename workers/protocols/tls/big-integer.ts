/**
 * big-integer — natural numbers of cryptographic size: octet strings and powers
 *
 * STANDARDS  RFC 8017 §4 (I2OSP, OS2IP)
 */
import * as hex from '../../bytes/hex.ts';

/** The number that the octets are, most significant first. */
export function bigFromBytes(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt('0x' + hex.encode(bytes));
}

/** The number as `count` octets; it must fit. */
export function bigToBytes(value: bigint, count: number): Uint8Array {
  return hex.decode(value.toString(16).padStart(2 * count, '0'))!;
}

/** How many bits the number has. */
export function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

/** base^exponent mod modulus, four bits of the exponent at a time. */
export function modularPower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  const powers = [1n % modulus];
  for (let i = 1; i < 16; i++) powers.push((powers[i - 1]! * base) % modulus);
  let result = powers[0]!;
  for (const digit of exponent.toString(16)) {
    for (let i = 0; i < 4; i++) result = (result * result) % modulus;
    result = (result * powers[parseInt(digit, 16)]!) % modulus;
  }
  return result;
}
