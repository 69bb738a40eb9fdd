/**
 * request — what qmgr(8) asks a delivery agent to do, and what it hears back
 *
 * A request is for some recipients of one message at one destination. The agent logs and records each
 * recipient's outcome itself (record.ts); qmgr only learns whether recipients are left and whether the
 * destination is in trouble.
 */
import type { EventId, Os, VirtualTime } from '../../../os/os.ts';

import type { Agent, Attempt } from './record.ts';

export interface RequestRecipient {
  /** index in the queue file */
  readonly index: number;
  readonly address: string;
  /** before alias expansion; may be the same */
  readonly originalAddress: string;
  /** ORCPT "rfc822;x@y"; '' = none */
  readonly dsnOriginalRecipient: string;
  /** NOTIFY as given: "SUCCESS,FAILURE", "NEVER", '' = default */
  readonly notify: string;
}

/** Who sent the message to us, for XFORWARD. Empty texts are unknown. */
export interface OriginalClient {
  readonly name: string;
  readonly address: string;
  readonly port: string;
  readonly protocol: string;
  readonly helo: string;
  /** the queue id, for IDENT */
  readonly ident: string;
  readonly source: 'LOCAL' | 'REMOTE';
}

/** What came of a probe for one recipient. */
export type ProbeOutcome = 'ok' | 'defer' | 'bounce';

export interface DeliveryRequest {
  readonly queueId: string;
  readonly transport: string;
  readonly nexthop: string;
  readonly sender: string;
  readonly recipients: readonly RequestRecipient[];
  /** octets of content */
  readonly size: number;
  /** '7bit' or '8bit'; '' = unknown */
  readonly encoding: string;
  readonly envelopeId: string;
  /** RET: FULL, HDRS or '' */
  readonly returnContent: string;
  /** the client asked for SMTPUTF8 (RFC 6531) */
  readonly smtpUtf8: boolean;
  readonly client: OriginalClient;
  /** verify(8) asks whether the recipients could be delivered to; nothing is delivered */
  readonly isProbe?: boolean;
  /** takes what comes of a probe */
  readonly probed?: (os: Os, agent: Agent, attempt: Attempt, outcome: ProbeOutcome) => void;
  /** There was no file when the agent came to open it: postsuper(1) was faster. */
  readonly isGone: boolean;
  /** The message in pieces, lines ended by CRLF. Read when it is needed, once. */
  readonly readContent: () => readonly Uint8Array[];
  /** a stream of mail goes to the destination: sessions of the connection cache may serve */
  readonly reuseConnection: boolean;
  /** … and are to be kept there */
  readonly keepConnection: boolean;
  readonly arrived: VirtualTime;
  readonly active: VirtualTime;
  /** why this delivery happens: the message became active, or the destination had room */
  readonly cause: EventId;
  /** where the answer goes */
  readonly replyTo: { put(reply: DeliveryReply): void };
  /** qmgr's own mark */
  readonly ticket: number;
}

export interface DeliveryReply {
  readonly kind: 'delivery-done';
  readonly ticket: number;
  /** recipients remain to be tried again */
  readonly deferred: boolean;
  /** why, when deferred */
  readonly reason: string;
  /** the destination could not be talked to; null = it answered */
  readonly trouble: { dsn: string; reason: string } | null;
}

/** How an agent ended a request. */
export type DeliveryResult = Pick<DeliveryReply, 'deferred' | 'reason' | 'trouble'>;
