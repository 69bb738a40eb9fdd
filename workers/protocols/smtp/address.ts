/**
 * address — the address in an envelope command, from its quoted form on the wire to the form used inside
 *
 * Clients put header-style addresses ("Bob <b@x> (home)") where RFC 5321 wants a path; the address is found
 * in them by the rules of RFC 822, from right to left, as Postfix does.
 *
 * STANDARDS  RFC 5321 §4.1.2 (paths; source routes are cut off, appendix C), RFC 822 §6
 */

export interface EnvelopeAddress {
  /** without quotes, backslashes, brackets and source route; '' = the null reverse-path */
  address: string;
  /** only a path in <> and nothing else: what strict_rfc821_envelopes asks for */
  strict: boolean;
}

/** Finds the one address in a token. @returns null when there are two or more */
export function parseEnvelopeAddress(token: string): EnvelopeAddress | null {
  const bracketed = token.startsWith('<') && token.endsWith('>');
  let text = bracketed ? token.slice(1, -1) : token;
  const colon = text.startsWith('@') ? text.indexOf(':') : -1;
  if (colon >= 0) text = text.slice(colon + 1);
  if (plainAddress.test(text)) return { address: text, strict: token.startsWith('<') };
  const lexemes = scan(text);
  const words = lexemes.filter((lexeme) => lexeme.type !== 'comment');
  const { addresses, others } = group(words);
  if (addresses.length > 1) return null;
  const rubble = others + lexemes.length - words.length;
  return { address: join(addresses[0] ?? []), strict: rubble === 0 && token.startsWith('<') };
}

/** Quotes the local part where RFC 5322 needs it, for a header: `a b@x` → `"a b"@x`. */
export function quoteLocalPart(address: string): string {
  const at = address.lastIndexOf('@');
  const local = at < 0 ? address : address.slice(0, at);
  if (local !== '' && dotAtom.test(local)) return address;
  return `"${local.replace(/["\\]/g, '\\$&')}"${at < 0 ? '' : address.slice(at)}`;
}

/** The domain behind the last "@"; '' when there is none. */
export function domainOf(address: string): string {
  const at = address.lastIndexOf('@');
  return at < 0 ? '' : address.slice(at + 1);
}

const plainAddress = /^[\w+'*/=?^{}~#$&-][\w.+'*/=?^{}~#$&-]*@[A-Za-z0-9.-]+$/;
const dotAtom = /^[^\x00-\x20()<>@,;:\\".[\]\x7f]+(\.[^\x00-\x20()<>@,;:\\".[\]\x7f]+)*$/;
const operators = '|%!()<>@,;:\\".[]';

interface Lexeme {
  type: 'word' | 'comment' | 'operator';
  /** as used inside: quotes and backslashes removed */
  text: string;
}

function scan(text: string): Lexeme[] {
  const lexemes: Lexeme[] = [];
  for (let at = 0; at < text.length;) {
    const c = text[at]!;
    if (c === ' ' || c === '\t') at++;
    else if (c === '(') {
      const end = endOfComment(text, at);
      lexemes.push({ type: 'comment', text: text.slice(at, end) });
      at = end;
    } else if (c === '"' || c === '[') {
      const inner = unescape(text, at + 1, (d) => d === (c === '"' ? '"' : ']'));
      lexemes.push({ type: 'word', text: c === '[' ? `[${inner.text}]` : inner.text });
      at = inner.end + 1;
    } else if (c !== '\\' && operators.includes(c)) {
      lexemes.push({ type: 'operator', text: c });
      at++;
    } else {
      const atom = unescape(
        text,
        at,
        (d) => d === ' ' || d === '\t' || (d !== '\\' && operators.includes(d)),
      );
      lexemes.push({ type: 'word', text: atom.text });
      at = atom.end;
    }
  }
  return lexemes;
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

// RFC 822: what stands between separators is an address; what stands before <route> is a phrase, so no
// address.
function group(words: readonly Lexeme[]): { addresses: Lexeme[][]; others: number } {
  const addresses: Lexeme[][] = [];
  let others = 0;
  let right = words.length;
  let afterWord = false;
  const take = (left: number): void => {
    if (left + 1 < right) addresses.unshift(words.slice(left + 1, right));
    right = left;
  };
  for (let i = words.length - 1; i >= 0; i--) {
    const { type, text } = words[i]!;
    if (type === 'word') {
      if (afterWord) {
        take(i); // two words side by side
        right = i + 1;
      }
      afterWord = true;
      continue;
    }
    afterWord = false;
    if (text === ',' || text === ';') {
      take(i);
      others++;
    } else if (text === '>') {
      take(i);
      while (i > 0 && !isOperator(words[i], '<')) i--;
      take(i);
      const phraseEnd = i;
      while (i > 0 && !isOperator(words[i - 1], '>;,:')) i--;
      others += phraseEnd - i;
      right = i;
    }
  }
  take(-1);
  return { addresses, others };
}

function isOperator(lexeme: Lexeme | undefined, among: string): boolean {
  return lexeme?.type === 'operator' && among.includes(lexeme.text);
}

function join(lexemes: readonly Lexeme[]): string {
  let text = '';
  for (const [i, lexeme] of lexemes.entries()) {
    if (lexeme.type === 'word' && lexemes[i - 1]?.type === 'word') text += ' ';
    text += lexeme.text;
  }
  return text;
}
