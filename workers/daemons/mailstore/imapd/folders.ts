/**
 * folders — LIST, LSUB, STATUS, CREATE, DELETE, RENAME, SUBSCRIBE
 *
 * STANDARDS  RFC 3501 §6.3.3–6.3.10; RFC 5530 (response codes); RFC 3348 (\HasChildren)
 */
import { DecodeError } from '../../../bytes/byte-reader.ts';

import { textOf, type Argument } from '../../../protocols/imap/command.ts';
import { formatMailbox } from '../../../protocols/imap/format.ts';

import type { Os, Proc } from '../../../os/os.ts';

import { isFolderName, type FolderFailure } from '../store/store.ts';

import { no, ok, put, type Completion, type ImapSession } from './state.ts';

const statusItems = ['MESSAGES', 'RECENT', 'UIDNEXT', 'UIDVALIDITY', 'UNSEEN'];

/** LIST and LSUB. */
export function listFolders(
  os: Os,
  session: ImapSession,
  name: 'LIST' | 'LSUB',
  [reference, pattern]: string[],
): Completion {
  const completion = ok(name === 'LIST' ? 'List completed' : 'Lsub completed');
  const { store } = session.mailstore;
  // RFC 3501 §6.3.8: an empty pattern asks for the delimiter.
  if (pattern === '' && name === 'LIST') {
    put(session, '* LIST (\\Noselect) "/" ""');
    return completion;
  }
  const all = store.folders(os, session.user);
  const names = name === 'LIST' ? all : store.subscriptions(os, session.user);
  const matches = makeMatcher(reference! + pattern!);
  for (const folder of names) {
    if (!matches(folder)) continue;
    const children = all.some((other) => other.startsWith(`${folder}/`))
      ? '\\HasChildren'
      : '\\HasNoChildren';
    put(session, `* ${name} (${name === 'LIST' ? children : ''}) "/" ${formatMailbox(folder)}`);
  }
  return completion;
}

/** STATUS mailbox (items). */
export function* statusOfFolder(os: Os, session: ImapSession, args: Argument[]): Proc<Completion> {
  const name = textOf(args[0]);
  const items = args[1];
  if (name === null || items?.kind !== 'list' || args.length !== 2)
    throw new DecodeError(0, 'Invalid arguments.');
  const wanted = items.items.map((item) => textOf(item)?.toUpperCase() ?? '');
  const unknown = wanted.find((item) => !statusItems.includes(item));
  if (unknown !== undefined || wanted.length === 0)
    throw new DecodeError(0, `Invalid status item ${unknown ?? ''}`.trim());
  const mailbox = yield* session.mailstore.store.folder(os, session.user, name);
  if (mailbox === null) return no(`[NONEXISTENT] Mailbox doesn't exist: ${name}`);
  const { messages, uidNext, uidValidity } = mailbox;
  const values = wanted.map((item) => {
    if (item === 'MESSAGES') return `MESSAGES ${messages.length}`;
    if (item === 'RECENT') return `RECENT ${messages.filter((message) => message.fresh).length}`;
    if (item === 'UIDNEXT') return `UIDNEXT ${uidNext}`;
    if (item === 'UIDVALIDITY') return `UIDVALIDITY ${uidValidity}`;
    return `UNSEEN ${messages.filter((message) => !message.flags.has('\\Seen')).length}`;
  });
  put(session, `* STATUS ${formatMailbox(name)} (${values.join(' ')})`);
  return ok('Status completed');
}

/** CREATE mailbox. */
export function* createFolder(os: Os, session: ImapSession, name: string): Proc<Completion> {
  const made = yield* session.mailstore.store.create(os, session.user, name.replace(/\/$/, ''));
  return typeof made === 'string' ? no(failureText(made, name)) : ok('Create completed');
}

/** DELETE mailbox. */
export function* deleteFolder(os: Os, session: ImapSession, name: string): Proc<Completion> {
  const failure = yield* session.mailstore.store.remove(os, session.user, name);
  if (failure === 'inbox') return no("INBOX can't be deleted.");
  if (failure === null && session.selected?.mailbox.name === name) session.selected = null;
  return failure === null ? ok('Delete completed') : no(failureText(failure, name));
}

/** RENAME from to. */
export function* renameFolder(os: Os, session: ImapSession, [from, to]: string[]): Proc<Completion> {
  const failure = yield* session.mailstore.store.rename(os, session.user, from!, to!);
  if (failure === 'inbox') return no("[CANNOT] Renaming INBOX isn't supported.");
  return failure === null
    ? ok('Rename completed')
    : no(failureText(failure, failure === 'none' ? from! : to!));
}

/** SUBSCRIBE and UNSUBSCRIBE. */
export function* changeSubscription(
  os: Os,
  session: ImapSession,
  name: string,
  subscribed: boolean,
): Proc<Completion> {
  const folder = name.toUpperCase() === 'INBOX' ? 'INBOX' : name;
  const { store } = session.mailstore;
  if (subscribed && (yield* store.folder(os, session.user, folder)) === null)
    return no(failureText('none', name));
  if (isFolderName(folder)) yield* store.subscribe(os, session.user, folder, subscribed);
  return ok(subscribed ? 'Subscribe completed' : 'Unsubscribe completed');
}

function failureText(failure: FolderFailure, name: string): string {
  switch (failure) {
    case 'exists':
      return '[ALREADYEXISTS] Mailbox already exists';
    case 'none':
      return `[NONEXISTENT] Mailbox doesn't exist: ${name}`;
    case 'bad-name':
    case 'inbox':
      return '[CANNOT] Invalid mailbox name';
  }
}

// RFC 3501 §6.3.8: "*" matches everything, "%" everything within a level. INBOX has no case.
function makeMatcher(pattern: string): (name: string) => boolean {
  const collapsed = pattern
    .slice(0, patternMax)
    .replace(/[*%]*\*[*%]*/g, '*')
    .replace(/%+/g, '%');
  return (name) =>
    matchFrom(collapsed, name) || (name === 'INBOX' && matchFrom(collapsed.toUpperCase(), name));
}

const patternMax = 500;

/** Matches by the set of places that a prefix of the pattern reaches: no pattern takes exponential time. */
function matchFrom(pattern: string, name: string): boolean {
  let reached = new Set([0]);
  for (const c of pattern) {
    const next = new Set<number>();
    for (const at of reached) {
      if (c !== '*' && c !== '%') {
        if (name[at] === c) next.add(at + 1);
        continue;
      }
      for (let end = at; ; end++) {
        next.add(end);
        if (end >= name.length || (c === '%' && name[end] === '/')) break;
      }
    }
    reached = next;
  }
  return reached.has(name.length);
}
