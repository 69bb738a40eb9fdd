/**
 * ascii — bytes to text and back, one character per byte (ISO 8859-1)
 *
 * The only way wire bytes become text under workers/, beside utf8.ts: byte 0x80–0xFF maps to the character
 * of the same number, in every engine alike. Encoding refuses nothing: characters above 0xFF become "?".
 */

/** Decodes bytes[start, end) with one character per byte. */
export function decode(bytes: Uint8Array, start = 0, end = bytes.length): string {
  if (end - start <= chunkBytes)
    return String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]);
  let text = '';
  for (let at = start; at < end; at += chunkBytes) {
    text += String.fromCharCode.apply(
      null,
      bytes.subarray(at, Math.min(end, at + chunkBytes)) as unknown as number[],
    );
  }
  return text;
}

/** Encodes text with one byte per character; a character above 0xFF becomes 0x3F ("?"). */
export function encode(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    bytes[i] = code > 0xff ? 0x3f : code;
  }
  return bytes;
}

const chunkBytes = 4096; // stays far below the argument limit of any engine
