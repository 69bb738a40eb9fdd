/**
 * tracer — emits facts: numbers them, hashes them per host, and collects them in chunks
 *
 * The hash is taken at emission over every event's encoding, payload included, also when the events are not
 * kept (headless runs, re-execution). Per host two 32-bit lanes; the run's hash covers the hosts in world
 * order.
 */
import { ChunkWriter, type TraceChunk } from '../trace/batch.ts';
import { eventId, type EventId, type TraceFact, type VirtualTime } from '../trace/event.ts';

/** The two lanes of a host's hash; unsigned. */
export type HostHash = readonly [number, number];

export class Tracer {
  readonly #writer = new ChunkWriter();
  readonly #n: Uint32Array;
  readonly #low: Int32Array;
  readonly #high: Int32Array;
  /** Events so far, of all hosts of this partition. */
  eventCount = 0;
  /** Whether events are kept for `take`; when false only their hash is. */
  keep: boolean;

  constructor(options: { hostCount: number; keep: boolean }) {
    this.#n = new Uint32Array(options.hostCount);
    this.#low = new Int32Array(options.hostCount).fill(0x2545f491);
    this.#high = new Int32Array(options.hostCount).fill(0x6c8e9cf5);
    this.keep = options.keep;
  }

  /** @param host the host's world index; proc its running process, 0 = the kernel */
  emit(fact: TraceFact, at: VirtualTime, host: number, proc: number, cause: EventId): EventId {
    const n = this.#n[host]! + 1;
    this.#n[host] = n;
    this.eventCount++;
    const writer = this.#writer;
    const start = writer.append(fact, at, host, n, proc, cause);
    this.#hash(host, at, cause, proc, start);
    if (!this.keep && this.#writer.bodyBytes > 262144) this.#writer.clear();
    return eventId(host, n);
  }

  /** Hands over the events since the last call; null when there are none or they are not kept. */
  take(): TraceChunk | null {
    if (this.#writer.count === 0) return null;
    if (this.keep) return this.#writer.take();
    this.#writer.clear();
    return null;
  }

  hashOf(host: number): HostHash {
    return [this.#low[host]! >>> 0, this.#high[host]! >>> 0];
  }

  #hash(host: number, at: number, cause: number, proc: number, start: number): void {
    const { words, bodyBytes, lastKind: kind } = this.#writer;
    let low = this.#low[host]!;
    let high = this.#high[host]!;
    low = fold(low, at | 0);
    high = fold(high, Math.floor(at / 0x100000000) ^ (kind << 24));
    low = fold(low, cause | 0);
    high = fold(high, Math.floor(cause / 0x100000000) ^ (bodyBytes - start));
    low = fold(low, proc);
    let i = start >> 2;
    const end = bodyBytes >> 2;
    for (; i + 2 <= end; i += 2) {
      low = fold(low, words[i]!);
      high = fold(high, words[i + 1]!);
    }
    if (i < end) low = fold(low, words[i]!);
    this.#low[host] = low ^ (high >>> 15);
    this.#high[host] = mix(high, low);
  }
}

/** The run's hash, 16 hex digits, over the hosts in world order. */
export function runHash(hosts: readonly HostHash[]): string {
  let low = 0x01234567;
  let high = 0x76543210;
  for (const [a, b] of hosts) {
    low = mix(low, a);
    high = mix(high, b ^ low);
  }
  return hex8(low) + hex8(high);
}

// One word into a lane. Multiplying by an odd number and turning lose nothing: two runs that differ in one
// word differ from there on. `mix` then spreads the lanes over each other once an event.
function fold(state: number, word: number): number {
  return Math.imul(((state << 5) | (state >>> 27)) ^ word, 0x27220a95);
}

// One round of Murmur3's mixing (Austin Appleby, public domain): every bit of the word reaches the state.
function mix(state: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51 | 0);
  k = (k << 15) | (k >>> 17);
  const mixed = state ^ Math.imul(k, 0x1b873593);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + (0xe6546b64 | 0)) | 0;
}

function hex8(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
