/**
 * dot-line — finds lines that start with a dot
 *
 * STANDARDS  RFC 5321 §4.5.2 (transparency)
 */

const lf = 0x0a;
const dot = 0x2e;

/**
 * The first dot after a line feed.
 * @param from where the dot may be at the earliest; the byte before it is looked at
 * @returns -1 when there is none
 */
export function findDotLine(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(dot, from); at !== -1; at = bytes.indexOf(dot, at + 1))
    if (at > 0 && bytes[at - 1] === lf) return at;
  return -1;
}
