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

const places = 256;
const octetsMax = 64; // longer ones seldom come again

/** A table of texts; its owner is who reads many messages of one kind. */
export class TextTable {
  readonly #texts: string[] = new Array<string>(places).fill('');
  /** the same as octets: comparing them is three times as fast as comparing characters */
  readonly #octets = new Uint8Array(places * octetsMax);

  /** bytes[start, end) as UTF-8 text. */
  find(bytes: Uint8Array, start: number, end: number): string {
    const count = end - start;
    if (count > octetsMax) return utf8.decode(bytes.subarray(start, end));
    let hash = count;
    const step = 1 + (count >>> 3); // some eight octets tell most texts apart
    for (let i = end - 1; i >= start; i -= step) hash = Math.imul(hash, 31) + bytes[i]!;
    const place = (hash ^ (hash >>> 15)) & (places - 1);
    const kept = this.#texts[place]!;
    const at = place * octetsMax;
    if (kept.length === count && this.#isKept(at, bytes, start, count)) return kept;
    const view = bytes.subarray(start, end);
    if (!ascii.isSevenBit(view)) return utf8.decode(view);
    this.#octets.set(view, at);
    // In one call: a text that is put together from parts would be slow to compare.
    return (this.#texts[place] = String.fromCharCode.apply(null, view as unknown as number[]));
  }

  #isKept(at: number, bytes: Uint8Array, start: number, count: number): boolean {
    const octets = this.#octets;
    for (let i = 0; i < count; i++) if (octets[at + i] !== bytes[start + i]) return false;
    return true;
  }
}
