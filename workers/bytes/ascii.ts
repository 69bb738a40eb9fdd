/**
 * ascii — bytes to text and back, one character per byte (ISO 8859-1)
 *
 * The only way wire bytes become text under workers/, beside utf8.ts: byte 0x80–0xFF maps to the character
 * of the same number, in every engine alike. Encoding refuses nothing: characters above 0xFF become "?".
 */
import { allocate } from './slab.ts';

/** Decodes bytes[start, end) with one character per byte. */
export function decode(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = '';
  let at = start;
  for (; end - at > chunkBytes; at += chunkBytes)
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + chunkBytes) as unknown as number[]);
  // Eight at a time: most texts are short, and a call with a view of the bytes costs more than they do.
  for (; at + 8 <= end; at += 8)
    text += String.fromCharCode(
      bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!,
      bytes[at + 4]!, bytes[at + 5]!, bytes[at + 6]!, bytes[at + 7]!,
    ); // prettier-ignore
  for (; at < end; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}

/** Whether all bytes are below 0x80. */
export function isSevenBit(bytes: Uint8Array): boolean {
  const { length } = bytes;
  let at = 0;
  for (; at + 8 <= length; at += 8)
    if (
      (bytes[at]! | bytes[at + 1]! | bytes[at + 2]! | bytes[at + 3]! |
       bytes[at + 4]! | bytes[at + 5]! | bytes[at + 6]! | bytes[at + 7]!) >= 0x80
    ) return false; // prettier-ignore
  for (; at < length; at++) if (bytes[at]! >= 0x80) return false;
  return true;
}

/** Encodes text with one byte per character; a character above 0xFF becomes 0x3F ("?"). */
export function encode(text: string): Uint8Array {
  const bytes = allocate(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    bytes[i] = code > 0xff ? 0x3f : code;
  }
  return bytes;
}

const chunkBytes = 512; // stays far below the argument limit of any engine
