/**
 * smtp-capabilities — what a server offers in its reply to EHLO or LHLO
 *
 * STANDARDS  RFC 5321 §4.1.1.1 (EHLO), §2.2 (extension model)
 */
import * as ascii from '../../bytes/ascii.ts';

/** The keywords that the client knows, in capitals, with the rest of their line. They are few: no map. */
export class Capabilities {
  readonly #keywords: string[] = [];
  readonly #values: string[] = [];

  has(keyword: string): boolean {
    return this.#keywords.includes(keyword);
  }
  get(keyword: string): string | undefined {
    const index = this.#keywords.indexOf(keyword);
    return index === -1 ? undefined : this.#values[index];
  }
  add(keyword: string, value: string): void {
    this.#keywords.push(keyword);
    this.#values.push(value);
  }
}

/**
 * RFC 5321 §4.1.1.1: the first line names the server, each other one a keyword with parameters.
 * @param frame the reply, each line with its line end
 */
export function parseCapabilities(frame: Uint8Array): Capabilities {
  const capabilities = new Capabilities();
  for (let start = frame.indexOf(lf) + 1; start < frame.length;) {
    const end = frame.indexOf(lf, start);
    let at = start + 4;
    while (frame[at] === blank) at++;
    const keyword = keywordAt(frame, at);
    if (keyword !== null && !capabilities.has(keyword)) {
      const rest = at + keyword.length + 1;
      capabilities.add(keyword, rest >= end ? '' : ascii.decode(frame, rest, end).trim());
    }
    start = end + 1;
  }
  return capabilities;
}

function keywordAt(bytes: Uint8Array, at: number): string | null {
  const keyword = candidateAt(bytes, at);
  if (keyword === null || !startsWith(bytes, at, keyword)) return null;
  // "AUTH=PLAIN" is the form of an old draft that some clients look for.
  return endsKeyword(bytes[at + keyword.length]!) ? keyword : null;
}

// What this client makes use of, by the first letters.
function candidateAt(bytes: Uint8Array, at: number): string | null {
  switch (capital(bytes[at]!)) {
    case 0x38:
      return '8BITMIME';
    case 0x41:
      return 'AUTH';
    case 0x44:
      return 'DSN';
    case 0x50:
      return 'PIPELINING';
    case 0x53:
      return startingWithS(capital(bytes[at + 1]!));
    case 0x58:
      return 'XFORWARD';
    default:
      return null;
  }
}

function startingWithS(second: number): string {
  return second === 0x49 ? 'SIZE' : second === 0x54 ? 'STARTTLS' : 'SMTPUTF8';
}

function startsWith(bytes: Uint8Array, at: number, keyword: string): boolean {
  for (let i = 0; i < keyword.length; i++)
    if (capital(bytes[at + i]!) !== keyword.charCodeAt(i)) return false;
  return true;
}

function capital(byte: number): number {
  return byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte;
}

function endsKeyword(byte: number): boolean {
  return byte === blank || byte === equals || byte === cr || byte === lf;
}

const lf = 0x0a;
const cr = 0x0d;
const blank = 0x20;
const equals = 0x3d;
