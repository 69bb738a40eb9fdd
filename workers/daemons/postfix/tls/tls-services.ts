/**
 * tls-services — what smtpd(8) and smtp(8) need of TLS, apart from the code that does it
 *
 * That code is long and few worlds use it: it is fetched when a session is to use TLS.
 *
 * SEE ALSO  server-tls.ts, client-tls.ts (behind it); TLS_README
 */
import type { Connection, Os, Proc } from '../../../os/os.ts';

import type { StartTls } from '../../clients/smtp-terms.ts';

/** TLS as one process of smtpd(8) offers it. */
export interface ServerTls {
  /** Shakes hands with a client. @returns null when that failed: it is logged, the connection is closed */
  accept(os: Os, conn: Connection, namaddr: string): Proc<SecuredClient | null>;
}

/** A session over TLS. */
export interface SecuredClient {
  readonly conn: Connection;
  /** the lines for the Received field, each ended by CRLF */
  readonly received: string;
}

/** TLS as one service of smtp(8) or lmtp(8) is configured for it. */
export interface ClientTls {
  /**
   * smtp_tls_policy_maps, smtp_tls_security_level.
   * @param destination the nexthop as written, with brackets and port
   */
  policyFor(os: Os, destination: string, host: TlsPeer): Proc<HostTls | PolicyFailure>;
}

/** Whom the client talks to. */
export interface TlsPeer {
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

/** What the policy says of one host. */
export interface HostTls {
  /** null: no TLS with this host */
  readonly start: StartTls | null;
  /** TLS from the first byte (smtp_tls_wrappermode) */
  readonly wrapped: boolean;
  /** level "may": mail that failed before goes without TLS rather than not at all */
  readonly mayGoPlain: boolean;
}

/** Why there is no policy: the host is not tried. */
export interface PolicyFailure {
  readonly status: string;
  readonly text: string;
}
