/**
 * encoded-word — text beyond ASCII in header fields: "=?UTF-8?B?w5xiZXI=?="
 *
 * Written in UTF-8 and base64, each word of at most 75 characters and of whole characters; read in UTF-8,
 * US-ASCII and ISO 8859-1, both encodings. Words of another charset stay as they are.
 *
 * STANDARDS  RFC 2047 §2, §4, §5, §6.2
 */
import * as ascii from '../../bytes/ascii.ts';
import * as base64 from '../../bytes/base64.ts';
import * as utf8 from '../../bytes/utf8.ts';

/**
 * Text as it may stand in an unstructured field or a phrase; folded with CRLF and a blank between words.
 * @returns the text itself when it is printable ASCII and holds nothing that looks like an encoded word
 */
export function encodeText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text) && !text.includes('=?')) return text;
  const words: string[] = [];
  let word: number[] = [];
  for (const character of text) {
    const bytes = utf8.encode(character);
    if (word.length + bytes.length > wordBytesMax) {
      words.push(formatWord(word));
      word = [];
    }
    for (const byte of bytes) word.push(byte);
  }
  words.push(formatWord(word));
  return words.join('\r\n ');
}

/** A field's value with its encoded words as text. */
export function decodeText(value: string): string {
  if (!value.includes('=?')) return value;
  let text = '';
  let from = 0;
  let afterWord = false;
  for (const match of value.matchAll(/=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bqBQ])\?([^?\s]*)\?=/g)) {
    const decoded = decodeWord(match[1]!, match[2]!, match[3]!);
    if (decoded === null) continue;
    const between = value.slice(from, match.index);
    // RFC 2047 §6.2: blanks between two encoded words are not shown.
    text += (afterWord && between.trim() === '' ? '' : between) + decoded;
    from = match.index + match[0].length;
    afterWord = true;
  }
  return text + value.slice(from);
}

const wordBytesMax = 45; // "=?UTF-8?B?" + 60 + "?=" = 72 characters of the 75 allowed

function formatWord(bytes: readonly number[]): string {
  return `=?UTF-8?B?${base64.encode(Uint8Array.from(bytes))}?=`;
}

/** @returns null when the charset is not known or the text is malformed */
function decodeWord(charset: string, encoding: string, text: string): string | null {
  const bytes = encoding.toUpperCase() === 'B' ? base64.decode(text) : decodeQ(text);
  if (bytes === null) return null;
  switch (charset.toUpperCase()) {
    case 'UTF-8':
    case 'US-ASCII':
      return utf8.decode(bytes);
    case 'ISO-8859-1':
      return ascii.decode(bytes);
    default:
      return null;
  }
}

function decodeQ(text: string): Uint8Array | null {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '=') {
      const digits = text.slice(i + 1, i + 3);
      if (!/^[0-9A-Fa-f]{2}$/.test(digits)) return null;
      bytes.push(parseInt(digits, 16));
      i += 2;
    } else bytes.push(c === '_' ? 0x20 : c.charCodeAt(0) & 0xff);
  }
  return Uint8Array.from(bytes);
}
