/** raw — the bytes of a message as lines with their place in it */
import { readable } from '../../decode/line-reader.ts';

export interface RawLine {
  /** first byte of the line */
  start: number;
  end: number;
  text: string;
}

const linesMax = 600;
const lineCharsMax = 1200;
const LF = 10;

/** @returns at most 600 lines; `cut` says that there are more */
export function rawLines(content: Uint8Array): { lines: RawLine[]; cut: boolean } {
  const lines: RawLine[] = [];
  let start = 0;
  while (start < content.length && lines.length < linesMax) {
    const lf = content.indexOf(LF, start);
    const end = lf < 0 ? content.length : lf + 1;
    const shown = content.subarray(start, Math.min(end, start + lineCharsMax));
    lines.push({ start, end, text: readable(shown).replace(/\r?\n$/, '') });
    start = end;
  }
  return { lines, cut: start < content.length };
}

/** Whether a line holds bytes of a range. */
export function touches(line: RawLine, range: readonly [number, number] | null): boolean {
  return range !== null && line.start < range[1] && line.end > range[0];
}
