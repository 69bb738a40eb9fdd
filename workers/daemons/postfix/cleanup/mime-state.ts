/**
 * mime-state — where in its MIME structure a message is, line by line
 *
 * Knows no more than where header fields may stand: at the start of parts and of attached messages. A
 * boundary is found by its beginning, whatever follows it on its line; of several boundaries that one field
 * names, each counts.
 *
 * STANDARDS  RFC 2045 §5.1 (syntax of Content-Type), RFC 2046 §5.1 (multipart), §5.2.1 (message/rfc822)
 * SEE ALSO   content-checks.ts, mime_state(3), header_token(3)
 */
import * as ascii from '../../../bytes/ascii.ts';

export interface MimeLimits {
  /** disable_mime_input_processing: all behind the message's own header is body */
  readonly disabled: boolean;
  /** mime_nesting_limit */
  readonly nestingMax: number;
  /** mime_boundary_length_limit */
  readonly boundaryMax: number;
}

interface Multipart {
  boundary: string;
  /** its parts are messages unless they say otherwise */
  isDigest: boolean;
}

/** Follows one message from its first field to its last line. */
export class MimeState {
  readonly #limits: MimeLimits;
  /** the innermost multipart is the last */
  readonly #open: Multipart[] = [];
  #isMessage = false;

  constructor(limits: MimeLimits) {
    this.#limits = limits;
  }

  /** Whether a line yet to come can begin header fields. */
  get hasStructure(): boolean {
    return this.#isMessage || this.#open.length > 0;
  }

  /** Takes a whole Content-Type field. @returns false when it nests deeper than mime_nesting_limit */
  contentType(field: string): boolean {
    if (this.#limits.disabled) return true;
    const items = itemsOf(field.slice(field.indexOf(':') + 1));
    const [type, slash, subtype] = items[0] ?? [];
    const isOf = (name: string): boolean => slash?.text === '/' && isWord(subtype, name);
    this.#isMessage = isWord(type, 'message') && isOf('rfc822');
    if (!isWord(type, 'multipart')) return true;
    const isDigest = isOf('digest');
    let fits = true;
    for (const [name, equals, value] of items.slice(1)) {
      if (!isWord(name, 'boundary') || equals?.text !== '=' || value === undefined) continue;
      if (this.#open.length - 1 > this.#limits.nestingMax) fits = false;
      else this.#open.push({ boundary: value.text.slice(0, this.#limits.boundaryMax), isDigest });
    }
    return fits;
  }

  /** At the empty line behind header fields. @returns true when those of an attached message follow */
  endHeader(): boolean {
    const isMessage = this.#isMessage;
    this.#isMessage = false;
    return isMessage;
  }

  /** Takes a line of a body. @returns true when it is a boundary behind which a part begins */
  bodyLine(bytes: Uint8Array, start: number, end: number): boolean {
    if (bytes[start] !== dash || bytes[start + 1] !== dash || this.#open.length === 0) return false;
    const line = ascii.decode(bytes, start + 2, end);
    const open = this.#open;
    const found = open.findLastIndex(({ boundary }) => line.startsWith(boundary));
    if (found === -1) return false;
    const { boundary, isDigest } = open[found]!;
    const isLast = line.startsWith('--', boundary.length);
    open.length = isLast ? found : found + 1;
    this.#isMessage = isDigest && !isLast;
    return !isLast;
  }
}

interface Token {
  kind: 'word' | 'quoted' | 'special';
  text: string;
}

// What semicolons separate; of each, the tokens that can count. A comment that is not closed goes to the end.
function itemsOf(text: string): Token[][] {
  const items: Token[][] = [[]];
  const inComment = /\\[^]?|[^\\()]+|[()]/y;
  const quotedString = String.raw`"((?:[^"\\]|\\[^])*)\\?"?`;
  const special = String.raw`[()<>@,;:\\/[\]?=]|(?![\t\r\n])\p{Cc}`;
  const word = String.raw`[^ ()<>@,;:\\"/[\]?=\p{Cc}]+`;
  const token = new RegExp(`${quotedString}|(${special})|${word}|[ \\t\\r\\n]+`, 'uy');
  let depth = 0;
  for (let at = 0; at < text.length;) {
    const pattern = depth > 0 ? inComment : token;
    pattern.lastIndex = at;
    const [lexeme, quoted, mark] = pattern.exec(text)!;
    at += lexeme.length;
    const last = items.at(-1)!;
    if (lexeme === '(') depth++;
    else if (depth > 0) depth -= lexeme === ')' ? 1 : 0;
    else if (lexeme === ';') items.push([]);
    else if (' \t\r\n'.includes(lexeme[0]!) || last.length === tokensMax) continue;
    else if (quoted !== undefined) last.push({ kind: 'quoted', text: unquoted(quoted) });
    else last.push({ kind: mark === undefined ? 'word' : 'special', text: lexeme });
  }
  return items;
}

function unquoted(text: string): string {
  return text.replace(/\s*\n/g, '').replace(/\\([^])/g, '$1');
}

function isWord(token: Token | undefined, name: string): boolean {
  return token?.kind === 'word' && token.text.toLowerCase() === name;
}

const tokensMax = 3;
const dash = 0x2d;
