/**
 * downgrade — a message with 8-bit parts made 7-bit, for a server that does not offer 8BITMIME
 *
 * Parts whose Content-Transfer-Encoding is 8bit or binary become quoted-printable; around them, multiparts
 * and messages are labelled 7bit. Text in header fields stays as it is.
 *
 * STANDARDS  RFC 6152 §3 (what to do without 8BITMIME), RFC 2045 §6.4, §6.7
 * SEE ALSO   mime_state(3): MIME_OPT_DOWNGRADE, postconf(5): disable_mime_output_conversion
 */
import { concat } from '../../../bytes/concat.ts';
import * as ascii from '../../../bytes/ascii.ts';

import { fieldOf, parseMessage, type MimePart } from '../../../protocols/mime/part.ts';

/** @param content the message in pieces, lines ended by CRLF */
export function downgradeTo7Bit(content: readonly Uint8Array[]): Uint8Array[] {
  const message = concat(content);
  const edits: Edit[] = [];
  editPart(message, parseMessage(message), edits);
  const output: Uint8Array[] = [];
  let from = 0;
  for (const { start, end, bytes } of edits) {
    if (start > from) output.push(message.subarray(from, start));
    if (bytes.length > 0) output.push(bytes);
    from = end;
  }
  if (from < message.length) output.push(message.subarray(from));
  return output;
}

interface Edit {
  start: number;
  end: number;
  bytes: Uint8Array;
}

// Edits in the order of the message.
function editPart(message: Uint8Array, part: MimePart, edits: Edit[]): void {
  const encoding = withoutComments(fieldOf(part, fieldName) ?? '7bit');
  const isComposite = part.children.length > 0 || part.message !== null;
  const isEight = encoding === '8bit' || encoding === 'binary';
  if (isEight) {
    for (const { name, start, end } of part.fields) {
      if (name.toLowerCase() !== fieldName) continue;
      const label = isComposite ? '7bit' : 'quoted-printable';
      edits.push({ start, end, bytes: ascii.encode(`Content-Transfer-Encoding: ${label}\r\n`) });
    }
  }
  if (isComposite) {
    for (const child of part.message === null ? part.children : [part.message])
      editPart(message, child, edits);
  } else if (isEight && part.bodyEnd > part.bodyStart) {
    const { bodyStart: start, bodyEnd: end } = part;
    edits.push({ start, end, bytes: ascii.encode(quotedPrintable(message, start, end)) });
  }
}

function withoutComments(value: string): string {
  return value
    .replace(/\([^()]*\)/g, '')
    .trim()
    .toLowerCase();
}

const fieldName = 'content-transfer-encoding';
const columnsMax = 72; // as Postfix breaks: before the character that comes after more than these

function quotedPrintable(bytes: Uint8Array, start: number, end: number): string {
  let output = '';
  let column = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === 0x0d && bytes[i + 1] === 0x0a && i + 1 < end) {
      output += '\r\n';
      column = 0;
      i++;
      continue;
    }
    if (column > columnsMax) {
      output += '=\r\n';
      column = 0;
    }
    const endsLine = i + 1 >= end || (bytes[i + 1] === 0x0d && bytes[i + 2] === 0x0a);
    const isBlank = byte === 0x20 || byte === 0x09;
    const isPlain = isBlank ? !endsLine : byte > 0x20 && byte < 0x7f && byte !== 0x3d;
    const text = isPlain ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    output += text;
    column += text.length;
  }
  return output;
}
