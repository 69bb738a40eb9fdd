/**
 * sasl-dialogue — AUTH: the PLAIN and LOGIN mechanisms of Cyrus SASL
 *
 * SIMPLIFIED: no other mechanisms; the real library offers what its plugins and mech_list of smtpd.conf
 * allow.
 *
 * STANDARDS  RFC 4954 (AUTH), RFC 4616 (PLAIN)
 * SEE ALSO   SASL_README; ../sasl/authenticate.ts (who knows the passwords)
 */
import * as ascii from '../../../bytes/ascii.ts';
import * as base64 from '../../../bytes/base64.ts';
import * as utf8 from '../../../bytes/utf8.ts';

import type { Token } from '../../../protocols/smtp/command.ts';
import { printable } from '../../../protocols/smtp/reply.ts';

import type { Proc } from '../../../os/os.ts';

import { parseSaslConf } from '../sasl/sasl-conf.ts';

import { readLine, say } from './chat.ts';
import { accept, refuse, type Outcome, type Session } from './session.ts';

/** What the dialogue came to: credentials, or the words of the SASL library for what went wrong. */
type Credentials = { user: string; password: string } | { failure: string } | Outcome;

/** The mechanisms offered, in the library's order; taken from its file again when mech_list changes. */
export class Mechanisms {
  #listed: string | null = null;
  #offered: readonly string[] = implemented;

  of(session: Session): readonly string[] {
    const conf = session.os.files.parsed(session.config.saslFile, parseSaslConf);
    const listed = conf.get('mech_list') ?? null;
    if (listed !== this.#listed) {
      this.#listed = listed;
      const wanted = listed === null ? implemented : listed.toUpperCase().split(/\s+/);
      this.#offered = implemented.filter((mechanism) => wanted.includes(mechanism));
    }
    return this.#offered;
  }
}

/** AUTH mechanism [initial-response] */
export function* auth(session: Session, tokens: readonly Token[]): Proc<Outcome> {
  const { config } = session;
  if (config.helo_required && session.helo === null) return refuse('503 5.5.1 Error: send HELO/EHLO first');
  const { verify } = session;
  if (!config.offersAuth || verify === null || session.discarded.has('AUTH'))
    return refuse('503 5.5.1 Error: authentication not enabled');
  if (session.transaction !== null) return refuse('503 5.5.1 Error: MAIL transaction in progress');
  if (session.login !== null) return refuse('503 5.5.1 Error: already authenticated');
  if (tokens.length < 2 || tokens.length > 3) return refuse('501 5.5.4 Syntax: AUTH mechanism');
  const method = tokens[1]!.text;
  const credentials = yield* converse(session, method, tokens[2]?.text ?? null);
  if ('kind' in credentials) return credentials;
  if ('failure' in credentials) return fail(session, method, { reason: credentials.failure, user: null });
  const user = qualified(session, credentials.user);
  const result = yield* verify(session.os, session.service, credentials.user, credentials.password);
  if (result === 'ok') {
    session.login = { user: printable(user, '?'), method: printable(method, '?') };
    return accept('235 2.7.0 Authentication successful');
  }
  if (result !== 'bad-password') {
    session.warn(`SASL authentication failure: ${result.why}`);
    return fail(session, method, { reason: 'generic failure', user });
  }
  session.warn('SASL authentication failure: Password verification failed');
  return fail(session, method, { reason: 'authentication failure', user });
}

const implemented: readonly string[] = Object.freeze(['LOGIN', 'PLAIN']);

function fail(
  session: Session,
  method: string,
  { reason, user }: { reason: string; user: string | null },
): Outcome {
  const name = printable(method, '?').slice(0, 100);
  const shown = user === null ? '(unavailable)' : printable(user, '?').slice(0, 100);
  session.warn(`${session.namaddr}: SASL ${name} authentication failed: ${reason}, sasl_username=${shown}`);
  return refuse(`535 5.7.8 Error: authentication failed: ${reason}`);
}

function* converse(session: Session, method: string, initial: string | null): Proc<Credentials> {
  const mechanism = method.toUpperCase();
  if (!session.config.mechanisms.of(session).includes(mechanism)) {
    session.warn(`SASL authentication failure: Couldn't find mech ${printable(method, '?').slice(0, 100)}`);
    return { failure: 'no mechanism available' };
  }
  if (mechanism === 'PLAIN') {
    const response = yield* respond(session, method, { challenge: '', initial });
    return response instanceof Uint8Array ? parsePlain(response) : response;
  }
  const user = yield* respond(session, method, { challenge: 'Username:', initial });
  if (!(user instanceof Uint8Array)) return user;
  const password = yield* respond(session, method, { challenge: 'Password:', initial: null });
  if (!(password instanceof Uint8Array)) return password;
  return { user: utf8.decode(user), password: utf8.decode(password) };
}

// RFC 4616 §2: [authzid] NUL authcid NUL passwd
function parsePlain(response: Uint8Array): Credentials {
  if (response.length === 0) return { failure: 'another step is needed in authentication' };
  const first = response.indexOf(0);
  const second = first === -1 ? -1 : response.indexOf(0, first + 1);
  if (second === -1 || second === first + 1) return { failure: 'bad protocol / cancel' };
  return {
    user: utf8.decode(response.subarray(first + 1, second)),
    password: utf8.decode(response.subarray(second + 1)),
  };
}

// One challenge and its response, or the initial response in its place ("=" is an empty one, RFC 4954 §4).
function* respond(
  session: Session,
  method: string,
  { challenge, initial }: { challenge: string; initial: string | null },
): Proc<Uint8Array | { failure: string } | Outcome> {
  let text = initial === '=' ? '' : initial;
  if (text === null) {
    if (!(yield* say(session, `334 ${base64.encode(ascii.encode(challenge))}`)))
      return { kind: 'ended', reason: 'lost connection' };
    const line = yield* readLine(session, session.service.parameters.number('smtpd_sasl_response_limit'));
    if (typeof line === 'string')
      return { kind: 'ended', reason: line === 'timeout' ? 'timeout' : 'lost connection' };
    if (line.cut) return refuse('500 5.5.6 SASL response limit exceeded');
    if (line.text === '*') {
      session.warn(`${session.namaddr}: SASL ${printable(method, '?')} authentication aborted`);
      return refuse('501 5.7.0 Authentication aborted');
    }
    text = line.text;
  }
  return base64.decode(text) ?? { failure: 'bad protocol / cancel' };
}

// The library adds the realm of smtpd_sasl_local_domain to a bare name.
function qualified(session: Session, user: string): string {
  const realm = session.service.parameters.text('smtpd_sasl_local_domain');
  return realm === '' || user.includes('@') ? user : `${user}@${realm}`;
}
