/**
 * address-list — where the addresses are in a header field of addresses: From, To, Cc
 *
 *   "Jones, Bob" <bob@a.example> (home), carol, Team: dave@b.example, <erin>;
 *                 ~~~~~~~~~~~~~          ~~~~~        ~~~~~~~~~~~~~~   ~~~~
 *
 * STANDARDS  RFC 5322 §3.4 (address specification), §3.2.2 (comments), §3.2.4 (quoted strings)
 */

/** text.slice(start, end) is an address without its name, brackets and comments. */
export interface AddressSpan {
  start: number;
  end: number;
}

/** Finds the addresses in a field's value, folded or not. What is none (a bare phrase, "<>") is left out. */
export function findAddresses(text: string): AddressSpan[] {
  const found: AddressSpan[] = [];
  let words: AddressSpan[] = []; // of the mailbox so far, outside brackets and comments
  let bracketed: AddressSpan | null = null;
  const endMailbox = (): void => {
    const span = bracketed ?? (words.length === 1 ? words[0]! : null);
    if (span !== null && span.end > span.start) found.push(span);
    words = [];
    bracketed = null;
  };
  for (let at = 0; at < text.length;) {
    const char = text[at]!;
    if (char === '(') at = commentEnd(text, at);
    else if (char === '<') {
      const close = text.indexOf('>', at);
      const end = close === -1 ? text.length : close;
      bracketed = trimmed(text, at + 1, end);
      at = end + 1;
    } else if (char === ',' || char === ';') {
      endMailbox();
      at++;
    } else if (char === ':') {
      words = []; // the name of a group
      at++;
    } else if (blanks.includes(char)) at++;
    else {
      const end = wordEnd(text, at);
      words.push({ start: at, end });
      at = end;
    }
  }
  endMailbox();
  return found;
}

const blanks = ' \t\r\n';
const wordEnds = ' \t\r\n(<,;:';

// A word holds quoted strings and address literals whole.
function wordEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && !wordEnds.includes(text[at]!)) {
    const close = text[at] === '"' ? '"' : text[at] === '[' ? ']' : '';
    at++;
    if (close === '') continue;
    while (at < text.length && text[at] !== close) at += text[at] === '\\' ? 2 : 1;
    at++;
  }
  return Math.min(at, text.length);
}

function commentEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return at + 1;
  }
  return text.length;
}

function trimmed(text: string, start: number, end: number): AddressSpan {
  let [from, to] = [start, end];
  while (from < to && blanks.includes(text[from]!)) from++;
  while (to > from && blanks.includes(text[to - 1]!)) to--;
  return { start: from, end: to };
}
