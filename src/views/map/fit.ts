/** fit — how the map is made to fit the height there is, and what of it is scrolled to where it does not */
import type { Box } from './placing.ts';

/** Smaller, and its words could no longer be read. */
const scaleMin = 0.72;
const margin = 24;

/** @param heightMax 0 = it may be as high as it is */
export function scaleFor(height: number, heightMax: number): number {
  return heightMax <= 0 ? 1 : Math.min(1, Math.max(scaleMin, heightMax / height));
}

/** Where a view of the map is scrolled to so that the boxes are in it: no farther than needed. */
export function inView(
  boxes: readonly Box[],
  { top, height, scale }: { top: number; height: number; scale: number },
): number {
  const first = Math.min(...boxes.map((box) => box.y)) * scale - margin;
  const last = Math.max(...boxes.map((box) => box.y + box.height)) * scale + margin * 2;
  if (first < top || last - first > height) return Math.max(0, first);
  return last > top + height ? last - height : top;
}
