/** choose — which conversation the ladder shows: that of the selection, else the latest at the cursor */
import type { TraceEvent, VirtualTime } from '../../../workers/api.ts';

import { linesAt, stateAt, type ConnectionState, type Conversation } from '../../decode/conversation.ts';
import type { ConversationsFold } from '../../decode/conversations.ts';
import type { Selection } from '../../sim/selection.ts';

export interface ChooseOptions {
  selection: Selection | null;
  cursor: VirtualTime;
  event: (id: number) => TraceEvent | null;
  /** how a mail was carried: the packets each crossing began in, in order */
  carriages: (mail: number) => readonly { event: number; from: VirtualTime }[];
}

/** @returns -1 when nobody has spoken yet */
export function chooseConversation(fold: ConversationsFold, options: ChooseOptions): number {
  const chosen = ofSelection(fold, options);
  return chosen >= 0 && fold.conversations[chosen] !== undefined ? chosen : fold.latestAt(options.cursor);
}

function ofSelection(
  fold: ConversationsFold,
  { selection, cursor, event, carriages }: ChooseOptions,
): number {
  switch (selection?.kind) {
    case 'conversation':
      return selection.conversation;
    case 'event':
      return ofEvent(fold, selection.id, event);
    case 'link':
      return fold.latestOf(cursor, ...selection.between);
    case 'host':
      return fold.latestOf(cursor, selection.host);
    case 'mail':
      return ofEvent(
        fold,
        carriages(selection.mail).findLast(({ from }) => from <= cursor)?.event ?? 0,
        event,
      );
    case undefined:
      return -1;
  }
}

/** Back along the causes to a packet: a log line belongs to the dialogue that made a daemon write it. */
function ofEvent(fold: ConversationsFold, id: number, event: (id: number) => TraceEvent | null): number {
  let at = event(id);
  for (let i = 0; i < causesMax && at !== null; i++) {
    const conversation = fold.of(at);
    if (conversation >= 0) return conversation;
    at = event(at.cause);
  }
  return -1;
}

const causesMax = 6;

/** What the picker lists, newest first: the latest `max` that had begun at the cursor. */
export function pickable(fold: ConversationsFold, cursor: VirtualTime, max: number): Conversation[] {
  const list: Conversation[] = [];
  for (let i = fold.conversations.length - 1; i >= 0 && list.length < max; i--)
    if (fold.conversations[i]!.openedAt <= cursor) list.push(fold.conversations[i]!);
  return list;
}

/** How it stands, in a word, with how much was said. */
export function standing(conversation: Conversation, cursor: VirtualTime): string {
  const count = linesAt(conversation, cursor) + conversation.dropped;
  const state = conversation.transport === 'udp' ? 'datagrams' : stateWord(conversation, cursor);
  return `${state}, ${count} ${count === 1 ? 'line' : 'lines'}`;
}

/** "open", "no route". */
export function stateWord(conversation: Conversation, cursor: VirtualTime): string {
  return stateWords[stateAt(conversation, cursor)];
}

const stateWords: Record<ConnectionState, string> = {
  opening: 'opening',
  open: 'open',
  closed: 'closed',
  refused: 'refused',
  'timed-out': 'timed out',
  reset: 'reset',
  unreachable: 'no route',
};

/** Whether it ended badly. */
export function hasFailed(conversation: Conversation, cursor: VirtualTime): boolean {
  return failures.has(stateAt(conversation, cursor));
}
const failures: ReadonlySet<ConnectionState> = new Set(['refused', 'timed-out', 'reset', 'unreachable']);
