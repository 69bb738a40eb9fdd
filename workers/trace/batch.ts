/**
 * batch — trace events as columnar chunks in transferable buffers
 *
 * A chunk holds fixed columns (when, where, which, who, why) and one body of encoded fields (event.ts:
 * factSchema). Event objects are made on demand by eventAt, for what is looked at.
 *
 * SEE ALSO  event.ts, ../kernel/tracer.ts
 */
import { unreachable } from '../bytes/assert.ts';
import * as utf8 from '../bytes/utf8.ts';

import { eventId, factSchema, kindNames, type TraceEvent, type TraceFact, type TraceKind } from './event.ts';
import { FactWriter } from './fact-writer.ts';

export { kindNumber } from './fact-writer.ts';

/** Columns of equal length `count`; fields of event i are body[offset[i], offset[i+1]). */
export interface TraceChunk {
  count: number;
  at: Float64Array;
  host: Uint16Array;
  n: Uint32Array;
  kind: Uint8Array;
  proc: Uint32Array;
  cause: Float64Array;
  /** count + 1 entries */
  offset: Uint32Array;
  body: Uint8Array;
}

/** The kind of event `index` without decoding its fields. */
export function kindAt(chunk: TraceChunk, index: number): TraceKind {
  return kindNames[chunk.kind[index]!]!;
}

/**
 * Whether event `index` is worth a look in slow motion: more than a pure acknowledgement or process
 * bookkeeping.
 */
export function isLivelyAt(chunk: TraceChunk, index: number): boolean {
  const kind = kindAt(chunk, index);
  if (kind === 'tcp.segment-sent') return payloadBytesAt(chunk, index) > 0;
  return kind !== 'tcp.segment-delivered' && !kind.startsWith('process.');
}

// A segment's fields: from, fromPort, to, five more numbers, payload.
function payloadBytesAt({ body, offset }: TraceChunk, index: number): number {
  const to = offset[index]! + 4 + readU32(body, offset[index]!) + 4;
  return readU32(body, to + 4 + readU32(body, to) + 5 * 4);
}

/** Decodes event `index` of the chunk. Payloads are views into the chunk's body. */
export function eventAt(chunk: TraceChunk, index: number): TraceEvent {
  const kind = kindAt(chunk, index);
  const event: Record<string, unknown> = { kind };
  let at = chunk.offset[index]!;
  for (const [name, type] of factSchema[kind]) {
    switch (type) {
      case 'u32':
        event[name] = readU32(chunk.body, at);
        at += 4;
        break;
      case 'f64':
        event[name] = readU32(chunk.body, at) + readU32(chunk.body, at + 4) * 0x100000000;
        at += 8;
        break;
      case 's':
      case 'b': {
        const length = readU32(chunk.body, at);
        const bytes = chunk.body.subarray(at + 4, at + 4 + length);
        event[name] = type === 's' ? utf8.decode(bytes) : bytes;
        at += 4 + length;
        break;
      }
      default:
        unreachable(type);
    }
  }
  const hostIndex = chunk.host[index]!;
  const n = chunk.n[index]!;
  event['id'] = eventId(hostIndex, n);
  event['at'] = chunk.at[index]!;
  event['hostIndex'] = hostIndex;
  event['n'] = n;
  event['proc'] = chunk.proc[index]!;
  event['cause'] = chunk.cause[index]!;
  return event as unknown as TraceEvent;
}

/** Collects events into a chunk. Bodies grow by doubling; `take` hands the columns over and starts anew. */
export class ChunkWriter {
  #capacity = 256;
  #count = 0;
  #columns = allocate(256);
  readonly #facts = new FactWriter();

  get count(): number {
    return this.#count;
  }
  get bodyBytes(): number {
    return this.#facts.length;
  }
  /** The kind of the event appended last. */
  get lastKind(): number {
    return this.#columns.kind[this.#count - 1]!;
  }

