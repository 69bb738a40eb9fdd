/**
 * retire — how a queue manager ends at "postfix reload": its deliveries under way come to their end, all else
 * is left to the next one
 *
 * The real qmgr(8) exits at once; its delivery agents go on, and the lock that they hold on the queue file
 * keeps the new one from trying the message a second time.
 *
 * SEE ALSO  qmgr.ts, ../master/master.ts
 */
import { NEVER, type Os, type Proc } from '../../../os/os.ts';

import { settleMessage } from './finish.ts';
import type { ActiveMessage } from './message.ts';
import type { QmgrEvent, QmgrState } from './state.ts';

/** Runs until nothing is under way. */
export function* retire(
  os: Os,
  state: QmgrState,
  { busy, heir }: Extract<QmgrEvent, { kind: 'retire' }>,
): Proc<void> {
  const { active, deliveries, config } = state;
  const underWay = deliveries.underWay();
  const left = new Set<string>();
  const handBack = ({ queueId }: ActiveMessage): void => {
    active.delete(queueId);
    left.delete(queueId);
    config.queue.move(queueId, 'active', 'incoming');
    heir.put({ kind: 'incoming' });
  };
  for (const message of [...active.values()]) {
    const count = underWay.get(message) ?? 0;
    if (count === 0 && message.pending > 0) handBack(message);
    else {
      message.pending = count; // 0: bounce(8) is at it
      left.add(message.queueId);
    }
  }
  busy.put(left);
  while (active.size > 0) {
    const event = yield* config.events.take({ deadline: NEVER });
    if (event === 'timeout') continue;
    if (event.kind === 'delivery-done') {
      const message = deliveries.finish(event, os.now());
      if (message !== null && message.pending === 0) handBack(message);
    } else if (event.kind === 'reports-done') {
      const message = active.get(event.queueId);
      if (message === undefined) continue;
      settleMessage(os, state, message, { reported: event.ok });
      left.delete(event.queueId);
      heir.put({ kind: 'deferred' });
    } else heir.put(event);
  }
}
