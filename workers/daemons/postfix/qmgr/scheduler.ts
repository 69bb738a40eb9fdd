/**
 * scheduler — which delivery is handed out next: transports, destinations, windows, dead destinations
 *
 * A destination is (transport, nexthop) and has a window: how many deliveries may run at once. When talking
 * to it fails too often it is dead for a while, and mail for it is deferred without another attempt. Which
 * of the waiting entries of a transport comes next is for job-list.ts to say. All in memory and without the
 * clock: the caller says what time it is.
 *
 * SEE ALSO  destination.ts, job-list.ts, qmgr(8), postconf(5) "default_destination_concurrency_*",
 *           SCHEDULER_README
 */
import { assert } from '../../../bytes/assert.ts';

import { NEVER, SECOND, type VirtualTime } from '../../../os/os.ts';

import {
  decideConnections,
  hasRoom,
  makeDestination,
  narrow,
  startAnew,
  widen,
  type Destination,
} from './destination.ts';
import type { Feedback } from './feedback.ts';
import { JobList, type Entry, type SlotLimits } from './job-list.ts';

export type { Entry } from './job-list.ts';

/** Parameters of a transport; names as in postconf(5) without the transport's own prefix. */
export interface TransportLimits extends SlotLimits {
  initial_destination_concurrency: number;
  /** 0 = no limit */
  destination_concurrency_limit: number;
  /** 0 = never dead */
  destination_concurrency_failed_cohort_limit: number;
  /** 1 makes each recipient a destination; 0 = no limit */
  destination_recipient_limit: number;
  /** microseconds between two deliveries; 0 = none */
  destination_rate_delay: number;
  /** microseconds before each delivery of the whole transport, one at a time; 0 = none */
  transport_rate_delay: number;
  positive_feedback: Feedback;
  negative_feedback: Feedback;
}

/** Why a destination cannot be talked to. */
export interface Trouble {
  dsn: string;
  reason: string;
}

export interface Transport<M> {
  readonly name: string;
  readonly limits: TransportLimits;
  readonly destinations: Map<string, Destination<M>>;
  readonly jobs: JobList<M>;
  /** destinations with mail waiting and room for it */
  readonly ready: Set<Destination<M>>;
  /** pausing after a delivery, soonest first (all pause equally long) */
  pausing: Destination<M>[];
  /** transport_rate_delay: when the delivery that waits may go; 0 = none waits, NEVER = one is under way */
  releaseAt: VirtualTime;
}

export class Scheduler<M> {
  readonly #limitsOf: (transport: string) => TransportLimits;
  readonly #hasAgent: (transport: string) => boolean;
  readonly #suspendUs: number;
  readonly #transports = new Map<string, Transport<M>>();
  /** the same in the order of their making: looked through at each turn */
  readonly #inTurn: Transport<M>[] = [];
  /** soonest back to life first (all are dead equally long) */
  #dead: Destination<M>[] = [];

  /**
   * @param options hasAgent: whether a delivery agent of the transport is free; suspendUs: how long a
   * destination is dead ($minimal_backoff_time)
   */
  constructor(options: {
    limitsOf: (transport: string) => TransportLimits;
    hasAgent: (transport: string) => boolean;
    suspendUs: number;
  }) {
    this.#limitsOf = options.limitsOf;
    this.#hasAgent = options.hasAgent;
    this.#suspendUs = options.suspendUs;
  }

  transport(name: string): Transport<M> {
    let transport = this.#transports.get(name);
    if (transport === undefined) {
      const limits = this.#limitsOf(name);
      const jobs = new JobList<M>(limits);
      const [destinations, ready] = [new Map<string, Destination<M>>(), new Set<Destination<M>>()];
      transport = { name, limits, destinations, jobs, ready, pausing: [], releaseAt: 0 };
      this.#transports.set(name, transport);
      this.#inTurn.push(transport);
    }
    return transport;
  }

  /** Finds or makes a destination. @param key see Destination.key */
  destination(transport: Transport<M>, key: string, nexthop: string): Destination<M> {
    let destination = transport.destinations.get(key);
    if (destination === undefined) {
      destination = makeDestination(transport, key, nexthop);
      transport.destinations.set(key, destination);
    }
    return destination;
  }

