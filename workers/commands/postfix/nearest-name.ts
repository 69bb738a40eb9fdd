/**
 * nearest-name — the name that was probably meant by one that is not there
 */

/**
 * The name at the least distance (letters put in, left out, changed, two swapped), of several the first.
 * @returns null when none is near
 */
export function nearestName(wrong: string, names: Iterable<string>): string | null {
  let nearest: string | null = null;
  let least = Math.min(4, Math.ceil(wrong.length / 3) + 1);
  for (const name of names) {
    if (Math.abs(name.length - wrong.length) >= least) continue;
    const distance = distanceOf(wrong, name);
    if (distance >= least) continue;
    least = distance;
    nearest = name;
  }
  return nearest;
}

// Optimal string alignment, three rows of its table at a time.
function distanceOf(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, before[j - 2]! + 1);
      row.push(cost);
    }
    before = above;
    above = row;
  }
  return above[b.length]!;
}
