/**
 * header-addresses — addresses in header fields, completed and mapped as those of the envelope are
 *
 * Only for local clients (local_header_rewrite_clients): mail from elsewhere is not ours to change.
 *
 * SIMPLIFIED: an address takes the place of the old one and the rest of the field stays as written; the real
 * one formats the whole field anew. Quoted local parts stay. No masquerading.
 *
 * SEE ALSO  ADDRESS_REWRITING_README, cleanup_message(3), cleanup_map11(3)
 */
import * as utf8 from '../../../bytes/utf8.ts';

import { findAddresses } from '../../../protocols/message/address-list.ts';

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
    let from = 0;
    for (const { start, end } of findAddresses(text.slice(colon))) {
      const address = text.slice(colon + start, colon + end);
      if (address.startsWith('"')) continue;
      const mapped = yield* map(role, address);
      if (mapped === null) return false;
      if (mapped === address) continue;
      output += text.slice(from, colon + start) + mapped;
      from = colon + end;
    }
    if (from > 0) edits.set(field, output + text.slice(from));
  }
  return true;
}
