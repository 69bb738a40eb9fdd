/** fold — where whole copies of letters were put or shown */
import type { TraceEvent, TraceKind } from '../../../workers/api.ts';
import { getField, parseHeader } from '../../../workers/protocols/message/header.ts';

import type { Fold, FoldContext } from '../../sim/fold.ts';

import type { Copy } from './versions.ts';

/** Whole copies of letters: delivered to a mailbox, or shown by a mail program. */
export class CopiesFold implements Fold {
  readonly kinds: ReadonlySet<TraceKind> = new Set<TraceKind>([
    'mailbox.message-appended',
    'mua.message-fetched',
  ]);
  /** in order of time */
  readonly copies: Copy[] = [];

  constructor(_context: FoldContext) {}

  add(event: TraceEvent): void {
    const { at, id, hostIndex } = event;
    if (event.kind === 'mailbox.message-appended') {
      const { messageId, mailbox } = event;
      this.copies.push({ messageId, at, event: id, hostIndex, kind: 'mailbox', whose: mailbox });
    } else if (event.kind === 'mua.message-fetched') {
      const messageId = getField(parseHeader(event.content), 'Message-ID')?.trim() ?? '';
      this.copies.push({ messageId, at, event: id, hostIndex, kind: 'user-agent', whose: event.user });
    }
  }
}
