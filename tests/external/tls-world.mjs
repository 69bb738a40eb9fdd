// The world "postcard" with TLS on its one host, whose certificate names mail.example.com.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { root } from '../../scripts/project.mjs';
import { client } from './bridged.mjs';

const certificates = path.join(root, 'tests/protocols/tls/certificates');

/** The authority, for clients that want to know whom they talk to. */
export const authorityFile = path.join(certificates, 'ca.pem');

/** Writes the world into a folder. @returns its file */
export async function writeTlsWorld(folder) {
  const saved = path.join(folder, 'postcard.json');
  const sim = ['scripts/node-entry.mjs', 'sim', 'postcard', '--until', '1us', '--save', saved];
  await client(process.execPath, sim);
  const { world } = JSON.parse(readFileSync(saved, 'utf8')).run;
  const { files } = world.hosts[0];
  files['/etc/ssl/mail.pem'] = readFileSync(path.join(certificates, 'mail.example.com.pem'), 'utf8');
  files['/etc/ssl/mail.key'] = readFileSync(path.join(certificates, 'mail.example.com.key'), 'utf8');
  files['/etc/postfix/main.cf'] += [
    'smtpd_tls_security_level = may',
    'smtpd_tls_auth_only = yes',
    'smtpd_tls_cert_file = /etc/ssl/mail.pem',
    'smtpd_tls_key_file = /etc/ssl/mail.key',
    'smtpd_tls_loglevel = 1',
    'smtpd_tls_received_header = yes',
    '',
  ].join('\n');
  files['/etc/postfix/master.cf'] +=
    'submissions inet n - y - - smtpd -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes\n';
  const file = path.join(folder, 'postcard-tls.json');
  writeFileSync(file, JSON.stringify(world));
  return file;
}
