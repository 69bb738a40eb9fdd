/**
 * pattern-cost — whether a regular expression may take the engine's own matcher long
 *
 * It tries all ways in which a pattern can match: exponentially many for "(a+)+", a power of the key's length
 * for ".*a.*b.*c". What is certainly cheap, as most patterns are, is left to it; the rest is matched with a
 * limit of steps.
 *
 * SEE ALSO  ../../../bytes/bounded-pattern.ts
 */

const loopsMax = 2; // the search for a start is one, unless the pattern begins with ^
const optionalMax = 10; // "a?a?a?…" doubles the work with each

/** Whether a match may take more than some milliseconds. */
export function isCostly(source: string): boolean {
  if (/\)[*+{]|\\[1-9]/.test(source)) return true; // repeated groups, back references
  const loops = source.match(/[*+{]/g)?.length ?? 0;
  const optional = source.match(/[^(]\?/g)?.length ?? 0;
  return loops + (source.startsWith('^') ? 0 : 1) > loopsMax || optional > optionalMax;
}
