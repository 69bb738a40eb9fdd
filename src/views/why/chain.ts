/** chain — from an event back to what a person did, or to the start of the world: the causes, mechanics folded together */
import type { EventId, TraceEvent } from '../../../workers/api.ts';

import { say, type Said } from '../../decode/say.ts';
import type { FoldContext } from '../../sim/fold.ts';

/** A link of the chain: one event that matters, or a run of mechanics (packets, processes) between two that do. */
export type ChainLink =
  { kind: 'event'; event: TraceEvent; said: Said } | { kind: 'steps'; events: TraceEvent[] };

export interface Chain {
  /** newest first */
  links: ChainLink[];
  /** how the chain ends: at an input, at the start of a host, or where the trace was dropped to save memory */
  ends: 'input' | 'boot' | 'forgotten';
}

const eventsMax = 5000;

/** Walks the causes. The first and the last link are always events. */
export function causesOf(event: TraceEvent, context: FoldContext): Chain {
  const links: ChainLink[] = [];
  let current: TraceEvent | null = event;
  let last: TraceEvent = event;
  for (let i = 0; current !== null && i < eventsMax; i++) {
    last = current;
    const isEnd: boolean = current.cause === 0;
    const said = say(current, context);
    if (i === 0 || isEnd || current.kind === 'input.accepted' || matters(current, said)) {
      links.push({ kind: 'event', event: current, said });
    } else {
      const before = links.at(-1);
      if (before?.kind === 'steps') before.events.push(current);
      else links.push({ kind: 'steps', events: [current] });
    }
    if (isEnd) break;
    current = context.byId(current.cause);
  }
  const ends = last.cause !== 0 ? 'forgotten' : last.kind === 'input.accepted' ? 'input' : 'boot';
  return { links: withoutRepeats(links), ends };
}

/** Packets that carry words matter as well: they are how one host learns from another. */
function matters(event: TraceEvent, said: Said): boolean {
  if (event.kind === 'tcp.segment-sent' || event.kind === 'udp.datagram-sent')
    return event.payload.length > 0;
  return said.weight > 1;
}

// Of a dialogue going back and forth between two hosts only its first and last word are told.
function withoutRepeats(links: ChainLink[]): ChainLink[] {
  const kept: ChainLink[] = [];
  for (let i = 0; i < links.length; i++) {
    const run = dialogueFrom(links, i);
    if (run.length < 4) {
      kept.push(links[i]!);
      continue;
    }
    kept.push(run[0]!);
    kept.push({
      kind: 'steps',
      events: run.slice(1, -1).flatMap((link) => (link.kind === 'event' ? [link.event] : link.events)),
    });
    kept.push(run.at(-1)!);
    i += run.length - 1;
  }
  return kept;
}

function dialogueFrom(links: ChainLink[], start: number): ChainLink[] {
  let end = start;
  let lastEvent = start - 1;
  while (end < links.length) {
    const link = links[end]!;
    if (link.kind === 'event') {
      if (link.event.kind !== 'tcp.segment-sent' && link.event.kind !== 'udp.datagram-sent') break;
      lastEvent = end;
    } else if (end === start) break;
    end++;
  }
  return links.slice(start, lastEvent + 1);
}

/** The id as a key for each blocks. */
export function keyOf(link: ChainLink): EventId {
  return link.kind === 'event' ? link.event.id : -link.events[0]!.id;
}
