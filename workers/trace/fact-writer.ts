/**
 * fact-writer — the fields of trace facts as bytes, one fact after another, each beginning at a 32-bit word
 *
 * SEE ALSO  event.ts (factSchema says the encoding), batch.ts (which reads it)
 */
import { unreachable } from '../bytes/assert.ts';
import * as utf8 from '../bytes/utf8.ts';

import { factSchema, kindNames, type TraceFact, type TraceKind } from './event.ts';

const kindNumbers = new Map<string, number>(kindNames.map((name, number) => [name, number]));
Object.freeze(kindNumbers);
const segmentSent = kindNames.indexOf('tcp.segment-sent');
const segmentDelivered = kindNames.indexOf('tcp.segment-delivered');
const logLineWritten = kindNames.indexOf('log.line-written');
const stateChanged = kindNames.indexOf('tcp.state-changed');
const datagramSent = kindNames.indexOf('udp.datagram-sent');
const datagramDelivered = kindNames.indexOf('udp.datagram-delivered');
const lookupAnswered = kindNames.indexOf('lookup.answered');
const processStarted = kindNames.indexOf('process.started');
const processStopped = kindNames.indexOf('process.stopped');
const queueFileMoved = kindNames.indexOf('queue.file-moved');
const deliveryAttempted = kindNames.indexOf('delivery.attempted');
const retryScheduled = kindNames.indexOf('retry.scheduled');
const longestWord = 'unreachable'.length; // of the roles and states of TCP
const copyLoopMax = 48; // up to here a loop copies faster than a call

/** @returns the number of a kind in TraceChunk.kind */
export function kindNumber(kind: TraceKind): number {
  return kindNumbers.get(kind)!;
}

/** Grows by doubling; set `length` to 0 to begin anew. */
export class FactWriter {
  body = new Uint8Array(16384);
  /** the body as 32-bit words */
  words = new Int32Array(this.body.buffer);
  /** bytes written */
  length = 0;

  /**
   * Appends a fact, padded to a multiple of four bytes. The kinds that make up most of a trace are written
   * out; the rest goes by the schema.
   * @returns the number of its kind
   */
  write(fact: TraceFact): number {
    const kind = this.#fields(fact);
    this.#pad();
    return kind;
  }

  /** Appends a fact that another writer encoded. */
  copy(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.body.set(bytes, this.length);
    this.length += bytes.length;
  }

