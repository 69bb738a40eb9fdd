/** selection — what is selected, the same for all views */
import type { EventId } from '../../workers/api.ts';

export type Selection =
  /** line: which one is meant of several that came in one packet */
  | { kind: 'event'; id: EventId; line?: string }
  | { kind: 'host'; host: number }
  /** host indexes, lower first */
  | { kind: 'link'; between: readonly [number, number] }
  /** number of a mail in views/mails/fold.ts */
  | { kind: 'mail'; mail: number }
  /** number of a conversation in decode/conversation.ts */
  | { kind: 'conversation'; conversation: number };

/** The selection of a cable by its ends, in any order. */
export function linkSelection(a: number, b: number): Selection {
  return { kind: 'link', between: a < b ? [a, b] : [b, a] };
}

/** Whether two name the same thing; lines of one packet are the same event. */
export function isSame(a: Selection | null, b: Selection | null): boolean {
  if (a?.kind === 'event' && b?.kind === 'event') return a.id === b.id;
  return JSON.stringify(a) === JSON.stringify(b);
}
