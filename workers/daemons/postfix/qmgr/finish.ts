/**
 * finish — what becomes of a message when all its deliveries of this round have ended
 *
 * Failed recipients are reported, an expired message is returned, a long delay is announced; then the message
 * is removed, or deferred until its next try.
 *
 * SEE ALSO  qmgr_active(3): qmgr_active_done(); ../bounce/notify.ts
 */
import { shownAddress } from '../../../protocols/smtp/address.ts';

import { SECOND, type Os, type Proc } from '../../../os/os.ts';

import type { ReportTask } from '../bounce/notify.ts';

import { expiresAt, nextAttemptAt, wholeSecond } from './backoff.ts';
import type { ActiveMessage } from './message.ts';
import { qmgrIdent, scanThatTakes, scheduleScan, type QmgrState } from './state.ts';

/** Called once per round, when nothing of the message is under way. */
export function finishMessage(os: Os, state: QmgrState, message: ActiveMessage): void {
  const { params, config, logs } = state;
  const { queueId, envelope } = message;
  const tasks: ReportTask[] = [];
  if (logs.bounce.exists(queueId)) tasks.push('bounce');
  if (logs.trace.exists(queueId)) tasks.push('success');
  if (message.deferred) {
    const now = wholeSecond(os.now());
    const { created } = envelope;
    const warnAt = wholeSecond(created) + params.delay_warning_time - SECOND; // one second of grace
    if (envelope.forceExpire || now >= expiresAt(params, { sender: envelope.sender, created })) {
      const status = envelope.forceExpire ? 'force-expired' : 'expired';
      const from = shownAddress(envelope.sender);
      os.log(qmgrIdent, `${queueId}: from=<${from}>, status=${status}, returned to sender`);
      message.deferred = false;
      tasks.push('expired');
    } else if (params.delay_warning_time > 0 && !envelope.warned && now >= warnAt) {
      config.queue.markWarned(queueId, 'active');
      tasks.push('warning');
    }
  }
  if (tasks.length === 0) return settleMessage(os, state, message, { reported: true });
  os.spawn('postfix/bounce', function* (bounce): Proc<void> {
    let ok = true;
    for (const task of tasks) ok = (yield* config.reporter.report(bounce, task, message)) && ok;
    config.events.put({ kind: 'reports-done', queueId, ok });
  });
}

const noFile = 'No such file or directory'; // postsuper(1) was faster

/** The reports are made: the message is removed or deferred. */
export function settleMessage(
  os: Os,
  state: QmgrState,
  message: ActiveMessage,
  { reported }: { reported: boolean },
): void {
  const { queueId } = message;
  const { queue } = state.config;
  state.active.delete(queueId);
  if (reported && !message.deferred) {
    const removed = queue.remove(queueId, 'active');
    state.logs.defer.remove(queueId);
    const gone = `warning: qmgr_active_done_3_generic: remove ${queueId} from active: ${noFile}`;
    os.log(qmgrIdent, removed ? `${queueId}: removed` : gone);
    return;
  }
  const next = nextAttemptAt(state.params, { created: message.envelope.created, now: os.now() });
  queue.setNextAttempt(queueId, 'active', next);
  if (queue.move(queueId, 'active', 'deferred') === null) return; // postsuper(1) was faster
  const due = scanThatTakes(os, state, next);
  os.trace({ kind: 'retry.scheduled', queueId, due, reason: message.reason });
  scheduleScan(os, state, next);
}
