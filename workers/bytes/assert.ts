/**
 * assert — stop at a programmer's error, with the values in the message
 *
 * Protocol outcomes are values; what fails here is a bug of ours and must surface.
 */

/** Throws AssertionError with `message` when `condition` is false. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Marks a branch that the types say cannot be reached. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${JSON.stringify(value)}`);
}

/** A broken invariant of the simulator itself. */
export class AssertionError extends Error {
  override name = 'AssertionError';
}
