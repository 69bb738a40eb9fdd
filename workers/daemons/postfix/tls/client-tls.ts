/**
 * client-tls — TLS of smtp(8) and lmtp(8): STARTTLS, the handshake, and whether the server is the right one
 *
 * At level "may" all this is only worth trying: a server that offers no STARTTLS or refuses it gets the mail
 * in plain text, one whose handshake fails gets it later. From "encrypt" on there is no mail without TLS.
 *
 * SIMPLIFIED: smtp_tls_protocols and smtp_tls_ciphers are not obeyed: TLS 1.3 is spoken or nothing; the
 * client shows no certificate (smtp_tls_cert_file); authorities come from smtp_tls_CAfile alone;
 * fingerprints are SHA-256 of certificates whatever smtp_tls_fingerprint_digest says; no session is resumed;
 * a session that breaks after the handshake is never tried again in plain text.
 *
 * STANDARDS  RFC 3207
 * SEE ALSO   tls-policy.ts; smtp_proto(3), tls_client(3)
 */
import * as utf8 from '../../../bytes/utf8.ts';

import {
  formatSummary,
  namesHost,
  parsePem,
  tlsClient,
  trustWord,
  verifyChain,
  type Certificate,
  type ChainVerdict,
} from '../../../protocols/tls/index.ts';

import type { Connection, Os, Proc } from '../../../os/os.ts';

import type { Capabilities } from '../../clients/smtp-capabilities.ts';
import { broken, exchange, quitLine, replied, replyClass } from '../../clients/smtp.ts';
import type { Outcome, StartTls } from '../../clients/smtp-terms.ts';
import { secure, type TlsConnection } from '../../clients/tls-connection.ts';
import type { Instance } from '../instance.ts';
import type { Parameters } from '../parameters.ts';

import { logFailure } from './log-failure.ts';
import { findPolicy, type TlsPolicy } from './tls-policy.ts';
import type { ClientTls, HostTls, PolicyFailure, TlsPeer } from './tls-services.ts';

/** See TlsServices. */
export function openClient(instance: Instance, parameters: Parameters, protocol: 'smtp' | 'lmtp'): ClientTls {
  return new SmtpTls(instance, parameters, protocol);
}

/** One host, and what is asked of it. */
interface Task {
  readonly policy: TlsPolicy;
  readonly host: TlsPeer;
  readonly destination: string;
}

class SmtpTls implements ClientTls {
  readonly #instance: Instance;
  readonly #parameters: Parameters;
  readonly #protocol: 'smtp' | 'lmtp';
  readonly #ident: string;
  readonly #logLevel: number;
  readonly #timeout: number;
  readonly #wrapped: boolean;

  constructor(instance: Instance, parameters: Parameters, protocol: 'smtp' | 'lmtp') {
    this.#instance = instance;
    this.#parameters = parameters;
    this.#protocol = protocol;
    this.#ident = `${parameters.text('syslog_name')}/${protocol}`;
    this.#logLevel = parameters.number(this.#name('loglevel'));
    this.#timeout = parameters.time(`${protocol}_starttls_timeout`);
    this.#wrapped = parameters.bool(this.#name('wrappermode'));
  }

  *policyFor(os: Os, destination: string, host: TlsPeer): Proc<HostTls | PolicyFailure> {
    const warn = (text: string): void => this.#warn(os, text);
    const context = {
      instance: this.#instance,
      parameters: this.#parameters,
      protocol: this.#protocol,
      warn,
    };
    const policy = yield* findPolicy(os, context, destination);
    if (policy === null || !this.#hasFingerprints(os, policy, destination)) {
      warn(`TLS policy lookup for ${destination}/${host.name}: ${configurationProblem.text}`);
      return configurationProblem;
    }
    const { level } = policy;
    if (this.#wrapped && (level === 'none' || level === 'may')) {
      warn(`${this.#name('wrappermode')} requires "${this.#name('security_level')} = encrypt" (or stronger)`);
      return unknownError;
    }
    const task: Task = { policy, host, destination };
    return {
      start:
        level === 'none'
          ? this.#noteOffer(host)
          : (child, conn, offers) => this.#start(child, conn, offers, task),
      wrapped: this.#wrapped,
      mayGoPlain: level === 'may',
    };
  }

