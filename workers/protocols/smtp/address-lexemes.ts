/**
 * address-lexemes — an address cut into the words and operators of RFC 822, and put together again
 *
 * White space between lexemes means nothing: "alice @x.example" is alice@x.example. Besides the specials of
 * RFC 822 the routing characters "%" and "!" stand alone, and "|".
 *
 * STANDARDS  RFC 822 §3.3 (lexical tokens), §6 (addresses)
 */

/** quoted: also an atom in which a backslash hid a special; literal: [text]. */
export type LexemeType = 'atom' | 'quoted' | 'literal' | 'comment' | 'operator';

export interface Lexeme {
  readonly type: LexemeType;
  /** as used inside: quotes and backslashes removed; a literal keeps its brackets, a comment all of itself */
  readonly text: string;
}

/** Cuts an address in its form on the wire. What is not closed ends with the text. */
export function scanAddress(text: string): Lexeme[] {
  const lexemes: Lexeme[] = [];
  for (let at = 0; at < text.length;) {
    const c = text[at]!;
    if (isSpace(c)) at++;
    else if (c === '(') {
      const end = endOfComment(text, at);
      lexemes.push({ type: 'comment', text: text.slice(at, end) });
      at = end;
    } else if (c === '"' || c === '[') {
      const inner = unescape(text, at + 1, (d) => d === (c === '"' ? '"' : ']'));
      lexemes.push(
        c === '"' ? { type: 'quoted', text: inner.text } : { type: 'literal', text: `[${inner.text}]` },
      );
      at = inner.end + 1;
    } else if (c !== '\\' && operators.includes(c)) {
      lexemes.push({ type: 'operator', text: c });
      at++;
    } else {
      const atom = unescape(text, at, (d) => isSpace(d) || (d !== '\\' && operators.includes(d)));
      lexemes.push({
        type: /[\x00-\x20\x7f|"(),.:;<>@[\]%!\\]/.test(atom.text) ? 'quoted' : 'atom',
        text: atom.text,
      });
      at = atom.end;
    }
  }
  return lexemes;
}

/** Puts an address together in the form used inside; words side by side are separated by a space. */
export function formatLexemes(lexemes: readonly Lexeme[]): string {
  let text = '';
  for (const [i, lexeme] of lexemes.entries()) {
    if (i > 0 && lexeme.type !== 'operator' && lexemes[i - 1]!.type !== 'operator') text += ' ';
    text += lexeme.text;
  }
  return text;
}

/** Whether the lexeme is an operator, one of `among`. */
export function isOperator(lexeme: Lexeme | undefined, among: string): boolean {
  return lexeme?.type === 'operator' && among.includes(lexeme.text);
}

const operators = '|%!()<>@,;:\\".[]';

function isSpace(c: string): boolean {
  return c === ' ' || c === '\t' || c === '\r' || c === '\n';
}

function unescape(text: string, from: number, ends: (c: string) => boolean): { text: string; end: number } {
  let plain = '';
  let at = from;
  while (at < text.length && !ends(text[at]!)) {
    if (text[at] === '\\') at++;
    plain += text[at] ?? '';
    at++;
  }
  return { text: plain, end: at };
}

function endOfComment(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === '\\') at++;
    else if (text[at] === ')' && --depth === 0) return at + 1;
  }
  return text.length;
}
