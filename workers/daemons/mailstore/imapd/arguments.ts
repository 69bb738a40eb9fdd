/**
 * arguments — the arguments that several IMAP commands share: texts, flags, messages by number or UID
 *
 * ERRORS  DecodeError with the words of Dovecot's BAD
 */
import { DecodeError } from '../../../bytes/byte-reader.ts';

import { textOf, type Argument } from '../../../protocols/imap/command.ts';
import { inSequenceSet, parseSequenceSet } from '../../../protocols/imap/sequence-set.ts';

import { systemFlags } from '../store/maildir-name.ts';
import type { StoredMessage } from '../store/mailbox.ts';

import type { Selected } from './state.ts';

/** Exactly `count` arguments as texts. @throws DecodeError */
export function takeTexts(args: readonly Argument[], count: number): string[] {
  const texts = args.map(textOf);
  if (texts.length !== count || texts.includes(null)) throw new DecodeError(0, 'Invalid arguments.');
  return texts as string[];
}

/** A message of a selected mailbox with its number. */
export interface Numbered {
  number: number;
  message: StoredMessage;
}

/**
 * The messages of a sequence set.
 * @throws DecodeError when it is none, or names a number that is not there
 */
export function messagesOf(selected: Selected, argument: Argument | undefined, byUid: boolean): Numbered[] {
  const text = textOf(argument);
  const set = text === null ? null : parseSequenceSet(text);
  const { view } = selected;
  if (set === null) throw new DecodeError(0, byUid ? 'Invalid uidset' : 'Invalid messageset');
  const last = byUid ? (view[view.length - 1]?.uid ?? 0) : view.length;
  if (
    !byUid &&
    set.some(
      ({ from, to }) => (from !== Infinity && from > last) || (to !== Infinity && to > last) || last === 0,
    )
  )
    throw new DecodeError(0, 'Invalid messageset');
  const found: Numbered[] = [];
  for (const [index, message] of view.entries()) {
    if (inSequenceSet(set, byUid ? message.uid : index + 1, last)) found.push({ number: index + 1, message });
  }
  return found;
}

/** Flags that can be stored. Keywords are ignored, as PERMANENTFLAGS says. @throws DecodeError */
export function parseFlags(items: readonly Argument[]): Set<string> {
  const flags = new Set<string>();
  for (const item of items) {
    if (item.kind !== 'atom') throw new DecodeError(0, 'Flags list contains non-atoms.');
    if (!item.text.startsWith('\\')) continue;
    const known = systemFlags.find((flag) => flag.toLowerCase() === item.text.toLowerCase());
    if (known === undefined) throw new DecodeError(0, `Invalid system flag ${item.text.toUpperCase()}`);
    flags.add(known);
  }
  return flags;
}

/** "(\Seen \Recent)" in Dovecot's order. */
export function formatFlags(flags: ReadonlySet<string>, recent: boolean): string {
  const names = systemFlags.filter((flag) => flags.has(flag));
  return `(${[...names, ...(recent ? ['\\Recent'] : [])].join(' ')})`;
}
