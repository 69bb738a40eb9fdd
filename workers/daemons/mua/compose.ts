/**
 * compose — what the user typed as an Internet message: header, MIME, text in UTF-8
 *
 * STANDARDS  RFC 5322 §3.6 (fields; Message-ID, In-Reply-To, References); RFC 2045, RFC 2047 (MIME)
 */
import * as ascii from '../../bytes/ascii.ts';
import { allocate } from '../../bytes/slab.ts';
import * as utf8 from '../../bytes/utf8.ts';

import { formatDateTime } from '../../protocols/message/date.ts';
import { encodeText } from '../../protocols/mime/encoded-word.ts';
import { encodeQuotedPrintable } from '../../protocols/mime/quoted-printable.ts';

export interface Address {
  /** display name, '' = none */
  name: string;
  address: string;
}

export interface Draft {
  from: Address;
  to: readonly Address[];
  subject: string;
  /** lines ended by LF or CRLF */
  text: string;
  messageId: string;
  /** microseconds since 1970 */
  date: number;
  /** Message-ID of what is answered, '' = nothing */
  inReplyTo: string;
  /** the thread so far, oldest first, without inReplyTo */
  references: readonly string[];
}

export interface Composed {
  /** header with the empty line, body */
  pieces: [Uint8Array, Uint8Array];
  /** for BODY= of MAIL */
  body: '7BIT' | '8BITMIME';
}

const lineBytesMax = 998; // RFC 5322 §2.1.1
const referencesMax = 20; // RFC 5322 §3.6.4 sets no limit; user agents trim from the middle

/** @param eightBit whether the server takes 8-bit content (RFC 6152); if not, quoted-printable is used */
export function compose(draft: Draft, eightBit: boolean): Composed {
  const plainLines = encodePlainLines(draft.text);
  const lines = plainLines ?? utf8.encode(toCrlf(draft.text));
  const plain = plainLines !== null || isSevenBit(lines);
  const long = plainLines === null && hasLongLine(lines);
  const encoding = long || (!plain && !eightBit) ? 'quoted-printable' : plain ? '7bit' : '8bit';
  const header =
    `Message-ID: ${draft.messageId}\r\n` +
    `Date: ${formatDateTime(draft.date)}\r\n` +
    'MIME-Version: 1.0\r\nUser-Agent: Postroom\r\n' +
    `Subject: ${encodeText(oneLine(draft.subject))}\r\n` +
    `To: ${draft.to.map(formatAddress).join(',\r\n ')}\r\n` +
    `From: ${formatAddress(draft.from)}\r\n` +
    replyFields(draft) +
    `Content-Type: text/plain; charset=${plain ? 'us-ascii' : 'UTF-8'}\r\n` +
    `Content-Transfer-Encoding: ${encoding}\r\n\r\n`;
  const body = encoding === 'quoted-printable' ? utf8.encode(encodeQuotedPrintable(lines)) : lines;
  return { pieces: [utf8.encode(header), body], body: encoding === '8bit' ? '8BITMIME' : '7BIT' };
}

/**
 * Reads what stands in the To field of the window: "Bob <bob@acme.example>, sales@acme.example".
 * @returns the piece that is no address, as a string
 */
export function parseRecipients(text: string): Address[] | string {
  const addresses: Address[] = [];
  for (const piece of splitAtCommas(oneLine(text))) {
    const match = piece.endsWith('>')
      ? /^(?:"((?:[^"\\]|\\.)*)"|([^<>"]*?))\s*<([^<>\s]+)>$/.exec(piece)
      : null;
    const address = match?.[3] ?? piece;
    if (!/^[^\s@<>(),;:"\\]+@[^\s@<>(),;:"\\]+$/.test(address)) return piece;
    const name = match?.[1]?.replace(/\\(.)/g, '$1') || (match?.[2] ?? '').trim();
    addresses.push({ name, address });
  }
  return addresses;
}

function replyFields(draft: Draft): string {
  if (draft.inReplyTo === '') return '';
  const thread = [...draft.references, draft.inReplyTo];
  const kept = thread.length > referencesMax ? [thread[0]!, ...thread.slice(1 - referencesMax)] : thread;
  return `In-Reply-To: ${draft.inReplyTo}\r\nReferences: ${kept.join('\r\n ')}\r\n`;
}

function formatAddress({ name, address }: Address): string {
  if (name === '') return address;
  const phrase = oneLine(name);
  // RFC 5322 §3.2.3: other characters than atext and blanks need quotes.
  if (/^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]+$/.test(phrase) && !phrase.includes('=?'))
    return `${phrase} <${address}>`;
  if (/^[\x20-\x7e]*$/.test(phrase)) return `"${phrase.replace(/["\\]/g, '\\$&')}" <${address}>`;
  return `${encodeText(phrase)} <${address}>`;
}

/** Nothing that a person types may start a new header field. */
function oneLine(text: string): string {
  return text.replace(/[\x00-\x1f\x7f]+/g, ' ').trim();
}

/**
 * As toCrlf, in bytes and in one pass over the text.
 * @returns null when the text is not lines of ASCII that may be sent as they are
 */
function encodePlainLines(text: string): Uint8Array | null {
  if (text === '' || !text.endsWith('\n')) return null;
  let lines = 0;
  for (let at = -1; (at = text.indexOf('\n', at + 1)) !== -1; lines++);
  const bytes = allocate(text.length + lines);
  let to = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === lf) {
      if (to - start > lineBytesMax) return null;
      bytes[to++] = cr;
      start = to + 1;
    } else if (code >= 0x80 || code === 0 || code === cr) return null;
    bytes[to++] = code;
  }
  return bytes;
}

function toCrlf(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n/g, '\r\n');
  return lines === '' || lines.endsWith('\r\n') ? lines : `${lines}\r\n`;
}

function isSevenBit(bytes: Uint8Array): boolean {
  return ascii.isSevenBit(bytes) && !bytes.includes(0);
}

/** @param bytes lines that end with CRLF, which does not count (RFC 5322 §2.1.1) */
function hasLongLine(bytes: Uint8Array): boolean {
  let start = 0;
  for (let at = bytes.indexOf(lf); at !== -1; at = bytes.indexOf(lf, at + 1)) {
    if (at - 1 - start > lineBytesMax) return true;
    start = at + 1;
  }
  return bytes.length - start > lineBytesMax;
}

const lf = 0x0a;
const cr = 0x0d;

function splitAtCommas(text: string): string[] {
  if (!text.includes(',')) return text === '' ? [] : [text];
  const pieces: string[] = [];
  let piece = '';
  let quoted = false;
  for (const c of text) {
    if (c === '"') quoted = !quoted;
    if (c === ',' && !quoted) {
      pieces.push(piece);
      piece = '';
    } else piece += c;
  }
  return [...pieces, piece].map((part) => part.trim()).filter((part) => part !== '');
}
