/** fold — what the resolvers remember, and until when */
import type { EventId, TraceEvent, TraceKind, VirtualTime } from '../../../workers/api.ts';

import type { Fold } from '../../sim/fold.ts';

export interface CacheRow {
  key: string;
  name: string;
  type: string;
  /** '' = it is known that there is none */
  value: string;
  isNegative: boolean;
  addedAt: VirtualTime;
  /** the event that added it */
  event: EventId;
  ttlUs: number;
  leftUs: number;
}

interface Change {
  at: VirtualTime;
  event: EventId;
  /** 0 = gone */
  ttlUs: number;
  value: string;
}

interface Entry {
  name: string;
  type: string;
  changes: Change[];
}

const second = 1_000_000;
const changesMax = 64;
const entriesMax = 10_000;

/** What each resolver remembers, and until when. */
export class CacheFold implements Fold {
  readonly kinds: ReadonlySet<TraceKind> = new Set<TraceKind>(['cache.changed']);
  /** by index of the host, then by name and type */
  readonly #caches = new Map<number, Map<string, Entry>>();

  add(event: TraceEvent): void {
    if (event.kind !== 'cache.changed') return;
    let cache = this.#caches.get(event.hostIndex);
    if (cache === undefined) this.#caches.set(event.hostIndex, (cache = new Map()));
    const { name, type, at, value } = event;
    const key = `${name} ${type}`;
    let entry = cache.get(key);
    if (entry === undefined) {
      if (cache.size >= entriesMax) cache.delete(cache.keys().next().value!);
      cache.set(key, (entry = { name, type, changes: [] }));
    }
    const ttlUs = event.change === 'added' ? event.ttl * second : 0;
    entry.changes.push({ at, event: event.id, ttlUs, value });
    if (entry.changes.length > changesMax) entry.changes.splice(0, changesMax / 2);
  }

  /** Hosts that have a cache, in order of first use. */
  get hosts(): number[] {
    return [...this.#caches.keys()];
  }

  /** What a host remembers at the cursor, the newest first. What ran out is gone, whether it was noticed or not. */
  rowsAt(host: number, cursor: VirtualTime): CacheRow[] {
    const rows: CacheRow[] = [];
    for (const [key, { name, type, changes }] of this.#caches.get(host) ?? []) {
      const last = changes.findLast(({ at }) => at <= cursor);
      if (last === undefined) continue;
      const leftUs = last.at + last.ttlUs - cursor;
      if (leftUs <= 0) continue;
      const { value, at: addedAt, event, ttlUs } = last;
      rows.push({ key, name, type, value, isNegative: value === '', addedAt, event, ttlUs, leftUs });
    }
    return rows.sort((a, b) => b.addedAt - a.addedAt);
  }
}
