/**
 * scheduler — which delivery is handed out next: destinations, concurrency windows, dead destinations
 *
 * A destination is (transport, nexthop). Each has a first-in first-out list of entries (a batch of recipients
 * of one message) and a window: how many deliveries may run at once. Success widens it, failure to talk to
 * the host narrows it; when a whole window's worth of deliveries in a row failed, the destination is dead for
 * a while. Transports take their destinations in turn. All in memory and without the clock: the caller says
 * what time it is.
 *
 * SIMPLIFIED: the real qmgr orders jobs (message × transport) and lets small ones overtake big ones
 * everywhere; here they overtake inside a destination only (destination-queue.ts). Seen only when the agents'
 * process limit is reached.
 *
 * SEE ALSO  qmgr(8), postconf(5) "default_destination_concurrency_*", SCHEDULER_README
 */
import { assert } from '../../../bytes/assert.ts';

import { NEVER, type VirtualTime } from '../../../os/os.ts';

import { DestinationQueue } from './destination-queue.ts';
import { feedbackOf, type Feedback } from './feedback.ts';

/** Parameters of a transport; names as in postconf(5) without the transport's own prefix. */
export interface TransportLimits {
  initial_destination_concurrency: number;
  /** 0 = no limit */
  destination_concurrency_limit: number;
  /** 0 = never dead */
  destination_concurrency_failed_cohort_limit: number;
  /** 1 makes each recipient a destination; 0 = no limit */
  destination_recipient_limit: number;
  /** microseconds between two deliveries; 0 = none */
  destination_rate_delay: number;
  /** microseconds before each delivery of the whole transport; 0 = none */
  transport_rate_delay: number;
  positive_feedback: Feedback;
  negative_feedback: Feedback;
}

/** Why a destination cannot be talked to. */
export interface Trouble {
  dsn: string;
  reason: string;
}

export interface Destination<M> {
  readonly transport: Transport<M>;
  /** identity within the transport: the nexthop, or nexthop and recipient */
  readonly key: string;
  readonly nexthop: string;
  readonly todo: DestinationQueue<Entry<M>>;
  /** deliveries under way */
  busy: number;
  window: number;
  failCohorts: number;
  /** what feedback left over, until it makes up a whole place of the window */
  success: number;
  failure: number;
  /** not null while dead */
  dead: Trouble | null;
  /** no delivery before: dead until then, or pausing (rate delay) */
  notBefore: VirtualTime;
  /** in the transport's turn list */
  waitingTurn: boolean;
}

/** A batch of recipients of one message for one destination. */
export interface Entry<M> {
  readonly message: M;
  destination: Destination<M>;
  /** indexes into the message's recipients */
  readonly recipients: readonly number[];
}

export interface Transport<M> {
  readonly name: string;
  readonly limits: TransportLimits;
  readonly destinations: Map<string, Destination<M>>;
  /** destinations that may have something to hand out, in turn */
  turn: Destination<M>[];
  /** pausing after a delivery, soonest first (all pause equally long) */
  pausing: Destination<M>[];
  /** transport_rate_delay: when the delivery that waits may go; 0 = none waits */
  releaseAt: VirtualTime;
}

export class Scheduler<M> {
  readonly #limitsOf: (transport: string) => TransportLimits;
  readonly #suspendUs: number;
  readonly #transports = new Map<string, Transport<M>>();
  /** the same in the order of their making: looked through at each turn */
  readonly #inTurn: Transport<M>[] = [];
  /** soonest back to life first (all are dead equally long) */
  #dead: Destination<M>[] = [];

  /** @param suspendUs how long a destination is dead ($minimal_backoff_time) */
  constructor(options: { limitsOf: (transport: string) => TransportLimits; suspendUs: number }) {
    this.#limitsOf = options.limitsOf;
    this.#suspendUs = options.suspendUs;
  }

