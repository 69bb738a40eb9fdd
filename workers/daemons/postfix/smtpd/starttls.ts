/**
 * starttls — STARTTLS, and sessions that are under TLS from their first byte
 *
 * SIMPLIFIED: smtpd_client_new_tls_session_rate_limit is not obeyed.
 *
 * STANDARDS  RFC 3207, RFC 8314 §3.3 (port 465)
 * SEE ALSO   ../tls/server-tls.ts (the handshake)
 */
import type { Token } from '../../../protocols/smtp/command.ts';

import type { Proc } from '../../../os/os.ts';

import { flush, say } from './chat.ts';
import { refuse, type Ending, type Outcome, type Session } from './session.ts';

/** STARTTLS */
export function* starttls(session: Session, tokens: readonly Token[]): Proc<Outcome> {
  const { config, serverTls, os } = session;
  if (tokens.length !== 1) return refuse('501 5.5.4 Syntax: STARTTLS');
  if (session.tls !== null) return refuse('554 5.5.1 Error: TLS already active');
  if (!config.use_tls || session.discarded.has('STARTTLS'))
    return refuse('502 5.5.1 Error: command not implemented');
  if (serverTls === null) return refuse('454 4.7.0 TLS not available due to local problem');
  // What came in plain text behind the command may be somebody else's: it is forgotten (CVE-2011-0411).
  while (session.conn.buffered > 0) yield* session.conn.read({ deadline: os.now() });
  const isSaid = (yield* say(session, '220 2.0.0 Ready to start TLS')) && (yield* flush(session));
  if (!isSaid) return lost;
  // RFC 3207 §4.2: so is what the client said before.
  session.endTransaction();
  session.helo = null;
  session.login = null;
  return (yield* secureSession(session)) ? { kind: 'answered' } : lost;
}

/** smtpd_tls_wrappermode: TLS before the greeting. @returns how the session ended, if it did */
export function* startWrapped(session: Session): Proc<Ending | null | 'go on'> {
  if (session.serverTls !== null) return (yield* secureSession(session)) ? 'go on' : 'lost connection';
  session.warn(
    `Wrapper-mode request dropped from ${session.namaddr} for service ${session.serviceName}.` +
      ' TLS context initialization failed. For details see earlier warnings in your logs.',
  );
  return null;
}

const lost: Outcome = Object.freeze({ kind: 'ended', reason: 'lost connection' });

function* secureSession(session: Session): Proc<boolean> {
  const secured = yield* session.serverTls!.accept(session.os, session.conn, session.namaddr);
  if (secured === null) return false;
  session.tls = secured;
  session.conn = secured.conn;
  return true;
}
