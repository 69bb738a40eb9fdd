/**
 * feedback — by how much one delivery changes a destination's concurrency window
 *
 * A number from 0 to 1, or one divided by the window: with 1/concurrency a whole window
 * of deliveries must succeed before the window grows by one.
 *
 * SEE ALSO  postconf(5) "default_destination_concurrency_positive_feedback", SCHEDULER_README
 */

/** A parsed value; number = the same whatever the window. */
export interface Feedback {
  readonly base: number;
  readonly per: 'delivery' | 'concurrency';
}

/** Parses "1", "0.5", "1/8", "1 / concurrency". @returns null when it is anything else, or more than 1 */
export function parseFeedback(text: string): Feedback | null {
  const match = /^\s*(\d+(?:\.\d*)?|\.\d+)\s*(?:\/\s*(\S+))?$/.exec(text);
  if (match === null) return null;
  const isShare = match[2] === 'concurrency';
  const base = Number(match[1]) / (isShare ? 1 : Number(match[2] ?? 1));
  return base >= 0 && base <= 1 ? { base, per: isShare ? 'concurrency' : 'delivery' } : null;
}

/** What counts when the text is no feedback. */
export const usualFeedback: Feedback = Object.freeze({ base: 1, per: 'delivery' });

/** What one delivery counts with this window. */
export function feedbackOf({ base, per }: Feedback, window: number): number {
  return per === 'delivery' ? base : base / window;
}
