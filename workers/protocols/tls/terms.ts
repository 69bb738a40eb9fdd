/**
 * terms — the numbers of TLS 1.3 and what an engine reports
 *
 * STANDARDS  RFC 8446 §4 (handshake and extension types), §5.1 (content types), §6 (alerts)
 * SEE ALSO   engine.ts
 */

/** Where random bytes come from: the host's generator, so that a run can be repeated. */
export interface RandomSource {
  /** Uniform unsigned 32-bit integer. */
  u32(): number;
}

/** @returns `count` bytes of the host's generator */
export function randomBytes(random: RandomSource, count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; at += 4) {
    const word = random.u32();
    for (let i = 0; i < 4 && at + i < count; i++) bytes[at + i] = word >>> (24 - 8 * i);
  }
  return bytes;
}

export const contentType = Object.freeze({
  changeCipherSpec: 20,
  alert: 21,
  handshake: 22,
  applicationData: 23,
});

export const handshakeType = Object.freeze({
  clientHello: 1,
  serverHello: 2,
  newSessionTicket: 4,
  encryptedExtensions: 8,
  certificate: 11,
  certificateRequest: 13,
  certificateVerify: 15,
  finished: 20,
  keyUpdate: 24,
  messageHash: 254,
});

export const extensionType = Object.freeze({
  serverName: 0,
  supportedGroups: 10,
  signatureAlgorithms: 13,
  preSharedKey: 41,
  supportedVersions: 43,
  cookie: 44,
  keyShare: 51,
});

export const tls12 = 0x0303; // RFC 8446 §4.1.2: what the legacy version fields say
export const tls13 = 0x0304;

/** RFC 8446 §6.2, as far as they are sent or given a name. */
const alertCodes = {
  close_notify: 0,
  unexpected_message: 10,
  bad_record_mac: 20,
  record_overflow: 22,
  handshake_failure: 40,
  bad_certificate: 42,
  unsupported_certificate: 43,
  certificate_revoked: 44,
  certificate_expired: 45,
  certificate_unknown: 46,
  illegal_parameter: 47,
  unknown_ca: 48,
  access_denied: 49,
  decode_error: 50,
  decrypt_error: 51,
  protocol_version: 70,
  insufficient_security: 71,
  internal_error: 80,
  inappropriate_fallback: 86,
  user_canceled: 90,
  missing_extension: 109,
  unsupported_extension: 110,
  unrecognized_name: 112,
  bad_certificate_status_response: 113,
  unknown_psk_identity: 115,
  certificate_required: 116,
  no_application_protocol: 120,
} as const;

export type AlertName = keyof typeof alertCodes;
const alertNames = new Map(
  Object.entries(alertCodes).map(([name, code]) => [code as number, name as AlertName]),
);

/** The number of an alert on the wire. */
export function alertCode(name: AlertName): number {
  return alertCodes[name];
}

/** @returns null for a number without a name here */
export function alertName(code: number): AlertName | null {
  return alertNames.get(code) ?? null;
}

/** Why an engine gives up; caught by the engine, which sends the alert and closes. */
export class TlsFailure extends Error {
  override name = 'TlsFailure';
  /** null: nothing is sent (what came is no TLS at all) */
  alert: AlertName | null;
  /**
   * @param reason one of OpenSSL's reason strings, since that is what a log shows (openssl-error.ts)
   */
  constructor(alert: AlertName | null, reason: string) {
    super(reason);
    this.alert = alert;
  }
}

/** What was agreed on, for a log line and a trace field. */
export interface TlsSummary {
  protocol: 'TLSv1.3';
  /** "TLS_AES_256_GCM_SHA384" */
  cipher: string;
  cipherBits: number;
  /** "X25519" or "P-256" */
  group: string;
  /** how the server proved who it is; curve is '' for RSA, bits is 0 for ECDSA */
  serverSignature: { name: 'RSA-PSS' | 'ECDSA'; bits: number; curve: string; digest: string };
  /** what the client asked for by server_name; null = it did not */
  serverName: string | null;
  /** DER, leaf first: at the client the server's chain; at the server empty, since it asks for none */
  peerCertificates: readonly Uint8Array[];
}

/** What happened while bytes were taken in, in order. */
export type TlsEvent =
  | { kind: 'established'; summary: TlsSummary }
  /** close_notify: no more plaintext will come; one may still write */
  | { kind: 'peer-closed' }
  /** The peer gave up. alert null: one without a name; reason as in `failed` */
  | { kind: 'alert-received'; alert: AlertName | null; reason: string }
  /** We gave up; the alert is among the bytes to send. */
  | { kind: 'failed'; alert: AlertName | null; reason: string };
