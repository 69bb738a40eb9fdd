/**
 * mail-stream — how smtpd(8), pickup(8) and bounce(8) give a message to cleanup(8)
 *
 * The queue id is allotted when the stream is opened (smtpd: at the first RCPT it accepts); the queue file
 * exists when finish() says 'ok', fsync'ed, and the queue manager was told.
 *
 * SEE ALSO  cleanup(8), mail_stream(3)
 */
import type { Proc, VirtualTime } from '../../../os/os.ts';

import type { OriginalClient } from '../delivery/request.ts';

export interface MailEnvelope {
  /** '' = null reverse-path */
  sender: string;
  arrived: VirtualTime;
  /** '7bit' | '8bit' | '' */
  encoding: string;
  /** RFC 3461 ENVID, RET; '' = none */
  envelopeId: string;
  returnContent: string;
  client: OriginalClient;
  /** "address:port" that the client connected to; absent when it came otherwise */
  server?: string;
  /** of the sender, for a From field that is missing */
  fullName?: string;
  smtpUtf8: boolean;
  /** receive_override_options and the like: what cleanup must not do */
  noHeaderBodyChecks: boolean;
  noAddressMappings: boolean;
  /** made by Postfix itself, as bounces are: nobody gets a blind copy (always_bcc and the like) */
  noCopies: boolean;
  /** content_filter or a FILTER action, "smtp-amavis:[127.0.0.1]:10024"; '' = none */
  filter: string;
  /** a HOLD action put the message on hold */
  hold: boolean;
  /** a REDIRECT action; '' = none */
  redirect: string;
  /** verify(8) only asks whether the recipient could be delivered to; nobody gets the message */
  isProbe?: boolean;
  /** DISCARD action: accept and forget */
  discard: boolean;
}

export interface MailRecipient {
  address: string;
  /** as the client gave it */
  originalAddress: string;
  /** ORCPT "rfc822;x@y" decoded, '' = none */
  dsnOriginalRecipient: string;
  /** NOTIFY as given, '' = default */
  notify: string;
}

/** What became of a message. reply is ready for smtpd to send when not ok: code, enhanced status, text. */
export type CleanupResult = { kind: 'ok' } | { kind: 'refused'; code: number; dsn: string; text: string };

export interface MailStream {
  readonly queueId: string;
  addRecipient(recipient: MailRecipient): void;
  /**
   * Header work, address work, queue file, wake-up of qmgr. Called once.
   * @param content the message without dot-stuffing, lines ended by CRLF, with the Received: header that the
   * caller made first
   */
  finish(content: readonly Uint8Array[]): Proc<CleanupResult>;
  /** The transaction was given up: nothing remains. */
  abandon(): void;
}
