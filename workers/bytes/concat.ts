/**
 * concat — pieces of bytes as one array
 */
import { allocate } from './slab.ts';

/** @returns the pieces one after another; a single piece as it is, not copied */
export function concat(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  let length = 0;
  for (let i = 0; i < pieces.length; i++) length += pieces[i]!.length;
  const whole = allocate(length);
  let at = 0;
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i]!;
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
