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

import type { Proc } from '../../../os/os.ts';

import { parseSaslConf } from '../sasl/sasl-conf.ts';

import { readLine, say } from './chat.ts';
import { offersAuth } from './hello.ts';
import { accept, refuse, type Outcome, type Session } from './session.ts';

/** What the dialogue came to: credentials, or the words of the SASL library for what went wrong. */
type Credentials = { user: string; password: string; actsFor: string } | { failure: string } | Outcome;

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
  if (!offersAuth(session) || verify === null || session.discarded.has('AUTH'))
    return refuse('503 5.5.1 Error: authentication not enabled');
  if (session.transaction !== null) return refuse('503 5.5.1 Error: MAIL transaction in progress');
  if (session.login !== null) return refuse('503 5.5.1 Error: already authenticated');
  if (tokens.length < 2 || tokens.length > 3) return refuse('501 5.5.4 Syntax: AUTH mechanism');
  const method = tokens[1]!.text;
  const initial = tokens.length === 3 ? decodeResponse(tokens[2]!.text) : null;
  const credentials =
    initial === null || initial instanceof Uint8Array ? yield* converse(session, method, initial) : initial;
  if ('kind' in credentials) return credentials;
  if ('failure' in credentials) return fail(session, method, { reason: credentials.failure, user: null });
  const user = qualified(session, credentials.user);
  if (credentials.user === '') return failForNow(session, method, user);
  // SIMPLIFIED: nobody may act for another; the real library asks its plugins (SASL proxy authorization).
  const actsFor = credentials.actsFor === '' ? user : qualified(session, credentials.actsFor);
  const result = yield* verify(session.os, session.service, credentials.user, credentials.password);
  if (result === 'ok' && actsFor !== user) {
    session.warn('SASL authentication failure: Requested identity not authenticated identity');
    return fail(session, method, { reason: 'authentication failure', user });
  }
  if (result === 'ok') {
    session.login = { user: session.shown(user, '?'), method: session.shown(method, '?') };
    return accept('235 2.7.0 Authentication successful');
  }
  if (result !== 'bad-password') {
    session.warn(`SASL authentication failure: ${result.why}`);
    return failForNow(session, method, user);
  }
  session.warn('SASL authentication failure: Password verification failed');
  return fail(session, method, { reason: 'authentication failure', user });
}

const implemented: readonly string[] = Object.freeze(['LOGIN', 'PLAIN']);

function failForNow(session: Session, method: string, user: string): Outcome {
  warnFailed(session, method, { reason: 'generic failure', user });
  return refuse('454 4.7.0 Temporary authentication failure: generic failure');
}

function fail(
  session: Session,
  method: string,
  { reason, user }: { reason: string; user: string | null },
): Outcome {
  warnFailed(session, method, { reason, user });
  return refuse(`535 5.7.8 Error: authentication failed: ${reason}`);
}

function warnFailed(
  session: Session,
  method: string,
  { reason, user }: { reason: string; user: string | null },
): void {
  const name = session.shown(method, '?').slice(0, 100);
  const shown = user === null ? '(unavailable)' : session.shown(user, '?').slice(0, 100);
  session.warn(`${session.namaddr}: SASL ${name} authentication failed: ${reason}, sasl_username=${shown}`);
}

function* converse(session: Session, method: string, initial: Uint8Array | null): Proc<Credentials> {
  const mechanism = method.toUpperCase();
  if (!session.config.mechanisms.of(session).includes(mechanism)) {
    session.warn(
      `SASL authentication failure: Couldn't find mech ${session.shown(method, '?').slice(0, 100)}`,
    );
    return { failure: 'no mechanism available' };
  }
  if (mechanism === 'PLAIN') {
    const response = yield* respond(session, method, { challenge: '', initial });
    return response instanceof Uint8Array ? parsePlain(response) : response;
  }
  const user = yield* respond(session, method, { challenge: 'Username:', initial });
  if (!(user instanceof Uint8Array)) return user;
  if (user.length > loginBytesMax) return { failure: badProtocol };
  const password = yield* respond(session, method, { challenge: 'Password:', initial: null });
  if (!(password instanceof Uint8Array)) return password;
  if (password.length > loginBytesMax) return { failure: badProtocol };
  return { user: untilNul(user), password: utf8.decode(password), actsFor: '' };
}

// RFC 4616 §2: [authzid] NUL authcid NUL passwd
function parsePlain(response: Uint8Array): Credentials {
  const first = response.indexOf(0);
  const second = first === -1 ? -1 : response.indexOf(0, first + 1);
  if (second === -1 || response.includes(0, second + 1)) return { failure: badProtocol };
  return {
    user: utf8.decode(response.subarray(first + 1, second)),
    password: utf8.decode(response.subarray(second + 1)),
    actsFor: utf8.decode(response.subarray(0, first)),
  };
}

function untilNul(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return utf8.decode(end === -1 ? bytes : bytes.subarray(0, end));
}

// One challenge and its response, or the initial response in its place.
function* respond(
  session: Session,
  method: string,
  { challenge, initial }: { challenge: string; initial: Uint8Array | null },
): Proc<Uint8Array | { failure: string } | Outcome> {
  if (initial !== null) return initial;
  if (!(yield* say(session, `334 ${base64.encode(ascii.encode(challenge))}`)))
    return { kind: 'ended', reason: 'lost connection' };
  const line = yield* readLine(session, session.service.parameters.number('smtpd_sasl_response_limit'));
  if (typeof line === 'string')
    return { kind: 'ended', reason: line === 'timeout' ? 'timeout' : 'lost connection' };
  if (line.cut) return refuse('500 5.5.6 SASL response limit exceeded');
  if (line.text === '*') {
    session.warn(`${session.namaddr}: SASL ${session.shown(method, '?')} authentication aborted`);
    return refuse('501 5.7.0 Authentication aborted');
  }
  return decodeResponse(line.text);
}

// As sasl_decode64(3): four characters at a time; what is left over in the end is waited for in vain. "=" for
// an empty initial response (RFC 4954 §4) is such a rest, too.
function decodeResponse(text: string): Uint8Array | { failure: string } {
  const whole = text.length - (text.length % 4);
  const bytes = base64.decode(text.slice(0, whole));
  if (bytes === null || (whole < text.length && text[whole - 1] === '=')) return { failure: badProtocol };
  return whole < text.length ? { failure: 'another step is needed in authentication' } : bytes;
}

const badProtocol = 'bad protocol / cancel';
const loginBytesMax = 1024; // of the LOGIN plugin

// The library adds the realm of smtpd_sasl_local_domain to a bare name.
function qualified(session: Session, user: string): string {
  const realm = session.service.parameters.text('smtpd_sasl_local_domain');
  return realm === '' || user.includes('@') ? user : `${user}@${realm}`;
}
