/**
 * selected — opening a mailbox, telling what changed in it, closing it
 *
 * STANDARDS  RFC 3501 §6.3.1 (SELECT), §6.4.2 (CLOSE), §6.4.3 (EXPUNGE), §7.3.1 (EXISTS), §7.4.1 (EXPUNGE)
 */
import type { Argument } from '../../../protocols/imap/command.ts';

import type { Os, Proc } from '../../../os/os.ts';

import { formatFlags, messagesOf } from './arguments.ts';
import { no, ok, put, type Completion, type ImapSession, type Selected } from './state.ts';

/** SELECT and EXAMINE. */
export function* selectMailbox(
  os: Os,
  session: ImapSession,
  name: string,
  { readOnly }: { readOnly: boolean },
): Proc<Completion> {
  // RFC 3501 §6.3.1: a SELECT that fails leaves nothing selected.
  if (session.selected !== null) put(session, '* OK [CLOSED] Previous mailbox closed.');
  session.selected = null;
  const mailbox = yield* session.mailstore.store.folder(os, session.user, name);
  if (mailbox === null) return no(`Mailbox doesn't exist: ${name}`);
  const recent = new Set(
    readOnly ? mailbox.messages.filter((message) => message.fresh) : mailbox.takeFresh(os),
  );
  const view = [...mailbox.messages];
  session.selected = { mailbox, readOnly, view, told: mailbox.changes, own: new Map(), recent };
  put(session, '* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)');
  const permanent = readOnly ? '()' : '(\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)';
  put(session, `* OK [PERMANENTFLAGS ${permanent}] ${readOnly ? 'Read-only mailbox.' : 'Flags permitted.'}`);
  put(session, `* ${view.length} EXISTS`);
  put(session, `* ${recent.size} RECENT`);
  const unseen = view.findIndex((message) => !message.flags.has('\\Seen'));
  if (unseen !== -1) put(session, `* OK [UNSEEN ${unseen + 1}] First unseen.`);
  put(session, `* OK [UIDVALIDITY ${mailbox.uidValidity}] UIDs valid`);
  put(session, `* OK [UIDNEXT ${mailbox.uidNext}] Predicted next UID`);
  return ok(readOnly ? '[READ-ONLY] Examine completed' : '[READ-WRITE] Select completed');
}

/** Tells the client what changed since it was told last. */
export function syncMailbox(
  os: Os,
  session: ImapSession,
  selected: Selected,
  { expunges }: { expunges: boolean },
): void {
  const { mailbox } = selected;
  if (selected.told === mailbox.changes) return;
  if (expunges) tellExpunges(session, selected);
  for (const [index, message] of selected.view.entries()) {
    if (message.expunged || message.changed <= selected.told || selected.own.get(message) === message.changed)
      continue;
    put(session, `* ${index + 1} FETCH (FLAGS ${formatFlags(message.flags, selected.recent.has(message))})`);
  }
  const last = selected.view[selected.view.length - 1]?.uid ?? 0;
  const arrived = mailbox.messages.filter((message) => message.uid > last);
  if (arrived.length > 0) {
    const fresh = arrived.filter((message) => message.fresh);
    if (!selected.readOnly) mailbox.takeFresh(os);
    for (const message of fresh) selected.recent.add(message);
    selected.view.push(...arrived);
    put(session, `* ${selected.view.length} EXISTS`);
    put(session, `* ${selected.recent.size} RECENT`);
  }
  selected.own.clear();
  // What was held back is told by the next command that may.
  selected.told =
    expunges || !selected.view.some((message) => message.expunged) ? mailbox.changes : selected.told;
}

/** CLOSE and UNSELECT. */
export function* closeMailbox(
  os: Os,
  session: ImapSession,
  selected: Selected,
  { expunges }: { expunges: boolean },
): Proc<Completion> {
  session.selected = null;
  if (expunges && !selected.readOnly) {
    const gone = selected.view.filter((message) => message.flags.has('\\Deleted'));
    session.expunged += gone.length;
    yield* selected.mailbox.expunge(os, gone);
  }
  return ok(expunges ? 'Close completed' : 'Unselect completed');
}

/** EXPUNGE, and UID EXPUNGE of some. */
export function* expungeMailbox(
  os: Os,
  session: ImapSession,
  selected: Selected,
  uids: string | null,
): Proc<Completion> {
  if (selected.readOnly) return no('[NOPERM] Mailbox is read-only');
  const argument: Argument | null = uids === null ? null : { kind: 'atom', text: uids };
  const among =
    argument === null ? selected.view : messagesOf(selected, argument, true).map(({ message }) => message);
  const gone = among.filter((message) => message.flags.has('\\Deleted'));
  session.expunged += gone.length;
  yield* selected.mailbox.expunge(os, gone);
  tellExpunges(session, selected);
  return ok('Expunge completed');
}

/** Sends EXPUNGE for what is gone; the numbers close up with each. */
export function tellExpunges(session: ImapSession, selected: Selected): void {
  const { view } = selected;
  if (!view.some((message) => message.expunged)) return;
  for (let index = view.length - 1; index >= 0; index--) {
    if (view[index]!.expunged) put(session, `* ${index + 1} EXPUNGE`);
  }
  selected.view = view.filter((message) => !message.expunged);
  for (const message of view) if (message.expunged) selected.recent.delete(message);
}
