/**
 * starttls — STARTTLS, and sessions that are under TLS from their first byte
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
  const limit = yield* rateLimit(session);
  if (isOver(session, limit)) {
    session.warn(`Refusing STARTTLS request from ${session.namaddr} for service ${session.serviceName}`);
    return refuse(`454 4.7.0 Error: too many new TLS sessions from ${session.namaddr}`);
  }
  // What came in plain text behind the command may be somebody else's: it is forgotten (CVE-2011-0411).
  while (session.conn.buffered > 0) yield* session.conn.read({ deadline: os.now() });
  const isSaid = (yield* say(session, '220 2.0.0 Ready to start TLS')) && (yield* flush(session));
  if (!isSaid) return lost;
  // RFC 3207 §4.2: so is what the client said before.
  session.endTransaction();
  session.helo = null;
  session.login = null;
  const ending = yield* secureSession(session, limit);
  return ending === 'go on' ? { kind: 'answered' } : { kind: 'ended', reason: ending };
}

/** smtpd_tls_wrappermode: TLS before the greeting. @returns how the session ended, if it did */
export function* startWrapped(session: Session): Proc<Ending | null | 'go on'> {
  const client = `from ${session.namaddr} for service ${session.serviceName}`;
  if (session.serverTls === null) {
    const why = 'TLS context initialization failed. For details see earlier warnings in your logs.';
    session.warn(`Wrapper-mode request dropped ${client}. ${why}`);
    return null;
  }
  const limit = yield* rateLimit(session);
  if (!isOver(session, limit)) return yield* secureSession(session, limit);
  session.warn(`Refusing TLS service request ${client}`);
  return null;
}

const lost: Outcome = Object.freeze({ kind: 'ended', reason: 'lost connection' });

function* secureSession(session: Session, limit: number): Proc<Ending | 'go on'> {
  const { os, namaddr, anvil, clientAtService } = session;
  const secured = yield* session.serverTls!.accept(os, session.conn, namaddr);
  if (secured !== null) {
    session.tls = secured;
    session.conn = secured.conn;
  }
  const rate = limit === 0 ? 0 : anvil!.count(clientAtService, 'newTls', os.now());
  if (rate > limit) {
    const who = `${rate} from ${namaddr} for service ${session.serviceName}`;
    session.warn(`New TLS session rate limit exceeded: ${who}`);
    const { myhostname } = session.config;
    if (secured !== null)
      yield* say(session, `421 4.7.0 ${myhostname} Error: too many new TLS sessions from ${namaddr}`);
    return 'quiet';
  }
  return secured === null ? 'lost connection' : 'go on';
}

// smtpd_client_new_tls_session_rate_limit; 0 = there is none for this client
function* rateLimit(session: Session): Proc<number> {
  const { client_new_tls_session_rate_limit: limit, client_event_limit_exceptions } = session.config;
  if (limit === 0 || session.anvil === null || session.xclientAllowed) return 0;
  return (yield* client_event_limit_exceptions.includes(session)) ? 0 : limit;
}

function isOver({ anvil, clientAtService, os }: Session, limit: number): boolean {
  return limit > 0 && anvil!.rate(clientAtService, 'newTls', os.now()) > limit;
}
