/**
 * mail-queue — the queue directories as qmgr(8) uses them
 */
import type { EventId, Proc, QueueName, VirtualTime } from '../../../os/os.ts';

import type { QueueEnvelope, Route } from './message.ts';

/** What qmgr needs of the queue; ../qmgr/instance-queue.ts has it on the instance's files. */
export interface MailQueue {
  /** Queue ids in the directory, in order of creation. */
  list(queue: QueueName): string[];
  /** @returns the event that says so, or null when the file is not there (postsuper was faster) */
  move(queueId: string, from: QueueName, to: QueueName): EventId | null;
  /** @returns false when the file is not there */
  remove(queueId: string, from: QueueName): boolean;
  /** @returns null when the file cannot be read */
  readEnvelope(queueId: string, queue: QueueName): QueueEnvelope | null;
  readContent(queueId: string, queue: QueueName): readonly Uint8Array[];
  markDone(queueId: string, queue: QueueName, recipient: number): void;
  /** The next try: the file's modification time. */
  nextAttempt(queueId: string, queue: QueueName): VirtualTime | null;
  setNextAttempt(queueId: string, queue: QueueName, at: VirtualTime): void;
  markWarned(queueId: string, queue: QueueName): void;
  /** The message's content filter, else what trivial-rewrite says. */
  resolve(recipient: string, message: { sender: string; filter: string }): Proc<Route>;
}
