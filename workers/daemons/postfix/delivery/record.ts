/**
 * record — the end of a delivery attempt for one recipient: log line, fact, bounce or defer log, mark in the
 * queue file
 *
 * SEE ALSO  log_adhoc(3), sent(3), bounce(3), defer(3); ../bounce/notify.ts (what becomes of the logs)
 */
import { shownAddress } from '../../../protocols/smtp/address.ts';

import type { Os } from '../../../os/os.ts';

import {
  appendBounceLog,
  bounceLogs,
  type BounceLogEntry,
  type BounceLogName,
} from '../bounce/bounce-log.ts';

import type { DeliveryRequest, RequestRecipient } from './request.ts';
import { formatStatusLine, type DeliveryTimes } from './status-line.ts';

/** The agent that delivers, as record needs to know it. */
export interface Agent {
  /** "postfix/smtp" */
  readonly ident: string;
  /** $queue_directory */
  readonly queueDirectory: string;
  /** $soft_bounce: what would bounce is kept and tried again */
  readonly softBounce: boolean;
  /** Marks the recipient as done in the queue file, so that it is never tried again. */
  readonly markDone: (request: DeliveryRequest, recipient: RequestRecipient) => void;
}

export interface Attempt {
  readonly recipient: RequestRecipient;
  /** "mx.a.example[192.0.2.25]:25" or "none" */
  readonly relay: string;
  readonly times: DeliveryTimes;
  /** deliveries that the connection had before; absent = none */
  readonly reuseCount?: number;
  readonly dsn: string;
  /** what the log says in parentheses */
  readonly text: string;
  /** the remote host's name and reply; '' = the reason is our own */
  readonly remoteMta: string;
  readonly diagnostic: string;
}

/**
 * The recipient has it. @param action what a success notification says: relayed to a host that makes none
 * itself; null = the host that has it now makes them. @param said what it gives as the reason
 */
export function recordSent(
  os: Os,
  agent: Agent,
  request: DeliveryRequest,
  attempt: Attempt,
  action: 'delivered' | 'relayed' | null,
  said = attempt.text,
): void {
  if (request.probed !== undefined) return request.probed(os, agent, attempt, 'ok');
  write(os, agent, request, attempt, 'sent');
  if (action !== null && wants(attempt.recipient, 'SUCCESS')) {
    const reason = `delivery via ${attempt.relay === 'none' ? 'local' : attempt.relay}: ${said}`;
    append(os, agent, request, attempt, { log: 'trace', action, reason });
  }
  agent.markDone(request, attempt.recipient);
}

/** Not now: the recipient stays in the queue. */
export function recordDeferred(os: Os, agent: Agent, request: DeliveryRequest, attempt: Attempt): void {
  if (request.probed !== undefined) return request.probed(os, agent, attempt, 'defer');
  write(os, agent, request, attempt, 'deferred');
  append(os, agent, request, attempt, { log: 'defer', action: 'delayed', reason: attempt.text });
}

/**
 * Never: the sender will be told, unless the recipient's NOTIFY says otherwise.
 * @returns whether the recipient stays in the queue all the same (soft_bounce)
 */
export function recordBounced(os: Os, agent: Agent, request: DeliveryRequest, attempt: Attempt): boolean {
  if (request.probed !== undefined) {
    request.probed(os, agent, attempt, 'bounce');
    return false;
  }
  if (agent.softBounce) {
    const soft = { ...attempt, dsn: `4${attempt.dsn.slice(1)}` };
    write(os, agent, request, soft, 'SOFTBOUNCE');
    append(os, agent, request, soft, { log: 'defer', action: 'delayed', reason: attempt.text });
    return true;
  }
  write(os, agent, request, attempt, 'bounced');
  append(os, agent, request, attempt, { log: 'bounce', action: 'failed', reason: attempt.text });
  agent.markDone(request, attempt.recipient);
  return false;
}

/** Whether RFC 3461 NOTIFY asks for this kind; without NOTIFY it is FAILURE and DELAY. */
export function wants(recipient: { notify: string }, kind: 'SUCCESS' | 'FAILURE' | 'DELAY'): boolean {
  if (recipient.notify === '') return kind !== 'SUCCESS';
  return recipient.notify.toUpperCase().split(',').includes(kind);
}

/** RFC 3461 §5.2.7.3: what the members of an alias get of NOTIFY; success is reported for the alias. */
export function notifyOfMembers(notify: string): string {
  if (!notify.includes('SUCCESS')) return notify;
  const rest = notify.split(',').filter((kind) => kind !== 'SUCCESS');
  return rest.join(',') || 'NEVER';
}

function write(
  os: Os,
  agent: Agent,
  request: DeliveryRequest,
  attempt: Attempt,
  logged: 'sent' | 'deferred' | 'bounced' | 'SOFTBOUNCE',
): void {
  const { queueId, transport } = request;
  const { relay, times, reuseCount = 0, dsn, text } = attempt;
  const { address: recipient, originalAddress: originalRecipient } = attempt.recipient;
  const route = { recipient, originalRecipient, relay, reuseCount };
  const line = formatStatusLine({ ...route, times, dsn, status: logged, text });
  const status = logged === 'SOFTBOUNCE' ? 'deferred' : logged;
  os.log(agent.ident, `${queueId}: ${line}`);
  os.trace({ kind: 'delivery.attempted', queueId, recipient, transport, relay, dsn, status, text });
}

function append(
  os: Os,
  agent: Agent,
  request: DeliveryRequest,
  attempt: Attempt,
  record: { log: BounceLogName; action: BounceLogEntry['action']; reason: string },
): void {
  const { recipient } = attempt;
  appendBounceLog(bounceLogs(os.files, agent.queueDirectory, record.log), request.queueId, {
    recipient: shownAddress(recipient.address),
    originalRecipient: recipient.originalAddress,
    dsnOriginalRecipient: recipient.dsnOriginalRecipient,
    notify: recipient.notify,
    status: attempt.dsn,
    action: record.action,
    reason: record.reason,
    diagnostic: attempt.diagnostic,
    remoteMta: attempt.remoteMta,
    offset: recipient.index,
  });
}
