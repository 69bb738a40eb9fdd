// Certificates and keys from files, and what is made of a chain.
import { X509Certificate } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import { decodeCertificate, parsePem, parsePrivateKey } from '../../../workers/protocols/tls/certificate.ts';
import { parseCredentials } from '../../../workers/protocols/tls/credentials.ts';
import { namesHost, verifyChain } from '../../../workers/protocols/tls/verify-chain.ts';
import { authority, credentialsOf, hostCredentials, pem } from './ends.ts';

const at = 1772528400; // 2026-03-03T09:00:00Z
const name = 'mta1.acme.example';
const chain = hostCredentials.certificates;

describe('decodeCertificate', () => {
  test('reads what Node reads', () => {
    const certificate = decodeCertificate(chain[0]!);
    const real = new X509Certificate(chain[0]!);
    expect(certificate.subjectCommonName).toBe(name);
    expect(certificate.issuerCommonName).toBe('Postroom Test CA');
    expect(certificate.dnsNames).toEqual([name]);
    expect(certificate.isAuthority).toBe(real.ca);
    expect(certificate.publicKey).toMatchObject({ kind: 'rsa', bits: 2048, e: 65537n });
    expect(certificate.notBefore * 1000).toBe(Date.parse(real.validFrom));
    expect(certificate.notAfter * 1000).toBe(Date.parse(real.validTo));
    expect(verifyChain(chain, { authorities: [], at, name }).fingerprint).toBe(real.fingerprint256);
  });

  test('cut anywhere it is a DecodeError', () => {
    for (let length = 0; length < chain[0]!.length; length++)
      expect(() => decodeCertificate(chain[0]!.subarray(0, length))).toThrow(/^byte \d+:/);
  });
});

describe('PEM', () => {
  test('several certificates and text between them', () => {
    const text = `# host\n${pem(`${name}.pem`)}\n# authority\r\n${pem('ca.pem').replaceAll('\n', '\r\n')}`;
    expect(parsePem(text, 'CERTIFICATE')).toEqual([chain[0], authority]);
    expect(parsePem('-----BEGIN CERTIFICATE-----\nAAA', 'CERTIFICATE')).toEqual([]);
  });

  test('a key that is none is null', () => {
    expect(parsePrivateKey('')).toBeNull();
    expect(parsePrivateKey(pem('ca.pem').replaceAll('CERTIFICATE', 'PRIVATE KEY'))).toBeNull();
    expect(parsePrivateKey(pem(`${name}.key`))).toMatchObject({ bits: 2048 });
  });
});

describe('parseCredentials', () => {
  test('takes a chain with its own key, from one file or two', () => {
    const [certificates, key] = [pem(`${name}.pem`), pem(`${name}.key`)];
    expect(parseCredentials({ certificates, key })).toEqual(hostCredentials);
    expect(parseCredentials({ certificates: key + certificates, key: key + certificates })).toEqual(
      hostCredentials,
    );
  });

  test('says what is missing', () => {
    const [certificates, key] = [pem(`${name}.pem`), pem(`${name}.key`)];
    const other = pem('mail.example.com.key');
    expect(parseCredentials({ certificates: key, key })).toBe('no certificate');
    expect(parseCredentials({ certificates, key: certificates })).toBe('no private key');
    expect(parseCredentials({ certificates, key: other })).toBe('key values mismatch');
  });
});

describe('verifyChain', () => {
  const verdict = (options: Partial<Parameters<typeof verifyChain>[1]>, certificates = chain) =>
    verifyChain(certificates, { authorities: [authority], at, name, ...options });

  test('a chain to a trusted authority, and the name', () => {
    expect(verdict({})).toMatchObject({ untrusted: null, nameMatches: true });
    expect(verdict({ name: 'MTA1.Acme.Example.' }).nameMatches).toBe(true);
    expect(verdict({ name: 'mail.example.com' })).toMatchObject({ untrusted: null, nameMatches: false });
    expect(verdict({}, [...chain, authority])).toMatchObject({ untrusted: null });
  });

  test('reasons are those of OpenSSL', () => {
    const { untrusted } = verdict({ authorities: [] });
    expect(untrusted).toBe('unable to get local issuer certificate');
    expect(verdict({ authorities: [] }, [...chain, authority]).untrusted).toBe(
      'self-signed certificate in certificate chain',
    );
    expect(verdict({ authorities: [] }, [authority]).untrusted).toBe('self-signed certificate');
    expect(verdict({ at: 0 }).untrusted).toBe('certificate is not yet valid');
    expect(verdict({ at: 2524608001 }).untrusted).toBe('certificate has expired');
    expect(verdict({}, []).untrusted).toBe('unable to get local issuer certificate');
    const [other] = credentialsOf('mail.example.com').certificates;
    expect(verdict({ authorities: [other!] }).untrusted).toBe('unable to get local issuer certificate');
  });

  test('a changed certificate is not the authority’s', () => {
    const changed = chain[0]!.slice();
    changed[changed.length - 1]! ^= 1;
    expect(verdict({}, [changed]).untrusted).toBe('certificate signature failure');
  });

  test('RFC 6125 §6.4.3: a star stands for one label', () => {
    const certificate = decodeCertificate(chain[0]!);
    const matches = (pattern: string, host: string) =>
      namesHost({ ...certificate, dnsNames: [pattern] }, host);
    expect(matches('*.acme.example', name)).toBe(true);
    expect(matches('*.example', name)).toBe(false);
    expect(matches('*.acme.example', 'acme.example')).toBe(false);
    expect(namesHost({ ...certificate, dnsNames: [] }, name)).toBe(true); // by the common name
  });
});
