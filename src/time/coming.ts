/**
 * coming — what the world will do next by itself: queue scans and the retries of deferred mail
 *
 * Read from the trace alone: a daemon says when its next scan is and not before when it will try a mail again.
 */
import type { EventId, TraceEvent, TraceKind, VirtualTime } from '../../workers/api.ts';

import type { Fold } from '../sim/fold.ts';

/** A scan of the deferred queue announced at `from`, due at `due`; over when the next one is announced. */
interface Scan {
  from: VirtualTime;
  due: VirtualTime;
}

/** A mail lies in deferred from `from` until it leaves again. */
export interface Wait {
  hostIndex: number;
  queueId: string;
  from: VirtualTime;
  until: VirtualTime;
  /** when it is tried again */
  due: VirtualTime;
  /** when its host went down, and with it what was planned; Infinity = it did not */
  lostAt: VirtualTime;
  reason: string;
  event: EventId;
}

export interface Coming {
  at: VirtualTime;
  hostIndex: number;
  kind: 'scan' | 'retry';
  /** of the mail that will be tried */
  queueId: string;
}

/** Waits and scans, as far as they are announced at a given instant. */
export class ComingFold implements Fold {
  readonly kinds: ReadonlySet<TraceKind> = new Set<TraceKind>([
    'scan.scheduled',
    'retry.scheduled',
    'queue.file-moved',
    'host.crashed',
    'host.stopped',
  ]);
  readonly #scans = new Map<number, Scan[]>();
  readonly waits: Wait[] = [];
  readonly #open = new Map<string, Wait>();
  readonly #ofFile = new Map<string, Wait[]>();

  add(event: TraceEvent): void {
    const { hostIndex, at } = event;
    switch (event.kind) {
      case 'scan.scheduled': {
        const scans = this.#scans.get(hostIndex);
        if (scans === undefined) this.#scans.set(hostIndex, [{ from: at, due: event.due }]);
        else scans.push({ from: at, due: event.due });
        return;
      }
      case 'retry.scheduled': {
        const key = `${hostIndex} ${event.queueId}`;
        const before = this.#open.get(key);
        if (before !== undefined) before.until = at;
        const { queueId, due, reason, id } = event;
        const span = { from: at, until: Infinity, lostAt: Infinity };
        const wait: Wait = { hostIndex, queueId, ...span, due, reason, event: id };
        this.waits.push(wait);
        const earlier = this.#ofFile.get(key);
        if (earlier === undefined) this.#ofFile.set(key, [wait]);
        else earlier.push(wait);
        this.#open.set(key, wait);
        return;
      }
      case 'queue.file-moved': {
        if (event.from !== 'deferred') return;
        const key = `${hostIndex} ${event.queueId}`;
        const wait = this.#open.get(key);
        if (wait !== undefined) wait.until = at;
        this.#open.delete(key);
        return;
      }
      case 'host.crashed':
      case 'host.stopped':
        this.#scans.get(hostIndex)?.push({ from: at, due: Infinity });
        for (const wait of this.#open.values())
          if (wait.hostIndex === hostIndex) wait.lostAt = Math.min(wait.lostAt, at);
        return;
      default:
    }
  }

  /** The mails that wait in deferred at the cursor. */
  waitingAt(at: VirtualTime): Wait[] {
    return this.waits.filter((wait) => wait.from <= at && at < wait.until);
  }

  /** @returns the wait of a queue file at the cursor, or null */
  waitOf(hostIndex: number, queueId: string, at: VirtualTime): Wait | null {
    const waits = this.#ofFile.get(`${hostIndex} ${queueId}`) ?? [];
    return waits.findLast((wait) => wait.from <= at && at < wait.until) ?? null;
  }

  /** When the deferred queue of a host is scanned next, as announced up to the cursor. */
  nextScan(hostIndex: number, at: VirtualTime): VirtualTime | null {
    const scan = last(this.#scans.get(hostIndex) ?? [], at);
    return scan !== undefined && scan.due > at && scan.due !== Infinity ? scan.due : null;
  }

  /** What comes next: a try of a waiting mail if there is one, else a scan. */
  next(at: VirtualTime): Coming | null {
    const tries = this.waitingAt(at).flatMap((wait): Coming[] => {
      const when = nextTry(wait, at);
      return when === null
        ? []
        : [{ at: when, hostIndex: wait.hostIndex, kind: 'retry', queueId: wait.queueId }];
    });
    const scans = [...this.#scans.keys()].flatMap((hostIndex): Coming[] => {
      const when = this.nextScan(hostIndex, at);
      return when === null ? [] : [{ at: when, hostIndex, kind: 'scan', queueId: '' }];
    });
    const candidates = tries.length > 0 ? tries : scans;
    return candidates.reduce<Coming | null>(
      (first, one) => (first === null || one.at < first.at ? one : first),
      null,
    );
  }
}

/**
 * When a mail that waits in deferred is tried next: as its queue manager announced.
 * @returns null when that was lost because its host went down
 */
export function nextTry({ due, lostAt }: Wait, at: VirtualTime): VirtualTime | null {
  return due > at && at < lostAt ? due : null;
}

function last(scans: readonly Scan[], at: VirtualTime): Scan | undefined {
  return scans.findLast((scan) => scan.from <= at);
}
