/**
 * mail — one letter on its way, as all views know it: identity, papers, and where it is when
 *
 * A mail is known by its Message-ID. Forwarding through the filter gives it a second queue id, a bounce is a new mail.
 */
import type { EventId, QueueName, VirtualTime } from '../../../workers/api.ts';

export interface Mail {
  /** index in MailsFold.mails, for selections */
  number: number;
  /** 'A', 'B', … 'Z', 'A1', … */
  letter: string;
  /** CSS colour of its paper: "var(--msg-a)" … cycling through eight */
  paper: string;
  messageId: string;
  subject: string;
  /** envelope sender; '' = null reverse-path: a notification */
  sender: string;
  recipients: string[];
  /** octets, once known */
  bytes: number;
  /** the mail this one reports on; -1 = none */
  reportsOn: number;
  firstSeen: VirtualTime;
  firstEvent: EventId;
  /** in order of time; the last one at or before the cursor is where it is (a mail may be at several places after a split) */
  stays: Stay[];
  carriages: Carriage[];
}

/** It lies somewhere from `from` on, until `until` (Infinity = still). */
export interface Stay {
  hostIndex: number;
  /** queue: in a Postfix queue; mailbox: in a folder; user-agent: written or fetched; filter: being judged */
  kind: 'queue' | 'mailbox' | 'user-agent' | 'filter';
  queue: QueueName | '';
  queueId: string;
  /** recipient or mailbox where that is known */
  whose: string;
  from: VirtualTime;
  until: VirtualTime;
  event: EventId;
}

/** Its content crosses from one host to another (or over loopback) in a conversation. */
export interface Carriage {
  conversation: number;
  fromHost: number;
  toHost: number;
  startAt: VirtualTime;
  /** when its last byte arrived; Infinity = not yet */
  endAt: VirtualTime;
  event: EventId;
}
