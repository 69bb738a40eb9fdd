/**
 * verify-chain — whether a certificate chain leads to a trusted authority, and whom it names
 *
 * Postfix decides by security level what to make of it: `none` has no TLS, `may` and `encrypt` go on whatever
 * comes out and log "Untrusted" or "Trusted", `fingerprint` compares a digest, `verify` and `secure` need a
 * trusted chain and a matching name ("Verified").
 *
 * SIMPLIFIED: no revocation, no name constraints, key usages and path lengths; OpenSSL checks those too.
 *
 * STANDARDS  RFC 5280 §6.1, RFC 6125 §6.4 (names)
 * SEE ALSO   certificate.ts; postconf(5) smtp_tls_security_level
 */
import { DecodeError } from '../../bytes/byte-reader.ts';

import { decodeCertificate, fingerprint, type Certificate } from './certificate.ts';
import { equalBytes } from './rsa.ts';
import { signatureSchemes, verifySignature } from './signature-scheme.ts';

export interface ChainVerdict {
  /** the leaf; null: there is none, or it cannot be read */
  leaf: Certificate | null;
  /** SHA-256 of the leaf, "A1:B2:…"; '' without a leaf */
  fingerprint: string;
  /** null: trusted; else why not, in the words of OpenSSL's X509_verify_cert_error_string(3) */
  untrusted: string | null;
  /** Whether the leaf names the host that was asked for. */
  nameMatches: boolean;
}

const chainLengthMax = 10;

/**
 * Judges a chain.
 * @param chain DER, leaf first, the rest in any order
 * @param options.authorities trusted certificates, DER (smtp_tls_CAfile)
 * @param options.at seconds since 1970
 * @param options.name whom the leaf should name; '' = do not compare
 */
export function verifyChain(
  chain: readonly Uint8Array[],
  options: { authorities: readonly Uint8Array[]; at: number; name: string },
): ChainVerdict {
  const [leaf, ...others] = chain.map(readable);
  if (leaf === undefined || leaf === null)
    return {
      leaf: null,
      fingerprint: '',
      untrusted: 'unable to get local issuer certificate',
      nameMatches: false,
    };
  const known = (certificate: Certificate | null) => certificate !== null;
  const authorities = options.authorities.map(readable).filter(known);
  return {
    leaf,
    fingerprint: fingerprint(leaf.der),
    untrusted: whyUntrusted(leaf, others.filter(known), authorities, options.at),
    nameMatches: options.name !== '' && namesHost(leaf, options.name),
  };
}

/** Whether a certificate names the host: by its DNS names, or, without any, by its common name. */
export function namesHost(certificate: Certificate, host: string): boolean {
  const names = certificate.dnsNames.length > 0 ? certificate.dnsNames : [certificate.subjectCommonName];
  const wanted = host.toLowerCase().replace(/\.$/, '');
  return names.some((name) => {
    const pattern = name.toLowerCase();
    if (!pattern.startsWith('*.')) return pattern === wanted;
    // RFC 6125 §6.4.3: the star stands for one whole label.
    const dot = wanted.indexOf('.');
    return dot > 0 && pattern.slice(1) === wanted.slice(dot);
  });
}

function whyUntrusted(
  leaf: Certificate,
  others: readonly Certificate[],
  authorities: readonly Certificate[],
  at: number,
): string | null {
  let current = leaf;
  for (let depth = 0; depth < chainLengthMax; depth++) {
    const early = whyNotNow(current, at);
    if (authorities.some((trusted) => equalBytes(trusted.der, current.der))) return early;
    const trusted = authorities.find((authority) => isNamedAsIssuer(authority, current));
    const issuer = trusted ?? others.find((other) => other !== current && isNamedAsIssuer(other, current));
    if (issuer === undefined || issuer === current) {
      if (!equalBytes(current.issuer, current.subject)) return 'unable to get local issuer certificate';
      return depth === 0 ? 'self-signed certificate' : 'self-signed certificate in certificate chain';
    }
    if (issuer.isAuthority === false) return 'invalid CA certificate';
    if (!isSignedBy(current, issuer)) return 'certificate signature failure';
    if (early !== null) return early;
    if (trusted !== undefined) return whyNotNow(trusted, at);
    current = issuer;
  }
  return 'certificate chain too long';
}

function whyNotNow(certificate: Certificate, at: number): string | null {
  if (at < certificate.notBefore) return 'certificate is not yet valid';
  return at > certificate.notAfter ? 'certificate has expired' : null;
}

function isNamedAsIssuer(issuer: Certificate, certificate: Certificate): boolean {
  return equalBytes(issuer.subject, certificate.issuer);
}

function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  const scheme = signatureSchemes.find(({ oid }) => oid !== '' && oid === certificate.signatureOid);
  if (scheme === undefined || issuer.publicKey === null) return false;
  return verifySignature(issuer.publicKey, scheme, certificate.signed, certificate.signature);
}

function readable(der: Uint8Array): Certificate | null {
  try {
    return decodeCertificate(der);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}
