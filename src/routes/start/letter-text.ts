/** letter-text — subject, sender and text of a simple letter as a user agent fetched it */
import * as ascii from '../../../workers/bytes/ascii.ts';
import * as utf8 from '../../../workers/bytes/utf8.ts';
import { getField, parseHeader } from '../../../workers/protocols/message/header.ts';
import { decodeText } from '../../../workers/protocols/mime/encoded-word.ts';

export interface LetterText {
  from: string;
  subject: string;
  text: string;
}

/** Reads a letter of one text part; of any other the body is shown as it came. */
export function letterText(content: Uint8Array): LetterText {
  const header = parseHeader(content);
  const body = content.subarray(header.bodyStart);
  const encoding = (getField(header, 'Content-Transfer-Encoding') ?? '').trim().toLowerCase();
  return {
    from: decodeText(getField(header, 'From') ?? '').trim(),
    subject: decodeText(getField(header, 'Subject') ?? '').trim(),
    text: utf8.decode(decodeBody(body, encoding)).trim(),
  };
}

function decodeBody(body: Uint8Array, encoding: string): Uint8Array {
  if (encoding === 'quoted-printable') return decodeQuotedPrintable(body);
  if (encoding !== 'base64') return body;
  try {
    return Uint8Array.from(atob(utf8.decode(body).replace(/\s/g, '')), (c) => c.charCodeAt(0));
  } catch {
    return body;
  }
}

// RFC 2045 §6.7: "=" and two hex digits are an octet, "=" at the end of a line is no line end.
function decodeQuotedPrintable(body: Uint8Array): Uint8Array {
  const text = ascii.decode(body).replace(/=[ \t]*\r?\n/g, '');
  const octets = text.replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return Uint8Array.from(octets, (c) => c.charCodeAt(0));
}
