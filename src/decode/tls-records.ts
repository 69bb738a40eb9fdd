/**
 * tls-records — a stream under TLS, record by record: what can be said of it without the keys
 *
 * In the clear are the two hellos and an alert before them; all else is application data, also the rest of the
 * handshake (RFC 8446 §5.1).
 */
import type { Side, WireLine } from './conversation.ts';
import type { Talk } from './dialogue.ts';
import type { Found, ReadMode } from './line-reader.ts';

const headerBytes = 5;
const recordBytesMax = 16384 + 256; // RFC 8446 §5.2
const record = Object.freeze({ changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 });
const clientHello = 1;
const serverHello = 2;

/** The first bytes of the random of a ServerHello that is a HelloRetryRequest (RFC 8446 §4.1.3). */
const retryRandom: readonly number[] = [0xcf, 0x21, 0xad, 0x74];
const randomAt = headerBytes + 4 + 2;

/** Cuts a stream into TLS records. */
export const tlsMode: Extract<ReadMode, { kind: 'frames' }> = Object.freeze({
  kind: 'frames',
  frameLength: recordLength,
});

/** Says what a record is. */
export function sayRecord(
  side: Side,
  { bytes, pieces }: Extract<Found, { kind: 'frame' }>,
  talk: Talk,
): void {
  const octets = bytes.length - headerBytes;
  const about = octets === 1 ? '1 octet' : `${octets} octets`;
  const { text, role } = describe(bytes, about);
  talk.say(side, { kind: 'message', text, role, about }, pieces);
}

/** What a record means, in plain words. */
export function glossRecord({ role }: WireLine): string {
  switch (role) {
    case 'tls-client-hello':
      return 'These ciphers I know, and this is my half of a key.';
    case 'tls-server-hello':
      return 'This cipher, and here is my half: from now on only we two can read.';
    case 'tls-retry':
      return 'Not with that kind of key; try another.';
    case 'tls-alert':
      return 'Something is wrong: no TLS.';
    case 'tls-change':
      return 'It says nothing any more; old boxes on the way expect it.';
    default:
      return 'Encrypted: what it says only the two ends can read.';
  }
}

/** Whether a line is a record. */
export function isRecord({ role }: WireLine): boolean {
  return role.startsWith('tls-');
}

function recordLength(buffer: Uint8Array, length: number): number {
  if (length > 0 && (buffer[0]! < record.changeCipherSpec || buffer[0]! > record.applicationData)) return -1;
  if (length < headerBytes) return 0;
  const octets = buffer[3]! * 256 + buffer[4]!;
  if (buffer[1] !== 3 || octets > recordBytesMax) return -1;
  return length < headerBytes + octets ? 0 : headerBytes + octets;
}

function describe(bytes: Uint8Array, octets: string): { text: string; role: string } {
  switch (bytes[0]) {
    case record.changeCipherSpec:
      return { text: 'TLS ChangeCipherSpec', role: 'tls-change' };
    case record.alert:
      return { text: `TLS alert ${bytes[headerBytes + 1] ?? ''}`.trimEnd(), role: 'tls-alert' };
    case record.handshake:
      return describeHandshake(bytes);
    default:
      return { text: `TLS application data, ${octets}`, role: 'tls-data' };
  }
}

function describeHandshake(bytes: Uint8Array): { text: string; role: string } {
  const kind = bytes[headerBytes];
  if (kind === clientHello) return { text: 'TLS ClientHello', role: 'tls-client-hello' };
  if (kind !== serverHello) return { text: 'TLS handshake', role: 'tls-handshake' };
  return retryRandom.every((byte, i) => bytes[randomAt + i] === byte)
    ? { text: 'TLS HelloRetryRequest', role: 'tls-retry' }
    : { text: 'TLS ServerHello', role: 'tls-server-hello' };
}
