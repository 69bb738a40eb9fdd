/**
 * substitute — sed's s command on one text
 */
import type { Match, Regex } from '../regex/regex.ts';
import type { Case, Substitution } from './script.ts';

/** The text with what matches replaced; null = nothing matched. */
export function substituted(text: string, regex: Regex, how: Substitution): string | null {
  let out = '';
  let copied = 0;
  let count = 0;
  let done = false;
  for (let at = 0; at <= text.length;) {
    const match = regex.exec(text, at);
    if (match === null) break;
    const [start, end] = match as [number, number];
    const isEmptyAfterMatch = start === end && start === copied && count > 0 && copied > 0;
    if (!isEmptyAfterMatch && ++count >= how.number) {
      out += text.slice(copied, start) + replacementOf(how.replacement, text, match);
      copied = end;
      done = true;
      if (!how.global) break;
    }
    at = end > start ? end : end + 1;
  }
  return done ? out + text.slice(copied) : null;
}

function replacementOf(parts: readonly (string | number | Case)[], text: string, match: Match): string {
  let out = '';
  let mode = '';
  let once = '';
  for (const part of parts) {
    if (typeof part === 'object') {
      if (part.letter === 'u' || part.letter === 'l') once = part.letter;
      else mode = part.letter;
      continue;
    }
    let piece =
      typeof part === 'string'
        ? part
        : match[2 * part]! >= 0
          ? text.slice(match[2 * part], match[2 * part + 1])
          : '';
    if (mode === 'U') piece = piece.toUpperCase();
    if (mode === 'L') piece = piece.toLowerCase();
    if (once !== '' && piece !== '') {
      const first = once === 'u' ? piece[0]!.toUpperCase() : piece[0]!.toLowerCase();
      piece = first + piece.slice(1);
      once = '';
    }
    out += piece;
  }
  return out;
}
