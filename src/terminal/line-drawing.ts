/** line-drawing — the escape sequences that draw a line being typed behind a prompt, and take it away again */

/** Where a line was drawn, in cells. */
export interface Drawn {
  /** column at which it begins */
  start: number;
  /** cells to its end, and to the cursor */
  length: number;
  cursor: number;
}

const csi = '\x1b[';
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** How many cells a text takes. */
export function cellsOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let cells = 0;
  for (const character of text) if (!/^[\p{M}\p{Cf}]/u.test(character)) cells += wide.test(character) ? 2 : 1;
  return cells;
}

/** Draws it where the cursor is, in column `start`. */
export function draw(
  text: string,
  cursor: number,
  start: number,
  columns: number,
): { drawn: Drawn; sequence: string } {
  const shown = text.replace(/[\x00-\x1f\x7f]/g, '�');
  const drawn = { start, length: cellsOf(shown), cursor: cellsOf(shown.slice(0, cursor)) };
  const end = start + drawn.length;
  // At the right edge the terminal waits with going on to the next row: make it go.
  const edge = drawn.length > 0 && end % columns === 0 ? ' \b' : '';
  return { drawn, sequence: shown + edge + moveTo(end, start + drawn.cursor, columns) };
}

/** Takes away what was drawn; the cursor stands in its first column then. */
export function erase(drawn: Drawn, columns: number): string {
  return `${moveTo(drawn.start + drawn.cursor, drawn.start, columns)}${csi}J`;
}

/** From one cell to another, counted from the first column of the row in which the line begins. */
function moveTo(from: number, to: number, columns: number): string {
  if (from === to) return '';
  const rows = Math.floor(to / columns) - Math.floor(from / columns);
  const vertical = rows < 0 ? `${csi}${-rows}A` : rows > 0 ? `${csi}${rows}B` : '';
  const column = to % columns;
  return `${vertical}\r${column > 0 ? `${csi}${column}C` : ''}`;
}
