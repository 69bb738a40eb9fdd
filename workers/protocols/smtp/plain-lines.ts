/**
 * plain-lines — whether mail data can go as it is: no line to be dot-stuffed, no line end to be mended
 *
 * STANDARDS  RFC 5321 §4.5.2 (transparency), §2.3.8 (lines end with CRLF)
 */

/**
 * Whether bytes[0, end) are whole lines, each ended by one CRLF and none starting with a dot. Looks at four
 * bytes at a time: this is asked of every message, several times.
 */
export function arePlainLines(bytes: Uint8Array, end: number): boolean {
  if (bytes[0] === dot || bytes[end - 1] !== lf) return false;
  const start = Math.min(end, -bytes.byteOffset & 3);
  if (!areLineEndsPlain(bytes, 0, start, end)) return false;
  const count = (end - start) >> 2;
  if (count > 0) {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + start, count);
    for (let i = 0; i < count; i++) {
      // Zero where a byte is a line feed; then the usual test for a zero byte in a word.
      const zero = words[i]! ^ 0x0a0a0a0a;
      if (((zero - 0x01010101) & ~zero & 0x80808080) === 0) continue;
      const from = start + 4 * i;
      if (!areLineEndsPlain(bytes, from, from + 4, end)) return false;
    }
  }
  return areLineEndsPlain(bytes, start + 4 * count, end, end);
}

// Whether each line feed in [from, to) has one carriage return before it, and no dot behind it.
function areLineEndsPlain(bytes: Uint8Array, from: number, to: number, end: number): boolean {
  for (let at = from; at < to; at++) {
    if (bytes[at] !== lf) continue;
    if (bytes[at - 1] !== cr || bytes[at - 2] === cr) return false;
    if (at + 1 < end && bytes[at + 1] === dot) return false;
  }
  return true;
}

const lf = 0x0a;
const cr = 0x0d;
const dot = 0x2e;
