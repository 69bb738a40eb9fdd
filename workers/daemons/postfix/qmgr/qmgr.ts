/**
 * qmgr — the Postfix queue manager: which message is tried when, by whom, how many at a time
 *
 * New files come from incoming, old ones from deferred when their time has come; both become active, at most
 * $qmgr_message_active_limit at once, one of each in turn. Recipients are grouped by destination and handed
 * to delivery agents as far as the destination's window allows. When all deliveries of a message have ended
 * it is removed, or put aside in deferred until its next try; failed recipients and expired messages are
 * reported by bounce(8).
 *
 * Sleeps until something happens: with nothing deferred there is no timer at all.
 * SIMPLIFIED: scans of the deferred queue that would find nothing due are skipped; they leave no trace in the
 * real log either. All recipients of an active message are in memory (the real one reads them in portions).
 *
 * SEE ALSO  backoff.ts (when), scheduler.ts (how many), deliveries.ts (handing out), qmgr(8), QSHAPE_README
 */
import { shownAddress } from '../../../protocols/smtp/address.ts';

import { NEVER, type Os, type Proc } from '../../../os/os.ts';

import { bounceLogs } from '../bounce/bounce-log.ts';
import { lateCode } from '../late.ts';

import { isDue } from './backoff.ts';
import { Deliveries } from './deliveries.ts';
import { finishMessage, settleMessage } from './finish.ts';
import type { ActiveMessage } from './message.ts';
import { QueueScan } from './queue-scan.ts';
import {
  qmgrIdent,
  scheduleScan,
  type QmgrConfig,
  type QmgrEvent,
  type QmgrParams,
  type QmgrState,
} from './state.ts';

/** Runs until the host ends. */
export function* qmgr(os: Os, config: QmgrConfig): Proc<void> {
  const state: QmgrState = {
    config,
    params: checkedParams(os, config.params),
    startedAt: os.now(),
    active: new Map(),
    deliveries: new Deliveries(config),
    logs: {
      bounce: bounceLogs(os.files, config.params.queue_directory, 'bounce'),
      defer: bounceLogs(os.files, config.params.queue_directory, 'defer'),
      trace: bounceLogs(os.files, config.params.queue_directory, 'trace'),
    },
    scanAt: NEVER,
  };
  recoverActive(config);
  const incoming = new QueueScan('incoming');
  const deferred = new QueueScan('deferred');
  incoming.request();
  deferred.request();
  let turn = incoming;
  for (;;) {
    while (config.events.length > 0) {
      const event = yield* config.events.take({ deadline: os.now() });
      if (event === 'timeout') continue;
      if (event.kind === 'retire') return yield* (yield* lateCode(os)).retire(os, state, event);
      react(os, state, event, { incoming, deferred });
    }
    if (state.scanAt <= os.now()) {
      state.scanAt = NEVER;
      deferred.request();
    }
    const other = turn;
    turn = turn === incoming ? deferred : incoming;
    let fed = feed(os, state, turn);
    const isNew = (fed === null ? other : turn) === incoming;
    fed ??= feed(os, state, other);
    config.flow.refill({ fed: fed !== null && isNew, isEmpty: incoming.isIdle });
    if (fed !== null && fed !== 'gone') {
      // A message that postsuper -e has marked is returned at once.
      if (!fed.deferred) yield* state.deliveries.add(os, fed, state.active.size);
      if (fed.pending === 0) finishMessage(os, state, fed);
    }
    state.deliveries.handOut(os);
    if (fed !== null) continue;
    const event = yield* config.events.take({ deadline: Math.min(state.scanAt, state.deliveries.wakeAt()) });
    if (event === 'timeout') continue;
    if (event.kind === 'retire') return yield* (yield* lateCode(os)).retire(os, state, event);
    react(os, state, event, { incoming, deferred });
  }
}

function react(
  os: Os,
  state: QmgrState,
  event: Exclude<QmgrEvent, { kind: 'retire' }>,
  scans: { incoming: QueueScan; deferred: QueueScan },
): void {
  switch (event.kind) {
    case 'incoming':
      scans.incoming.request();
      return;
    case 'deferred':
      scheduleScan(os, state, os.now());
      return;
    case 'flush':
      state.deliveries.reviveAll();
      scans.incoming.request({ all: true });
      if (event.queueId === undefined) scans.deferred.request({ all: true });
      else state.config.queue.move(event.queueId, 'deferred', 'incoming');
      return;
    case 'delivery-done': {
      const message = state.deliveries.finish(event, os.now());
      if (message !== null && message.pending === 0) finishMessage(os, state, message);
      return;
    }
    case 'reports-done': {
      const message = state.active.get(event.queueId);
      if (message !== undefined) settleMessage(os, state, message, { reported: event.ok });
      return;
    }
  }
}

/**
 * Moves the next message of a scan into the active queue.
 * @returns the message; 'gone' when there is no file any more, or it is damaged; null when there is no
 * message, or no room
 */
function feed(os: Os, state: QmgrState, scan: QueueScan): ActiveMessage | 'gone' | null {
  if (state.active.size >= state.params.qmgr_message_active_limit) return null;
  const { queue } = state.config;
  for (let queueId = scan.next(queue); queueId !== null; queueId = scan.next(queue)) {
    if (state.active.has(queueId)) continue;
    if (scan.queue === 'deferred' && !scan.all) {
      const next = queue.nextAttempt(queueId, 'deferred');
      if (next === null) continue;
      if (!isDue(next, os.now())) {
        scan.soonest = Math.min(scan.soonest, next);
        continue;
      }
    }
    return activate(os, state, queueId, scan);
  }
  if (scan.soonest < NEVER) scheduleScan(os, state, scan.soonest);
  scan.soonest = NEVER;
  return null;
}

function activate(
  os: Os,
  state: QmgrState,
  queueId: string,
  { queue: from, all: flushed }: { queue: 'incoming' | 'deferred'; all: boolean },
): ActiveMessage | 'gone' {
  const { queue } = state.config;
  const activated = queue.move(queueId, from, 'active');
  if (activated === null) return 'gone';
  os.because(activated);
  const envelope = queue.readEnvelope(queueId, 'active');
  if (envelope === null) {
    queue.move(queueId, 'active', 'corrupt');
    return 'gone';
  }
  const { defer } = state.logs;
  const returned = envelope.forceExpire && defer.exists(queueId);
  if (!returned) defer.remove(queueId); // the next attempt gives new reasons
  os.log(
    qmgrIdent,
    `${queueId}: from=<${shownAddress(envelope.sender)}>, size=${envelope.size}, ` +
      `nrcpt=${envelope.recipientCount} (queue active)`,
  );
  const message: ActiveMessage = {
    queueId,
    envelope,
    active: os.now(),
    activated,
    pending: 0,
    deferred: returned,
    reason: '',
    flushed,
  };
  state.active.set(queueId, message);
  return message;
}

// What was active when qmgr ended is tried again from incoming.
function recoverActive({ queue, busy }: QmgrConfig): void {
  for (const queueId of queue.list('active'))
    if (busy?.has(queueId) !== true) queue.move(queueId, 'active', 'incoming');
}

function checkedParams(os: Os, params: QmgrParams): QmgrParams {
  if (params.bounce_queue_lifetime <= params.maximal_queue_lifetime) return params;
  os.log(
    qmgrIdent,
    'warning: bounce_queue_lifetime is larger than maximal_queue_lifetime - adjusting bounce_queue_lifetime',
  );
  return { ...params, bounce_queue_lifetime: params.maximal_queue_lifetime };
}
