// Which configurations need the code for TLS: one too many does no harm, one too few would.
import { expect, test } from 'vitest';

import { asksForTls, hostAsksForTls } from '../../workers/hosts/asks-for-tls.ts';

test.each([
  'smtpd_tls_security_level = may',
  'smtpd_tls_security_level=encrypt',
  'smtp_tls_security_level =\n  may',
  'lmtp_tls_security_level = $smtp_tls_security_level',
  'smtpd_use_tls = yes',
  'smtp_enforce_tls = YES',
  'smtp_tls_note_starttls_offer = yes',
  'smtp_tls_policy_maps = hash:/etc/postfix/tls_policy',
  '465 inet n - y - - smtpd -o smtpd_tls_wrappermode=yes',
  'smtpd_tls_security_level = none\nsmtpd_tls_security_level = may',
])('%j asks for TLS', (text) => {
  expect(asksForTls(text)).toBe(true);
});

test.each([
  '',
  'smtpd_tls_security_level = none',
  'smtpd_tls_security_level =',
  'smtpd_use_tls = no\nsmtpd_tls_wrappermode=no',
  'smtpd_tls_cert_file = /etc/cert.pem\nsmtpd_tls_loglevel = 1',
])('%j does not', (text) => {
  expect(asksForTls(text)).toBe(false);
});

test('a host asks for it by its main.cf or its master.cf', () => {
  expect(hostAsksForTls({ '/etc/postfix/main.cf': 'smtp_use_tls = yes' })).toBe(true);
  expect(hostAsksForTls({ '/etc/postfix/master.cf': '25 inet - - - - - smtpd -o smtpd_use_tls=yes' })).toBe(
    true,
  );
  expect(hostAsksForTls({ '/etc/motd': 'smtp_use_tls = yes' })).toBe(false);
});
