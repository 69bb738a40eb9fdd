/**
 * link — one direction of a cable: latency, bandwidth, loss and faults; owned by the sending host
 *
 * A queue that serves packets one after another: a packet leaves when those before it have left, and arrives
 * `latencyUs` later. Both directions of a cable get a fault at the same instant.
 */
import { assert } from '../bytes/assert.ts';

import type { LinkFault } from '../input.ts';
import type { EventId } from '../trace/event.ts';

import type { HostRandom } from '../kernel/random.ts';

const microsecondsPerSecond = 1_000_000;

export class Link {
  latencyUs: number;
  readonly bitsPerSecond: number;
  lossPerMille: number;
  fault: LinkFault = '';
  /** the event that says why it is as it is; 0 = as the world began */
  changed: EventId = 0;
  #busyUntil = 0;

  constructor(options: { latencyUs: number; bitsPerSecond: number; lossPerMille: number }) {
    assert(options.latencyUs >= 100, `a link needs at least 100 us of latency, got ${options.latencyUs}`);
    this.latencyUs = options.latencyUs;
    this.bitsPerSecond = options.bitsPerSecond;
    this.lossPerMille = options.lossPerMille;
  }

  /** Takes a packet of `bytes` octets at `now`. @returns when it arrives, or why it is lost */
  transmit(now: number, bytes: number, random: HostRandom): number | string {
    if (this.fault === 'down') return 'link down';
    if (this.fault === 'blackhole') return 'blackhole';
    const start = Math.max(now, this.#busyUntil);
    this.#busyUntil = start + Math.ceil((bytes * 8 * microsecondsPerSecond) / this.bitsPerSecond);
    if (this.lossPerMille > 0 && random.below(1000) < this.lossPerMille) return 'lost on the link';
    return this.#busyUntil + this.latencyUs;
  }
}
