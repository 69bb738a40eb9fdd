/** packets — the packets that crossed cables, as columns of numbers: millions of them must fit in memory */
import type { VirtualTime } from '../../../workers/api.ts';

import type { Protocol } from '../../decode/names.ts';

export interface Packet {
  /** position in the columns, the same for ever */
  number: number;
  fromHost: number;
  toHost: number;
  from: VirtualTime;
  /** when it arrived or was lost; before that is known, when it should */
  until: VirtualTime;
  protocol: Protocol;
  lost: boolean;
  carriesBytes: boolean;
}

const protocols: readonly Protocol[] = ['smtp', 'lmtp', 'imap', 'ldap', 'dns', 'tcp'];
const isLost = 8;
const hasBytes = 16;

/** Packets as columns of numbers, in order of time. */
export class Packets {
  #length = 0;
  #from = new Float64Array(1024);
  #until = new Float64Array(1024);
  #hosts = new Uint16Array(2048);
  #what = new Uint8Array(1024);
  #longestUs = 0;

  get length(): number {
    return this.#length;
  }

  /** In order of `from`. @returns its number */
  add(packet: Omit<Packet, 'number' | 'lost'>): number {
    const number = this.#length++;
    if (number >= this.#from.length) this.#grow();
    this.#from[number] = packet.from;
    this.#until[number] = packet.until;
    this.#hosts[2 * number] = packet.fromHost;
    this.#hosts[2 * number + 1] = packet.toHost;
    this.#what[number] = protocols.indexOf(packet.protocol) | (packet.carriesBytes ? hasBytes : 0);
    this.#longestUs = Math.max(this.#longestUs, packet.until - packet.from);
    return number;
  }

  ends(number: number, at: VirtualTime, lost: boolean): void {
    this.#until[number] = at;
    if (lost) this.#what[number]! |= isLost;
    this.#longestUs = Math.max(this.#longestUs, at - this.#from[number]!);
  }

  packet(number: number): Packet {
    const what = this.#what[number]!;
    return {
      number,
      fromHost: this.#hosts[2 * number]!,
      toHost: this.#hosts[2 * number + 1]!,
      from: this.#from[number]!,
      until: this.#until[number]!,
      protocol: protocols[what & 7]!,
      lost: (what & isLost) !== 0,
      carriesBytes: (what & hasBytes) !== 0,
    };
  }

  /** Packets that were on a cable at some time in after … at, the newest `max` of them, in order. */
  during(after: VirtualTime, at: VirtualTime, max: number): Packet[] {
    const found: Packet[] = [];
    const earliest = after - this.#longestUs;
    for (let i = this.countUntil(at) - 1; i >= 0 && this.#from[i]! >= earliest && found.length < max; i--)
      if (this.#until[i]! > after) found.push(this.packet(i));
    return found.reverse();
  }

  /** How many left at or before `at`. */
  countUntil(at: VirtualTime): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#from[middle]! <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #grow(): void {
    const grown = <T extends Float64Array | Uint16Array | Uint8Array>(old: T, next: T): T => {
      next.set(old);
      return next;
    };
    this.#from = grown(this.#from, new Float64Array(this.#from.length * 2));
    this.#until = grown(this.#until, new Float64Array(this.#until.length * 2));
    this.#hosts = grown(this.#hosts, new Uint16Array(this.#hosts.length * 2));
    this.#what = grown(this.#what, new Uint8Array(this.#what.length * 2));
  }
}
