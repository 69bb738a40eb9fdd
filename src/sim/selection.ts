/** selection — what is selected, the same for all views */
import type { EventId } from '../../workers/api.ts';

export type Selection =
  | { kind: 'event'; id: EventId }
  | { kind: 'host'; host: number }
  /** host indexes, lower first */
  | { kind: 'link'; between: readonly [number, number] }
  /** number of a mail in views/mails/fold.ts */
  | { kind: 'mail'; mail: number }
  /** number of a conversation in decode/conversation.ts */
  | { kind: 'conversation'; conversation: number };

export function linkSelection(a: number, b: number): Selection {
  return { kind: 'link', between: a < b ? [a, b] : [b, a] };
}

export function isSame(a: Selection | null, b: Selection | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
