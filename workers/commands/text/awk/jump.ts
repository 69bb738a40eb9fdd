/**
 * jump — how next, break, exit and return leave what they stand in: thrown, and caught where it ends
 */
import type { Value } from './values.ts';

/** One of them. */
export class Jump {
  readonly what: string;
  readonly value: Value;
  constructor(what: string, value: Value) {
    this.what = what;
    this.value = value;
  }
}
