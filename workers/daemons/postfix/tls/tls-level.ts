/**
 * tls-level — the words of smtp_tls_security_level and smtpd_tls_security_level, weakest first
 *
 * SEE ALSO  postconf(5)
 */

const levels = Object.freeze([
  'none',
  'may',
  'encrypt',
  'dane',
  'dane-only',
  'fingerprint',
  'verify',
  'secure',
] as const);

export type TlsLevel = (typeof levels)[number];

/** @returns null when the word names no level */
export function parseTlsLevel(word: string): TlsLevel | null {
  const wanted = word.toLowerCase();
  return levels.find((level) => level === wanted) ?? null;
}
