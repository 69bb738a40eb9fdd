/**
 * less — less and more: a text page by page, with keys; in a pipe the text as it is
 *
 * It reads only as far as is shown, so that a long text, or one that has no end yet, begins at once.
 *
 * SIMPLIFIED: one file after the other with :n is not there: several files are shown as one text; no marks,
 * no editing, no F (tail -f follows a file).
 */
import type { Proc } from '../../os/os.ts';

import { LineBatches, type Process } from '../shell/process.ts';
import type { Stream, TerminalStream } from '../shell/stream.ts';
import { asBytes, openOperand, type Options, type Tool } from '../shell/tool.ts';

import { copy } from './cat.ts';

const keysHelp = [
  'Space, f, PgDn   a page on            b, PgUp   a page back',
  'Enter, j, ↓      a line on            k, ↑      a line back',
  'd                half a page on       u         half a page back',
  'g, Home          to the beginning     G, End    to the end',
  '/TEXT Enter      look for TEXT        n, N      the next, the one before',
  'h                this                 q         leave',
];

export const less: Tool = {
  summary: 'show a text page by page',
  synopsis: '[-N] [-S] [-F] [-X] [+G] [FILE]…',
  options: [
    ['-N, --LINE-NUMBERS', 'number the lines'],
    ['-S, --chop-long-lines', 'cut lines at the edge of the window'],
    ['-F, --quit-if-one-screen', 'leave at once when all of it is on the first page'],
    ['-X, --no-init', 'leave the text in the window'],
    ['-R', 'no effect: colours are shown'],
    ['-i, --ignore-case', 'small letters looked for find capitals too'],
    ['-e', 'no effect'],
    ['-M', 'no effect'],
  ],
  missing: '-b -f -g -j -J -k -L -m -o -p -P -q -s -t -T -u -U -V -w -x -y -z',
  description: keysHelp.join('\n'),
  *run(me, options) {
    const atEnd = options.operands.includes('+G');
    const names = options.operands.filter((name) => name !== '+G');
    const streams: Stream[] = [];
    let status = 0;
    for (const name of names.length > 0 ? names : ['-']) {
      const stream = yield* openOperand(me, name);
      if (stream === null) status = 1;
      else streams.push(stream);
    }
    const terminal = me.terminal;
    if (names.length === 0 && me.input.kind === 'terminal')
      return yield* me.fail('Missing filename ("less --help" for help)');
    if (streams.length === 0) return status;
    if (terminal === null) {
      for (const stream of streams) yield* copy(me, stream);
      return status;
    }
    yield* new Pager(me, { terminal, options, streams, name: names[0] ?? '' }).run(atEnd);
    return status;
  },
};

interface Shown {
  terminal: TerminalStream;
  options: Options;
  streams: readonly Stream[];
  name: string;
}

/** The text in the window, and what the keys do to it. */
class Pager {
  readonly #me: Process;
  readonly #terminal: TerminalStream;
  readonly #options: Options;
  readonly #name: string;
  readonly #texts: LineBatches[];
  readonly #lines: string[] = [];
  #ended = false;
  /** the line at the top of the window */
  #top = 0;
  #wanted = '';
  #said = '';
  #typed = '';

  constructor(me: Process, { terminal, options, streams, name }: Shown) {
    this.#me = me;
    this.#terminal = terminal;
    this.#options = options;
    this.#name = name;
    this.#texts = streams.map((stream) => new LineBatches(me, stream));
  }

