/**
 * screen — xterm.js as the window of one terminal: shows it as of an instant, and the line being typed behind it
 *
 * Fetched when the first terminal is opened. What hosts print is written in batches, the next when the one before is
 * drawn, so that the page stays responsive. In the past it shows less: it is then written anew.
 */
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Terminal as Xterm } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';

import type { VirtualTime } from '../../workers/api.ts';

import { onThemeChange, themeOf } from './colours.ts';
import { piecesUntil, type Terminal } from './fold.ts';
import { draw, erase, type Drawn } from './line-drawing.ts';

export interface ScreenOptions {
  parent: HTMLElement;
  label: string;
  describedBy: string;
  /** what was typed or pasted, as a terminal sends it */
  ontyped: (data: string) => void;
  /** a key before xterm sees it. @returns true when it was meant for us */
  onkey: (event: KeyboardEvent) => boolean;
  onfound: (at: number, count: number) => void;
}

/** The line being typed; null = none can be. */
export interface LineShown {
  text: string;
  cursor: number;
}

const scrollback = 10_000;
const batchBytes = 131_072;
/** of a longer transcript the end is drawn */
const drawnBytesMax = 4_194_304;
const findOptions = {
  decorations: {
    matchBorder: '#838c8f',
    matchOverviewRuler: '#838c8f',
    activeMatchBorder: '#b06f00',
    activeMatchColorOverviewRuler: '#b06f00',
  },
};

/** One window. */
export class Screen {
  readonly #xterm: Xterm;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon();
  readonly #closers: (() => void)[] = [];
  #terminal: Terminal | null = null;
  /** pieces written, and how many are to be */
  #written = 0;
  #wanted = 0;
  #busy = false;
  #line: LineShown | null = null;
  #stale = true;
  #held = false;
  #drawn: Drawn | null = null;
  #closed = false;

  constructor({ parent, label, describedBy, ontyped, onkey, onfound }: ScreenOptions) {
    const xterm = new Xterm({
      scrollback,
      convertEol: true,
      fontFamily: '"IBM Plex Mono", ui-monospace, Menlo, monospace',
      fontSize: matchMedia('(pointer: coarse)').matches ? 13 : 12,
      lineHeight: 1.25,
      cursorBlink: false,
      cursorStyle: 'block',
      cursorInactiveStyle: 'outline',
      allowProposedApi: true, // the search addon marks what it finds
      theme: themeOf(parent),
    });
    this.#xterm = xterm;
    xterm.loadAddon(this.#fit);
    xterm.loadAddon(this.#search);
    xterm.open(parent);
    xterm.textarea?.setAttribute('aria-label', label);
    xterm.textarea?.setAttribute('aria-describedby', describedBy);
    xterm.textarea?.setAttribute('data-types', '');
    xterm.attachCustomKeyEventHandler((event) => event.type !== 'keydown' || !onkey(event));
    xterm.onData(ontyped);
    this.#search.onDidChangeResults(({ resultIndex, resultCount }) => onfound(resultIndex, resultCount));
    const observer = new ResizeObserver(() => this.#resized());
    observer.observe(parent);
    this.#closers.push(
      () => observer.disconnect(),
      onThemeChange(() => (xterm.options.theme = themeOf(parent))),
    );
    this.#resized();
  }

  get columns(): number {
    return this.#xterm.cols;
  }
  get rows(): number {
    return this.#xterm.rows;
  }

  /** Shows a terminal as of an instant. */
  show(terminal: Terminal, at: VirtualTime): void {
    const wanted = piecesUntil(terminal.pieces, at);
    if (terminal !== this.#terminal || wanted < this.#written) {
      this.#drawn = null;
      this.#xterm.reset();
      this.#terminal = terminal;
      this.#written = startOfTail(terminal, wanted);
      this.#stale = true;
    }
    this.#wanted = wanted;
    this.#next();
  }

  /** Draws the line being typed. */
  showLine(line: LineShown | null): void {
    this.#line = line;
    this.#held = false;
    this.#stale = true;
    this.#next();
  }

  /** Leaves a line that was sent where it is, until the host has echoed it. */
  hold(): void {
    this.#line = { text: '', cursor: 0 };
    this.#held = true;
  }

  focus(): void {
    this.#xterm.focus();
  }
  toEnd(): void {
    this.#xterm.scrollToBottom();
  }
  /** Scrolls what is shown out of sight, as Ctrl-L does. */
  clear(): void {
    this.#erase();
    this.#stale = true;
    this.#write('', () => this.#xterm.clear());
  }
  get selection(): string {
    return this.#xterm.getSelection();
  }
  deselect(): void {
    this.#xterm.clearSelection();
  }
  find(text: string, by: 1 | -1): void {
    if (text === '') return this.#search.clearDecorations();
    if (by > 0) this.#search.findNext(text, findOptions);
    else this.#search.findPrevious(text, findOptions);
  }
  close(): void {
    this.#closed = true;
    for (const close of this.#closers) close();
    this.#xterm.dispose();
  }

  #resized(): void {
    const proposed = this.#fit.proposeDimensions();
    if (proposed === undefined || !(proposed.cols > 1) || !(proposed.rows > 0)) return;
    if (proposed.cols === this.#xterm.cols && proposed.rows === this.#xterm.rows) return;
    this.#erase();
    this.#stale = true;
    this.#write('', () => this.#xterm.resize(Math.max(20, proposed.cols), proposed.rows));
  }

  /** One thing after the other: what is to be written, then the line behind it. */
  #next(): void {
    if (this.#busy || this.#closed) return;
    if (this.#written < this.#wanted) this.#writeBatch(this.#terminal!);
    else if (this.#stale && !this.#held) this.#drawLine();
  }

  #writeBatch({ pieces }: Terminal): void {
    const parts: Uint8Array[] = [];
    for (let bytes = 0; this.#written < this.#wanted && bytes < batchBytes; this.#written++) {
      parts.push(pieces[this.#written]!.bytes);
      bytes += parts.at(-1)!.length;
    }
    this.#erase();
    this.#held = false;
    this.#stale = true;
    const last = parts.pop()!;
    for (const part of parts) this.#xterm.write(part);
    this.#write(last);
  }

  /** Only when everything before it is drawn is it known in which column the line begins. */
  #drawLine(): void {
    this.#stale = false;
    this.#erase();
    this.#write('', () => {
      if (this.#line === null) return this.#xterm.write('\x1b[?25l');
      const { text, cursor } = this.#line;
      const { drawn, sequence } = draw(text, cursor, this.#xterm.buffer.active.cursorX, this.#xterm.cols);
      this.#drawn = drawn;
      this.#xterm.write(`\x1b[?25h${sequence}`);
    });
  }

  #write(data: string | Uint8Array, then?: () => void): void {
    this.#busy = true;
    this.#xterm.write(data, () => {
      this.#busy = false;
      if (this.#closed) return;
      then?.();
      this.#next();
    });
  }

  #erase(): void {
    if (this.#drawn !== null) this.#xterm.write(erase(this.#drawn, this.#xterm.cols));
    this.#drawn = null;
  }
}

function startOfTail({ pieces }: Terminal, wanted: number): number {
  let bytes = 0;
  for (let i = wanted - 1; i >= 0; i--) {
    bytes += pieces[i]!.bytes.length;
    if (bytes > drawnBytesMax) return i + 1;
  }
  return 0;
}