  // smtp_tls_note_starttls_offer
  #noteOffer({ name }: TlsPeer): StartTls | null {
    const ident = this.#ident;
    if (!this.#parameters.bool(this.#name('note_starttls_offer'))) return null;
    return function* (os, _conn, offers) {
      if (offers?.has('STARTTLS') === true) os.log(ident, `Host offered STARTTLS: [${name}]`);
      return null;
    };
  }

  *#start(
    os: Os,
    conn: Connection,
    offers: Capabilities | null,
    task: Task,
  ): Proc<Connection | null | Outcome> {
    const required = task.policy.level !== 'may';
    if (offers !== null) {
      const isOffered = offers.has('STARTTLS');
      if (isOffered && this.#authoritiesOf(os) !== null) {
        const reply = yield* exchange(os, conn, 'STARTTLS', this.#timeout);
        if (typeof reply === 'string') return broken(os, reply, 'receiving the STARTTLS response');
        if (replyClass(reply) !== 2) {
          if (!required) return null;
          yield* conn.write(quitLine);
          return replied(os, reply, 'STARTTLS command');
        }
      } else if (required) {
        yield* conn.write(quitLine);
        return isOffered
          ? unwilling(os, '4.7.5', 'TLS is required, but our TLS engine is unavailable')
          : unwilling(os, '4.7.4', `TLS is required, but was not offered by host ${hostText(task.host)}`);
      } else return null;
    }
    return yield* this.#shakeHands(os, conn, task);
  }

  *#shakeHands(os: Os, conn: Connection, task: Task): Proc<Connection | Outcome> {
    const peer = `${hostText(task.host)}:${task.host.port}`;
    if (this.#logLevel > 1) os.log(this.#ident, `setting up TLS connection to ${peer}`);
    const engine = tlsClient({ random: os.random, serverName: task.policy.servername });
    const secured = yield* secure(conn, engine, { deadline: os.now() + this.#timeout, os });
    if ('failure' in secured) {
      logFailure(os, this.#ident, `SSL_connect error to ${peer}`, secured);
      const optional = task.policy.level === 'may';
      return unwilling(os, '4.7.5', 'Cannot start TLS: handshake failure', optional);
    }
    return yield* this.#judge(os, secured, task, peer);
  }

  // Who it is. Levels up to "encrypt" only say so in the log.
  *#judge(os: Os, conn: TlsConnection, task: Task, peer: string): Proc<Connection | Outcome> {
    const { level } = task.policy;
    const { summary } = conn;
    const verdict = verifyChain(summary.peerCertificates, {
      authorities: this.#authoritiesOf(os) ?? [],
      at: Math.floor(os.epochUs() / 1_000_000),
      name: '',
    });
    const mustMatch = level === 'fingerprint' || level === 'verify' || level === 'secure';
    const nameMatches = mustMatch && this.#matches(verdict, task);
    const trusted = level === 'fingerprint' && nameMatches ? null : verdict.untrusted;
    const mustTrust = level === 'verify' || level === 'secure';
    if (mustTrust && trusted !== null && this.#logLevel > 0) this.#logDistrust(os, verdict, peer);
    if (this.#logLevel > 0) {
      const word = trustWord({ untrusted: trusted, nameMatches }, mustMatch);
      os.log(this.#ident, `${word} TLS connection established to ${peer}: ${formatSummary(summary)}`);
    }
    const fault =
      mustTrust && trusted !== null
        ? 'Server certificate not trusted'
        : mustMatch && !nameMatches
          ? 'Server certificate not verified'
          : null;
    if (fault === null) return conn;
    yield* conn.write(quitLine);
    conn.close();
    return unwilling(os, '4.7.5', fault);
  }

  // match=, smtp_tls_verify_cert_match, smtp_tls_secure_cert_match, smtp_tls_fingerprint_cert_match
  #matches({ leaf, fingerprint }: ChainVerdict, { policy, host, destination }: Task): boolean {
    if (leaf === null) return false;
    const patterns = this.#patternsOf(policy);
    if (policy.level === 'fingerprint')
      return patterns.some((pattern) => pattern.toUpperCase() === fingerprint.toUpperCase());
    const domain = destination.replace(/^\[?([^\]:]*)\]?(:.*)?$/, '$1').toLowerCase();
    return patterns.some((pattern) => {
      const name = pattern === 'nexthop' ? domain : pattern === 'dot-nexthop' ? `.${domain}` : pattern;
      return name === 'hostname' ? namesHost(leaf, host.name) : matchesName(leaf, name);
    });
  }

  #patternsOf({ level, match }: TlsPolicy): readonly string[] {
    if (match.length > 0) return match;
    const text = this.#parameters.text(this.#name(`${level}_cert_match`));
    return text.split(level === 'fingerprint' ? /[\s,|]+/ : /[\s,:]+/).filter((part) => part !== '');
  }

  #hasFingerprints(os: Os, policy: TlsPolicy, destination: string): boolean {
    if (policy.level !== 'fingerprint' || this.#patternsOf(policy).length > 0) return true;
    const what = 'configured at fingerprint security level, but with no fingerprints to match.';
    this.#warn(os, `nexthop domain ${destination}: ${what}`);
    return false;
  }

  #logDistrust(os: Os, { leaf, untrusted }: ChainVerdict, peer: string): void {
    const failed = `certificate verification failed for ${peer}`;
    switch (untrusted) {
      case 'unable to get local issuer certificate':
      case 'self-signed certificate in certificate chain':
        return os.log(
          this.#ident,
          `${failed}: untrusted issuer /CN=${leaf?.issuerCommonName ?? '<unknown>'}`,
        );
      case 'self-signed certificate':
        return os.log(this.#ident, `${failed}: self-signed certificate`);
      case 'certificate is not yet valid':
        return os.log(this.#ident, `server ${failed}: certificate not yet valid`);
      default:
        return os.log(this.#ident, `server ${failed}: ${untrusted ?? ''}`);
    }
  }

  /** DER; null = the file cannot be used, and there is no TLS */
  #authoritiesOf(os: Os): readonly Uint8Array[] | null {
    const file = this.#parameters.text(this.#name('CAfile'));
    if (file === '') return [];
    return os.files.parsed(file, parseAuthorities);
  }

  #warn(os: Os, text: string): void {
    os.log(this.#ident, `warning: ${text}`);
  }

  #name(ending: string): string {
    return `${this.#protocol}_tls_${ending}`;
  }
}

const configurationProblem: PolicyFailure = Object.freeze({
  status: '4.7.5',
  text: 'client TLS configuration problem',
});
const unknownError: PolicyFailure = Object.freeze({
  status: '4.3.0',
  text: 'unknown mail transport error',
});

function parseAuthorities(bytes: Uint8Array | null): readonly Uint8Array[] | null {
  if (bytes === null) return null;
  const found = parsePem(utf8.decode(bytes), 'CERTIFICATE');
  return found.length === 0 ? null : found;
}

// ".example.com" is any name below example.com.
function matchesName(leaf: Certificate, name: string): boolean {
  if (!name.startsWith('.')) return namesHost(leaf, name);
  const names = leaf.dnsNames.length > 0 ? leaf.dnsNames : [leaf.subjectCommonName];
  return names.some((known) => known.toLowerCase().endsWith(name.toLowerCase()));
}

function hostText({ name, address }: TlsPeer): string {
  return `${name}[${address}]`;
}

function unwilling(os: Os, status: string, text: string, optional = false): Outcome {
  return { kind: 'unwilling', status, text, optional, at: os.now(), cause: os.cause };
}
