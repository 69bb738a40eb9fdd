/**
 * records — the records of awk's operands, one file after the other
 */
import type { Proc } from '../../../os/os.ts';

import { LineBatches } from '../../shell/process.ts';
import { openOperand } from '../../shell/tool.ts';

import type { AwkRun } from './run.ts';
import { AwkError } from './tree.ts';

/** The records of all operands, one after the other. */
export class Records {
  readonly #run: AwkRun;
  readonly #operands: string[];
  #batches: LineBatches | null = null;
  #lines: string[] = [];
  #at = 0;
  #first = true;
  #opened = false;
  failed = 0;

  constructor(run: AwkRun, operands: readonly string[]) {
    this.#run = run;
    this.#operands = [...operands];
  }
  /** nothing is left of what was read: what was printed should be shown */
  get isDrained(): boolean {
    return this.#at >= this.#lines.length;
  }
  *next(): Proc<string | null> {
    const separator = this.#run.text('RS');
    if (separator === '\n') return yield* this.#line(true);
    if (separator !== '') throw new AwkError('this simulator\'s awk has RS = newline and RS = "" alone');
    let record: string | null = null;
    for (let line = yield* this.#line(false); line !== null; line = yield* this.#line(false)) {
      if (line !== '') record = record === null ? line : `${record}\n${line}`;
      else if (record !== null) break;
    }
    if (record !== null) this.#run.count(false);
    return record;
  }
  *#line(counts: boolean): Proc<string | null> {
    for (;;) {
      if (this.#at < this.#lines.length) {
        if (counts) this.#run.count(this.#first);
        this.#first = false;
        return this.#lines[this.#at++]!;
      }
      if (this.#batches === null && !(yield* this.#open())) return null;
      const lines = yield* this.#batches!.next();
      if (lines === null) this.#batches = null;
      this.#lines = lines ?? [];
      this.#at = 0;
    }
  }
  *#open(): Proc<boolean> {
    for (let name = this.#operands.shift(); ; name = this.#operands.shift()) {
      if (name !== undefined && /^[A-Za-z_]\w*=/.test(name)) {
        this.#run.assign(name);
        continue;
      }
      if (name === undefined && this.#opened) return false;
      this.#opened = true;
      const stream = yield* openOperand(this.#run.me, name ?? '-');
      if (stream === null) {
        this.failed = 2;
        continue;
      }
      this.#run.set('FILENAME', name ?? '');
      this.#first = true;
      this.#batches = new LineBatches(this.#run.me, stream);
      return true;
    }
  }
}
