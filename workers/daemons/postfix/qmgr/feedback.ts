/**
 * feedback — by how much one delivery changes a destination's concurrency window
 *
 * A number from 0 to 1, or one divided by the window or by its square root: with 1/concurrency a whole window
 * of deliveries must succeed before the window grows by one.
 *
 * SEE ALSO  postconf(5) "default_destination_concurrency_positive_feedback", SCHEDULER_README
 */

/** A parsed value; number = the same whatever the window. */
export interface Feedback {
  readonly base: number;
  readonly per: 'delivery' | 'concurrency' | 'sqrt_concurrency';
}

/** Parses "1", "0.5", "1/concurrency", "1 / sqrt_concurrency"; anything else is the default, 1. */
export function parseFeedback(text: string): Feedback {
  const match = /^\s*(\d+(?:\.\d*)?|\.\d+)\s*(?:\/\s*(\S+?)\s*)?$/.exec(text);
  const [, numerator, divisor] = match ?? [];
  const base = Number(numerator);
  if (match === null || base > 1) return usual;
  if (divisor === undefined) return { base, per: 'delivery' };
  if (divisor === 'concurrency' || divisor === 'sqrt_concurrency') return { base, per: divisor };
  const number = Number(divisor);
  return number >= 1 ? { base: base / number, per: 'delivery' } : usual;
}

const usual: Feedback = Object.freeze({ base: 1, per: 'delivery' });

/** What one delivery counts with this window. */
export function feedbackOf({ base, per }: Feedback, window: number): number {
  if (per === 'delivery') return base;
  return per === 'concurrency' ? base / window : base / Math.sqrt(window);
}
