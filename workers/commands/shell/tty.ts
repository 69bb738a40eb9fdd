/**
 * tty — the driver of a terminal: what was typed and not read, what was written and not yet told
 *
 * What is written is told a little later, with what comes behind it. A program may ask for keys instead of
 * lines.
 */
import * as ascii from '../../bytes/ascii.ts';

import { MILLISECOND, NEVER, type Channel, type EventId, type Os, type Proc } from '../../os/os.ts';

import { Pending, type TerminalMode, type TerminalStream } from './stream.ts';

const pendingCharsMax = 262_144;
const outputBytesMax = 65_536;
const outputDelayUs = 2 * MILLISECOND;
/** 10 MB/s: as fast as a window can draw */
const usPerByte = 0.1;
/** A screen of its own, and back to what was there (xterm's ?1049). */
const enterWindow = '\x1b[?1049h\x1b[H\x1b[2J';
const leaveWindow = '\x1b[?1049l';

/** One per terminal. */
export class Tty implements TerminalStream {
  readonly kind = 'terminal';
  readonly #os: Os;
  readonly #number: number;
  readonly #pending = new Pending();
  readonly #typed: Channel<null>;
  readonly #written: Channel<null>;
  #ends = 0; // Ctrl-D, each read once
  #mode: TerminalMode = 'line';
  #tookWindow = false;
  #output = '';
  #outputCause: EventId = 0;
  #debtUs = 0;
  column = 0;
  rows: number;

  constructor(os: Os, number: number, rows: number) {
    this.rows = rows;
    this.#os = os;
    this.#number = number;
    this.#typed = os.channel();
    this.#written = os.channel();
    os.spawn('tty', (child) => this.#drain(child));
  }

  /** Somebody typed, and sees it unless a program wants it otherwise. */
  type(text: string): void {
    if (this.#mode === 'line') this.show(text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g, '^?'));
    else if (this.#mode === 'hidden') this.show(text.replace(/[^\n]/g, ''));
    this.#put(this.#mode === 'key' ? text : text.replaceAll('\r\n', '\n').replaceAll('\r', '\n'));
  }
  #put(text: string): void {
    this.#pending.text = (this.#pending.text + text).slice(0, pendingCharsMax);
    if (this.#typed.length === 0) this.#typed.put(null);
  }
  typeEnd(): void {
    this.#ends++;
    if (this.#typed.length === 0) this.#typed.put(null);
  }
  forgetTyped(): void {
    this.#pending.text = '';
    this.#ends = 0;
  }
  takeLine(): string | null {
    return this.#pending.takeLine();
  }
  takeEnd(): boolean {
    if (this.#ends === 0) return false;
    this.#ends--;
    return true;
  }

  setMode(mode: TerminalMode): void {
    if (mode === 'line' && this.#tookWindow) {
      this.#tookWindow = false;
      this.show(leaveWindow);
    }
    if (mode === this.#mode) return;
    this.#mode = mode;
    this.flush();
    this.#os.trace({ kind: 'tty.mode-changed', tty: this.#number, mode });
  }
  takeWindow(): void {
    if (!this.#tookWindow) this.show(enterWindow);
    this.#tookWindow = true;
  }
  openEditor(path: string, text: string): void {
    this.flush();
    this.#os.trace({ kind: 'tty.editor-opened', tty: this.#number, path, text });
  }

  *read(_os: Os, bytesMax: number): Proc<string> {
    if (this.#mode === 'key') return yield* this.#readKeys(bytesMax);
    const line = yield* this.readLine();
    const taken = line.slice(0, bytesMax);
    this.#pending.text = line.slice(bytesMax) + this.#pending.text;
    return taken;
  }
  *#readKeys(bytesMax: number): Proc<string> {
    for (;;) {
      const keys = this.#pending.take(bytesMax);
      if (keys !== '' || this.takeEnd()) return keys;
      yield* this.#typed.take({ deadline: NEVER });
    }
  }
  *readLine(): Proc<string> {
    for (;;) {
      const line = this.takeLine();
      if (line !== null) return line;
      if (this.takeEnd()) return this.#pending.take(this.#pending.text.length);
      yield* this.#typed.take({ deadline: NEVER });
    }
  }

  *write(os: Os, text: string): Proc<void> {
    this.show(text, os.cause);
    this.#debtUs += text.length * usPerByte;
    if (this.#debtUs < MILLISECOND) return;
    const us = Math.floor(this.#debtUs);
    this.#debtUs -= us;
    yield* os.sleepUntil(os.now() + us);
  }
  /** Puts text on the screen; it is told a little later, with what comes behind it. */
  show(text: string, cause: EventId = this.#os.cause): void {
    if (text === '') return;
    if (this.#output === '') {
      this.#outputCause = cause;
      this.#written.put(null);
    }
    this.#output += text;
    const lineStart = text.lastIndexOf('\n');
    this.column = lineStart < 0 ? this.column + text.length : text.length - lineStart - 1;
    if (this.#output.length >= outputBytesMax) this.flush();
  }
  flush(): void {
    if (this.#output === '') return;
    const output = this.#output;
    this.#output = '';
    for (let at = 0; at < output.length; at += outputBytesMax) {
      const bytes = ascii.encode(output.slice(at, at + outputBytesMax));
      this.#os.trace({ kind: 'tty.output-written', tty: this.#number, bytes }, this.#outputCause);
    }
  }
  retain(): void {}
  release(): void {}

  *#drain(os: Os): Proc<void> {
    for (;;) {
      yield* this.#written.take({ deadline: NEVER });
      yield* os.sleepUntil(os.now() + outputDelayUs);
      this.flush();
    }
  }
}
