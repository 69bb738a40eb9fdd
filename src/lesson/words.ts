/** words — finds in a lesson's prose the names of hosts and cables, so that they can be clicked; commands and references */

export type Word =
  | { kind: 'text'; text: string }
  | { kind: 'host'; text: string; host: string }
  | { kind: 'link'; text: string; between: [string, string] };

/** What a text is made of where nothing can be clicked: `code` in backticks, {imf} for an RFC. */
export type Piece =
  | { kind: 'text' | 'code'; text: string }
  /** a name of lessons/dsl/references.ts */
  | { kind: 'reference'; name: string };

/** Cuts a text at its backticks and braces. */
export function piecesOf(text: string): Piece[] {
  return text
    .split(/(`[^`]+`|\{[\w()-]+\})/)
    .filter((part) => part !== '')
    .map((part): Piece => {
      if (part.length > 2 && part.startsWith('`') && part.endsWith('`'))
        return { kind: 'code', text: part.slice(1, -1) };
      if (/^\{[\w()-]+\}$/.test(part)) return { kind: 'reference', name: part.slice(1, -1) };
      return { kind: 'text', text: part };
    });
}

const label = '[a-z][a-z0-9-]*(?:\\.[a-z0-9-]+)*';
const named = new RegExp(`\`[^\`]+\`|cable between (${label}) and (${label})|\\b${label}`, 'g');

/**
 * Cuts a paragraph at the names it holds. A name is a host's full name or its first labels, if no other host begins
 * that way; a plain English word that happens to be one is no name.
 */
export function wordsOf(paragraph: string, hosts: readonly string[]): Word[] {
  const words: Word[] = [];
  let from = 0;
  const push = (word: Word, start: number, end: number) => {
    if (start > from) words.push({ kind: 'text', text: paragraph.slice(from, start) });
    words.push(word);
    from = end;
  };
  for (const match of paragraph.matchAll(named)) {
    const [text, a, b] = match;
    const start = match.index;
    if (text.startsWith('`')) continue; // a command is shown as it is
    if (a !== undefined && b !== undefined) {
      const ends = [hostCalled(a, hosts), hostCalled(b, hosts)];
      if (ends[0] !== null && ends[1] !== null)
        push({ kind: 'link', text, between: ends as [string, string] }, start, start + text.length);
      continue;
    }
    const host = hostCalled(text, hosts);
    if (host !== null && start >= from) push({ kind: 'host', text, host }, start, start + text.length);
  }
  if (from < paragraph.length) words.push({ kind: 'text', text: paragraph.slice(from) });
  return words;
}

function hostCalled(word: string, hosts: readonly string[]): string | null {
  if (!/[0-9.-]/.test(word)) return hosts.includes(word) ? word : null;
  const found = hosts.filter((host) => host === word || host.startsWith(`${word}.`));
  return found.length === 1 ? found[0]! : null;
}
