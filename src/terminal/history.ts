/** history — the lines typed on a host, kept in this browser: for the arrows and for searching back */

const linesMax = 500;
const lineCharsMax = 2000;

/** The lines of one host, oldest first, and where one is while going through them. */
export class History {
  readonly #key: string;
  #lines: string[];
  /** lines.length = the line that is being written */
  #at: number;
  #draft = '';

  /** @param name of what it belongs to: world and host */
  constructor(name: string) {
    this.#key = `postroom:history:${name}`;
    this.#lines = read(this.#key);
    this.#at = this.#lines.length;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  /** A line was sent. */
  add(line: string): void {
    const text = line.trim();
    if (text !== '' && text.length <= lineCharsMax && text !== this.#lines.at(-1)) {
      // Another tab may have written meanwhile.
      this.#lines = [...read(this.#key, this.#lines), text].slice(-linesMax);
      write(this.#key, this.#lines);
    }
    this.#at = this.#lines.length;
    this.#draft = '';
  }

  /** The line before or after the one that is shown. @param shown what is written now; null = there is none */
  step(by: -1 | 1, shown: string): string | null {
    const to = this.#at + by;
    if (to < 0 || to > this.#lines.length) return null;
    if (this.#at === this.#lines.length) this.#draft = shown;
    this.#at = to;
    return this.#lines[to] ?? this.#draft;
  }

  /** The last line before `from` that contains the text; -1 = none. */
  search(text: string, from: number): number {
    for (let i = Math.min(from, this.#lines.length) - 1; i >= 0; i--)
      if (this.#lines[i]!.includes(text)) return i;
    return -1;
  }
}

function read(key: string, otherwise: string[] = []): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    if (!Array.isArray(kept)) return otherwise;
    const lines = kept.filter(
      (line): line is string => typeof line === 'string' && line.length <= lineCharsMax,
    );
    return lines.length === 0 ? otherwise : lines.slice(-linesMax);
  } catch {
    return otherwise;
  }
}

function write(key: string, lines: readonly string[]): void {
  try {
    localStorage.setItem(key, JSON.stringify(lines));
  } catch {
    // a browser that keeps nothing
  }
}
