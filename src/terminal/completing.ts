/** completing — what Tab does to a line, once it is known what its last word may become */
import type { Completion } from '../../workers/api.ts';

import type { LineEditor } from './line-editor.ts';

/** Writes what all of them begin with; a single one whole. @returns those to choose from, when there are several */
export function completeLine(editor: LineEditor, { from, words }: Completion): readonly string[] {
  const [first] = words;
  if (first === undefined) return [];
  if (words.length === 1) {
    choose(editor, from, first);
    return [];
  }
  const common = words.reduce(commonStart);
  if (common.length > editor.cursor - from) editor.replace(from, common);
  return words;
}

/** Writes one of them, and a blank behind it unless it goes on. */
export function choose(editor: LineEditor, from: number, word: string): void {
  const isAtEnd = editor.cursor === editor.text.length;
  editor.replace(from, /[/=]$/.test(word) || !isAtEnd ? word : `${word} `);
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}
