/**
 * instance-queue — the mail queue on the files of an instance: /var/spool/postfix/<queue>/<queue id>
 *
 * SIMPLIFIED: hash_queue_depth is 0: deferred/ABC rather than deferred/A/ABC. Seen only by who lists the
 * directory.
 *
 * SEE ALSO  ../cleanup/queue-file.ts (the format), mail_queue(3)
 */
import type { Directory, EventId, Os, Proc, QueueName, VirtualTime } from '../../../os/os.ts';

import { encodeDone, encodeWarned, parseQueueFile } from '../cleanup/queue-file.ts';
import type { Instance } from '../instance.ts';
import { splitTransport } from '../trivial-rewrite/resolve.ts';

import type { MailQueue } from './mail-queue.ts';
import type { QueueEnvelope, Route } from './message.ts';

export class InstanceQueue implements MailQueue {
  readonly #os: Os;
  readonly #instance: Instance;
  readonly #spool: string;
  readonly #directories: Partial<Record<QueueName, Directory>> = {};
  readonly #doubleBounce: string;

  /** @param os qmgr's */
  constructor(os: Os, instance: Instance) {
    const { parameters } = instance;
    this.#os = os;
    this.#instance = instance;
    this.#spool = parameters.text('queue_directory');
    this.#doubleBounce = parameters.text('double_bounce_sender').toLowerCase();
  }

  list(queue: QueueName): string[] {
    return this.#in(queue).names();
  }

  move(queueId: string, from: QueueName, to: QueueName): EventId | null {
    const directory = this.#in(to);
    if (!this.#in(from).move(queueId, directory)) return null;
    if (to === 'deferred' || to === 'hold') directory.keep(queueId);
    return this.#os.trace({ kind: 'queue.file-moved', queueId, from, to });
  }

  remove(queueId: string, from: QueueName): boolean {
    if (!this.#in(from).remove(queueId)) return false;
    this.#os.trace({ kind: 'queue.file-moved', queueId, from, to: '' });
    return true;
  }

  // Decoded once; again when it was changed (a recipient was marked as done).
  readEnvelope(queueId: string, queue: QueueName): QueueEnvelope | null {
    return this.#in(queue).parsed(queueId, parseQueueFile)?.envelope ?? null;
  }

  readContent(queueId: string, queue: QueueName): readonly Uint8Array[] {
    const file = this.#find(queueId, queue)?.parsed(queueId, parseQueueFile) ?? null;
    return file === null ? [] : [file.content];
  }

  markDone(queueId: string, queue: QueueName, recipient: number): void {
    this.#find(queueId, queue)?.append(queueId, encodeDone(recipient));
  }

  nextAttempt(queueId: string, queue: QueueName): VirtualTime | null {
    return this.#in(queue).modifiedAt(queueId);
  }

  setNextAttempt(queueId: string, queue: QueueName, at: VirtualTime): void {
    this.#in(queue).setModifiedAt(queueId, at);
  }

  markWarned(queueId: string, queue: QueueName): void {
    const directory = this.#in(queue);
    if (directory.exists(queueId)) directory.append(queueId, encodeWarned());
  }

  *resolve(recipient: string, message: { sender: string; filter: string }): Proc<Route> {
    if (message.filter !== '') {
      const { transport, nexthop } = splitTransport(message.filter);
      return { transport, nexthop: nexthop || this.#instance.parameters.text('myhostname'), recipient };
    }
    const resolution = yield* this.#instance.resolve(this.#os, recipient, message.sender);
    switch (resolution.kind) {
      case 'try-again':
        return { transport: 'retry', nexthop: '4.3.0 address resolver failure', recipient };
      case 'bad-address':
        return { transport: 'error', nexthop: '5.1.3 bad address syntax', recipient };
      case 'resolved': {
        const { addressClass, transport, nexthop } = resolution;
        if (addressClass === 'local' && this.#isDoubleBounce(resolution.recipient))
          return {
            transport: 'discard',
            nexthop: 'undeliverable postmaster notification discarded',
            recipient,
          };
        return { transport, nexthop, recipient: resolution.recipient };
      }
    }
  }

  #isDoubleBounce(recipient: string): boolean {
    return recipient.slice(0, recipient.lastIndexOf('@')).toLowerCase() === this.#doubleBounce;
  }

  #in(queue: QueueName): Directory {
    return (this.#directories[queue] ??= this.#os.files.directory(`${this.#spool}/${queue}`));
  }

  // Where the file is: postsuper(1) may have moved it while an agent had it open.
  #find(queueId: string, queue: QueueName): Directory | null {
    if (this.#in(queue).exists(queueId)) return this.#in(queue);
    for (const other of ['hold', 'deferred', 'incoming', 'maildrop'] as const)
      if (this.#in(other).exists(queueId)) return this.#in(other);
    return null;
  }
}
