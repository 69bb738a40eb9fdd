/**
 * proc — what a daemon is: a generator that yields requests to the kernel
 *
 * `yield*` on a syscall blocks the proc; the kernel resumes it synchronously, so that when next() returns the
 * proc has settled. A proc has one outstanding request. Killing is generator.return(): finally blocks run and
 * never yield.
 */

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
