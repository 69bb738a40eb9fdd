/**
 * job-list — which entry of a transport is handed out next: jobs in order of arrival, small ones overtaking
 * big ones
 *
 * A job is what one message has for one transport; its peers are the message's entries by destination, taken
 * in turn. A job without room at any of its destinations is a blocker: it is passed over until one of them
 * has room again.
 *
 * A job earns one slot for every $transport_delivery_slot_cost entries of it that were handed out. A later
 * job may go before it when these slots, with a discount and a loan, pay for its entries; it owes the rest,
 * so that it delays the big one by one part in slot_cost at most. Of the later jobs the one with the most
 * waiting time per entry is chosen. What overtakes may be overtaken in its turn: that makes stacks of jobs.
 *
 * SEE ALSO  scheduler.ts, qmgr_job(3), qmgr_peer(3), SCHEDULER_README, postconf(5) "default_delivery_slot_*"
 */
import { SECOND, type VirtualTime } from '../../../os/os.ts';

import { hasRoom, type Destination } from './destination.ts';

/** A batch of recipients of one message for one destination. */
export interface Entry<M> {
  readonly message: M;
  destination: Destination<M>;
  /** indexes into the message's recipients */
  readonly recipients: readonly number[];
}

/** The entries of one job for one destination. */
export interface Peer<M> {
  readonly job: Job<M>;
  readonly entries: readonly Entry<M>[];
  /** entries handed out */
  taken: number;
}

export interface Job<M> {
  readonly message: M;
  /** seconds */
  readonly queuedAt: number;
  readonly peers: Peer<M>[];
  /** the peer whose turn it is */
  turn: number;
  /** entries in all, and those handed out */
  entries: number;
  selected: number;
  /** what others may use to overtake, times the slot cost; below zero after a loan */
  slotsAvailable: number;
  /** handed out less than what was foreseen when this job overtook its parent */
  slotsUsed: number;
  /** how deep in a stack: 0 = overtakes nobody */
  level: number;
  parent: Job<M> | null;
  /** those that overtake this one */
  children: Job<M>[] | null;
  before: Job<M> | null;
  after: Job<M> | null;
  blockerTag: number;
}

export interface SlotLimits {
  /** below 2 nobody overtakes */
  delivery_slot_cost: number;
  /** per cent */
  delivery_slot_discount: number;
  delivery_slot_loan: number;
  minimum_delivery_slots: number;
}

export class JobList<M> {
  readonly #limits: SlotLimits;
  readonly #jobs = new Map<M, Job<M>>();
  #first: Job<M> | null = null;
  #last: Job<M> | null = null;
  /** jobs before it have nothing to hand out; null = nobody has */
  #current: Job<M> | null = null;
  #blockerTag = 1;
  /** who may overtake whom, as last found, in which second */
  #candidate: Job<M> | null = null;
  #candidateFor: Job<M> | null = null;
  #candidateAt = 0;

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /** Entries of one message for one destination. @param queuedAt when the message became active */
  add(entries: readonly Entry<M>[], queuedAt: VirtualTime): void {
    const { message, destination } = entries[0]!;
    const job = this.#jobs.get(message) ?? this.#makeJob(message, Math.floor(queuedAt / SECOND));
    this.#candidateFor = null;
    if (job.blockerTag === this.#blockerTag) {
      job.blockerTag = 0;
      this.#current = this.#first;
    }
    const peer: Peer<M> = { job, entries, taken: 0 };
    job.peers.push(peer);
    job.entries += entries.length;
    destination.peers.add(peer);
  }

  /** The next entry for which there is room. The caller knows that there is some. */
  select(now: VirtualTime): Entry<M> | null {
    if (this.#current === null) return null;
    let job: Job<M> | null = this.#preempt(this.#current, Math.floor(now / SECOND));
    while (job !== null) {
      const next: Job<M> | null = job.after;
      if (job.blockerTag !== this.#blockerTag) {
        const entry = takeFrom(job);
        if (entry !== null) {
          this.#count(job);
          return entry;
        }
        job.blockerTag = this.#blockerTag;
        for (const { entries } of job.peers) entries[0]!.destination.blockerTag = this.#blockerTag;
      }
      job = next;
    }
    this.#current = null;
    return null;
  }

  /** All that waits for a destination: it will not be handed out. */
  takeAll(destination: Destination<M>): Entry<M>[] {
    const all: Entry<M>[] = [];
    for (const peer of destination.peers) {
      const { job, entries, taken } = peer;
      for (let i = taken; i < entries.length; i++) all.push(entries[i]!);
      job.selected += entries.length - taken;
      dropPeer(job, job.peers.indexOf(peer));
      if (job.selected === job.entries) this.#retire(job);
    }
    destination.peers.clear();
    return all;
  }

  /** A destination may have room again: those it blocked are looked at anew. */
  unblock(destination: Destination<M>): void {
    if (destination.blockerTag !== this.#blockerTag) return;
    const room = hasRoom(destination);
    if (room || destination.dead !== null) destination.blockerTag = 0;
    if (!room || destination.peers.size === 0) return;
    this.#blockerTag += 2;
    this.#current = this.#first;
    this.#candidateFor = null;
  }

  #makeJob(message: M, queuedAt: number): Job<M> {
    const job: Job<M> = {
      message,
      queuedAt,
      peers: [],
      turn: 0,
      entries: 0,
      selected: 0,
      slotsAvailable: 0,
      slotsUsed: 0,
      level: 0,
      parent: null,
      children: null,
      before: null,
      after: null,
      blockerTag: 0,
    };
    this.#jobs.set(message, job);
    // In order of time, looked for from the end: nearly always it is the last.
    let current = this.#current;
    let before = this.#last;
    for (; before !== null; before = before.before) {
      if (before.parent === null && before.queuedAt <= queuedAt) break;
      if (before === current) current = null;
    }
    this.#insert(job, before);
    if (current === null) this.#current = job;
    return job;
  }

  #insert(job: Job<M>, before: Job<M> | null): void {
    const after = before === null ? this.#first : before.after;
    job.before = before;
    job.after = after;
    if (before === null) this.#first = job;
    else before.after = job;
    if (after === null) this.#last = job;
    else after.before = job;
  }

