/**
 * destination — a destination's concurrency window: what success and failure make of it
 *
 * Success widens the window as long as it is in use, failure to talk to the host narrows it. Each failure
 * also counts as a part of a cohort, one divided by the window; with $transport_destination_concurrency_
 * failed_cohort_limit cohorts failed the destination is dead.
 *
 * SEE ALSO  scheduler.ts, qmgr_queue(3), SCHEDULER_README
 */
import { SECOND, type VirtualTime } from '../../../os/os.ts';

import { feedbackOf } from './feedback.ts';
import type { Peer } from './job-list.ts';
import type { Transport, TransportLimits, Trouble } from './scheduler.ts';

export interface Destination<M> {
  readonly transport: Transport<M>;
  /** identity within the transport: the nexthop, or nexthop and recipient */
  readonly key: string;
  readonly nexthop: string;
  /** what waits, by message, in the order of arrival */
  readonly peers: Set<Peer<M>>;
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
  /** no warning that it fills the active queue before */
  clogWarnAt: VirtualTime;
  /** the transport's, when a job waits for room here */
  blockerTag: number;
  /** agents may use kept connections, and keep theirs: a stream of mail for the destination */
  reuse: boolean;
  keep: boolean;
  /** when a delivery last ended; seconds of the clock */
  lastDone: number;
}

export function makeDestination<M>(transport: Transport<M>, key: string, nexthop: string): Destination<M> {
  return {
    transport,
    key,
    nexthop,
    peers: new Set(),
    busy: 0,
    window: initialWindow(transport.limits),
    failCohorts: 0,
    success: 0,
    failure: 0,
    dead: null,
    notBefore: 0,
    clogWarnAt: 0,
    blockerTag: 0,
    reuse: false,
    keep: false,
    lastDone: -Infinity,
  };
}

/** Whether one more delivery may begin. */
export function hasRoom<M>(destination: Destination<M>): boolean {
  return destination.busy < destination.window && destination.notBefore === 0;
}

/**
 * A delivery begins. Connections are kept once deliveries follow each other within a second or so, and until
 * they neither do nor run side by side; then those that are kept are used up.
 */
export function decideConnections<M>(destination: Destination<M>, now: VirtualTime): void {
  const isBackToBack = destination.lastDone + 1 >= Math.floor(now / SECOND);
  if (!destination.keep) destination.keep = isBackToBack;
  else if (destination.busy <= 1 && !isBackToBack) destination.keep = false;
  if (destination.keep) destination.reuse = true;
}

/** Positive feedback that has come to a whole adds it to the window. */
export function widen<M>(destination: Destination<M>): void {
  const { limits } = destination.transport;
  const { positive_feedback, destination_concurrency_limit: limit } = limits;
  if (limits.destination_rate_delay > 0 || (limit > 0 && destination.window >= limit)) return;
  if (destination.window >= destination.busy + initialWindow(limits)) return;
  const feedback = feedbackOf(positive_feedback, destination.window);
  destination.success += feedback;
  while (destination.success + feedback / 2 >= 1) {
    destination.window++;
    destination.success--;
    destination.failure = 0;
  }
  if (limit > 0 && destination.window > limit) destination.window = limit;
}

/** A failure to talk to the host. @returns whether it makes the destination dead */
export function narrow<M>(destination: Destination<M>): boolean {
  const { limits } = destination.transport;
  const limit = limits.destination_concurrency_failed_cohort_limit;
  destination.failCohorts += 1 / destination.window;
  if (limit > 0 && destination.failCohorts >= limit) return true;
  const feedback = feedbackOf(limits.negative_feedback, destination.window);
  destination.failure -= feedback;
  while (destination.failure - feedback / 2 < 0) {
    destination.window--;
    destination.success = 0;
    destination.failure++;
  }
  if (destination.window < 1) destination.window = 1;
  return false;
}

/** The destination is not dead any more: how much it can take is anyone's guess. */
export function startAnew<M>(destination: Destination<M>): void {
  destination.dead = null;
  destination.notBefore = 0;
  destination.failCohorts = 0;
  destination.success = destination.failure = 0;
  destination.window = destination.busy > 0 ? destination.busy : initialWindow(destination.transport.limits);
}

function initialWindow(limits: TransportLimits): number {
  if (limits.destination_rate_delay > 0) return 1; // a pause between deliveries makes only sense one by one
  const limit = limits.destination_concurrency_limit;
  const initial = limits.initial_destination_concurrency;
  return limit > 0 ? Math.min(initial, limit) : initial;
}
