/**
 * server-tls — TLS of smtpd(8): its certificate and key, and the handshake after STARTTLS or at once
 *
 * SIMPLIFIED: one RSA certificate (smtpd_tls_eccert_file, smtpd_tls_dcert_file and further chains of
 * smtpd_tls_chain_files are not read); smtpd_tls_protocols and smtpd_tls_ciphers are not obeyed: TLS 1.3 is
 * spoken or nothing; no client certificate is asked for (smtpd_tls_ask_ccert, smtpd_tls_req_ccert), so that
 * nothing that permits client certificates ever matches; no session is resumed; smtpd_tls_loglevel above 1
 * logs no more than "setting up TLS connection".
 *
 * SEE ALSO  postconf(5) smtpd_tls_cert_file, smtpd_tls_loglevel; tls_server(3), tls_certkey(3)
 */
import * as utf8 from '../../../bytes/utf8.ts';

import {
  formatReceivedLines,
  formatSummary,
  parseCredentials,
  tlsServer,
  type Credentials,
} from '../../../protocols/tls/index.ts';

import type { Connection, Os, Proc } from '../../../os/os.ts';

import { secure } from '../../clients/tls-connection.ts';
import type { Service } from '../instance.ts';

import { logFailure } from './log-failure.ts';
import type { SecuredClient, ServerTls } from './tls-services.ts';

/** See TlsServices. */
export function openServer(os: Os, service: Service): ServerTls | null {
  const { parameters, ident } = service;
  const warn = (text: string): void => os.log(ident, `warning: ${text}`);
  const credentials = readCredentials(os, service, warn);
  return credentials === null ? null : new SmtpdTls(ident, credentials, {
    logLevel: parameters.number('smtpd_tls_loglevel'),
    timeout: parameters.time('smtpd_starttls_timeout'),
  }); // prettier-ignore
}

class SmtpdTls implements ServerTls {
  readonly #ident: string;
  readonly #credentials: Credentials;
  readonly #logLevel: number;
  readonly #timeout: number;

  constructor(ident: string, credentials: Credentials, options: { logLevel: number; timeout: number }) {
    this.#ident = ident;
    this.#credentials = credentials;
    this.#logLevel = options.logLevel;
    this.#timeout = options.timeout;
  }

  *accept(os: Os, conn: Connection, namaddr: string): Proc<SecuredClient | null> {
    if (this.#logLevel > 1) os.log(this.#ident, `setting up TLS connection from ${namaddr}`);
    const engine = tlsServer({ random: os.random, credentials: this.#credentials });
    const secured = yield* secure(conn, engine, { deadline: os.now() + this.#timeout, os });
    if ('failure' in secured) {
      logFailure(os, this.#ident, `SSL_accept error from ${namaddr}`, secured);
      return null;
    }
    const { summary } = secured;
    if (this.#logLevel > 0) {
      const what = `TLS connection established from ${namaddr}`;
      os.log(this.#ident, `Anonymous ${what}: ${formatSummary(summary)}`);
    }
    const received = formatReceivedLines(summary)
      .map((line) => `\t${line}\r\n`)
      .join('');
    return { conn: secured, received };
  }
}

// Read by each process once, as smtpd(8) does before it gives up its privileges.
function readCredentials(os: Os, service: Service, warn: (text: string) => void): Credentials | null {
  const { parameters } = service;
  const chain = parameters.list('smtpd_tls_chain_files');
  if (chain.length > 0) return readChain(os, chain, warn);
  const file = parameters.text('smtpd_tls_cert_file');
  if (file === '' || file.toLowerCase() === 'none') {
    warn("No server certs available. TLS can't be enabled");
    return null;
  }
  const keyFile = parameters.text('smtpd_tls_key_file');
  const certificates = textOf(os, file);
  const key = textOf(os, keyFile);
  const made = parseCredentials({ certificates: certificates ?? '', key: key ?? '' });
  if (typeof made !== 'string') return made;
  if (made === 'no certificate')
    warn(`cannot get RSA certificate from file "${file}": disabling TLS support`);
  else if (made === 'no private key')
    warn(`cannot get RSA private key from file "${keyFile}": disabling TLS support`);
  else warn(`RSA private key in ${keyFile} does not match public key in ${file}: disabling TLS support`);
  return null;
}

// Key, certificate and the rest of its chain, one after the other, over any number of files.
function readChain(os: Os, files: readonly string[], warn: (text: string) => void): Credentials | null {
  let text = '';
  for (const file of files) {
    const part = textOf(os, file);
    if (part === null) {
      warn(`error opening chain file: ${file}: No such file or directory`);
      return null;
    }
    text += `${part}\n`;
  }
  const made = parseCredentials({ certificates: text, key: text });
  if (typeof made !== 'string') return made;
  const all = files.join(', ');
  if (made === 'no private key') warn(`No private key found in ${all}`);
  else if (made === 'no certificate') warn(`No certs for key at index 1 in ${all}`);
  else warn(`key at index 1 in ${all} does not match next certificate`);
  warn(`error loading private keys and certificates from: ${all}: disabling TLS support`);
  return null;
}

function textOf(os: Os, file: string): string | null {
  const bytes = os.files.read(file);
  return bytes === null ? null : utf8.decode(bytes);
}
