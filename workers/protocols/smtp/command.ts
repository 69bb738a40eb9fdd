/**
 * command — an SMTP command line cut into its verb and arguments, as smtpd(8) cuts it
 *
 * Text between < and >, and between quotes, stays in one piece with its quoting; "from:" and "to:" end a
 * token so that both "MAIL FROM:<x>" and "MAIL FROM: <x>" give [MAIL] [FROM:] [<x>].
 *
 * STANDARDS  RFC 5321 §4.1.1 (commands), and what clients send in place of it
 */

export interface Token {
  text: string;
  /** a bracket or quote was never closed */
  malformed: boolean;
}

/** Cuts a command line without its line end. @returns [] when there is nothing but white space */
export function tokenize(line: string): Token[] {
  const tokens: Token[] = [];
  for (let at = skipSpace(line, 0); at < line.length;) {
    const end = tokenEnd(line, at);
    // Not closed: the line's end closed it.
    const malformed = end > line.length;
    tokens.push({ text: line.slice(at, end), malformed });
    at = skipSpace(line, end);
  }
  return tokens;
}

/** Whether a word is a keyword, in upper or lower case. @param keyword upper case ASCII */
export function isKeyword(word: string, keyword: string): boolean {
  if (word.length !== keyword.length) return false;
  for (let i = 0; i < word.length; i++) {
    const c = word.charCodeAt(i);
    const upper = c >= 0x61 && c <= 0x7a ? c - 0x20 : c;
    if (upper !== keyword.charCodeAt(i)) return false;
  }
  return true;
}

/** Whether a word is the name of a header field and a colon: "Subject:". @see RFC 5322 §2.2 */
export function isHeaderName(word: string): boolean {
  return /^[!-9;-~]+[ \t]*:/.test(word);
}

function skipSpace(line: string, from: number): number {
  let at = from;
  while (at < line.length && isSpace(line.charCodeAt(at))) at++;
  return at;
}

// Where the token that starts at `from` ends; beyond the line when a bracket or quote was never closed.
function tokenEnd(line: string, from: number): number {
  let at = from;
  let malformed = false;
  while (at < line.length) {
    const c = line.charCodeAt(at);
    if (isSpace(c)) break;
    at++;
    if (c === less || c === quote) {
      const end = quotedEnd(line, at, c === less ? greater : quote);
      malformed = end > line.length;
      at = end;
    } else if (c === backslash) at++;
    else if (c === colon && isPrefix(line, from, at)) break;
  }
  return malformed ? line.length + 1 : Math.min(at, line.length);
}

// "to:" or "from:"
function isPrefix(line: string, from: number, end: number): boolean {
  const length = end - from;
  if (length !== 3 && length !== 5) return false;
  return isKeyword(line.slice(from, end), length === 3 ? 'TO:' : 'FROM:');
}

// Behind the closing bracket or quote: brackets nest, quotes hide brackets, a backslash hides the next.
function quotedEnd(line: string, from: number, close: number): number {
  const outer: number[] = [];
  let wanted = close;
  for (let at = from; at < line.length;) {
    const c = line.charCodeAt(at++);
    if (c === backslash) at++;
    else if (c === wanted) {
      const next = outer.pop();
      if (next === undefined) return at;
      wanted = next;
    } else if (c === quote || (c === less && wanted === greater)) {
      outer.push(wanted);
      wanted = c === less ? greater : c;
    }
  }
  return line.length + 1;
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

const quote = 0x22;
const colon = 0x3a;
const less = 0x3c;
const greater = 0x3e;
const backslash = 0x5c;
