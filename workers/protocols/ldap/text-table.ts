/**
 * text-table — texts that a peer sends again and again, found by their octets
 *
 * Attribute names, base DNs and addresses come in every request. Finding one here costs less than decoding
 * it, and what is found is the same string each time, so that looking it up in a Map is cheap as well. Each
 * place keeps the text that was last there: the size is fixed.
 *
 * SEE ALSO  ber.ts
 */
import * as ascii from '../../bytes/ascii.ts';
import * as utf8 from '../../bytes/utf8.ts';

const places = 1024;
const octetsMax = 64; // longer ones seldom come again

/** A table of texts; its owner is who reads many messages of one kind. */
export class TextTable {
  readonly #texts: string[] = new Array<string>(places).fill('');

  /** bytes[start, end) as UTF-8 text. */
  find(bytes: Uint8Array, start: number, end: number): string {
    const count = end - start;
    if (count > octetsMax) return utf8.decode(bytes.subarray(start, end));
    let hash = count;
    let all = 0;
    for (let i = start; i < end; i++) {
      const octet = bytes[i]!;
      hash = (Math.imul(hash, 31) + octet) | 0;
      all |= octet;
    }
    if (all >= 0x80) return utf8.decode(bytes.subarray(start, end));
    const place = (hash ^ (hash >>> 15)) & (places - 1);
    const kept = this.#texts[place]!;
    if (isSpelled(kept, bytes, start, count)) return kept;
    return (this.#texts[place] = ascii.decode(bytes, start, end));
  }
}

function isSpelled(text: string, bytes: Uint8Array, start: number, count: number): boolean {
  if (text.length !== count) return false;
  for (let i = 0; i < count; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
