/**
 * search — SEARCH and UID SEARCH
 *
 * SIMPLIFIED: BODY and TEXT look at the bytes as they are; Dovecot decodes the parts first, so that it finds
 * words in quoted-printable and base64.
 *
 * STANDARDS  RFC 3501 §6.4.4, §7.2.5
 */
import * as ascii from '../../../bytes/ascii.ts';
import { unreachable } from '../../../bytes/assert.ts';
import * as utf8 from '../../../bytes/utf8.ts';

import type { Argument } from '../../../protocols/imap/command.ts';
import { parseSearch, type SearchKey } from '../../../protocols/imap/search.ts';
import { inSequenceSet } from '../../../protocols/imap/sequence-set.ts';
import { parseDate } from '../../../protocols/message/date.ts';
import { parseHeader, type HeaderSection } from '../../../protocols/message/header.ts';
import { decodeText } from '../../../protocols/mime/encoded-word.ts';

import type { Os, Proc } from '../../../os/os.ts';

import { messagesOf } from './arguments.ts';
import { ok, put, type Completion, type ImapSession, type Selected } from './state.ts';

const dayUs = 86_400_000_000;

/** SEARCH keys. */
export function* searchMessages(
  os: Os,
  session: ImapSession,
  selected: Selected,
  { args, byUid }: { args: Argument[]; byUid: boolean },
): Proc<Completion> {
  const key = parseSearch(args);
  // Numbers that are not there are refused.
  if (key.kind === 'numbers' && args.length === 1) messagesOf(selected, args[0], false);
  const found: number[] = [];
  for (const [index, message] of selected.view.entries()) {
    if (message.expunged) continue;
    const candidate = new Candidate(os, selected, index);
    if (candidate.matches(key)) found.push(byUid ? message.uid : index + 1);
  }
  put(session, `* SEARCH${found.map((number) => ` ${number}`).join('')}`);
  return ok('Search completed');
}

/** One message, read only when a key needs it. */
class Candidate {
  readonly #os: Os;
  readonly #selected: Selected;
  readonly #index: number;
  #content: Uint8Array | null = null;
  #header: HeaderSection | null = null;

  constructor(os: Os, selected: Selected, index: number) {
    this.#os = os;
    this.#selected = selected;
    this.#index = index;
  }

  matches(key: SearchKey): boolean {
    const { view, recent, mailbox } = this.#selected;
    const message = view[this.#index]!;
    switch (key.kind) {
      case 'all':
        return true;
      case 'flag':
        return message.flags.has(key.flag) === key.set;
      case 'recent':
        return recent.has(message) === key.recent;
      case 'new':
        return recent.has(message) && !message.flags.has('\\Seen');
      case 'header':
        return this.#hasHeader(key.field, key.text);
      case 'body':
      case 'text':
        return this.#hasText(key.text, key.kind === 'text');
      case 'date':
        return isWhen(
          key.when,
          key.sent ? this.#sentDay() : Math.floor(mailbox.internalDate(this.#os, message) / dayUs),
          key.day,
        );
      case 'larger':
        return message.size > key.bytes;
      case 'smaller':
        return message.size < key.bytes;
      case 'numbers':
        return inSequenceSet(key.set, this.#index + 1, view.length);
      case 'uids':
        return inSequenceSet(key.set, message.uid, view[view.length - 1]!.uid);
      case 'and':
        return key.keys.every((part) => this.matches(part));
      case 'or':
        return key.keys.some((part) => this.matches(part));
      case 'not':
        return !this.matches(key.key);
      default:
        return unreachable(key);
    }
  }

  #bytes(): Uint8Array {
    return (this.#content ??=
      this.#selected.mailbox.read(this.#os, this.#selected.view[this.#index]!) ?? new Uint8Array(0));
  }
  #fields(): HeaderSection {
    return (this.#header ??= parseHeader(this.#bytes()));
  }
  #hasHeader(name: string, text: string): boolean {
    const wanted = lower(text);
    return this.#fields().fields.some(
      (field) => field.name.toLowerCase() === name && decodeText(field.value).toLowerCase().includes(wanted),
    );
  }
  #hasText(text: string, header: boolean): boolean {
    const bytes = this.#bytes();
    const from = header ? 0 : this.#fields().bodyStart;
    return utf8.decode(bytes.subarray(from)).toLowerCase().includes(lower(text));
  }
  // RFC 3501 §6.4.4: the date as it is written, whatever its zone.
  #sentDay(): number | null {
    const field = this.#fields().fields.find(({ name }) => name.toLowerCase() === 'date');
    const at = field === undefined ? null : parseDate(field.value.replace(/[+-]\d{4}/, '+0000'));
    return at === null ? null : Math.floor(at / dayUs);
  }
}

/** A search text comes as the client's bytes, one per character. */
function lower(text: string): string {
  return utf8.decode(ascii.encode(text)).toLowerCase();
}

function isWhen(when: 'before' | 'on' | 'since', day: number | null, wanted: number): boolean {
  if (day === null) return false;
  return when === 'before' ? day < wanted : when === 'on' ? day === wanted : day >= wanted;
}
