/**
 * header-addresses — addresses in header fields, completed and mapped as those of the envelope are
 *
 * Only for local clients (local_header_rewrite_clients): mail from elsewhere is not ours to change.
 *
 * A field in which an address changes is laid out anew: one space between its words, folded behind commas.
 *
 * SIMPLIFIED: what is no address in a field ("<", a phrase alone) stays as written, where
 * the real one makes an address of it.
 *
 * SEE ALSO  ADDRESS_REWRITING_README, cleanup_message(3), cleanup_map11(3)
 */
import * as utf8 from '../../../bytes/utf8.ts';

import { findAddresses } from '../../../protocols/message/address-list.ts';
import { formatLexemes, scanAddress } from '../../../protocols/smtp/address-lexemes.ts';
import { quoteLocalPart } from '../../../protocols/smtp/address.ts';

import type { Proc } from '../../../os/os.ts';

import type { HeaderLine, ScannedMessage } from './header-work.ts';

/** canonical_classes of an address in a field. */
export type HeaderRole = 'header_sender' | 'header_recipient';

const roles: ReadonlyMap<string, HeaderRole> = new Map<string, HeaderRole>([
  ...names('header_sender', 'from sender reply-to errors-to return-receipt-to disposition-notification-to'),
  ...names('header_sender', 'resent-from resent-sender resent-reply-to'),
  ...names('header_recipient', 'to cc bcc apparently-to mail-followup-to resent-to resent-cc resent-bcc'),
]);
Object.freeze(roles);

function names(role: HeaderRole, list: string): [string, HeaderRole][] {
  return list.split(' ').map((name) => [name, role]);
}

/**
 * Adds what changes to `edits`.
 * @param map one address to its new form; null = a table cannot be asked now
 * @returns false when a table could not be asked
 */
export function* rewriteHeaderAddresses(
  message: ScannedMessage,
  edits: Map<HeaderLine, string>,
  map: (role: HeaderRole, address: string) => Proc<string | null>,
): Proc<boolean> {
  for (const field of message.fields) {
    const role = roles.get(field.name);
    if (role === undefined || edits.has(field)) continue;
    const bytes = message.header[field.piece]!.subarray(field.start, field.end);
    if (!utf8.isValid(bytes)) continue; // it could not be put together again
    const text = utf8.decode(bytes);
    const colon = text.indexOf(':') + 1;
    let output = '';
    let from = colon;
    for (const { start, end } of findAddresses(text.slice(colon))) {
      const address = text.slice(colon + start, colon + end);
      const mapped = yield* map(role, formatLexemes(scanAddress(address)));
      if (mapped === null) return false;
      const written = quoteLocalPart(mapped);
      if (written === address) continue;
      output += text.slice(from, colon + start) + written;
      from = colon + end;
    }
    if (from > colon) edits.set(field, fold(text.slice(0, colon - 1).trimEnd(), output + text.slice(from)));
  }
  return true;
}

const lineCharacters = 70;

// "name: value" CRLF, folded behind commas where a line would end beyond that.
function fold(name: string, value: string): string {
  let text = '';
  let line = `${name}: `;
  for (const [i, item] of itemsOf(value).entries()) {
    const longer = i === 0 ? line + item : `${line} ${item}`;
    if (i > 0 && longer.length >= lineCharacters) {
      text += `${line}\r\n`;
      line = `\t${item}`;
    } else line = longer;
  }
  return `${text}${line}\r\n`;
}

// What commas separate, each with its comma, and with one space between words.
function itemsOf(value: string): string[] {
  const items: string[] = [];
  let item = '';
  for (const [lexeme] of value.matchAll(/"(?:[^"\\]|\\[^])*"?|\((?:[^()\\]|\\[^])*\)?|\s+|[^\s",(<]+|[^]/g)) {
    if (lexeme.trim() === '') item += ' ';
    else if (lexeme === ',') {
      items.push(`${item.trim()},`);
      item = '';
    } else if (lexeme === '<' && item.trim() !== '') item = `${item.trimEnd()} <`;
    else item += lexeme;
  }
  return [...items, item.trim()];
}
