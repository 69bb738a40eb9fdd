/**
 * openssl-error — what went wrong, as OpenSSL 3 names it and Postfix logs it
 *
 *   warning: TLS library problem: error:0A000102:SSL routines::unsupported protocol:../ssl/…:1657:
 *
 * SIMPLIFIED: the source file and the line after the reason are missing; they differ from build to build.
 *
 * STANDARDS  OpenSSL 3.0 include/openssl/sslerr.h; `openssl errstr 0A000102` shows each
 */
import { alertName, type AlertName } from './terms.ts';

const sslLibrary = 0x0a000000;
const alertReasonBase = 1000; // SSL_R_SSLV3_ALERT_… and the like are 1000 + the alert's number

/** The reasons of our own failures; the same words as in TlsFailure. */
const reasonCodes = new Map([
  ['app data in handshake', 100],
  ['no suitable key share', 101],
  ['bad key share', 108],
  ['bad extension', 110],
  ['missing sigalgs extension', 112],
  ['no suitable signature algorithm', 118],
  ['bad key update', 122],
  ['bad signature', 123],
  ['too many key updates', 132],
  ['data length too long', 146],
  ['digest check failed', 149],
  ['encrypted length too long', 150],
  ['excessive message size', 152],
  ['length mismatch', 159],
  ['not on record boundary', 182],
  ['bad cipher', 186],
  ['no shared cipher', 193],
  ['no change following hrr', 214],
  ['unsolicited extension', 217],
  ['unexpected message', 244],
  ['unexpected record', 245],
  ['unknown certificate type', 247],
  ['unsupported protocol', 258],
  ['wrong cipher returned', 261],
  ['unexpected ccs message', 262],
  ['wrong version number', 267],
  ['decryption failed or bad record mac', 281],
  ['invalid context', 282],
  ['mixed handshake and non handshake data', 293],
  ['record too small', 298],
  ['invalid compression algorithm', 341],
  ['wrong signature type', 370],
  ['bad record type', 443],
  ['invalid session id', 999],
  ['ASN1 lib', 0x08000d],
]);

/** Alerts that TLS 1.0 added to those of SSL 3.0 and that are not called "alert". */
const extensionAlerts: readonly AlertName[] = [
  'unsupported_extension',
  'unrecognized_name',
  'bad_certificate_status_response',
];
const tls13Alerts: readonly AlertName[] = ['missing_extension', 'certificate_required'];
const ssl3Alerts: readonly AlertName[] = [
  'unexpected_message',
  'bad_record_mac',
  'handshake_failure',
  'bad_certificate',
  'unsupported_certificate',
  'certificate_revoked',
  'certificate_expired',
  'certificate_unknown',
  'illegal_parameter',
];

/** The reason for an alert received: "sslv3 alert handshake failure"; of an unknown one "reason(1200)". */
export function alertReason(code: number): string {
  const name = alertName(code);
  if (name === null) return `reason(${alertReasonBase + code})`;
  const words = name.replaceAll('_', ' ').replace('canceled', 'cancelled');
  if (ssl3Alerts.includes(name)) return `sslv3 alert ${words}`;
  if (tls13Alerts.includes(name)) return `tlsv13 alert ${words}`;
  return extensionAlerts.includes(name) ? `tlsv1 ${words}` : `tlsv1 alert ${words}`;
}

/** A reason with its code: "error:0A000102:SSL routines::unsupported protocol". */
export function formatLibraryError(reason: string): string {
  const code = sslLibrary + (reasonCodes.get(reason) ?? alertReasonCode(reason));
  return `error:${code.toString(16).toUpperCase().padStart(8, '0')}:SSL routines::${reason}`;
}

function alertReasonCode(reason: string): number {
  for (let code = 0; code < 256; code++) if (alertReason(code) === reason) return alertReasonBase + code;
  return 0;
}
