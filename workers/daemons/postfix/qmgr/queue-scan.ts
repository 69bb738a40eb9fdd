/**
 * queue-scan — walks through a queue directory file by file, on request
 *
 * A request during a walk starts another one after it. What is listed once is walked once, so that a
 * directory of any size costs time in proportion to its files.
 */
import { NEVER, type VirtualTime } from '../../../os/os.ts';

import type { MailQueue } from './mail-queue.ts';

export class QueueScan {
  readonly queue: 'incoming' | 'deferred';
  /** this walk takes all files, due or not (flush) */
  all = false;
  /** the soonest next attempt of the files that were passed over */
  soonest: VirtualTime = NEVER;
  #requested = false;
  #requestedAll = false;
  #files: string[] = [];
  #at = 0;

  constructor(queue: 'incoming' | 'deferred') {
    this.queue = queue;
  }

  request(options: { all: boolean } = { all: false }): void {
    this.#requested = true;
    this.#requestedAll ||= options.all;
  }

  /** Nothing is left of this walk, and no other was asked for. */
  get isIdle(): boolean {
    return this.#at >= this.#files.length && !this.#requested;
  }

  /** The next queue id; null when the walk is over and none was requested. */
  next(queue: MailQueue): string | null {
    if (this.#at >= this.#files.length) {
      if (!this.#requested) return null;
      this.#files = queue.list(this.queue);
      this.#at = 0;
      this.all = this.#requestedAll;
      this.#requested = false;
      this.#requestedAll = false;
      if (this.#files.length === 0) return null;
    }
    return this.#files[this.#at++]!;
  }
}
