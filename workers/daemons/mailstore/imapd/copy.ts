/**
 * copy — COPY, MOVE and APPEND
 *
 * STANDARDS  RFC 3501 §6.3.11 (APPEND), §6.4.7 (COPY); RFC 6851 (MOVE); RFC 4315 (UIDPLUS)
 */
import * as ascii from '../../../bytes/ascii.ts';
import { DecodeError } from '../../../bytes/byte-reader.ts';
import { detached } from '../../../bytes/slab.ts';

import { textOf, type Argument } from '../../../protocols/imap/command.ts';
import { formatSequenceSet } from '../../../protocols/imap/sequence-set.ts';
import { joinContent } from '../../../protocols/lmtp/content.ts';
import { parseDate } from '../../../protocols/message/date.ts';

import type { Os, Proc } from '../../../os/os.ts';

import type { Mailbox } from '../store/mailbox.ts';

import { messagesOf, parseFlags } from './arguments.ts';
import { tellExpunges } from './selected.ts';
import { no, ok, put, type Completion, type ImapSession, type Selected } from './state.ts';

/** COPY and MOVE: set mailbox. */
export function* copyMessages(
  os: Os,
  session: ImapSession,
  selected: Selected,
  { args, byUid, move }: { args: Argument[]; byUid: boolean; move: boolean },
): Proc<Completion> {
  const name = textOf(args[1]);
  if (name === null || args.length !== 2) throw new DecodeError(0, 'Invalid arguments.');
  const messages = messagesOf(selected, args[0], byUid).filter(({ message }) => !message.expunged);
  if (move && selected.readOnly) return no('[NOPERM] Mailbox is read-only');
  const target = yield* session.mailstore.store.folder(os, session.user, name);
  if (target === null) return no(`[TRYCREATE] Mailbox doesn't exist: ${name}`);
  const { mailbox } = selected;
  const from: number[] = [];
  const to: number[] = [];
  for (const { message } of messages) {
    const content = mailbox.read(os, message);
    if (content === null) continue;
    const internalDate = mailbox.internalDate(os, message);
    const copy = yield* target.append(os, { content, flags: message.flags, internalDate });
    from.push(message.uid);
    to.push(copy.uid);
  }
  const code = `[COPYUID ${target.uidValidity} ${formatSequenceSet(from)} ${formatSequenceSet(to)}]`;
  const verb = move ? 'Move' : 'Copy';
  if (from.length === 0) return ok(`${verb} completed`);
  if (!move) return ok(`${code} Copy completed`);
  // RFC 6851 §4.3: COPYUID comes before the EXPUNGEs.
  put(session, `* OK ${code} Moved UIDs.`);
  yield* mailbox.expunge(
    os,
    messages.map(({ message }) => message),
  );
  tellExpunges(session, selected);
  return ok('Move completed');
}

/** APPEND mailbox [(flags)] ["date"] literal. */
export function* appendMessage(os: Os, session: ImapSession, args: Argument[]): Proc<Completion> {
  const name = textOf(args[0]);
  const content = args[args.length - 1];
  if (name === null || args.length < 2 || content?.kind !== 'string' || !content.literal)
    throw new DecodeError(0, 'Invalid arguments.');
  const options = args.slice(1, -1);
  const flags = options[0]?.kind === 'list' ? parseFlags(options[0].items) : new Set<string>();
  const dateText = textOf(options.find((option) => option.kind === 'string'));
  const internalDate = dateText === null ? null : parseInternalDate(dateText);
  if (dateText !== null && internalDate === null) throw new DecodeError(0, 'Invalid internal date.');
  const target = yield* session.mailstore.store.folder(os, session.user, name);
  if (target === null) return no(`[TRYCREATE] Mailbox doesn't exist: ${name}`);
  const bytes = detached(joinContent([ascii.encode(content.text)]));
  if (yield* isOverQuota(os, session, bytes.length))
    return no('[OVERQUOTA] Quota exceeded (mailbox for user is full)');
  const message = yield* target.append(os, {
    content: bytes,
    flags,
    ...(internalDate === null ? {} : { internalDate }),
  });
  return ok(`[APPENDUID ${validityOf(target)} ${message.uid}] Append completed`);
}

function* isOverQuota(os: Os, session: ImapSession, bytes: number): Proc<boolean> {
  const { users, store } = session.mailstore;
  const found = yield* users.find(os, session.user);
  if (found.kind !== 'found' || found.quotaBytes === 0) return false;
  return store.bytesOf(os, session.user) + bytes > found.quotaBytes;
}

function validityOf(mailbox: Mailbox): number {
  return mailbox.uidValidity;
}

/** " 1-Feb-2015 09:00:00 +0000" */
function parseInternalDate(text: string): number | null {
  const match = /^ ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d:\d\d:\d\d) ([+-]\d{4})$/.exec(text);
  return match === null ? null : parseDate(`${match[1]} ${match[2]} ${match[3]} ${match[4]} ${match[5]}`);
}
