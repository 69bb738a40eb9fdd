/**
 * subject — the names of a certificate as OpenSSL prints them
 *
 *   Name ::= SEQUENCE OF SET OF SEQUENCE { type OBJECT IDENTIFIER, value ANY }   RFC 5280 §4.1.2.4
 */
import { DecodeError } from '../../../bytes/byte-reader.ts';
import * as utf8 from '../../../bytes/utf8.ts';

import { DerReader, derTag } from '../../../protocols/tls/der.ts';

const shortNames: Readonly<Record<string, string>> = Object.freeze({
  '2.5.4.3': 'CN',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '1.2.840.113549.1.9.1': 'emailAddress',
});

/** The parts of a name: ["CN", "mx.example"]. */
export function namesIn(name: Uint8Array): [string, string][] {
  const parts: [string, string][] = [];
  try {
    const sequence = new DerReader(name).enter(derTag.sequence);
    while (!sequence.atEnd) {
      const pair = sequence.enter(derTag.set).enter(derTag.sequence);
      const type = pair.objectIdentifier();
      parts.push([shortNames[type] ?? type, utf8.decode(pair.contents(pair.tag))]);
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  return parts;
}

/** "CN = mx.example", as s_client has it. */
export function spacedName(name: Uint8Array): string {
  return namesIn(name)
    .map(([type, value]) => `${type} = ${value}`)
    .join(', ');
}

/** "/CN=mx.example", as swaks has it. */
export function slashedName(name: Uint8Array): string {
  return namesIn(name)
    .map(([type, value]) => `/${type}=${value}`)
    .join('');
}
