/**
 * proc — what a daemon is: a generator that yields requests to the kernel
 *
 * `yield*` on a syscall blocks the proc; the kernel resumes it synchronously, so that when next() returns the
 * proc has settled. A proc has one outstanding request. Killing is generator.return(): finally blocks run and
 * never yield.
 */
import { assert } from '../bytes/assert.ts';

/**
 * What a blocked proc waits for: the kernel calls `begin` once, and the proc resumes when `resume` is called.
 */
export interface Request {
  /** Starts waiting. Returns false when the result is there already (in `result`): no blocking. */
  begin(waiter: Waiter): boolean;
  /** Stops waiting (deadline or kill): forget the waiter. */
  cancel(waiter: Waiter): void;
  result: unknown;
}

/** The kernel's side of a blocked proc. */
export interface Waiter {
  resume(value: unknown): void;
}

/** A proc's body: straight-line daemon code. */
export type Proc<T> = Generator<Request, T, unknown>;
/** A blocking call, to be used with `yield*`. */
export type Syscall<T> = Generator<Request, T, unknown>;

/**
 * What `yield*` runs in place of a generator, for what only waits once: gives itself to the kernel and
 * returns what the kernel answers. Two small objects, where a generator costs five times as much.
 */
export abstract class OneWait implements Syscall<unknown> {
  protected asked = false;

  next(answer: unknown): IteratorResult<Request, unknown> {
    if (this.asked) return { done: true, value: answer };
    this.asked = true;
    return { done: false, value: this as unknown as Request };
  }
  return(value: unknown): IteratorReturnResult<unknown> {
    return { done: true, value };
  }
  throw(error: unknown): never {
    throw error;
  }
  [Symbol.iterator](): this {
    return this;
  }
}

/** The request that `call` makes; the kernel takes it before anything waits. */
export class Call extends OneWait implements Request {
  readonly body: Proc<unknown>;
  result: unknown = undefined;

  constructor(body: Proc<unknown>) {
    super();
    this.body = body;
  }
  begin(): boolean {
    assert(false, 'a call is no wait');
  }
  cancel(): void {}
}

/**
 * `yield* call(body)` is `yield* body`, but what blocks in the body is resumed there directly and not through
 * all its callers. For what is long or deep: a session, a lookup in the middle of one.
 */
export function call<T>(body: Proc<T>): Syscall<T> {
  return new Call(body) as Syscall<unknown> as Syscall<T>;
}