  transport(name: string): Transport<M> {
    let transport = this.#transports.get(name);
    if (transport === undefined) {
      transport = {
        name,
        limits: this.#limitsOf(name),
        destinations: new Map(),
        turn: [],
        pausing: [],
        releaseAt: 0,
      };
      this.#transports.set(name, transport);
      this.#inTurn.push(transport);
    }
    return transport;
  }

  /** Finds or makes a destination. @param key see Destination.key */
  destination(transport: Transport<M>, key: string, nexthop: string): Destination<M> {
    let destination = transport.destinations.get(key);
    if (destination === undefined) {
      destination = {
        transport,
        key,
        nexthop,
        todo: new DestinationQueue(),
        busy: 0,
        window: windowInitial(transport.limits),
        failCohorts: 0,
        success: 0,
        failure: 0,
        dead: null,
        notBefore: 0,
        waitingTurn: false,
      };
      transport.destinations.set(key, destination);
    }
    return destination;
  }

  /** Entries of one message for one destination: they wait for their turn. */
  add(entries: readonly Entry<M>[]): void {
    if (entries.length === 0) return;
    const { destination } = entries[0]!;
    destination.todo.addJob(entries);
    this.#takeTurn(destination);
  }

  /** The next entry that may be delivered now, or null. The caller reports its end to `finish`. */
  next(now: VirtualTime): Entry<M> | null {
    this.#wake(now);
    for (let i = 0; i < this.#inTurn.length; i++) {
      const transport = this.#inTurn[i]!;
      while (transport.turn.length > 0) {
        const destination = transport.turn.shift()!;
        destination.waitingTurn = false;
        if (!isReady(destination)) continue;
        if (transport.limits.transport_rate_delay > 0 && !isReleased(transport, now)) {
          destination.waitingTurn = true;
          transport.turn.unshift(destination);
          break;
        }
        const entry = destination.todo.take()!;
        destination.busy++;
        this.#takeTurn(destination);
        return entry;
      }
    }
    return null;
  }

  /**
   * A delivery ended.
   * @param trouble the destination could not be talked to; null = it answered, whatever it said
   * @returns the entries that must be deferred at once because the destination is dead now
   */
  finish(entry: Entry<M>, trouble: Trouble | null, now: VirtualTime): readonly Entry<M>[] {
    const { destination } = entry;
    assert(destination.busy > 0, `finish: nothing under way for ${destination.key}`);
    const suspended =
      trouble === null ? this.#answered(destination) : this.#failed(destination, trouble, now);
    destination.busy--;
    const pause = destination.transport.limits.destination_rate_delay;
    if (pause > 0 && destination.dead === null) {
      destination.notBefore = now + pause;
      destination.transport.pausing.push(destination);
    }
    this.#takeTurn(destination);
    this.#forgetIdle(destination);
    return suspended;
  }

  /** When something that pauses or is dead comes back; NEVER when nothing does. */
  wakeAt(): VirtualTime {
    let at = this.#dead.length > 0 ? this.#dead[0]!.notBefore : NEVER;
    for (let i = 0; i < this.#inTurn.length; i++) {
      const { pausing, releaseAt } = this.#inTurn[i]!;
      if (pausing.length > 0) at = Math.min(at, pausing[0]!.notBefore);
      if (releaseAt > 0) at = Math.min(at, releaseAt);
    }
    return at;
  }

  /** Forgets that destinations are dead (postqueue -f). */
  reviveAll(): void {
    for (const destination of this.#dead) this.#revive(destination);
    this.#dead = [];
  }

  // Positive feedback: one more per delivery, as long as the window is in use.
  #answered(destination: Destination<M>): readonly Entry<M>[] {
    destination.failCohorts = 0;
    const { limits } = destination.transport;
    if (destination.dead !== null) {
      this.#dead = this.#dead.filter((other) => other !== destination);
      this.#revive(destination);
      destination.window = Math.max(destination.busy, 1);
      return noEntries;
    }
    const mayGrow =
      limits.destination_concurrency_limit === 0 || destination.window < limits.destination_concurrency_limit;
    if (
      mayGrow &&
      limits.destination_rate_delay === 0 &&
      destination.window < destination.busy + limits.initial_destination_concurrency
    )
      widen(destination);
    return noEntries;
  }

