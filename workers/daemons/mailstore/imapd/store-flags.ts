/**
 * store-flags — STORE and UID STORE
 *
 * STANDARDS  RFC 3501 §6.4.6
 */
import { DecodeError } from '../../../bytes/byte-reader.ts';

import { textOf, type Argument } from '../../../protocols/imap/command.ts';

import type { Os, Proc } from '../../../os/os.ts';

import { formatFlags, messagesOf, parseFlags } from './arguments.ts';
import { ok, put, type Completion, type ImapSession, type Selected } from './state.ts';

/** STORE set [+|-]FLAGS[.SILENT] flags. */
export function* storeFlags(
  os: Os,
  session: ImapSession,
  selected: Selected,
  { args, byUid }: { args: Argument[]; byUid: boolean },
): Proc<Completion> {
  const operation = /^([+-]?)FLAGS(\.SILENT)?$/i.exec(textOf(args[1]) ?? '');
  if (operation === null || args.length < 3) throw new DecodeError(0, 'Invalid arguments.');
  const given = args[2]!.kind === 'list' ? args[2]!.items : args.slice(2);
  const flags = parseFlags(given);
  const messages = messagesOf(selected, args[0], byUid);
  // As recorded: in a mailbox opened by EXAMINE nothing is changed, and nothing is said of it.
  if (selected.readOnly) return ok('Store completed');
  for (const { number, message } of messages) {
    if (message.expunged) continue;
    const old = message.flags;
    const next =
      operation[1] === '+'
        ? new Set([...old, ...flags])
        : operation[1] === '-'
          ? new Set([...old].filter((flag) => !flags.has(flag)))
          : flags;
    selected.mailbox.setFlags(os, message, next);
    selected.own.set(message, message.changed);
    if (operation[2] !== undefined) continue;
    const uid = byUid ? `UID ${message.uid} ` : '';
    put(
      session,
      `* ${number} FETCH (${uid}FLAGS ${formatFlags(message.flags, selected.recent.has(message))})`,
    );
  }
  return ok('Store completed');
}
