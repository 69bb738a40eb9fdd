/** fold — the events of a run as sentences, in order: the text twin of the stage */
import type { EventId, TraceEvent, VirtualTime } from '../../../workers/api.ts';

import { say, type Said } from '../../decode/say.ts';
import type { Fold, FoldContext } from '../../sim/fold.ts';

export interface EventRow extends Said {
  event: EventId;
  at: VirtualTime;
  hostIndex: number;
}

const rowsMax = 50_000; // mechanics beyond that are not kept: the trace has them

/** The events that have a sentence, in order of time. */
export class EventsFold implements Fold {
  readonly kinds = null;
  /** weight 2 and 3, all of them */
  readonly story: EventRow[] = [];
  /** weight 1 as well, the first rowsMax of them */
  readonly everything: EventRow[] = [];
  readonly #context: FoldContext;

  constructor(context: FoldContext) {
    this.#context = context;
  }

  add(event: TraceEvent): void {
    const row: EventRow = {
      ...say(event, this.#context),
      event: event.id,
      at: event.at,
      hostIndex: event.hostIndex,
    };
    if (row.weight > 1) this.story.push(row);
    if (this.everything.length < rowsMax) this.everything.push(row);
  }
}

export interface EventsFilter {
  /** -1 = all hosts */
  host: number;
  detail: 'story' | 'everything';
  /** lower-case words that the sentence must contain */
  words: string;
}

/** The last `limit` rows at or before the cursor that pass the filter, and how many there are in all. */
export function rowsAt(
  fold: EventsFold,
  at: VirtualTime,
  filter: EventsFilter,
  limit: number,
): { rows: EventRow[]; total: number } {
  const all = filter.detail === 'story' ? fold.story : fold.everything;
  const rows: EventRow[] = [];
  let total = 0;
  for (let i = all.length - 1; i >= 0; i--) {
    const row = all[i]!;
    if (row.at > at) continue;
    if (filter.host >= 0 && row.hostIndex !== filter.host) continue;
    if (filter.words !== '' && !row.text.toLowerCase().includes(filter.words)) continue;
    total++;
    if (rows.length < limit) rows.push(row);
  }
  return { rows: rows.reverse(), total };
}