  /**
   * Entries of one message for one destination: they wait for their turn.
   * @param queuedAt when the message became active
   */
  add(entries: readonly Entry<M>[], queuedAt: VirtualTime): void {
    if (entries.length === 0) return;
    const { destination } = entries[0]!;
    destination.transport.jobs.add(entries, queuedAt);
    checkReady(destination);
  }

  /** The next entry that may be delivered now, or null. The caller reports its end to `finish`. */
  next(now: VirtualTime): Entry<M> | null {
    this.#wake(now);
    for (let i = 0; i < this.#inTurn.length; i++) {
      const transport = this.#inTurn[i]!;
      if (transport.ready.size === 0 || !this.#hasAgent(transport.name)) continue;
      const isPaced = transport.limits.transport_rate_delay > 0;
      if (isPaced && !isReleased(transport, now)) continue;
      const entry = transport.jobs.select(now);
      if (entry === null) continue;
      if (isPaced) transport.releaseAt = NEVER;
      entry.destination.busy++;
      decideConnections(entry.destination, now);
      checkReady(entry.destination);
      return entry;
    }
    return null;
  }

  /**
   * A delivery ended.
   * @param trouble the destination could not be talked to; null = it answered, whatever it said
   * @returns the entries that must be deferred at once because of the trouble: the destination is dead now
   */
  finish(entry: Entry<M>, trouble: Trouble | null, now: VirtualTime): readonly Entry<M>[] {
    const { destination } = entry;
    const { transport } = destination;
    assert(destination.busy > 0, `finish: nothing under way for ${destination.key}`);
    let suspended: readonly Entry<M>[] = noEntries;
    if (trouble === null) this.#answered(destination);
    else if (destination.dead === null && narrow(destination)) {
      destination.dead = trouble;
      destination.notBefore = now + this.#suspendUs;
      this.#dead.push(destination);
      suspended = transport.jobs.takeAll(destination);
    }
    destination.busy--;
    destination.lastDone = Math.floor(now / SECOND);
    if (transport.releaseAt === NEVER) transport.releaseAt = 0;
    const pause = transport.limits.destination_rate_delay;
    if (pause > 0) {
      // Also a dead destination only pauses.
      if (destination.dead !== null) this.#revive(destination);
      destination.notBefore = now + pause;
      transport.pausing.push(destination);
    } else transport.jobs.unblock(destination);
    this.#settle(destination);
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
    const dead = this.#dead;
    this.#dead = [];
    for (const destination of dead) this.#comeBack(destination);
  }

  #answered(destination: Destination<M>): void {
    destination.failCohorts = 0;
    if (destination.dead === null) widen(destination);
    else this.#revive(destination);
  }

  #revive(destination: Destination<M>): void {
    this.#dead = this.#dead.filter((other) => other !== destination);
    startAnew(destination);
  }

  #wake(now: VirtualTime): void {
    while (this.#dead.length > 0 && this.#dead[0]!.notBefore <= now) this.#comeBack(this.#dead.shift()!);
    for (let i = 0; i < this.#inTurn.length; i++) {
      const { pausing, jobs } = this.#inTurn[i]!;
      while (pausing.length > 0 && pausing[0]!.notBefore <= now) {
        const destination = pausing.shift()!;
        destination.notBefore = 0;
        jobs.unblock(destination);
        this.#settle(destination);
      }
    }
  }

  #comeBack(destination: Destination<M>): void {
    startAnew(destination);
    destination.transport.jobs.unblock(destination);
    this.#settle(destination);
  }

  // Nothing is remembered of a destination without mail, except that it is dead or pausing.
  #settle(destination: Destination<M>): void {
    checkReady(destination);
    if (destination.busy > 0 || destination.peers.size > 0 || destination.notBefore > 0) return;
    destination.transport.destinations.delete(destination.key);
  }
}

const noEntries: readonly never[] = Object.freeze([]);

function checkReady<M>(destination: Destination<M>): void {
  const { ready } = destination.transport;
  if (destination.peers.size > 0 && hasRoom(destination)) ready.add(destination);
  else ready.delete(destination);
}

// A delivery waits from when it could be handed out; the next one does not begin before it has ended.
function isReleased<M>(transport: Transport<M>, now: VirtualTime): boolean {
  if (transport.releaseAt === 0) transport.releaseAt = now + transport.limits.transport_rate_delay;
  if (now < transport.releaseAt) return false;
  transport.releaseAt = 0;
  return true;
}
