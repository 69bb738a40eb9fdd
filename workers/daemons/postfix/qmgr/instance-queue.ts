/**
 * instance-queue — the mail queue on the files of an instance: /var/spool/postfix/<queue>/<queue id>
 *
 * SIMPLIFIED: hash_queue_depth is 0: deferred/ABC rather than deferred/A/ABC. Seen only by who lists the
 * directory.
 *
 * SEE ALSO  ../cleanup/queue-file.ts (the format), mail_queue(3)
 */
import type { EventId, Os, Proc, QueueName, VirtualTime } from '../../../os/os.ts';

import { decodeQueueFile, encodeDone, encodeWarned } from '../cleanup/queue-file.ts';
import type { Instance } from '../instance.ts';
import { splitTransport } from '../trivial-rewrite/resolve.ts';

import type { MailQueue } from './mail-queue.ts';
import type { QueueEnvelope, Route } from './message.ts';

export class InstanceQueue implements MailQueue {
  readonly #os: Os;
  readonly #instance: Instance;
  readonly #spool: string;
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
    const directory = `${this.#spool}/${queue}`;
    return this.#os.files.list(directory).map((path) => path.slice(directory.length + 1));
  }

  move(queueId: string, from: QueueName, to: QueueName): EventId | null {
    const path = this.#path(queueId, to);
    if (!this.#os.files.rename(this.#path(queueId, from), path)) return null;
    if (to === 'deferred' || to === 'hold') this.#os.files.keep(path);
    return this.#os.trace({ kind: 'queue.file-moved', queueId, from, to });
  }

  remove(queueId: string, from: QueueName): boolean {
    if (!this.#os.files.remove(this.#path(queueId, from))) return false;
    this.#os.trace({ kind: 'queue.file-moved', queueId, from, to: '' });
    return true;
  }

  readEnvelope(queueId: string, queue: QueueName): QueueEnvelope | null {
    return this.#read(queueId, queue)?.envelope ?? null;
  }

  readContent(queueId: string, queue: QueueName): readonly Uint8Array[] {
    const path = this.#find(queueId, queue);
    const file = path === null ? null : this.#os.files.parsed(path, parseFile);
    return file === null ? [] : [file.content];
  }

  markDone(queueId: string, queue: QueueName, recipient: number): void {
    const path = this.#find(queueId, queue);
    if (path !== null) this.#os.files.append(path, encodeDone(recipient));
  }

  nextAttempt(queueId: string, queue: QueueName): VirtualTime | null {
    return this.#os.files.modifiedAt(this.#path(queueId, queue));
  }

  setNextAttempt(queueId: string, queue: QueueName, at: VirtualTime): void {
    this.#os.files.setModifiedAt(this.#path(queueId, queue), at);
  }

  markWarned(queueId: string, queue: QueueName): void {
    const path = this.#path(queueId, queue);
    if (this.#os.files.exists(path)) this.#os.files.append(path, encodeWarned());
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

  #path(queueId: string, queue: QueueName): string {
    return `${this.#spool}/${queue}/${queueId}`;
  }

  // Where the file is: postsuper(1) may have moved it while an agent had it open.
  #find(queueId: string, queue: QueueName): string | null {
    const path = this.#path(queueId, queue);
    if (this.#os.files.exists(path)) return path;
    for (const other of ['hold', 'deferred', 'incoming', 'maildrop'] as const) {
      const moved = this.#path(queueId, other);
      if (this.#os.files.exists(moved)) return moved;
    }
    return null;
  }

  // Decoded once for the envelope and the content; again when a recipient was marked as done.
  #read(queueId: string, queue: QueueName): { envelope: QueueEnvelope; content: Uint8Array } | null {
    return this.#os.files.parsed(this.#path(queueId, queue), parseFile);
  }
}

function parseFile(bytes: Uint8Array | null): { envelope: QueueEnvelope; content: Uint8Array } | null {
  return bytes === null ? null : decodeQueueFile(bytes);
}
