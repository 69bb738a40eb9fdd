/**
 * error-agent — the agents that deliver nowhere: error and retry give a reason, discard swallows
 *
 * The nexthop of error(8) is the reason, with a status code in front or without: a class 4 code defers, else
 * the mail bounces. qmgr(8) sends mail for a dead destination to the retry service, which is error(8) too.
 *
 * SEE ALSO  error(8), discard(8)
 */
import type { Os, Proc } from '../../../os/os.ts';

import { recordBounced, recordDeferred, recordSent, type Agent } from './record.ts';
import type { DeliveryRequest, DeliveryResult } from './request.ts';

/** Defers or bounces all recipients with the reason in the nexthop. */
export function* deliverError(os: Os, agent: Agent, request: DeliveryRequest): Proc<DeliveryResult> {
  const { dsn, text } = splitReason(request.nexthop);
  const deferred = dsn.startsWith('4');
  let stays = false;
  for (const attempt of attempts(os, request, { dsn, text })) {
    if (deferred) recordDeferred(os, agent, request, attempt);
    else if (recordBounced(os, agent, request, attempt)) stays = true;
  }
  return { deferred: deferred || stays, reason: text, trouble: null };
}

/** Says "sent" and forgets the message. The log shows the nexthop. */
export function* deliverDiscard(os: Os, agent: Agent, request: DeliveryRequest): Proc<DeliveryResult> {
  for (const attempt of attempts(os, request, { dsn: '2.0.0', text: request.nexthop }))
    recordSent(os, agent, request, attempt, 'delivered');
  return { deferred: false, reason: '', trouble: null };
}

/** "4.4.1 reason" → its parts; without a code it is 5.0.0, as dsn_split() has it for error(8). */
export function splitReason(nexthop: string): { dsn: string; text: string } {
  const match = /^([45]\.\d{1,3}\.\d{1,3})[ \t]+(.*)$/.exec(nexthop);
  return match === null ? { dsn: '5.0.0', text: nexthop } : { dsn: match[1]!, text: match[2]! };
}

function attempts(
  os: Os,
  request: DeliveryRequest,
  reason: { dsn: string; text: string },
): Parameters<typeof recordSent>[3][] {
  const now = os.now();
  const times = {
    arrived: request.arrived,
    active: request.active,
    handedOff: now,
    connected: null,
    ended: now,
  };
  return request.recipients.map((recipient) => ({
    recipient,
    relay: 'none',
    times,
    dsn: reason.dsn,
    text: reason.text,
    remoteMta: '',
    diagnostic: '',
  }));
}