  #unlink(job: Job<M>): void {
    const { before, after } = job;
    if (before === null) this.#first = after;
    else before.after = after;
    if (after === null) this.#last = before;
    else after.before = before;
  }

  // An entry of the job was handed out.
  #count(job: Job<M>): void {
    job.slotsAvailable++;
    job.slotsUsed++;
    if (job !== this.#candidateFor) this.#candidateFor = null;
    this.#current = job;
    if (job.selected === job.entries) this.#retire(job);
  }

  #retire(job: Job<M>): void {
    if (job.level > 0) this.#pop(job);
    adopt(job, null);
    if (this.#current === job) this.#current = job.after;
    if (job === this.#candidate || job === this.#candidateFor) this.#candidateFor = null;
    this.#unlink(job);
    this.#jobs.delete(job.message);
  }

  // Who may overtake goes before the one whose turn it is.
  #preempt(current: Job<M>, now: number): Job<M> {
    const { delivery_slot_cost: cost, delivery_slot_loan, minimum_delivery_slots } = this.#limits;
    if (cost < 2 || current.slotsAvailable <= 0 || current.entries < minimum_delivery_slots * cost)
      return current;
    const job = this.#bestCandidate(current, now);
    if (job === null) return current;
    const needed = job.entries - job.selected;
    const earned = Math.floor(current.slotsAvailable / cost) + delivery_slot_loan;
    if (earned < (needed * (100 - this.#limits.delivery_slot_discount)) / 100) return current;
    if (job.level > 0) this.#pop(job);
    this.#unlink(job);
    this.#insert(job, current.before);
    job.parent = current;
    (current.children ??= []).push(job);
    job.level = current.level + 1;
    this.#current = job;
    this.#candidateFor = null;
    current.slotsAvailable -= needed * cost; // put right when the job is popped
    job.slotsUsed = -needed;
    return job;
  }

  // The most waiting time per entry, of what the current job can earn the slots for.
  #bestCandidate(current: Job<M>, now: number): Job<M> | null {
    if (this.#candidateFor === current && (this.#candidateAt === now || this.#candidate === null))
      return this.#candidate;
    const left = current.entries - current.selected + current.slotsAvailable;
    const slotsMax = Math.floor(left / this.#limits.delivery_slot_cost);
    let best: Job<M> | null = null;
    let bestScore = 0;
    for (let job = slotsMax > 0 ? current.after : null; job !== null; job = job.after) {
      if ((job.children !== null && job.children.length > 0) || job.blockerTag === this.#blockerTag) continue;
      const waited = now - job.queuedAt + 1;
      const needed = job.entries - job.selected;
      if (needed > 0 && needed <= slotsMax && waited / job.entries > bestScore) {
        bestScore = waited / job.entries;
        best = job;
      }
      if (waited <= bestScore && job.level === 0) break; // later ones can only score less
    }
    this.#candidate = best;
    this.#candidateFor = current;
    this.#candidateAt = now;
    return best;
  }

  // Off the stack; the parent gets back what was foreseen and not used.
  #pop(job: Job<M>): void {
    const { parent } = job;
    if (parent !== null) {
      if (job.level === parent.level + 1)
        parent.slotsAvailable -= job.slotsUsed * this.#limits.delivery_slot_cost;
      parent.children!.splice(parent.children!.indexOf(job), 1);
      job.parent = null;
    }
    adopt(job, parent);
    job.level = 0;
    this.#candidateFor = null;
  }
}

/** An entry of the next peer in turn that has room; null = there is none. */
function takeFrom<M>(job: Job<M>): Entry<M> | null {
  const { peers } = job;
  const { length } = peers;
  for (let i = 0; i < length; i++) {
    const at = (job.turn + i) % length;
    const peer = peers[at]!;
    const entry = peer.entries[peer.taken]!;
    if (!hasRoom(entry.destination)) continue;
    peer.taken++;
    job.selected++;
    job.turn = at + 1;
    if (peer.taken === peer.entries.length) {
      entry.destination.peers.delete(peer);
      dropPeer(job, at);
    }
    return entry;
  }
  return null;
}

function dropPeer<M>(job: Job<M>, at: number): void {
  job.peers.splice(at, 1);
  if (job.turn > at) job.turn--;
}

/** The children of a job get another parent. */
function adopt<M>(job: Job<M>, parent: Job<M> | null): void {
  if (job.children === null) return;
  for (const child of job.children) {
    child.parent = parent;
    if (parent !== null) (parent.children ??= []).push(child);
  }
  job.children = null;
}
