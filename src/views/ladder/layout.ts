/** layout — the rows of a ladder: which lines of a conversation are drawn, folded how, in which light */
import type { TraceEvent, VirtualTime } from '../../../workers/api.ts';

import { bodySize, linesAt, type Conversation, type Side, type WireLine } from '../../decode/conversation.ts';
import { glossOf } from '../../decode/gloss.ts';
import { readable } from '../../decode/line-reader.ts';
import type { Names } from '../../decode/names.ts';

export interface LadderRow {
  key: string;
  /** the line a click selects */
  line: WireLine;
  /** all lines of a reply of several, in one row while it is folded */
  folded: readonly WireLine[];
  side: Side;
  text: string;
  gloss: string;
  /** now: the last one that was said at the cursor; future: known from the run, but not yet said */
  when: 'past' | 'now' | 'future';
  isSelected: boolean;
  /** of a body what it holds at the cursor */
  size: { lines: number; bytes: number } | null;
  isBody: boolean;
  isRemark: boolean;
}

export interface Ladder {
  rows: LadderRow[];
  /** lines before and after the rows that are not drawn */
  earlier: number;
  later: number;
}

export interface LadderOptions {
  cursor: VirtualTime;
  names: Names;
  selected: WireLine | null;
  /** at most so many rows, around the current one; 0 = many */
  rowsMax: number;
  /** replies of several lines that are unfolded, by their first line */
  unfolded: ReadonlySet<WireLine>;
}

const linesAround = 200;
const rowsAheadMax = 3;

/** The rows of a conversation as they stand at the cursor. */
export function layoutLadder(conversation: Conversation, options: LadderOptions): Ladder {
  const { cursor, selected, rowsMax, unfolded } = options;
  const { lines } = conversation;
  const said = linesAt(conversation, cursor);
  const around = selected === null ? said - 1 : Math.max(0, lines.indexOf(selected));
  const reach = rowsMax > 0 ? rowsMax * replyLinesUsual : linesAround;
  const first = startOfReply(lines, Math.max(0, around - reach));
  const end = Math.min(lines.length, around + 1 + (rowsMax > 0 ? reach : linesAround));

  const rows: LadderRow[] = [];
  const starts: number[] = [];
  for (let i = first; i < end;) {
    const next = unfolded.has(lines[startOfReply(lines, i)]!) ? i + 1 : endOfReply(lines, i, said);
    starts.push(i);
    rows.push(makeRow(conversation, lines.slice(i, next), { ...options, said, index: i }));
    i = next;
  }
  const [from, to] = rowsMax > 0 ? windowOf(rows, rowsMax) : [0, rows.length];
  return {
    rows: rows.slice(from, to),
    earlier: (starts[from] ?? 0) + conversation.dropped,
    later: lines.length - (starts[to] ?? end),
  };
}

const replyLinesUsual = 12;

/** The rows in view: the current one, what led to it, and a little of what comes. */
function windowOf(rows: readonly LadderRow[], rowsMax: number): [number, number] {
  const current = rows.findIndex((row) => row.isSelected);
  const now = current >= 0 ? current : rows.findLastIndex((row) => row.when !== 'future');
  const ahead = Math.min(rowsAheadMax, rows.length - 1 - now);
  const to = Math.min(rows.length, Math.max(rowsMax, now + 1 + ahead));
  return [Math.max(0, to - rowsMax), to];
}

function makeRow(
  conversation: Conversation,
  lines: WireLine[],
  options: LadderOptions & { said: number; index: number },
): LadderRow {
  const { cursor, names, selected, said, index } = options;
  const line = lines[0]!;
  const last = lines.at(-1)!;
  const isBody = line.kind === 'body' || (line.kind === 'opaque' && line.role === 'bytes');
  const after = index + lines.length;
  return {
    key: `${line.event}.${conversation.dropped + index}`,
    line,
    folded: lines,
    side: line.side,
    text: lines.length === 1 ? line.text : `${line.text} … ${last.text}`,
    gloss:
      lines.length > 1 && conversation.lines[index]!.role.endsWith('HLO')
        ? foldedGloss
        : glossOf(line, conversation, names),
    when: index >= said ? 'future' : after >= said ? 'now' : 'past',
    isSelected: selected !== null && lines.includes(selected),
    size: isBody ? bodySize(line, index >= said ? Infinity : cursor) : null,
    isBody,
    isRemark: line.kind === 'remark',
  };
}

const foldedGloss = 'Pleased to meet you; here is what I can do.';

/** RFC 5321 §4.2.1: all lines but the last have a hyphen after the code. */
function goesOn(line: WireLine): boolean {
  return line.kind === 'text' && line.side === 'server' && /^\d{3}-/.test(line.text);
}

function endOfReply(lines: readonly WireLine[], start: number, said: number): number {
  let end = start + 1;
  // What is said and what is to come are never folded together.
  while (
    end < lines.length &&
    end !== said &&
    goesOn(lines[end - 1]!) &&
    lines[end]!.role === lines[start]!.role
  )
    end++;
  return end;
}

function startOfReply(lines: readonly WireLine[], at: number): number {
  let start = at;
  while (start > 0 && goesOn(lines[start - 1]!) && lines[start - 1]!.role === lines[start]?.role) start--;
  return start;
}

/** The line an event carries or completed: `preferred` when it is one of them. */
export function lineOfEvent(
  conversation: Conversation,
  event: number,
  preferred: WireLine | null,
): WireLine | null {
  const has = (line: WireLine) => line.event === event || line.pieces.some((piece) => piece.event === event);
  if (preferred !== null && has(preferred) && conversation.lines.includes(preferred)) return preferred;
  return conversation.lines.find(has) ?? null;
}

/** The bytes of a line as far as they came by the cursor and are still in memory. */
export function bytesOf(
  line: WireLine,
  options: { cursor: VirtualTime; bytesMax: number; event: (id: number) => TraceEvent | null },
): { bytes: Uint8Array; total: number; isWhole: boolean } {
  const parts: Uint8Array[] = [];
  let total = 0;
  let held = 0;
  let isWhole = true;
  for (const { event: id, at, start, end } of line.pieces) {
    if (at > options.cursor) break;
    total += end - start;
    if (held >= options.bytesMax) continue;
    const event = options.event(id);
    const payload = event !== null && 'payload' in event ? event.payload.subarray(start, end) : null;
    if (payload === null || (payload.length === 0 && end > start)) isWhole = false;
    else {
      const part = payload.subarray(0, options.bytesMax - held);
      parts.push(part);
      held += part.length;
    }
  }
  const bytes = new Uint8Array(held);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, total, isWhole };
}

/** A letter or literal as lines of text, as it went over the wire. */
export function textLines(bytes: Uint8Array): string[] {
  const lines = readable(bytes).split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Seconds since the conversation opened, "0.318"; '' when it is too long ago to be read so. */
export function secondsSince(at: VirtualTime, start: VirtualTime): string {
  const us = at - start;
  return us >= 0 && us < secondsShownMax ? (us / 1_000_000).toFixed(3) : '';
}
const secondsShownMax = 100_000_000;
