/**
 * on-demand — the services that master(8) starts when somebody asks for them: showq, flush and pickup
 *
 * pickup(8) is also woken up regularly (master.cf, "wakeup"), to find what was put into maildrop without a
 * word. SIMPLIFIED: wake-ups that would find nothing are left out.
 *
 * SEE ALSO  ../services.ts
 */
import {
  NEVER,
  SECOND,
  type Channel,
  type Os,
  type Proc,
  type ProcGroup,
  type ProcHandle,
  type VirtualTime,
} from '../../../os/os.ts';

import type { Instance } from '../instance.ts';
import { lateCode } from '../late.ts';
import type { MasterEntry } from '../master-cf.ts';
import type { MasterRequest, QueuedMessage } from '../services.ts';

export class OnDemand {
  readonly #os: Os;
  readonly #daemons: ProcGroup;
  readonly #startedAt: VirtualTime;
  #pickup: ProcHandle | null = null;
  /** pickup is to look once more */
  #again = false;

  constructor(os: Os, daemons: ProcGroup) {
    this.#os = os;
    this.#daemons = daemons;
    this.#startedAt = os.now();
  }

  /** When pickup is to be woken up next; NEVER while there is nothing for it. */
  wakeAt(instance: Instance, entries: readonly MasterEntry[]): VirtualTime {
    const periodUs = (entries.find(({ service }) => service === 'pickup')?.wakeupSeconds ?? 0) * SECOND;
    const maildrop = `${instance.parameters.text('queue_directory')}/maildrop`;
    if (periodUs === 0 || this.#os.files.list(maildrop).length === 0) return NEVER;
    const elapsed = this.#os.now() - this.#startedAt;
    return this.#startedAt + (Math.floor(elapsed / periodUs) + 1) * periodUs;
  }

  serve(instance: Instance, request: Exclude<MasterRequest, { kind: 'signal' }>): void {
    switch (request.kind) {
      case 'pickup':
        return this.startPickup(instance);
      case 'maildrop': // wakeAt sees it
        return;
      case 'showq':
        this.#spawn('showq', (os) => this.#showq(os, instance, request.reply));
        return;
      case 'flush':
        this.#spawn('flush', (os) => this.#flush(os, instance, request));
    }
  }

  startPickup(instance: Instance): void {
    this.#again = true;
    if (this.#pickup?.running === true) return;
    this.#pickup = this.#spawn('pickup', (os) => this.#pickUp(os, instance));
  }

  *#pickUp(os: Os, instance: Instance): Proc<void> {
    while (this.#again) {
      this.#again = false;
      yield* (yield* lateCode(os)).pickup(os, instance);
    }
  }

  *#flush(os: Os, instance: Instance, request: Extract<MasterRequest, { kind: 'flush' }>): Proc<void> {
    request.reply.put(yield* (yield* lateCode(os)).flush(os, instance, request.what));
  }

  *#showq(os: Os, instance: Instance, reply: Channel<QueuedMessage[] | 'end'>): Proc<void> {
    yield* (yield* lateCode(os)).showq(os, instance, reply);
  }

  #spawn(name: string, body: (os: Os) => Proc<void>): ProcHandle {
    return this.#daemons.os.spawn(`postfix/${name}`, body);
  }
}