  #fields(fact: TraceFact): number {
    switch (fact.kind) {
      case 'tcp.segment-sent':
        this.#segment(fact);
        return segmentSent;
      case 'udp.datagram-sent':
        this.#reserve(24 + 3 * (fact.from.length + fact.to.length) + fact.payload.length);
        this.#string(fact.from);
        this.#u32(fact.fromPort);
        this.#string(fact.to);
        this.#u32(fact.toPort);
        this.#bytes(fact.payload);
        return datagramSent;
      case 'tcp.segment-delivered':
      case 'udp.datagram-delivered':
        this.#reserve(16);
        this.#u32(fact.sent | 0);
        this.#u32(Math.floor(fact.sent / 0x100000000));
        this.#u32(fact.fromPort);
        this.#u32(fact.toPort);
        return fact.kind === 'tcp.segment-delivered' ? segmentDelivered : datagramDelivered;
      case 'log.line-written':
        this.#reserve(16 + 3 * (fact.file.length + fact.ident.length + fact.text.length));
        this.#string(fact.file);
        this.#string(fact.ident);
        this.#u32(fact.pid);
        this.#string(fact.text);
        return logLineWritten;
      case 'tcp.state-changed':
        this.#reserve(24 + 3 * (fact.local.length + fact.remote.length + 2 * longestWord));
        this.#string(fact.local);
        this.#u32(fact.localPort);
        this.#string(fact.remote);
        this.#u32(fact.remotePort);
        this.#string(fact.role);
        this.#string(fact.state);
        return stateChanged;
      case 'lookup.answered':
        this.#reserve(24 + 3 * (fact.service.length + fact.table.length + fact.key.length));
        this.#string(fact.service);
        this.#string(fact.table);
        this.#string(fact.key);
        this.#reserve(8 + 3 * (fact.result.length + fact.value.length));
        this.#string(fact.result);
        this.#string(fact.value);
        return lookupAnswered;
      default:
        return this.#fieldsOfPrograms(fact);
    }
  }

  #fieldsOfPrograms(fact: TraceFact): number {
    switch (fact.kind) {
      case 'process.started':
        this.#reserve(8 + 3 * fact.name.length);
        this.#u32(fact.pid);
        this.#string(fact.name);
        return processStarted;
      case 'process.stopped':
        this.#reserve(16 + 3 * (fact.name.length + fact.how.length + fact.why.length));
        this.#u32(fact.pid);
        this.#string(fact.name);
        this.#string(fact.how);
        this.#string(fact.why);
        return processStopped;
      case 'queue.file-moved':
        this.#reserve(16 + 3 * (fact.queueId.length + fact.from.length + fact.to.length));
        this.#string(fact.queueId);
        this.#string(fact.from);
        this.#string(fact.to);
        return queueFileMoved;
      case 'delivery.attempted':
        this.#reserve(32 + 3 * (fact.queueId.length + fact.recipient.length + fact.transport.length));
        this.#string(fact.queueId);
        this.#string(fact.recipient);
        this.#string(fact.transport);
        this.#reserve(20 + 3 * (fact.relay.length + fact.dsn.length + fact.status.length + fact.text.length));
        this.#string(fact.relay);
        this.#string(fact.dsn);
        this.#string(fact.status);
        this.#string(fact.text);
        return deliveryAttempted;
      case 'retry.scheduled':
        this.#reserve(24 + 3 * (fact.queueId.length + fact.reason.length));
        this.#string(fact.queueId);
        this.#u32(fact.due | 0);
        this.#u32(Math.floor(fact.due / 0x100000000));
        this.#string(fact.reason);
        return retryScheduled;
      default:
        this.#bySchema(fact);
        return kindNumber(fact.kind);
    }
  }

  #segment(fact: Extract<TraceFact, { kind: 'tcp.segment-sent' }>): void {
    this.#reserve(40 + 3 * (fact.from.length + fact.to.length) + fact.payload.length);
    this.#string(fact.from);
    this.#u32(fact.fromPort);
    this.#string(fact.to);
    this.#u32(fact.toPort);
    this.#u32(fact.seq);
    this.#u32(fact.ack);
    this.#u32(fact.flags);
    this.#u32(fact.window);
    this.#bytes(fact.payload);
  }

  #bySchema(fact: TraceFact): void {
    const fields = fact as unknown as Record<string, unknown>;
    const schema = factSchema[fact.kind];
    for (let i = 0; i < schema.length; i++) {
      const [name, type] = schema[i]!;
      const value = fields[name];
      switch (type) {
        case 'u32':
          this.#reserve(4);
          this.#u32(value as number);
          break;
        case 'f64':
          this.#reserve(8);
          this.#u32((value as number) | 0);
          this.#u32(Math.floor((value as number) / 0x100000000));
          break;
        case 's':
          this.#reserve(4 + 3 * (value as string).length);
          this.#string(value as string);
          break;
        case 'b':
          this.#reserve(4 + (value as Uint8Array).length);
          this.#bytes(value as Uint8Array);
          break;
        default:
          unreachable(type);
      }
    }
  }

  // These write where #reserve has made room.

  #string(text: string): void {
    const body = this.body;
    const start = this.length + 4;
    const { length } = text;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) return this.#bytes(utf8.encode(text));
      body[start + i] = code;
    }
    this.#u32(length);
    this.length = start + length;
  }

  #bytes(bytes: Uint8Array): void {
    const { length } = bytes;
    this.#u32(length);
    const body = this.body;
    const at = this.length;
    if (length > copyLoopMax) body.set(bytes, at);
    else for (let i = 0; i < length; i++) body[at + i] = bytes[i]!;
    this.length = at + length;
  }

  #u32(value: number): void {
    const body = this.body;
    const at = this.length;
    body[at] = value;
    body[at + 1] = value >>> 8;
    body[at + 2] = value >>> 16;
    body[at + 3] = value >>> 24;
    this.length = at + 4;
  }

  /** Zeros to the next multiple of four: every event begins at a word, so that it can be hashed by words. */
  #pad(): void {
    if ((this.length & 3) === 0) return;
    this.#reserve(3);
    const body = this.body;
    while ((this.length & 3) !== 0) body[this.length++] = 0;
  }

  #reserve(count: number): void {
    if (this.length + count <= this.body.length) return;
    const grown = new Uint8Array(Math.max((this.length + count + 3) & ~3, this.body.length * 2));
    grown.set(this.body.subarray(0, this.length));
    this.body = grown;
    this.words = new Int32Array(grown.buffer);
  }
}
