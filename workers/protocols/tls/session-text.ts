/**
 * session-text — a TLS session in the words of Postfix: log line and Received field
 *
 *   Anonymous TLS connection established from localhost[127.0.0.1]: TLSv1.3 with cipher
 *   TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 server-signature RSA-PSS (2048 bits)
 *   server-digest SHA256
 *
 * STANDARDS  Postfix 3.7 tls_log_summary() and smtpd(8)'s Received field with smtpd_tls_received_header
 */
import type { TlsSummary } from './terms.ts';

/** How far the peer is known. The first word of Postfix's log line. */
export type TrustWord = 'Anonymous' | 'Untrusted' | 'Trusted' | 'Verified';

/**
 * The trust word of a session.
 * @param peer what verifyChain said; null = the peer showed no certificate
 * @param nameCounts whether the security level compares names (verify, secure); else a match is no more
 * than "Trusted"
 */
export function trustWord(
  peer: { untrusted: string | null; nameMatches: boolean } | null,
  nameCounts: boolean,
): TrustWord {
  if (peer === null) return 'Anonymous';
  if (peer.untrusted !== null) return 'Untrusted';
  return nameCounts && peer.nameMatches ? 'Verified' : 'Trusted';
}

/** "TLSv1.3 with cipher … server-digest SHA256", what stands after the colon in the log line. */
export function formatSummary(summary: TlsSummary): string {
  return `${formatCipher(summary)} ${formatKeys(summary)}`;
}

/** The lines that a Received field gets: "(using TLSv1.3 with cipher … (256/256 bits)" and the next one. */
export function formatReceivedLines(summary: TlsSummary): [string, string, string] {
  return [`(using ${formatCipher(summary)}`, ` ${formatKeys(summary)})`, '(No client certificate requested)'];
}

function formatCipher({ protocol, cipher, cipherBits }: TlsSummary): string {
  return `${protocol} with cipher ${cipher} (${cipherBits}/${cipherBits} bits)`;
}

function formatKeys({ group, serverSignature }: TlsSummary): string {
  const { name, bits, curve, digest } = serverSignature;
  const exchange = group === 'X25519' ? group : `ECDHE (${group})`;
  const size = curve === '' ? `${bits} bits` : curve;
  return `key-exchange ${exchange} server-signature ${name} (${size}) server-digest ${digest}`;
}
