/**
 * state-table — what a personality remembers: rows in memory, in a file of the host, and in the trace
 *
 * /var/lib/receiver/NAME has one row a line, its cells with tabs between them, and a comment with the
 * headings on top. It is written at each change and read when the host boots, so that `cat` shows what will
 * decide next. Each change is a `state.changed` fact as well.
 */
import * as utf8 from '../../bytes/utf8.ts';

import { printable } from '../../protocols/smtp/reply.ts';

import type { Os, Proc } from '../../os/os.ts';

const rowsMax = 2000;

/** A row of cells as text: what a personality keeps numbers in, and reads them back from. */
export type Cells = readonly string[];

/** Rows by key, oldest change first. */
export class StateTable {
  readonly #name: string;
  readonly #keyCells: number;
  readonly #heading: string;
  readonly #rows = new Map<string, Cells>();

  /** @param keyCells how many cells make the key of a row */
  constructor(os: Os, name: string, options: { columns: readonly string[]; keyCells: number }) {
    this.#name = name;
    this.#keyCells = options.keyCells;
    this.#heading = `# ${options.columns.join('\t')}`;
    for (const line of utf8.decode(os.files.read(this.path) ?? new Uint8Array(0)).split('\n')) {
      if (line === '' || line.startsWith('#') || this.#rows.size >= rowsMax) continue;
      const cells = line.split('\t');
      if (cells.length === options.columns.length) this.#rows.set(this.#keyOf(cells), cells);
    }
  }

  get path(): string {
    return `/var/lib/receiver/${this.#name}`;
  }
  /** Without those of the key. */
  get(key: Cells): Cells | null {
    return this.#rows.get(keyText(key))?.slice(this.#keyCells) ?? null;
  }
  /** All rows, with their keys. */
  rows(): Cells[] {
    return [...this.#rows.values()];
  }

  /** Sets a row, and makes it safe. */
  *set(os: Os, key: Cells, cells: Cells): Proc<void> {
    const row = [...key, ...cells].map(clean);
    const name = this.#keyOf(row);
    this.#rows.delete(name);
    if (this.#rows.size >= rowsMax) this.#forget(os, this.#rows.keys().next().value!);
    this.#rows.set(name, row);
    os.trace({ kind: 'state.changed', table: this.#name, key: name, row: row.join('\t') });
    yield* this.#write(os);
  }

  /** Removes rows that are too old. */
  *removeAll(os: Os, isOld: (cells: Cells) => boolean): Proc<void> {
    const old = [...this.#rows].filter(([, cells]) => isOld(cells.slice(this.#keyCells)));
    for (const [name] of old) this.#forget(os, name);
    if (old.length > 0) yield* this.#write(os);
  }

  #forget(os: Os, name: string): void {
    this.#rows.delete(name);
    os.trace({ kind: 'state.changed', table: this.#name, key: name, row: '' });
  }
  *#write(os: Os): Proc<void> {
    const lines = [this.#heading, ...[...this.#rows.values()].map((row) => row.join('\t'))];
    os.files.write(this.path, utf8.encode(`${lines.join('\n')}\n`));
    yield* os.files.fsync(this.path);
  }
  #keyOf(row: Cells): string {
    return row.slice(0, this.#keyCells).join('\t');
  }
}

function keyText(key: Cells): string {
  return key.map(clean).join('\t');
}

function clean(cell: string): string {
  return printable(cell.slice(0, 320), '?');
}
