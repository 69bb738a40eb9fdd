/**
 * stream — what a file descriptor leads to: a pipe, a file, a terminal, nothing
 *
 * Bytes are text of one character each (Latin-1), as bytes/ascii.ts has them: what text tools work on most.
 * A stream counts who has it open; a pipe ends for its reader when the last writer has closed it, and a write
 * that nobody will read ends the writer (SIGPIPE).
 */
import * as ascii from '../../bytes/ascii.ts';

import { NEVER, type Channel, type FileState, type Os, type Proc } from '../../os/os.ts';

/** What a process is ended by, when that is not its own end. */
export class Killed {
  readonly signal: 'PIPE' | 'INT' | 'TERM' | 'KILL';
  constructor(signal: Killed['signal']) {
    this.signal = signal;
  }
  /** as a shell sees it in $? */
  get status(): number {
    return 128 + { INT: 2, KILL: 9, PIPE: 13, TERM: 15 }[this.signal];
  }
}

/** A write or a read that cannot be done, in the words of strerror(3). */
export class StreamError {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

/** What a file descriptor leads to. */
export interface Stream {
  readonly kind: 'pipe' | 'file' | 'terminal' | 'nothing';
  /** At least one byte; '' = the end. */
  read(os: Os, bytesMax: number): Proc<string>;
  /** Takes one line with its line feed and nothing behind it; '' = the end. */
  readLine(os: Os): Proc<string>;
  write(os: Os, text: string): Proc<void>;
  retain(): void;
  release(): void;
}

/** What a program can ask of the terminal it writes to. */
export interface TerminalStream extends Stream {
  readonly kind: 'terminal';
  readonly rows: number;
  /** hidden: lines are not shown as they are typed. key: each key is read by itself, and not shown. */
  setMode(mode: TerminalMode): void;
  /** The whole window, without what stands in it: back with setMode('line'), or when the program ends. */
  takeWindow(): void;
  /** Shows text at once, whoever runs. */
  show(text: string): void;
  openEditor(path: string, text: string): void;
}
export type TerminalMode = 'line' | 'hidden' | 'key';

/** Bytes that were read and not yet taken. */
export class Pending {
  text = '';

  take(bytesMax: number): string {
    const taken = this.text.slice(0, bytesMax);
    this.text = this.text.slice(taken.length);
    return taken;
  }
  /** @returns null when no whole line is there */
  takeLine(): string | null {
    const end = this.text.indexOf('\n');
    return end < 0 ? null : this.take(end + 1);
  }
}

/** A line from a stream that only knows how to fetch more. */
export function* lineFrom(pending: Pending, more: () => Proc<boolean>): Proc<string> {
  for (;;) {
    const line = pending.takeLine();
    if (line !== null) return line;
    if (pending.text.length > lineBytesMax || !(yield* more())) return pending.take(pending.text.length);
  }
}
const lineBytesMax = 1_048_576;

const pipeBytesMax = 65_536;

/** Two ends of a pipe with room for 64 kB. */
export class Pipe {
  readonly reader: Stream;
  readonly writer: Stream;
  readonly #readable: Channel<null>;
  readonly #writable: Channel<null>;
  readonly #pending = new Pending();
  #chunks: string[] = [];
  #bytes = 0;
  #readers = 1;
  #writers = 1;