  *run(atEnd: boolean): Proc<void> {
    const rows = this.#rows;
    if (this.#options.has('F')) {
      yield* this.#readTo(rows + 1);
      if (this.#ended && this.#rowsOf(0, this.#lines.length) <= rows)
        return yield* this.#me.print(this.#lines.map((line) => `${line}\n`).join(''));
    }
    this.#terminal.setMode('key');
    if (!this.#options.has('X')) this.#terminal.takeWindow();
    try {
      if (atEnd) yield* this.#toEnd();
      for (;;) {
        yield* this.#draw();
        const key = yield* this.#key();
        if (key === 'q' || key === 'Q' || key === '') return;
        yield* this.#obey(key);
      }
    } finally {
      this.#terminal.show('\r\x1b[K');
      this.#terminal.setMode('line');
    }
  }

  /** Rows for text: the last one says where one is. */
  get #rows(): number {
    return Math.max(1, this.#terminal.rows - 1);
  }

  *#key(): Proc<string> {
    if (this.#typed === '') this.#typed = yield* this.#terminal.read(this.#me.os, 4096);
    const key = /^(?:\x1b(?:\[[0-9;]*[A-Za-z~]|O[A-Za-z])?|[^])/.exec(this.#typed)?.[0] ?? '';
    this.#typed = this.#typed.slice(key.length);
    return key;
  }

  // prettier-ignore
  *#obey(key: string): Proc<void> {
    const page = this.#rows;
    const half = Math.max(1, page >> 1);
    switch (key) {
      case ' ': case 'f': case '\x06': case '\x16': case '\x1b[6~':
        return yield* this.#move(page);
      case 'b': case '\x02': case '\x1b[5~':
        return yield* this.#move(-page);
      case '\r': case '\n': case 'j': case 'e': case '\x0e': case '\x1b[B': case '\x1bOB':
        return yield* this.#move(1);
      case 'k': case 'y': case '\x10': case '\x1b[A': case '\x1bOA':
        return yield* this.#move(-1);
      case 'd': case '\x04':
        return yield* this.#move(half);
      case 'u': case '\x15':
        return yield* this.#move(-half);
      case 'g': case '<': case '\x1b[H': case '\x1bOH':
        this.#top = 0;
        return;
      case 'G': case '>': case '\x1b[F': case '\x1bOF':
        return yield* this.#toEnd();
      case '/':
        return yield* this.#ask();
      case 'n':
        return yield* this.#find(1);
      case 'N':
        return yield* this.#find(-1);
      case 'h':
        return yield* this.#help();
      default:
        this.#said = 'h shows the keys, q leaves';
    }
  }

  *#move(by: number): Proc<void> {
    if (by < 0) {
      this.#top = Math.max(0, this.#top + by);
      return;
    }
    yield* this.#readTo(this.#top + by + this.#rows);
    this.#top = Math.min(this.#top + by, Math.max(this.#top, this.#lastTop()));
  }

  *#toEnd(): Proc<void> {
    while (!this.#ended) yield* this.#readTo(this.#lines.length + 10_000);
    this.#top = this.#lastTop();
  }

  /** The top line with which the last line is at the bottom. */
  #lastTop(): number {
    let top = this.#lines.length;
    for (let rows = 0; top > 0; top--) {
      rows += this.#rowsOf(top - 1, top);
      if (rows > this.#rows) break;
    }
    return Math.min(top, Math.max(0, this.#lines.length - 1));
  }

  *#ask(): Proc<void> {
    let text = '';
    for (;;) {
      this.#terminal.show(`\r\x1b[K/${text}`);
      const key = yield* this.#key();
      if (key === '\r' || key === '\n') break;
      if (key === '' || key === '\x1b' || (text === '' && (key === '\x7f' || key === '\b'))) return;
      if (key === '\x7f' || key === '\b') text = text.slice(0, -1);
      else if (!/^[\x00-\x1f]/.test(key)) text += key;
    }
    if (text !== '') this.#wanted = text;
    yield* this.#find(1);
  }

  *#find(by: 1 | -1): Proc<void> {
    if (this.#wanted === '') {
      this.#said = 'No previous search';
      return;
    }
    const fold = this.#options.has('i') && this.#wanted === this.#wanted.toLowerCase();
    for (let at = this.#top + by; at >= 0; at += by) {
      if (at >= this.#lines.length) yield* this.#readTo(at + 1000);
      const line = this.#lines[at];
      if (line === undefined) break;
      if (!(fold ? line.toLowerCase() : line).includes(this.#wanted)) continue;
      this.#top = at;
      return;
    }
    this.#said = 'Pattern not found';
  }

  *#help(): Proc<void> {
    this.#terminal.show(
      `\x1b[H\x1b[J${keysHelp.map((line) => asBytes(line)).join('\n')}\n\n\x1b[7many key goes back\x1b[m`,
    );
    yield* this.#key();
  }

  *#readTo(count: number): Proc<void> {
    while (!this.#ended && this.#lines.length < count) {
      const batch = yield* this.#texts[0]!.next();
      if (batch !== null) for (const line of batch) this.#lines.push(line);
      else if (this.#texts.length > 1) this.#texts.shift();
      else this.#ended = true;
    }
  }

  *#draw(): Proc<void> {
    const rows = this.#rows;
    yield* this.#readTo(this.#top + rows + 1);
    const parts: string[] = [];
    let used = 0;
    let at = this.#top;
    for (; at < this.#lines.length; at++) {
      const taken = this.#rowsOf(at, at + 1);
      if (used > 0 && used + taken > rows) break;
      used += taken;
      parts.push(`${this.#lineAt(at)}\x1b[m\x1b[K\n`);
    }
    for (; used < rows; used++) parts.push('~\x1b[K\n');
    const isEnd = this.#ended && at >= this.#lines.length;
    const where = this.#said !== '' ? this.#said : isEnd ? '(END)' : this.#top === 0 ? this.#name : '';
    this.#said = '';
    const status = where === '' ? ':' : `\x1b[7m${where}\x1b[m`;
    yield* this.#me.print(`\x1b[H${parts.join('')}${status}\x1b[K`);
  }

  #lineAt(at: number): string {
    const number = this.#options.has('N') ? `${String(at + 1).padStart(7)} ` : '';
    const line =
      number + this.#lines[at]!.replace(/\r$/, '').replace(/[\x00-\x08\x0b-\x1a\x1c-\x1f]/g, caret);
    return this.#options.has('S') ? line.slice(0, this.#me.columns) : line;
  }
  #rowsOf(from: number, to: number): number {
    if (this.#options.has('S')) return to - from;
    const extra = this.#options.has('N') ? 8 : 0;
    let rows = 0;
    for (let at = from; at < to; at++)
      rows += Math.max(1, Math.ceil((shownCells(this.#lines[at]!) + extra) / this.#me.columns));
    return rows;
  }
}

function caret(control: string): string {
  return `^${String.fromCharCode(control.charCodeAt(0) ^ 64)}`;
}

/** Without colours; of a character of several bytes the first counts. */
function shownCells(line: string): number {
  if (!/[^\x20-\x7e]/.test(line)) return line.length;
  let cells = 0;
  for (const c of line.replace(/\x1b\[[0-9;]*m/g, ''))
    cells += c === '\t' ? 8 - (cells % 8) : c >= '\x80' && c < '\xc0' ? 0 : c < ' ' ? 2 : 1;
  return cells;
}
