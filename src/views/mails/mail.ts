/**
 * mail — one letter on its way, as all views know it: identity, papers, and where it is when
 *
 * A mail is known by its Message-ID, and before it has one, by the act of sending it. Passing the filter gives it a
 * second queue id on the same host; a notification is a mail of its own that reports on another.
 */
import type { EventId, QueueName, VirtualTime } from '../../../workers/api.ts';

import type { Protocol } from '../../decode/names.ts';

export interface Mail {
  /** index in MailsFold.mails, for selections */
  number: number;
  /** 'A', 'B', … 'Z', 'A1', … */
  letter: string;
  /** CSS colour of its paper: "var(--msg-a)" … cycling through eight */
  paper: string;
  /** '' = none yet */
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
  /** what happened to it, told in order */
  steps: Step[];
  /** delivery attempts, for each recipient */
  tries: Try[];
}

/** It lies somewhere from `from` on, until `until` (Infinity = still). */
export interface Stay {
  /** number of the mail */
  mail: number;
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
  /** number of the mail */
  mail: number;
  /** the packet it began in; ConversationsFold tells the conversation of a packet */
  event: EventId;
  fromHost: number;
  toHost: number;
  protocol: Protocol;
  from: VirtualTime;
  /** when its last byte arrived, or the connection broke; Infinity = not yet */
  until: VirtualTime;
  /** the connection broke before all of it was there */
  lost: boolean;
}

/** One step of its journey, a footprint on the map. Of a step at one host both ends are the same. */
export interface Step {
  at: VirtualTime;
  event: EventId;
  fromHost: number;
  toHost: number;
  protocol: Protocol;
  tone: 'plain' | 'wait' | 'fail' | 'ok';
  /** about four words: "mx names the sender" */
  text: string;
}

export interface Try {
  at: VirtualTime;
  event: EventId;
  hostIndex: number;
  queueId: string;
  recipient: string;
  /** "mta1.acme.example[192.0.2.25]:25", "none" */
  relay: string;
  status: 'sent' | 'deferred' | 'bounced' | 'expired' | 'deliverable' | 'undeliverable';
  text: string;
}
