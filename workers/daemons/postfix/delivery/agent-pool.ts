/**
 * agent-pool — the delivery agents of one service: started on demand, reused, ended when idle
 *
 * What master(8) does for the services of master.cf that qmgr talks to: at most `processesMax` procs at once,
 * each serves one request after another and leaves after $max_idle without work.
 */
import { SECOND, type Channel, type Os, type Proc } from '../../../os/os.ts';

import type { Instance } from '../instance.ts';
import { lateCode } from '../late.ts';

import type { DeliveryRequest, DeliveryResult } from './request.ts';

/** Delivers one request. The Os is that of the agent's proc. */
export type Deliver = (os: Os, request: DeliveryRequest) => Proc<DeliveryResult>;

export class AgentPool {
  readonly #os: Os;
  readonly #name: string;
  readonly #deliver: Deliver;
  readonly #instance: Instance | null;
  readonly #processesMax: number;
  readonly #idleUsMax: number;
  readonly #requests: Channel<DeliveryRequest>;
  #processes = 0;
  /** requests submitted and not yet answered */
  #load = 0;

  /** @param options name as logged ("postfix/smtp"); processesMax 0 = no limit; idleUsMax = $max_idle */
  constructor(
    os: Os,
    options: {
      name: string;
      deliver: Deliver;
      processesMax: number;
      idleUsMax?: number;
      /** for what becomes of probes */
      instance?: Instance;
    },
  ) {
    this.#os = os;
    this.#name = options.name;
    this.#deliver = options.deliver;
    this.#instance = options.instance ?? null;
    this.#processesMax = options.processesMax;
    this.#idleUsMax = options.idleUsMax ?? 100 * SECOND;
    this.#requests = os.channel();
  }

  /** Gives a request to an idle agent, or starts one. The answer comes to request.replyTo. */
  submit(request: DeliveryRequest): void {
    this.#requests.put(request);
    this.#load++;
    if (this.#load <= this.#processes) return;
    if (this.#processesMax !== 0 && this.#processes >= this.#processesMax) return;
    this.#processes++;
    this.#os.spawn(this.#name, (os) => this.#serve(os));
  }

  /** Whether a request would be served at once. */
  get hasRoom(): boolean {
    return this.#processesMax === 0 || this.#load < this.#processesMax;
  }

  #complain(os: Os, { queueId }: DeliveryRequest): DeliveryResult {
    os.log(this.#name, `warning: open active ${queueId}: No such file or directory`);
    return { deferred: true, reason: '', trouble: null };
  }

  *#probe(os: Os, request: DeliveryRequest): Proc<DeliveryResult> {
    return yield* (yield* lateCode(os)).deliverProbe(os, this.#instance!, this.#deliver, request);
  }

  *#serve(os: Os): Proc<void> {
    try {
      for (;;) {
        const request = yield* this.#requests.take({ deadline: os.now() + this.#idleUsMax });
        if (request === 'timeout') return;
        os.because(request.cause);
        const { deferred, reason, trouble } = request.isGone
          ? this.#complain(os, request)
          : request.isProbe === true && this.#instance !== null
            ? yield* this.#probe(os, request)
            : yield* this.#deliver(os, request);
        this.#load--;
        const { ticket, replyTo } = request;
        replyTo.put({ kind: 'delivery-done', ticket, deferred, reason, trouble });
      }
    } finally {
      this.#processes--;
    }
  }
}