  constructor(os: Os) {
    this.#readable = os.channel();
    this.#writable = os.channel();
    const refuse = function* (): Proc<never> {
      throw new StreamError('Bad file descriptor');
    };
    this.reader = {
      kind: 'pipe',
      read: (_, bytesMax) => this.#read(bytesMax),
      readLine: () => lineFrom(this.#pending, () => this.#fill()),
      write: refuse,
      retain: () => void this.#readers++,
      release: () => {
        if (--this.#readers === 0) this.#writable.put(null);
      },
    };
    this.writer = {
      kind: 'pipe',
      read: refuse,
      readLine: refuse,
      write: (_, text) => this.#write(text),
      retain: () => void this.#writers++,
      release: () => {
        if (--this.#writers === 0) this.#readable.put(null);
      },
    };
  }

  *#read(bytesMax: number): Proc<string> {
    if (this.#pending.text === '' && !(yield* this.#fill())) return '';
    return this.#pending.take(bytesMax);
  }

  /** @returns false at the end */
  *#fill(): Proc<boolean> {
    while (this.#bytes === 0) {
      if (this.#writers === 0) return false;
      yield* this.#readable.take({ deadline: NEVER });
      if (this.#writers === 0 && this.#readable.length === 0) this.#readable.put(null); // for other readers
    }
    this.#pending.text += this.#chunks.join('');
    this.#chunks = [];
    this.#bytes = 0;
    if (this.#writable.length === 0) this.#writable.put(null);
    return true;
  }

  *#write(text: string): Proc<void> {
    if (text === '') return;
    while (this.#bytes >= pipeBytesMax && this.#readers > 0) yield* this.#writable.take({ deadline: NEVER });
    if (this.#readers === 0) {
      if (this.#writable.length === 0) this.#writable.put(null); // for other writers
      throw new Killed('PIPE');
    }
    this.#chunks.push(text);
    this.#bytes += text.length;
    if (this.#readable.length === 0) this.#readable.put(null);
    if (this.#bytes < pipeBytesMax && this.#writable.length === 0) this.#writable.put(null);
  }
}

/** What was given whole: a here-document, the input of a command. */
export function textStream(text: string): Stream {
  const pending = new Pending();
  pending.text = text;
  return {
    kind: 'file',
    *read(_, bytesMax): Proc<string> {
      return pending.take(bytesMax);
    },
    readLine: () => lineFrom(pending, noMore),
    *write(): Proc<void> {
      throw new StreamError('Bad file descriptor');
    },
    retain() {},
    release() {},
  };
}

function* noMore(): Proc<boolean> {
  return false;
}

/** /dev/null: empty, and takes everything. */
export const nothing: Stream = Object.freeze({
  kind: 'nothing',
  *read(): Proc<string> {
    return '';
  },
  *readLine(): Proc<string> {
    return '';
  },
  *write(): Proc<void> {},
  retain() {},
  release() {},
});

/** Keeps what is written, up to bytesMax of it. */
export class Captured implements Stream {
  readonly kind = 'file';
  readonly #bytesMax: number;
  readonly #parts: string[] = [];
  bytes = 0;
  bytesLeftOut = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }
  *write(_os: Os, text: string): Proc<void> {
    const taken = text.slice(0, this.#bytesMax - this.bytes);
    if (taken !== '') this.#parts.push(taken);
    this.bytes += taken.length;
    this.bytesLeftOut += text.length - taken.length;
  }
  *read(): Proc<string> {
    throw new StreamError('Bad file descriptor');
  }
  *readLine(): Proc<string> {
    throw new StreamError('Bad file descriptor');
  }
  retain(): void {}
  release(): void {}
  text(): string {
    return this.#parts.join('');
  }
}

/** Reads a file from its beginning; what is appended meanwhile is read too. */
export class FileReader implements Stream {
  readonly kind = 'file';
  readonly #path: string;
  readonly #pending = new Pending();
  #inode: number;
  #at = 0;

  constructor(path: string, state: FileState) {
    this.#path = path;
    this.#inode = state.inode;
  }
  *read(os: Os, bytesMax: number): Proc<string> {
    if (this.#pending.text === '') this.#fetch(os);
    return this.#pending.take(bytesMax);
  }
  *readLine(os: Os): Proc<string> {
    const more = this.#fetch.bind(this);
    return yield* lineFrom(this.#pending, function* () {
      return more(os);
    });
  }
  *write(): Proc<void> {
    throw new StreamError('Bad file descriptor');
  }
  retain(): void {}
  release(): void {}

  #fetch(os: Os): boolean {
    const state = os.files.state(this.#path);
    if (state?.inode !== this.#inode || state.size <= this.#at) return false;
    const bytes = os.files.readFrom(this.#path, this.#at);
    this.#at += bytes.length;
    this.#pending.text += ascii.decode(bytes);
    return true;
  }
}

const fileBytesMax = 33_554_432;

/** Writes to the end of a file. */
export class FileWriter implements Stream {
  readonly kind = 'file';
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }
  *write(os: Os, text: string): Proc<void> {
    if ((os.files.state(this.#path)?.size ?? 0) + text.length > fileBytesMax)
      throw new StreamError('No space left on device');
    os.files.append(this.#path, ascii.encode(text));
  }
  *read(): Proc<string> {
    throw new StreamError('Bad file descriptor');
  }
  *readLine(): Proc<string> {
    throw new StreamError('Bad file descriptor');
  }
  retain(): void {}
  release(): void {}
}
