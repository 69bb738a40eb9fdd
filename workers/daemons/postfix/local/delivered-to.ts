/**
 * delivered-to — finds mail that comes back to an address it was delivered to before
 *
 * SEE ALSO  local(8): Delivered-To:; delivered_hdr(3)
 */
import * as utf8 from '../../../bytes/utf8.ts';

import { findHeaderEnd } from '../../../protocols/message/header.ts';

import type { DeliveryRequest } from '../delivery/request.ts';

const headerBytesMax = 262_144; // what is beyond it is not looked at

/** Whether a Delivered-To: field of the message names the address; case does not matter. */
export function wasDeliveredTo(request: DeliveryRequest, address: string): boolean {
  const wanted = address.toLowerCase();
  const header = headerOf(request.readContent()).toLowerCase();
  const field = /^delivered-to[ \t]*:[ \t]*(.*?)[ \t]*\r?$/gm;
  for (let match = field.exec(header); match !== null; match = field.exec(header))
    if (match[1] === wanted) return true;
  return false;
}

function headerOf(content: readonly Uint8Array[]): string {
  let text = '';
  let bytes = 0;
  for (const piece of content) {
    // In a later piece a line may be the rest of one: only an empty line ends the header for sure.
    const end = text === '' ? findHeaderEnd(piece) : piece.length;
    text += utf8.decode(piece.subarray(0, end));
    bytes += end;
    if (end < piece.length || bytes > headerBytesMax || /\n\r?\n/.test(text)) break;
  }
  const end = text.search(/\n\r?\n/);
  return end === -1 ? text : text.slice(0, end + 1);
}