  // Negative feedback: one less per failure; dead when the failures add up to failed_cohort_limit windows.
  #failed(destination: Destination<M>, trouble: Trouble, now: VirtualTime): Entry<M>[] {
    if (destination.dead !== null) return [];
    const limit = destination.transport.limits.destination_concurrency_failed_cohort_limit;
    destination.failCohorts += 1 / destination.window;
    if (limit === 0 || destination.failCohorts < limit) {
      narrow(destination);
      return [];
    }
    destination.dead = trouble;
    destination.notBefore = now + this.#suspendUs;
    this.#dead.push(destination);
    return destination.todo.takeAll();
  }

  #wake(now: VirtualTime): void {
    while (this.#dead.length > 0 && this.#dead[0]!.notBefore <= now) this.#revive(this.#dead.shift()!);
    for (let i = 0; i < this.#inTurn.length; i++) {
      const transport = this.#inTurn[i]!;
      while (transport.pausing.length > 0 && transport.pausing[0]!.notBefore <= now) {
        const destination = transport.pausing.shift()!;
        destination.notBefore = 0;
        this.#takeTurn(destination);
        this.#forgetIdle(destination);
      }
    }
  }

  #revive(destination: Destination<M>): void {
    destination.dead = null;
    destination.notBefore = 0;
    destination.failCohorts = 0;
    destination.success = destination.failure = 0;
    destination.window =
      destination.busy > 0 ? destination.busy : windowInitial(destination.transport.limits);
    this.#takeTurn(destination);
    this.#forgetIdle(destination);
  }

  #takeTurn(destination: Destination<M>): void {
    if (destination.waitingTurn || !isReady(destination)) return;
    destination.waitingTurn = true;
    destination.transport.turn.push(destination);
  }

  // Nothing is remembered of a destination without mail, except that it is dead or pausing.
  #forgetIdle(destination: Destination<M>): void {
    if (destination.busy > 0 || destination.todo.length > 0 || destination.notBefore > 0) return;
    destination.transport.destinations.delete(destination.key);
  }
}

const noEntries: readonly never[] = Object.freeze([]);

const roundingError = 0.01;

// Positive feedback that has come to a whole adds it to the window.
function widen<M>(destination: Destination<M>): void {
  const { positive_feedback, destination_concurrency_limit: limit } = destination.transport.limits;
  destination.success += feedbackOf(positive_feedback, destination.window);
  while (destination.success + roundingError >= 1) {
    destination.window++;
    destination.success--;
    destination.failure = 0;
  }
  if (limit > 0 && destination.window > limit) destination.window = limit;
}

// Negative feedback takes one away at once, and then each time it has come to a whole.
function narrow<M>(destination: Destination<M>): void {
  destination.failure -= feedbackOf(destination.transport.limits.negative_feedback, destination.window);
  while (destination.failure + roundingError < 0) {
    destination.window--;
    destination.success = 0;
    destination.failure++;
  }
  if (destination.window < 1) destination.window = 1;
}

// Every delivery waits from when it could be handed out, one after the other.
function isReleased<M>(transport: Transport<M>, now: VirtualTime): boolean {
  if (transport.releaseAt === 0) transport.releaseAt = now + transport.limits.transport_rate_delay;
  if (now < transport.releaseAt) return false;
  transport.releaseAt = 0;
  return true;
}

function isReady<M>(destination: Destination<M>): boolean {
  return destination.todo.length > 0 && destination.busy < destination.window && destination.notBefore === 0;
}

function windowInitial(limits: TransportLimits): number {
  if (limits.destination_rate_delay > 0) return 1; // a pause between deliveries makes only sense one by one
  const limit = limits.destination_concurrency_limit;
  const initial = limits.initial_destination_concurrency;
  return limit > 0 ? Math.min(initial, limit) : initial;
}
