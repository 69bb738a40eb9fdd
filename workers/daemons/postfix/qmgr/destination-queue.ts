/**
 * destination-queue — what waits for one destination: jobs in order of arrival, small ones overtaking big
 * ones
 *
 * A job is what one message has for the destination. A big job earns one slot for every `slotCost` entries of
 * it that were handed out; a later job may go before it when the earned slots, with a discount of half and a
 * loan of three, pay for its entries. The debt is kept, so a big job is delayed by a fifth at most.
 *
 * SEE ALSO  postconf(5) "default_delivery_slot_cost", "_discount", "_loan", "default_minimum_delivery_slots"
 */

interface Job<E> {
  entries: readonly E[];
  /** entries handed out */
  taken: number;
  /** entries of others that went before */
  paid: number;
}

export class DestinationQueue<E> {
  /** jobs from `#head` on; what is before was handed out */
  #jobs: Job<E>[] = [];
  #head = 0;
  #length = 0;
  /** jobs that went before the first one, in that order */
  #preempting: Job<E>[] = [];

  /** Entries waiting. */
  get length(): number {
    return this.#length;
  }

  addJob(entries: readonly E[]): void {
    this.#jobs.push({ entries, taken: 0, paid: 0 });
    this.#length += entries.length;
  }

  take(): E | null {
    if (this.#length === 0) return null;
    this.#length--;
    const job = this.#currentJob();
    const entry = job.entries[job.taken++]!;
    if (job.taken === job.entries.length) this.#drop(job);
    return entry;
  }

  /** Empties the queue; entries in order of arrival. */
  takeAll(): E[] {
    const entries: E[] = [];
    for (const job of [...this.#preempting, ...this.#jobs.slice(this.#head)])
      entries.push(...job.entries.slice(job.taken));
    this.#jobs = [];
    this.#preempting = [];
    this.#head = 0;
    this.#length = 0;
    return entries;
  }

  #currentJob(): Job<E> {
    if (this.#preempting.length > 0) return this.#preempting[this.#preempting.length - 1]!;
    const first = this.#jobs[this.#head]!;
    if (first.entries.length < minimumSlots || this.#jobs.length - this.#head < 2) return first;
    const candidate = this.#affordable(first);
    if (candidate === -1) return first;
    const job = this.#jobs.splice(candidate, 1)[0]!;
    first.paid += job.entries.length;
    this.#preempting.push(job);
    return job;
  }

  // SIMPLIFIED: of the next few jobs the smallest is taken, the oldest of equals; the real one weighs time
  // waiting too.
  #affordable(first: Job<E>): number {
    const slots = Math.floor(first.taken / slotCost) - first.paid;
    let best = -1;
    const end = Math.min(this.#jobs.length, this.#head + 1 + candidatesMax);
    for (let i = this.#head + 1; i < end; i++) {
      const needed = this.#jobs[i]!.entries.length;
      if (slots < Math.ceil(needed / 2) - slotLoan) continue;
      if (needed >= first.entries.length - first.taken) continue;
      if (best === -1 || needed < this.#jobs[best]!.entries.length) best = i;
    }
    return best;
  }

  #drop(job: Job<E>): void {
    if (this.#preempting.length > 0 && this.#preempting[this.#preempting.length - 1] === job) {
      this.#preempting.pop();
      return;
    }
    this.#head++;
    if (this.#head < 1024 || this.#head * 2 < this.#jobs.length) return;
    this.#jobs = this.#jobs.slice(this.#head); // paid for by the entries handed out since the last time
    this.#head = 0;
  }
}

const slotCost = 5; // default_delivery_slot_cost
const slotLoan = 3; // default_delivery_slot_loan
const minimumSlots = 3 * slotCost; // default_minimum_delivery_slots, in entries of the big job
const candidatesMax = 50;
