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
  for (let at = 0; ;) {
    const token: Token = { text: '', malformed: false };
    at = nextToken(line, at, token);
    if (token.text === '') return tokens;
    tokens.push(token);
  }
}

/** Whether a word is the name of a header field and a colon: "Subject:". @see RFC 5322 §2.2 */
export function isHeaderName(word: string): boolean {
  return /^[!-9;-~]+[ \t]*:/.test(word);
}

// Fills the token that starts at `at`; returns where the next one starts.
function nextToken(line: string, at: number, token: Token): number {
  while (at < line.length) {
    const c = line[at++]!;
    if (isSpace(c)) {
      while (at < line.length && isSpace(line[at]!)) at++;
      if (token.text !== '') return at;
    } else if (c === '<') at = quoted(line, at, token, { open: c, close: '>' });
    else if (c === '"') at = quoted(line, at, token, { open: c, close: '"' });
    else if (c === ':') {
      token.text += c;
      const word = token.text.toLowerCase();
      if (word === 'to:' || word === 'from:') return at;
    } else if (c === '\\') token.text += c + (line[at++] ?? '');
    else token.text += c;
  }
  return at;
}

// Takes all up to the closing bracket or quote: brackets nest, quotes hide brackets, a backslash hides the
// next.
function quoted(
  line: string,
  at: number,
  token: Token,
  { open, close }: { open: string; close: string },
): number {
  const stack: string[] = [];
  let wanted = close;
  token.text += open;
  while (at < line.length) {
    const c = line[at++]!;
    token.text += c;
    if (c === '\\') {
      token.text += line[at++] ?? '';
    } else if (c === wanted) {
      const outer = stack.pop();
      if (outer === undefined) return at;
      wanted = outer;
    } else if (c === '"' || (c === '<' && wanted === '>')) {
      stack.push(wanted);
      wanted = c === '<' ? '>' : c;
    }
  }
  token.malformed = true;
  return at;
}

function isSpace(c: string): boolean {
  return c === ' ' || (c >= '\t' && c <= '\r');
}
