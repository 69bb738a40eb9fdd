/**
 * fold — the Postfix queues of every host over time: what lies where, when it is tried next, and why it waits
 */
import type { EventId, QueueName, TraceEvent, TraceKind, VirtualTime } from '../../../workers/api.ts';

import type { Fold, FoldContext } from '../../sim/fold.ts';

import { Spans, type Span } from '../mails/spans.ts';

/** One queue file, from its creation to its end. */
export interface QueueFile {
  hostIndex: number;
  queueId: string;
  messageId: string;
  sender: string;
  recipients: string[];
  bytes: number;
  createdAt: VirtualTime;
  tries: {
    at: VirtualTime;
    recipient: string;
    relay: string;
    dsn: string;
    status: string;
    text: string;
    event: EventId;
  }[];
}

/** A queue file in one of the queues. */
export interface Lying extends Span {
  file: QueueFile;
  queue: QueueName;
  event: EventId;
}

export type Counts = Record<QueueName, number>;

export interface Scan {
  at: VirtualTime;
  due: VirtualTime;
  event: EventId;
}

type Of<K extends TraceKind> = Extract<TraceEvent, { kind: K }>;

/** The queues of all hosts; every answer is as of a given instant. */
export class QueuesFold implements Fold {
  readonly kinds: ReadonlySet<TraceKind> = new Set<TraceKind>([
    'queue.file-moved',
    'queue.message-entered',
    'delivery.attempted',
    'scan.scheduled',
  ]);

  readonly #files = new Map<string, QueueFile>();
  /** removed files; their ids may be used again */
  readonly #gone = new Set<string>();
  readonly #lying: Spans<Lying>[];
  readonly #now = new Map<QueueFile, Lying>();
  readonly #counts: { at: VirtualTime; counts: Counts; delivered: number }[][];
  readonly #scans: Scan[][];

  constructor({ world }: FoldContext) {
    this.#lying = world.hosts.map(() => new Spans<Lying>());
    this.#counts = world.hosts.map(() => []);
    this.#scans = world.hosts.map(() => []);
  }

  add(event: TraceEvent): void {
    switch (event.kind) {
      case 'queue.file-moved':
        return this.#moved(event);
      case 'queue.message-entered':
        return this.#entered(event);
      case 'delivery.attempted':
        return this.#attempted(event);
      case 'scan.scheduled':
        return void this.#scans[event.hostIndex]!.push({ at: event.at, due: event.due, event: event.id });
      default:
    }
  }

  /** The file of a queue id; the last one when an id was used again. */
  file(hostIndex: number, queueId: string): QueueFile | null {
    return this.#files.get(`${hostIndex}:${queueId}`) ?? null;
  }

  /** What lies in the queues of a host, in order of arrival in its queue. */
  lyingAt(hostIndex: number, at: VirtualTime): Lying[] {
    return this.#lying[hostIndex]!.at(at);
  }

  countsAt(hostIndex: number, at: VirtualTime): Counts {
    return last(this.#counts[hostIndex]!, at)?.counts ?? noCounts();
  }

  /** How many files were removed from the queues of a host: delivered, or returned. */
  doneAt(hostIndex: number, at: VirtualTime): number {
    return last(this.#counts[hostIndex]!, at)?.delivered ?? 0;
  }

  /** The next scan of the deferred queue, as it was planned at the cursor. @returns null when none is planned */
  scanAt(hostIndex: number, at: VirtualTime): Scan | null {
    return last(this.#scans[hostIndex]!, at);
  }

  /** Hosts that ever had a queue, until the cursor. */
  hostsAt(at: VirtualTime): number[] {
    const has = (rows: readonly { at: VirtualTime }[]) => rows.length > 0 && rows[0]!.at <= at;
    return this.#counts
      .map((_, host) => host)
      .filter((host) => has(this.#counts[host]!) || has(this.#scans[host]!));
  }

  #moved({ hostIndex, queueId, from, to, at, id }: Of<'queue.file-moved'>): void {
    const key = `${hostIndex}:${queueId}`;
    const file = this.#fileFor(key, hostIndex, queueId, at);
    if (to === '') this.#gone.add(key);
    const counts = { ...this.countsAt(hostIndex, at) };
    const before = this.#now.get(file);
    if (before !== undefined) {
      counts[before.queue]--;
      this.#lying[hostIndex]!.end(before, at);
      this.#now.delete(file);
    }
    if (to !== '') {
      counts[to]++;
      const lying: Lying = { file, queue: to, from: at, until: Infinity, event: id };
      this.#now.set(file, lying);
      this.#lying[hostIndex]!.begin(lying);
    }
    const rows = this.#counts[hostIndex]!;
    rows.push({
      at,
      counts,
      delivered: (rows.at(-1)?.delivered ?? 0) + (to === '' && from === 'active' ? 1 : 0),
    });
  }

  #entered(event: Of<'queue.message-entered'>): void {
    const key = `${event.hostIndex}:${event.queueId}`;
    const file = this.#fileFor(key, event.hostIndex, event.queueId, event.at);
    file.messageId = event.messageId;
    file.sender = event.sender;
    file.recipients = event.recipients.split('\n');
    file.bytes = event.bytes;
  }

  /** The file of an id; a new one when there is none, or that one was removed. */
  #fileFor(key: string, hostIndex: number, queueId: string, at: VirtualTime): QueueFile {
    const known = this.#files.get(key);
    if (known !== undefined && !this.#gone.has(key)) return known;
    this.#gone.delete(key);
    const file = newFile(hostIndex, queueId, at);
    this.#files.set(key, file);
    return file;
  }

  #attempted(event: Of<'delivery.attempted'>): void {
    const { at, recipient, relay, dsn, status, text, id } = event;
    this.file(event.hostIndex, event.queueId)?.tries.push({
      at,
      recipient,
      relay,
      dsn,
      status,
      text,
      event: id,
    });
  }
}

/** What the last failed try of a file said, as known at the cursor. */
export function lastFailure(file: QueueFile, at: VirtualTime): QueueFile['tries'][number] | null {
  return file.tries.findLast((attempt) => attempt.at <= at && attempt.status === 'deferred') ?? null;
}

function newFile(hostIndex: number, queueId: string, createdAt: VirtualTime): QueueFile {
  return {
    hostIndex,
    queueId,
    createdAt,
    messageId: '',
    sender: '',
    recipients: [],
    bytes: 0,
    tries: [],
  };
}

function noCounts(): Counts {
  return { maildrop: 0, incoming: 0, active: 0, deferred: 0, hold: 0, corrupt: 0 };
}

/** Of rows in order of time, the last at or before the cursor. */
function last<T extends { at: VirtualTime }>(rows: readonly T[], at: VirtualTime): T | null {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle]!.at <= at) low = middle + 1;
    else high = middle;
  }
  return rows[low - 1] ?? null;
}
