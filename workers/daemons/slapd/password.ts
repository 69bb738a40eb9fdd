/**
 * password — userPassword values: {SSHA}, {SHA} and plain text
 *
 * SIMPLIFIED: the real server also knows {SMD5}, {MD5}, {CRYPT}, {SSHA512} …; such a value matches
 * nothing here.
 *
 * STANDARDS  RFC 2307 §5.3
 */
import * as ascii from '../../bytes/ascii.ts';
import * as base64 from '../../bytes/base64.ts';
import { sha1 } from '../../bytes/sha1.ts';

const digestBytes = 20; // SHA-1

/** Whether the password is the one that a userPassword value stands for. */
export function checkPassword(stored: Uint8Array, password: Uint8Array): boolean {
  const match = /^\{([A-Za-z0-9-]+)\}([^]*)$/.exec(ascii.decode(stored));
  if (match === null) return equal(stored, password);
  const scheme = match[1]!.toUpperCase();
  if (scheme === 'CLEARTEXT') return equal(ascii.encode(match[2]!), password);
  const bytes = base64.decode(match[2]!);
  if (bytes === null || bytes.length < digestBytes || (scheme !== 'SSHA' && scheme !== 'SHA')) return false;
  const salt = scheme === 'SSHA' ? bytes.subarray(digestBytes) : new Uint8Array(0);
  const input = new Uint8Array(password.length + salt.length);
  input.set(password);
  input.set(salt, password.length);
  return equal(bytes.subarray(0, digestBytes), sha1(input));
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
