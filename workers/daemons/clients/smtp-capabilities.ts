/**
 * smtp-capabilities — what a server offers in its reply to EHLO or LHLO
 *
 * STANDARDS  RFC 5321 §4.1.1.1 (EHLO), §2.2 (extension model)
 */
import * as ascii from '../../bytes/ascii.ts';

// What this client makes use of, or somebody asks for.
const keywords = Object.freeze(['PIPELINING', 'SIZE', '8BITMIME', 'SMTPUTF8', 'DSN', 'XFORWARD', 'AUTH']);

/**
 * RFC 5321 §4.1.1.1: the first line names the server, each other one a keyword with parameters.
 * @param frame the reply, each line with its line end
 * @returns the keywords that the client knows, in capitals, with the rest of their line
 */
export function parseCapabilities(frame: Uint8Array): ReadonlyMap<string, string> {
  const capabilities = new Map<string, string>();
  for (let start = frame.indexOf(lf) + 1; start < frame.length;) {
    const end = frame.indexOf(lf, start);
    let at = start + 4;
    while (frame[at] === blank) at++;
    const keyword = keywordAt(frame, at);
    if (keyword !== null && !capabilities.has(keyword)) {
      const rest = at + keyword.length + 1;
      capabilities.set(keyword, rest >= end ? '' : ascii.decode(frame, rest, end).trim());
    }
    start = end + 1;
  }
  return capabilities;
}

function keywordAt(bytes: Uint8Array, at: number): string | null {
  for (let i = 0; i < keywords.length; i++) {
    const keyword = keywords[i]!;
    // "AUTH=PLAIN" is the form of an old draft that some clients look for.
    if (startsWith(bytes, at, keyword) && endsKeyword(bytes[at + keyword.length]!)) return keyword;
  }
  return null;
}

function startsWith(bytes: Uint8Array, at: number, keyword: string): boolean {
  for (let i = 0; i < keyword.length; i++) {
    const byte = bytes[at + i]!;
    const capital = byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte;
    if (capital !== keyword.charCodeAt(i)) return false;
  }
  return true;
}

function endsKeyword(byte: number): boolean {
  return byte === blank || byte === equals || byte === cr || byte === lf;
}

const lf = 0x0a;
const cr = 0x0d;
const blank = 0x20;
const equals = 0x3d;