  /**
   * Encodes one event. It then lies in the body from the returned offset, a multiple of four, to `bodyBytes`,
   * for hashing.
   */
  append(fact: TraceFact, at: number, host: number, n: number, proc: number, cause: number): number {
    if (this.#count === this.#capacity) this.#grow();
    const i = this.#count++;
    const c = this.#columns;
    c.at[i] = at;
    c.host[i] = host;
    c.n[i] = n;
    c.proc[i] = proc;
    c.cause[i] = cause;
    const start = this.#facts.length;
    c.offset[i] = start;
    c.kind[i] = this.#facts.write(fact);
    c.offset[i + 1] = this.#facts.length;
    return start;
  }

  /** The body so far, as 32-bit words (every event begins at one); valid until the next append. */
  get words(): Int32Array {
    return this.#facts.words;
  }

  /** Appends event `index` of another chunk, unchanged. */
  copy(chunk: TraceChunk, index: number): void {
    if (this.#count === this.#capacity) this.#grow();
    const i = this.#count++;
    const c = this.#columns;
    c.at[i] = chunk.at[index]!;
    c.host[i] = chunk.host[index]!;
    c.n[i] = chunk.n[index]!;
    c.kind[i] = chunk.kind[index]!;
    c.proc[i] = chunk.proc[index]!;
    c.cause[i] = chunk.cause[index]!;
    c.offset[i] = this.#facts.length;
    this.#facts.copy(chunk.body.subarray(chunk.offset[index]!, chunk.offset[index + 1]!));
    c.offset[i + 1] = this.#facts.length;
  }

  /** Hands over what was collected (exact sizes, own buffers) and empties the writer. */
  take(): TraceChunk {
    const count = this.#count;
    const c = this.#columns;
    const chunk: TraceChunk = {
      count,
      at: c.at.slice(0, count),
      host: c.host.slice(0, count),
      n: c.n.slice(0, count),
      kind: c.kind.slice(0, count),
      proc: c.proc.slice(0, count),
      cause: c.cause.slice(0, count),
      offset: c.offset.slice(0, count + 1),
      body: this.#facts.body.slice(0, this.#facts.length),
    };
    this.clear();
    return chunk;
  }

  /** Forgets what was collected. */
  clear(): void {
    this.#count = 0;
    this.#facts.length = 0;
  }

  #grow(): void {
    const grown = allocate(this.#capacity * 2);
    const old = this.#columns;
    grown.at.set(old.at);
    grown.host.set(old.host);
    grown.n.set(old.n);
    grown.kind.set(old.kind);
    grown.proc.set(old.proc);
    grown.cause.set(old.cause);
    grown.offset.set(old.offset);
    this.#columns = grown;
    this.#capacity *= 2;
  }
}

/** The buffers of a chunk, for postMessage's transfer list. */
export function chunkBuffers(chunk: TraceChunk): ArrayBuffer[] {
  const { at, host, n, kind, proc, cause, offset, body } = chunk;
  return [at, host, n, kind, proc, cause, offset, body].map((column) => column.buffer as ArrayBuffer);
}

/**
 * Merges chunks, each in order, into one in order of (time, host, n), keeping only events before `before`.
 * @returns the merged chunk and, per input chunk, what remains of it (null = nothing)
 */
export function mergeChunks(
  chunks: TraceChunk[],
  before: number,
): { merged: TraceChunk; rest: (TraceChunk | null)[] } {
  const writer = new ChunkWriter();
  const picks: { chunk: TraceChunk; index: number }[] = [];
  const rest = chunks.map((chunk) => {
    let later: ChunkWriter | null = null;
    for (let i = 0; i < chunk.count; i++) {
      if (chunk.at[i]! < before) picks.push({ chunk, index: i });
      else (later ??= new ChunkWriter()).copy(chunk, i);
    }
    return later === null ? null : later.take();
  });
  picks.sort(
    (a, b) =>
      a.chunk.at[a.index]! - b.chunk.at[b.index]! ||
      a.chunk.host[a.index]! - b.chunk.host[b.index]! ||
      a.chunk.n[a.index]! - b.chunk.n[b.index]!,
  );
  for (const pick of picks) writer.copy(pick.chunk, pick.index);
  return { merged: writer.take(), rest };
}

function allocate(capacity: number): Omit<TraceChunk, 'count' | 'body'> {
  return {
    at: new Float64Array(capacity),
    host: new Uint16Array(capacity),
    n: new Uint32Array(capacity),
    kind: new Uint8Array(capacity),
    proc: new Uint32Array(capacity),
    cause: new Float64Array(capacity),
    offset: new Uint32Array(capacity + 1),
  };
}

function readU32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}
