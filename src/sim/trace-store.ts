/**
 * trace-store — all events of a run on the page: columnar chunks, objects made on demand, bounded memory
 *
 * Events have positions 0, 1, 2… in the order of the trace. Past the bound the oldest packet payloads go first, then the
 * oldest bodies of every kind, then the oldest chunks; positions stay, and a view over what is gone gets null and says
 * "replay to see".
 */
import type { EventId, TraceChunk, TraceEvent, TraceKind, VirtualTime } from '../../workers/api.ts';
import { ChunkWriter, eventAt, isLivelyAt, kindAt, kindNumber } from '../../workers/trace/batch.ts';
import { hostOfEvent } from '../../workers/trace/event.ts';

export const traceBytesMax = 256 * 1024 * 1024;

interface Held {
  chunk: TraceChunk;
  /** position of its first event */
  first: number;
  state: 'whole' | 'without-payloads' | 'gone';
}

const hostFactor = 0x100000000;
const payloadKinds = new Set([kindNumber('tcp.segment-sent'), kindNumber('udp.datagram-sent')]);

/** The events of a run in order of time; the oldest are dropped when memory runs short. */
export class TraceStore {
  #held: Held[] = [];
  #length = 0;
  #bytes = 0;
  /** how many of the oldest chunks lost their payloads, their bodies */
  #thinned = 0;
  #gone = 0;
  /** per host: position by sequence number */
  #positions: Uint32Array[] = [];
  readonly #bytesMax: number;

  constructor(bytesMax = traceBytesMax) {
    this.#bytesMax = bytesMax;
  }

  get length(): number {
    return this.#length;
  }
  get bytes(): number {
    return this.#bytes;
  }

  append(chunk: TraceChunk): void {
    const first = this.#length;
    this.#held.push({ chunk, first, state: 'whole' });
    for (let i = 0; i < chunk.count; i++) this.#index(chunk.host[i]!, chunk.n[i]!, first + i);
    this.#length += chunk.count;
    this.#bytes += sizeOf(chunk);
    this.#shrink();
  }

  /** @returns null when the position does not exist or its body is gone */
  event(position: number): TraceEvent | null {
    const held = this.#at(position);
    return held === null || held.state === 'gone' ? null : eventAt(held.chunk, position - held.first);
  }

  /** The kind alone; cheaper than the event, and there also when the body is gone. */
  kind(position: number): TraceKind | null {
    const held = this.#at(position);
    return held === null ? null : kindAt(held.chunk, position - held.first);
  }

  time(position: number): VirtualTime {
    const held = this.#at(position);
    return held === null ? 0 : held.chunk.at[position - held.first]!;
  }

  /** @returns null when there is no such event or its body is gone */
  byId(id: EventId): TraceEvent | null {
    const position = this.positionOf(id);
    return position < 0 ? null : this.event(position);
  }

  /** @returns -1 when there is no such event */
  positionOf(id: EventId): number {
    const known = this.#positions[hostOfEvent(id)]?.[id % hostFactor];
    return known === undefined || known === 0 ? -1 : known - 1;
  }

  /** How many events are at or before `at`. */
  countUntil(at: VirtualTime): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.time(middle) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether slow motion should stop at it. */
  isLively(position: number): boolean {
    const held = this.#at(position);
    return held !== null && isLivelyAt(held.chunk, position - held.first);
  }

  /** The first lively event from a position on (or back) that is wanted. @returns -1 when there is none */
  find(from: number, direction: 1 | -1, wanted: (event: TraceEvent) => boolean): number {
    for (let i = from; i >= 0 && i < this.#length; i += direction) {
      if (!this.isLively(i)) continue;
      const event = this.event(i);
      if (event !== null && wanted(event)) return i;
    }
    return -1;
  }

  /** Whether the payload of a packet event was dropped to save memory. */
  isThin(position: number): boolean {
    const held = this.#at(position);
    return held !== null && held.state !== 'whole';
  }

  #at(position: number): Held | null {
    if (position < (this.#held[0]?.first ?? 0) || position >= this.#length) return null;
    let low = 0;
    let high = this.#held.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#held[middle]!.first <= position) low = middle;
      else high = middle - 1;
    }
    return this.#held[low]!;
  }

  #index(host: number, n: number, position: number): void {
    let positions = this.#positions[host];
    if (positions === undefined || n >= positions.length) {
      const grown = new Uint32Array(Math.max(1024, n + 1, (positions?.length ?? 0) * 2));
      if (positions !== undefined) grown.set(positions);
      this.#positions[host] = positions = grown;
    }
    positions[n] = position + 1;
  }

  // The newest quarter stays whole as long as there is anything older to give up.
  #shrink(): void {
    const old = Math.floor(this.#held.length * 0.75);
    while (this.#bytes > this.#bytesMax && this.#thinned < old) {
      const held = this.#held[this.#thinned++]!;
      this.#replace(held, withoutPayloads(held.chunk), 'without-payloads');
    }
    while (this.#bytes > this.#bytesMax && this.#gone < old) {
      const held = this.#held[this.#gone++]!;
      this.#replace(held, { ...held.chunk, body: new Uint8Array(0) }, 'gone');
    }
    let drop = 0;
    for (; this.#bytes > this.#bytesMax && drop < old; drop++) this.#bytes -= sizeOf(this.#held[drop]!.chunk);
    if (drop === 0) return;
    this.#held.splice(0, drop);
    this.#thinned = Math.max(0, this.#thinned - drop);
    this.#gone = Math.max(0, this.#gone - drop);
  }

  #replace(held: Held, chunk: TraceChunk, state: Held['state']): void {
    this.#bytes += sizeOf(chunk) - sizeOf(held.chunk);
    held.chunk = chunk;
    held.state = state;
  }
}

function sizeOf(chunk: TraceChunk): number {
  return chunk.body.byteLength + chunk.count * 31;
}

function withoutPayloads(chunk: TraceChunk): TraceChunk {
  const writer = new ChunkWriter();
  for (let i = 0; i < chunk.count; i++) {
    if (!payloadKinds.has(chunk.kind[i]!)) {
      writer.copy(chunk, i);
      continue;
    }
    const event = eventAt(chunk, i);
    const fact = { ...event, payload: new Uint8Array(0) };
    writer.append(fact, event.at, event.hostIndex, event.n, event.proc, event.cause);
  }
  return writer.take();
}
