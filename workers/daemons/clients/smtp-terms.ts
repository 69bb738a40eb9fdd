/**
 * smtp-terms — what callers give to the SMTP client and get from it
 *
 * SEE ALSO  smtp.ts
 */
import { SECOND, type Connection, type EventId, type Os, type Proc, type VirtualTime } from '../../os/os.ts';

import type { Capabilities } from './smtp-capabilities.ts';
import type { SmtpReply } from './smtp-reply.ts';

export type { SmtpReply } from './smtp-reply.ts';

export type SmtpProtocol = 'smtp' | 'lmtp';

/** How long to wait in each phase, in microseconds; named after Postfix's smtp_…_timeout. */
export interface SmtpTimeouts {
  helo: number;
  xforward: number;
  mail: number;
  rcpt: number;
  data_init: number;
  data_xfer: number;
  data_done: number;
}

/**
 * Postfix's defaults; not below the minima of RFC 5321 §4.5.3.2 except for the greeting's retry by other
 * hosts.
 */
export const standardTimeouts: SmtpTimeouts = Object.freeze({
  helo: 300 * SECOND,
  xforward: 300 * SECOND,
  mail: 300 * SECOND,
  rcpt: 300 * SECOND,
  data_init: 120 * SECOND,
  data_xfer: 180 * SECOND,
  data_done: 600 * SECOND,
});

export interface SessionOptions {
  protocol: SmtpProtocol;
  /** name given in EHLO, HELO or LHLO */
  hello: string;
  timeouts: SmtpTimeouts;
  /**
   * AUTH PLAIN after EHLO; a server without AUTH PLAIN is a failure (command "AUTH command", reply code 0)
   */
  auth?: { user: string; password: string };
  /** TLS after EHLO, or from the first byte when `wrapped` */
  tls?: { readonly start: StartTls; readonly wrapped: boolean };
}

/** What decided about a recipient or a handshake. */
export type Outcome = { at: VirtualTime; cause: EventId } &
  /**
   * The server's reply. command as Postfix says it: "RCPT TO command"; "initial greeting" for the greeting.
   */
  (
    | { kind: 'reply'; reply: SmtpReply; command: string }
    /** The connection ended, or nothing came in time; doing as Postfix says it: "sending RCPT TO". */
    | { kind: 'lost' | 'timeout'; doing: string }
    /** What came was no reply. */
    | { kind: 'garbled'; doing: string }
    /** The client itself will not go on. optional: only because it tried TLS, which it could do without */
    | { kind: 'unwilling'; status: string; text: string; optional: boolean }
  );

/** An open session. Capabilities are the keywords that the client knows, with the rest of their line. */
export interface SmtpSession {
  readonly conn: Connection;
  readonly protocol: SmtpProtocol;
  readonly capabilities: Capabilities;
  /** whether PIPELINING is among them */
  readonly pipelining: boolean;
  readonly timeouts: SmtpTimeouts;
}

export interface SessionFailure {
  failure: Outcome;
}

export interface TransactionRecipient {
  address: string;
  /** RFC 3461 NOTIFY value, '' = none */
  notify?: string;
  /** RFC 3461 ORCPT value "rfc822;x@y", already xtext where needed; '' = none */
  originalRecipient?: string;
}

export interface Transaction {
  /** '' = the null reverse-path */
  sender: string;
  recipients: readonly TransactionRecipient[];
  /** The message in pieces, lines ended by CRLF; not dot-stuffed. */
  content: readonly Uint8Array[];
  /** octets, for SIZE= */
  size: number;
  /** for BODY=; '' = do not say */
  body?: '7BIT' | '8BITMIME' | '';
  /** RFC 3461 MAIL parameters */
  returnContent?: string;
  envelopeId?: string;
  /** RFC 6531: the envelope or the header may hold UTF-8 */
  smtpUtf8?: boolean;
  /**
   * Attributes to forward, in order: NAME, ADDR, PORT, PROTO, HELO, IDENT, SOURCE. Sent when the server
   * offers them.
   */
  xforward?: readonly (readonly [string, string])[];
  /**
   * Send QUIT with the end of data and close without waiting for its reply (Postfix's
   * smtp_skip_quit_response).
   */
  last?: boolean;
  /** Only ask about the recipients: no DATA; who accepts one has "sent" it. */
  probe?: boolean;
  /** Told of each recipient's outcome when it is known. */
  decided?: (index: number, outcome: Outcome) => void;
}

export interface TransactionResult {
  /** one per recipient, in their order */
  outcomes: Outcome[];
  /** whether the session can take another transaction; otherwise the connection is closed or closing */
  open: boolean;
}

/**
 * Goes on over TLS, or not.
 * @param offers what the server said to EHLO; null = there was no EHLO, TLS comes first
 * @returns the connection to say hello on again; null = go on as before; or why there is no session
 */
export type StartTls = (
  os: Os,
  conn: Connection,
  offers: Capabilities | null,
) => Proc<Connection | null | Outcome>;
