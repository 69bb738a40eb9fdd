/**
 * parameter-words — parameters that are one of a few words, or a list of them, as postconf(5) says
 *
 * Levels that name what the simulation has not (dane, fingerprint, verify, secure) are right all the same.
 */

/** The words of one parameter. */
export interface ParameterWords {
  readonly words: readonly string[];
  readonly isList: boolean;
}

const one = (words: string): ParameterWords => ({ words: words.split(' '), isList: false });
const several = (words: string): ParameterWords => ({ words: words.split(' '), isList: true });

const serverLevels = one('none may encrypt');
const clientLevels = one('none may encrypt dane dane-only fingerprint verify secure');
const addresses = one('any ipv4 ipv6');
const canonicalClasses = several('envelope_sender envelope_recipient header_sender header_recipient');

const byName: ReadonlyMap<string, ParameterWords> = new Map([
  ['canonical_classes', canonicalClasses],
  ['sender_canonical_classes', canonicalClasses],
  ['recipient_canonical_classes', canonicalClasses],
  ['masquerade_classes', canonicalClasses],
  ['inet_protocols', several('all ipv4 ipv6')],
  ['lmtp_address_preference', addresses],
  ['smtp_address_preference', addresses],
  ['lmtp_host_lookup', several('dns native')],
  ['smtp_host_lookup', several('dns native')],
  ['lmtp_tls_security_level', clientLevels],
  ['smtp_tls_security_level', clientLevels],
  ['mynetworks_style', one('class subnet host')],
  ['notify_classes', several('bounce 2bounce data delay policy protocol resource software')],
  ['smtpd_tls_security_level', serverLevels],
  ['allow_mail_to_commands', several('alias forward include')],
  ['allow_mail_to_files', several('alias forward include')],
]);

/** @returns null when a parameter may be anything of its type */
export function wordsOf(name: string): ParameterWords | null {
  return byName.get(name) ?? null;
}
