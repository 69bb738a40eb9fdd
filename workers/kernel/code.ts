/**
 * code — code that is fetched when a proc first needs it, while its partition stands still
 *
 * A proc that asks for a part which is not there stops the event loop of its partition in the middle of
 * what happens. The driver of the partition fetches the part, and the loop goes on with that proc, at that
 * instant: nothing is written to the trace, no number is drawn. A run is the same whenever the code came.
 *
 * SEE ALSO  ../../docs/decisions/0007-late-code.md, ../hosts/late-code.ts (the parts)
 */
import { assert } from '../bytes/assert.ts';

import type { HostKernel } from './host-kernel.ts';
import { OneWait, type Request, type Syscall, type Waiter } from './proc.ts';

/** The name of a part, which knows the part's type. */
export type LatePart<T> = string & { readonly code?: T };

/** The parts that are there, and how to get the others. One store serves all partitions of a worker. */
export interface CodeStore {
  /** @returns undefined while it is not there */
  find(part: string): unknown;
  /** Afterwards `find` gives it. */
  load(part: string): PromiseLike<unknown>;
}

/** Has a part at once, or stops the partition until it is there. */
export class CodeWait extends OneWait implements Request {
  result: unknown = undefined;
  readonly #host: HostKernel;
  readonly #part: string;

  constructor(host: HostKernel, part: string) {
    super();
    this.#host = host;
    this.#part = part;
  }

  override next(): IteratorResult<Request, unknown> {
    const value = this.#host.partition.code.find(this.#part);
    if (value !== undefined) return { done: true, value };
    assert(!this.asked, `part ${this.#part} was fetched and is not there`);
    this.asked = true;
    return { done: false, value: this as unknown as Request };
  }

  begin(_waiter: Waiter): boolean {
    this.#host.stopFor(this.#part);
    return true;
  }
  cancel(): void {}
}

/** What a proc does with it: `yield* code(host, part)`. */
export function code<T>(host: HostKernel, part: LatePart<T>): Syscall<T> {
  return new CodeWait(host, part) as Syscall<unknown> as Syscall<T>;
}
