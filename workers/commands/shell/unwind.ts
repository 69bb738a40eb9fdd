/**
 * unwind — how break, continue, return, exit and an error leave what they stand in
 *
 * Thrown by the builtin, caught by the loop, the function or the shell.
 */

/** break, continue, return or exit; abort = back to the prompt. */
export class Unwind {
  readonly kind: 'break' | 'continue' | 'return' | 'exit' | 'abort';
  /** loops to leave, for break and continue */
  readonly levels: number;
  readonly status: number;

  constructor(kind: Unwind['kind'], { levels = 1, status = 0 }: { levels?: number; status?: number }) {
    this.kind = kind;
    this.levels = levels;
    this.status = status;
  }
}
