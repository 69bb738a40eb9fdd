/**
 * fetch — FETCH and UID FETCH: flags, dates, structure, and any part of a message's bytes
 *
 * SIMPLIFIED: a NUL in a message is sent as it is; Dovecot sends 0x80 in its place, since IMAP has no NUL.
 *
 * STANDARDS  RFC 3501 §6.4.5, §7.4.2
 */
import * as ascii from '../../../bytes/ascii.ts';
import { unreachable } from '../../../bytes/assert.ts';
import { DecodeError } from '../../../bytes/byte-reader.ts';

import type { Argument } from '../../../protocols/imap/command.ts';
import { formatBodyStructure, formatEnvelope } from '../../../protocols/imap/envelope.ts';
import { parseFetchItems, type FetchItem } from '../../../protocols/imap/fetch.ts';
import { formatInternalDate } from '../../../protocols/imap/format.ts';
import { extractSection } from '../../../protocols/imap/section.ts';
import { civilFromDays } from '../../../bytes/civil-date.ts';
import { parseMessage, type MimePart } from '../../../protocols/mime/part.ts';

import type { Os, Proc } from '../../../os/os.ts';

import { formatFlags, messagesOf, type Numbered } from './arguments.ts';
import {
  flush,
  no,
  ok,
  outputBytesMax,
  putBytes,
  type Completion,
  type ImapSession,
  type Selected,
} from './state.ts';

/** FETCH set items. */
export function* fetchMessages(
  os: Os,
  session: ImapSession,
  selected: Selected,
  { args, byUid }: { args: Argument[]; byUid: boolean },
): Proc<Completion> {
  if (args.length !== 2) throw new DecodeError(0, 'Invalid arguments.');
  const items = parseFetchItems(args[1]);
  const messages = messagesOf(selected, args[0], byUid);
  if (byUid && !items.some((item) => item.kind === 'UID')) items.unshift({ kind: 'UID' });
  const sees = !selected.readOnly && items.some((item) => item.kind === 'section' && !item.peek);
  let lost = 0;
  for (const numbered of messages) {
    if (!fetchOne(os, { session, selected, items, sees }, numbered)) lost++;
    if (session.outputBytes > outputBytesMax && !(yield* flush(os, session))) break;
  }
  return lost > 0
    ? no('[EXPUNGEISSUED] Some of the requested messages no longer exist.')
    : ok('Fetch completed');
}

interface Fetch {
  session: ImapSession;
  selected: Selected;
  items: FetchItem[];
  /** sets \Seen */
  sees: boolean;
}

/** @returns false when the message is gone */
function fetchOne(os: Os, { session, selected, items, sees }: Fetch, { number, message }: Numbered): boolean {
  const { mailbox } = selected;
  const bytes = message.expunged ? null : mailbox.read(os, message);
  if (bytes === null) return false;
  let wanted = items;
  if (sees && !message.flags.has('\\Seen')) {
    mailbox.setFlags(os, message, new Set([...message.flags, '\\Seen']));
    selected.own.set(message, message.changed);
    // The client is told of the flag that it set by reading.
    if (!items.some((item) => item.kind === 'FLAGS')) wanted = [{ kind: 'FLAGS' }, ...items];
  }
  let parsed: MimePart | null = null;
  const tree = (): MimePart => (parsed ??= parseMessage(bytes));
  let text = `* ${number} FETCH (`;
  for (const [i, item] of wanted.entries()) {
    if (i > 0) text += ' ';
    if (item.kind !== 'section') {
      text += formatItem(os, { item: item.kind, bytes, tree, selected }, { number, message });
      continue;
    }
    const whole =
      item.section.part.length === 0 && item.section.text === ''
        ? bytes
        : extractSection(bytes, tree(), item.section);
    const { partial, label } = item;
    const body = partial === null ? whole : whole.subarray(partial.offset, partial.offset + partial.bytes);
    session.bodies++;
    session.bodyBytes += body.length;
    putBytes(
      session,
      ascii.encode(`${text}${label}${partial === null ? '' : `<${partial.offset}>`} {${body.length}}\r\n`),
    );
    putBytes(session, body);
    text = '';
  }
  putBytes(session, ascii.encode(`${text})\r\n`));
  return true;
}

interface Plain {
  item: Exclude<FetchItem['kind'], 'section'>;
  bytes: Uint8Array;
  tree: () => MimePart;
  selected: Selected;
}

function formatItem(os: Os, { item, bytes, tree, selected }: Plain, { message }: Numbered): string {
  switch (item) {
    case 'UID':
      return `UID ${message.uid}`;
    case 'FLAGS':
      return `FLAGS ${formatFlags(message.flags, selected.recent.has(message))}`;
    case 'RFC822.SIZE':
      return `RFC822.SIZE ${bytes.length}`;
    case 'INTERNALDATE':
      return `INTERNALDATE "${formatDateOf(selected.mailbox.internalDate(os, message))}"`;
    case 'ENVELOPE':
      return `ENVELOPE ${formatEnvelope(tree())}`;
    case 'BODY':
      return `BODY ${formatBodyStructure(bytes, tree(), false)}`;
    case 'BODYSTRUCTURE':
      return `BODYSTRUCTURE ${formatBodyStructure(bytes, tree(), true)}`;
    default:
      return unreachable(item);
  }
}

function formatDateOf(epochUs: number): string {
  const second = Math.floor(epochUs / 1_000_000);
  const days = Math.floor(second / 86_400);
  return formatInternalDate({ ...civilFromDays(days), second: second - days * 86_400 });
}
