/** rows — the letters in the queues of one host at the cursor, with next try and reason: for buckets and table alike */
import type { EventId, QueueName, VirtualTime } from '../../../workers/api.ts';

import type { MailsFold } from '../mails/fold.ts';

import { waitingAt, type QueuesFold } from './fold.ts';
import type { Letter } from './layout.ts';

export interface QueueRow extends Letter {
  queue: QueueName;
  queueId: string;
  sender: string;
  recipients: readonly string[];
  bytes: number;
  since: VirtualTime;
  /** not before this, by the retry rule; null = not deferred, or unknown */
  due: VirtualTime | null;
  reason: string;
  /** what put it there, or why it waits */
  event: EventId;
}

const rowsMax = 5000;

/** @param scanEveryUs queue_run_delay */
export function queueRows(
  queues: QueuesFold,
  mails: MailsFold,
  host: number,
  at: VirtualTime,
  scanEveryUs: number,
): QueueRow[] {
  const scan = queues.scanAt(host, at);
  return queues
    .lyingAt(host, at)
    .slice(0, rowsMax)
    .map(({ file, queue, from, event }): QueueRow => {
      const mail = mails.mailOfQueueId(host, file.queueId);
      const waiting = queue === 'deferred' ? waitingAt(file, scan, scanEveryUs, at) : null;
      return {
        key: `${file.queueId} ${file.createdAt}`,
        mail: mail?.number ?? -1,
        letter: mail?.letter ?? '?',
        paper: mail?.paper ?? 'var(--bed)',
        destination: file.recipients[0]?.split('@')[1] ?? 'unknown',
        nextAt: waiting?.liftedAt ?? null,
        due: waiting?.due ?? null,
        reason: waiting?.reason ?? '',
        event: waiting?.event ?? event,
        queue,
        queueId: file.queueId,
        sender: file.sender,
        recipients: file.recipients,
        bytes: file.bytes,
        since: from,
      };
    });
}

/** The interval between queue scans of a host: queue_run_delay of its main.cf, by default 300 s. */
export function scanInterval(mainCf: string | undefined): number {
  const match = /^\s*queue_run_delay\s*=\s*(\d+)\s*([smhd]?)/m.exec(mainCf ?? '');
  const units: Record<string, number> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };
  return (match === null ? 300 : Number(match[1]) * (units[match[2]!] ?? 1)) * 1_000_000;
}
