/**
 * address-pattern — which addresses a DNS list may answer with: "127.0.0.2", "127.0.[0..2].[2;4;10..12]"
 *
 * Four fields with dots between them; a field is a number up to 255, or numbers and ranges in brackets.
 *
 * SEE ALSO  postconf(5) reject_rbl_client, ip_match(3) of Postfix
 */

/** Ranges of each of the four fields. */
export type AddressPattern = readonly (readonly Range[])[];
interface Range {
  readonly low: number;
  readonly high: number;
}

/** Takes a pattern apart. A string = what is wrong with it, and where. */
export function parseAddressPattern(text: string): AddressPattern | string {
  const pattern = withoutBrackets(text);
  if (pattern === null) return 'missing "]" character';
  if (pattern === '') return 'empty address pattern';
  const reader = new TokenReader(pattern);
  const fields: Range[][] = [];
  for (;;) {
    const field = reader.next();
    if (typeof field === 'number') fields.push([{ low: field, high: field }]);
    else if (field === '[') {
      const ranges = readRanges(reader);
      if (typeof ranges === 'string') return ranges;
      fields.push(ranges);
    } else return reader.error('need decimal number 0..255 or "["');
    if (fields.length === 4) {
      if (reader.next() === '') return fields;
      return reader.error('garbage after pattern');
    }
    if (reader.next() !== '.') return reader.error('need "."');
  }
}

/** Whether an address is one of those that the pattern stands for. */
export function matchesPattern(pattern: AddressPattern, address: string): boolean {
  const octets = address.split('.').map(Number);
  return pattern.every((ranges, i) =>
    ranges.some(({ low, high }) => low <= octets[i]! && octets[i]! <= high),
  );
}

// Behind "[".
function readRanges(reader: TokenReader): Range[] | string {
  const ranges: Range[] = [];
  for (;;) {
    const low = reader.next();
    if (typeof low !== 'number') return reader.error('need decimal number 0..255');
    let end = reader.next();
    let high: number | string = low;
    if (end === '.') {
      if (reader.next() === '.') high = reader.next();
      else high = '';
      if (typeof high !== 'number' || high < low) return reader.error('numeric range error');
      end = reader.next();
    }
    ranges.push({ low, high });
    if (end === ']') return ranges;
    if (end !== ';') return reader.error('need ";" or "]"');
  }
}

// Brackets around the whole do not count. @returns null when the first is not closed
function withoutBrackets(text: string): string | null {
  if (!text.startsWith('[')) return text;
  let level = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '[') level++;
    if (text[i] === ']' && --level === 0) return i === text.length - 1 ? text.slice(1, -1) : text;
  }
  return null;
}

/** Numbers and single characters; '' at the end. A number beyond 255 is none. */
class TokenReader {
  readonly #text: string;
  #start = 0;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  next(): number | string {
    this.#start = this.#at;
    const digits = /^\d+/.exec(this.#text.slice(this.#at))?.[0];
    this.#at = Math.min(this.#text.length, this.#at + (digits?.length ?? 1));
    if (digits === undefined) return this.#text.slice(this.#start, this.#at);
    return Number(digits) > 255 ? digits : Number(digits);
  }

  /** What is wrong with the token that was read last. */
  error(what: string): string {
    const [text, start, at] = [this.#text, this.#start, this.#at];
    return `${what} at "${text.slice(0, start)}>${text.slice(start, at)}<${text.slice(at)}"`;
  }
}
