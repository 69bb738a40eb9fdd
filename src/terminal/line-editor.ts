/**
 * line-editor — the line that is being typed, edited as readline does: moving, deleting, history, searching back
 *
 * Pure: keys come as a terminal sends them ("\x1b[A" is the arrow up), and out come what to do and what to draw.
 */
import type { History } from './history.ts';
import { words } from './words.ts';

/** What a key asks of whoever has the line. */
export type Asked =
  /** whole lines, each with its line feed */
  | { kind: 'send'; text: string }
  | { kind: 'interrupt' }
  | { kind: 'end' }
  | { kind: 'clear' }
  | { kind: 'complete' };

const linesCharsMax = 60_000;

/** One line under the cursor. */
export class LineEditor {
  text = '';
  cursor = 0;
  readonly #history: History;
  /** what is typed to a program, or not shown, is no command of the shell */
  remembers = true;
  #killed = '';
  #search: { query: string; at: number; before: string } | null = null;

  constructor(history: History) {
    this.#history = history;
  }

  /** What is drawn behind the prompt, and where the cursor stands in it. */
  get shown(): { text: string; cursor: number } {
    if (this.#search === null) return { text: this.text, cursor: this.cursor };
    const label = words.searching(this.#search.query);
    return { text: label + this.text, cursor: label.length + this.cursor };
  }

  get isSearching(): boolean {
    return this.#search !== null;
  }

  /** Puts text where the cursor is. */
  insert(text: string): void {
    this.text = this.text.slice(0, this.cursor) + text + this.text.slice(this.cursor);
    this.cursor += text.length;
  }

  /** Puts text in place of what stands from `from` to the cursor. */
  replace(from: number, text: string): void {
    this.text = this.text.slice(0, from) + text + this.text.slice(this.cursor);
    this.cursor = from + text.length;
  }

  clear(): void {
    this.#set('');
    this.#search = null;
  }

  /** Takes keys or pasted text. @returns what is asked for, in order */
  feed(data: string): Asked[] {
    const asked: Asked[] = [];
    let lines = '';
    const flush = () => {
      if (lines !== '') asked.push({ kind: 'send', text: lines });
      lines = '';
    };
    for (const key of keysOf(data)) {
      if (key === '\r' || key === '\n') {
        const line = this.#submit();
        if (lines.length + line.length < linesCharsMax) lines += line;
        continue;
      }
      const one = this.#search === null ? this.#key(key) : this.#searchKey(key);
      if (one === null) continue;
      flush();
      asked.push(one);
    }
    flush();
    return asked;
  }

  #submit(): string {
    const line = this.text;
    this.#search = null;
    if (this.remembers) this.#history.add(line);
    this.#set('');
    return `${line}\n`;
  }

  #set(text: string): void {
    this.text = text;
    this.cursor = text.length;
  }

  #key(key: string): Asked | null {
    const move = moves[key];
    if (move !== undefined) {
      this.cursor = move(this.text, this.cursor);
      return null;
    }
    switch (key) {
      case '\x03':
        this.clear();
        return { kind: 'interrupt' };
      case '\x04':
        if (this.text === '') return { kind: 'end' };
        this.#delete(this.cursor, right(this.text, this.cursor));
        return null;
      case '\x0c':
        return { kind: 'clear' };
      case '\t':
        return { kind: 'complete' };
      case '\x1b[A':
      case '\x10':
        return this.#step(-1);
      case '\x1b[B':
      case '\x0e':
        return this.#step(1);
      case '\x12':
        this.#search = { query: '', at: this.#history.lines.length, before: this.text };
        return null;
      case '\x19':
        this.insert(this.#killed);
        return null;
      default:
        this.#deleteKey(key);
        return null;
    }
  }

  #deleteKey(key: string): void {
    const { text, cursor } = this;
    if (key === '\x7f' || key === '\b') this.#delete(left(text, cursor), cursor);
    else if (key === '\x1b[3~') this.#delete(cursor, right(text, cursor));
    else if (key === '\x15') this.#kill(0, cursor);
    else if (key === '\x0b') this.#kill(cursor, text.length);
    else if (key === '\x17' || key === '\x1b\x7f') this.#kill(wordLeft(text, cursor), cursor);
    else if (key === '\x1bd') this.#kill(cursor, wordRight(text, cursor));
    else if (!/^[\x00-\x1f\x7f]/.test(key)) this.insert(key);
  }

  #step(by: -1 | 1): null {
    const line = this.#history.step(by, this.text);
    if (line !== null) this.#set(line);
    return null;
  }

  #searchKey(key: string): Asked | null {
    const search = this.#search!;
    if (key === '\x12') this.#find(search.query, search.at);
    else if (key === '\x7f' || key === '\b')
      this.#find(search.query.slice(0, -1), this.#history.lines.length);
    else if (key === '\x07' || key === '\x03' || key === '\x1b') {
      this.#search = null;
      this.#set(search.before);
    } else if (key === '\t' || /^[\x00-\x1f]/.test(key)) {
      this.#search = null; // the line found stays, and the key does what it does
      return key === '\t' ? null : this.#key(key);
    } else this.#find(search.query + key, this.#history.lines.length);
    return null;
  }

  #find(query: string, from: number): void {
    const at = query === '' ? -1 : this.#history.search(query, from);
    this.#search = { ...this.#search!, query, at: at < 0 ? from : at };
    if (at >= 0) {
      this.text = this.#history.lines[at]!;
      this.cursor = this.text.indexOf(query);
    }
  }

  #delete(from: number, to: number): void {
    this.text = this.text.slice(0, from) + this.text.slice(to);
    this.cursor = from;
  }

  #kill(from: number, to: number): void {
    if (from < to) this.#killed = this.text.slice(from, to);
    this.#delete(from, to);
  }
}

/** Keys and characters one by one. */
export function keysOf(data: string): string[] {
  return (
    data
      .match(/\x1b(?:\[[0-9;]*[A-Za-z~]|O[A-Za-z]|[^\x1b[O])?|\r\n|[\s\S]/gu)
      ?.map((key) => (key === '\r\n' ? '\r' : key)) ?? []
  );
}

type Move = (text: string, cursor: number) => number;

// A pair of surrogates is one step.
function left(text: string, cursor: number): number {
  return Math.max(0, cursor - (/[\udc00-\udfff]/.test(text[cursor - 1] ?? '') ? 2 : 1));
}
function right(text: string, cursor: number): number {
  return Math.min(text.length, cursor + (/[\ud800-\udbff]/.test(text[cursor] ?? '') ? 2 : 1));
}
function wordLeft(text: string, cursor: number): number {
  return /\S*\s*$/.exec(text.slice(0, cursor))!.index;
}
function wordRight(text: string, cursor: number): number {
  return cursor + /^\s*\S*/.exec(text.slice(cursor))![0].length;
}
const toStart: Move = () => 0;
const toEnd: Move = (text) => text.length;

const moves: Readonly<Record<string, Move>> = {
  '\x1b[D': left,
  '\x02': left,
  '\x1b[C': right,
  '\x06': right,
  '\x1b[H': toStart,
  '\x1bOH': toStart,
  '\x1b[1~': toStart,
  '\x01': toStart,
  '\x1b[F': toEnd,
  '\x1bOF': toEnd,
  '\x1b[4~': toEnd,
  '\x05': toEnd,
  '\x1b[1;5D': wordLeft,
  '\x1bb': wordLeft,
  '\x1b[1;5C': wordRight,
  '\x1bf': wordRight,
};
