/** rows — the letters in the queues of one host at the cursor, with next try and reason: for buckets and table alike */
import type { EventId, QueueName, VirtualTime } from '../../../workers/api.ts';

import { nextTry, type ComingFold } from '../../time/coming.ts';
import type { MailsFold } from '../mails/fold.ts';

import { lastFailure, type QueuesFold } from './fold.ts';
import type { Letter } from './layout.ts';

export interface QueueRow extends Letter {
  queue: QueueName;
  queueId: string;
  sender: string;
  recipients: readonly string[];
  bytes: number;
  since: VirtualTime;
  reason: string;
  /** what put it there, or why it waits */
  event: EventId;
}

const rowsMax = 5000;

/** The letters in the queues of a host, in order of arrival. */
export function queueRows(
  queues: QueuesFold,
  mails: MailsFold,
  coming: ComingFold,
  host: number,
  at: VirtualTime,
): QueueRow[] {
  return queues
    .lyingAt(host, at)
    .slice(0, rowsMax)
    .map(({ file, queue, from, event }): QueueRow => {
      const mail = mails.mailOfQueueId(host, file.queueId);
      const wait = queue === 'deferred' ? coming.waitOf(host, file.queueId, at) : null;
      const failed = queue === 'deferred' ? lastFailure(file, at) : null;
      return {
        key: `${file.queueId} ${file.createdAt}`,
        mail: mail?.number ?? -1,
        letter: mail?.letter ?? '?',
        paper: mail?.paper ?? 'var(--bed)',
        destination: file.recipients[0]?.split('@')[1] ?? 'unknown',
        nextAt: wait === null ? null : nextTry(wait, at),
        reason: failed?.text ?? wait?.reason ?? '',
        event: failed?.event ?? wait?.event ?? event,
        queue,
        queueId: file.queueId,
        sender: file.sender,
        recipients: file.recipients,
        bytes: file.bytes,
        since: from,
      };
    });
}
