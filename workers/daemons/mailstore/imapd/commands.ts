/**
 * commands — what each IMAP command after login does: the table
 *
 * STANDARDS  RFC 3501 §6; RFC 2177 (IDLE), RFC 2342 (NAMESPACE), RFC 3691 (UNSELECT), RFC 4315 (UIDPLUS), RFC
 *            6851 (MOVE)
 */
import { DecodeError } from '../../../bytes/byte-reader.ts';

import { parseArguments, type Argument, type CommandName } from '../../../protocols/imap/command.ts';

import type { Os, Proc } from '../../../os/os.ts';

import { takeTexts } from './arguments.ts';
import { appendMessage, copyMessages } from './copy.ts';
import { fetchMessages } from './fetch.ts';
import {
  changeSubscription,
  createFolder,
  deleteFolder,
  listFolders,
  renameFolder,
  statusOfFolder,
} from './folders.ts';
import { idle } from './idle.ts';
import { capabilitiesAfter, idLine } from './login.ts';
import { searchMessages } from './search.ts';
import { closeMailbox, expungeMailbox, selectMailbox } from './selected.ts';
import { bad, ok, put, type Completion, type ImapSession, type Selected } from './state.ts';
import { storeFlags } from './store-flags.ts';

/** Parses the arguments and does it. Malformed commands are answered as Dovecot answers them. */
export function* executeCommand(
  os: Os,
  session: ImapSession,
  command: CommandName,
  bytes: Uint8Array,
): Proc<Completion> {
  const { name } = command;
  try {
    const args = parseArguments(bytes, command.offset);
    const inMailbox = yield* executeSelected(os, session, name, args);
    if (inMailbox !== null) return inMailbox;
    return (
      (yield* execute(os, session, name, args)) ?? bad(`Error in IMAP command ${name}: Unknown command.`)
    );
  } catch (error) {
    if (error instanceof DecodeError) return bad(`Error in IMAP command ${name}: ${error.rule}`);
    throw error;
  }
}

/** @returns null when there is no such command */
function* execute(os: Os, session: ImapSession, name: string, args: Argument[]): Proc<Completion | null> {
  switch (name) {
    case 'CAPABILITY':
      put(session, `* CAPABILITY ${capabilitiesAfter}`);
      return ok('Capability completed');
    case 'NOOP':
      return ok('NOOP completed');
    case 'ID':
      put(session, idLine);
      return ok('ID completed');
    case 'NAMESPACE':
      put(session, '* NAMESPACE (("" "/")) NIL NIL');
      return ok('Namespace completed');
    case 'SELECT':
    case 'EXAMINE':
      return yield* selectMailbox(os, session, takeTexts(args, 1)[0]!, { readOnly: name === 'EXAMINE' });
    case 'LIST':
    case 'LSUB':
      return listFolders(os, session, name, takeTexts(args, 2));
    case 'STATUS':
      return yield* statusOfFolder(os, session, args);
    case 'CREATE':
      return yield* createFolder(os, session, takeTexts(args, 1)[0]!);
    case 'DELETE':
      return yield* deleteFolder(os, session, takeTexts(args, 1)[0]!);
    case 'RENAME':
      return yield* renameFolder(os, session, takeTexts(args, 2));
    case 'SUBSCRIBE':
    case 'UNSUBSCRIBE':
      return yield* changeSubscription(os, session, takeTexts(args, 1)[0]!, name === 'SUBSCRIBE');
    case 'APPEND':
      return yield* appendMessage(os, session, args);
    case 'IDLE':
      return yield* idle(os, session);
    default:
      return null;
  }
}

/** The commands that need a mailbox. @returns null when it is none of them */
function* executeSelected(
  os: Os,
  session: ImapSession,
  name: string,
  args: Argument[],
): Proc<Completion | null> {
  const body = selectedCommands.get(name);
  if (body === undefined) return null;
  if (session.selected === null) return bad('No mailbox selected.');
  return yield* body(os, session, session.selected, args);
}

type SelectedCommand = (
  os: Os,
  session: ImapSession,
  selected: Selected,
  args: Argument[],
) => Proc<Completion>;

const selectedCommands: ReadonlyMap<string, SelectedCommand> = new Map<string, SelectedCommand>([
  [
    'CHECK',
    function* () {
      return ok('Check completed');
    },
  ],
  ['CLOSE', (os, session, selected) => closeMailbox(os, session, selected, { expunges: true })],
  ['UNSELECT', (os, session, selected) => closeMailbox(os, session, selected, { expunges: false })],
  ['EXPUNGE', (os, session, selected) => expungeMailbox(os, session, selected, null)],
  [
    'UID EXPUNGE',
    (os, session, selected, args) => expungeMailbox(os, session, selected, takeTexts(args, 1)[0]!),
  ],
  ['FETCH', (os, session, selected, args) => fetchMessages(os, session, selected, { args, byUid: false })],
  ['UID FETCH', (os, session, selected, args) => fetchMessages(os, session, selected, { args, byUid: true })],
  ['STORE', (os, session, selected, args) => storeFlags(os, session, selected, { args, byUid: false })],
  ['UID STORE', (os, session, selected, args) => storeFlags(os, session, selected, { args, byUid: true })],
  ['SEARCH', (os, session, selected, args) => searchMessages(os, session, selected, { args, byUid: false })],
  [
    'UID SEARCH',
    (os, session, selected, args) => searchMessages(os, session, selected, { args, byUid: true }),
  ],
  [
    'COPY',
    (os, session, selected, args) => copyMessages(os, session, selected, { args, byUid: false, move: false }),
  ],
  [
    'UID COPY',
    (os, session, selected, args) => copyMessages(os, session, selected, { args, byUid: true, move: false }),
  ],
  [
    'MOVE',
    (os, session, selected, args) => copyMessages(os, session, selected, { args, byUid: false, move: true }),
  ],
  [
    'UID MOVE',
    (os, session, selected, args) => copyMessages(os, session, selected, { args, byUid: true, move: true }),
  ],
]);
