/**
 * repair-queue — gives queue files that are named wrongly their right names, with their logs
 *
 * A short queue id has the inode of the file in it. A file that was copied, or came from another machine, has
 * another one; and when long queue ids are given up, the files that have them are renamed.
 *
 * SIMPLIFIED: one pass; the real program gives all files a name that ends in "#FIX" first, so that it can be
 * interrupted.
 *
 * SEE ALSO  postsuper(1): -s, -S
 */
import type { QueueName } from '../../os/os.ts';
import { fieldValue, scanMessage } from '../../daemons/postfix/cleanup/header-work.ts';
import { decodeQueueFile } from '../../daemons/postfix/cleanup/queue-file.ts';
import { queueIdParts, repairedId } from '../../daemons/postfix/cleanup/queue-id-parts.ts';
import { isQueueId } from '../../daemons/postfix/flush/flush.ts';

import type { Program } from './command.ts';

/** What is looked at. */
export interface RepairOptions {
  /** $queue_directory */
  readonly spool: string;
  readonly queues: readonly string[];
  /** those of them that have messages */
  readonly messageQueues: readonly string[];
  /** names of logs that are kept for each message */
  readonly logQueues: readonly string[];
  /** $enable_long_queue_ids */
  readonly long: boolean;
  /** -S: also long ids whose inode is another, which never come twice */
  readonly redundant: boolean;
}

/** @returns how many messages have another name now */
export function repairQueue(program: Program, options: RepairOptions): number {
  let renamed = 0;
  for (const queue of options.queues) {
    const directory = `${options.spool}/${queue}`;
    for (const path of program.os.files.list(directory)) {
      const queueId = path.slice(directory.length + 1);
      const isMessage = options.messageQueues.includes(queue);
      const parts = isQueueId(queueId) ? queueIdParts(queueId) : null;
      if (!isQueueId(queueId) || (isMessage && parts === null))
        program.warn(`bogus file name: ${queue}/${queueId}`);
      else if (isMessage) {
        const { inode } = program.os.files.state(path)!;
        const isOther = parts!.inode !== inode && (!parts!.isLong || options.redundant);
        if (!isOther && (!parts!.isLong || options.long)) continue;
        const to = repairedId(parts!, inode, options.long);
        rename(program, options, { queue: queue as QueueName, from: queueId, to });
        renamed++;
      }
    }
  }
  return renamed;
}

function rename(
  { os }: Program,
  { spool, logQueues }: RepairOptions,
  { queue, from, to }: { queue: QueueName; from: string; to: string },
): void {
  for (const log of logQueues) os.files.rename(`${spool}/${log}/${from}`, `${spool}/${log}/${to}`);
  os.files.rename(`${spool}/${queue}/${from}`, `${spool}/${queue}/${to}`);
  os.trace({ kind: 'queue.file-moved', queueId: from, from: queue, to: '' });
  const bytes = os.files.read(`${spool}/${queue}/${to}`);
  const file = bytes === null ? null : decodeQueueFile(bytes);
  if (file === null) return;
  const { sender, recipients, size } = file.envelope;
  os.trace({
    kind: 'queue.message-entered',
    queueId: to,
    sender,
    bytes: size,
    messageId: messageIdOf(file.content),
    recipients: recipients.map(({ address }) => address).join('\n'),
  });
  os.trace({ kind: 'queue.file-moved', queueId: to, from: '', to: queue });
}

function messageIdOf(content: Uint8Array): string {
  const message = scanMessage([content]);
  const field = message.fields.find(({ name }) => name === 'message-id');
  return field === undefined ? '' : fieldValue(message, field);
}
