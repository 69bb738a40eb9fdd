// Inputs made of recorded ones: bytes flipped, cut, doubled, spliced, and words of the format put where they do not belong.
import { concat } from '../../workers/bytes/concat.ts';

import type { Dice } from '../dice.ts';

const bytesMax = 65_536;
const oddBytes = [0, 1, 0x0a, 0x0d, 0x20, 0x22, 0x27, 0x28, 0x2e, 0x3a, 0x40, 0x5c, 0x7f, 0x80, 0xc0, 0xff];
const repeats = [2, 2, 3, 3, 8, 8, 64, 300, 300, 2000, 20_000];

/** Some changes to one of the seeds; now and then none, or bytes of no seed at all. */
export function mutate(dice: Dice, seeds: readonly Uint8Array[], words: readonly Uint8Array[]): Uint8Array {
  if (dice.once(60)) return noise(dice, dice.below(200));
  let bytes: Uint8Array = dice.pick(seeds);
  for (let changes = dice.below(dice.once(10) ? 40 : 5); changes > 0; changes--)
    bytes = change(dice, bytes, seeds, words);
  return bytes.length > bytesMax ? bytes.subarray(0, bytesMax) : bytes;
}

function noise(dice: Dice, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => dice.below(256));
}

function change(
  dice: Dice,
  bytes: Uint8Array,
  seeds: readonly Uint8Array[],
  words: readonly Uint8Array[],
): Uint8Array {
  const at = dice.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + (dice.once(4) ? dice.below(bytes.length + 1) : dice.below(12)));
  const replaced = (piece: Uint8Array, until = at): Uint8Array =>
    concat([bytes.subarray(0, at), piece, bytes.subarray(until)]);
  switch (dice.below(9)) {
    case 0:
      return replaced(Uint8Array.of((bytes[at] ?? 0) ^ (1 << dice.below(8))), at + 1);
    case 1:
      return replaced(Uint8Array.of(dice.pick(oddBytes)), dice.once(2) ? at : at + 1);
    case 2:
      return replaced(new Uint8Array(0), end);
    case 3:
      return replaced(bytes.subarray(at, end), end); // the piece once more
    case 4:
      return replaced(repeated(dice, bytes.subarray(at, Math.min(end, at + 40))), end);
    case 5: {
      const other = dice.pick(seeds);
      return replaced(other.subarray(dice.below(other.length + 1)), dice.once(2) ? bytes.length : at);
    }
    case 6:
      return bytes.subarray(0, at);
    case 7:
      return replaced(noise(dice, dice.below(6)), end);
    default:
      return words.length === 0 ? bytes : replaced(dice.pick(words), dice.once(2) ? at : end);
  }
}

function repeated(dice: Dice, piece: Uint8Array): Uint8Array {
  if (piece.length === 0) return piece;
  const times = Math.min(dice.pick(repeats), Math.floor(bytesMax / piece.length));
  const bytes = new Uint8Array(piece.length * times);
  for (let i = 0; i < times; i++) bytes.set(piece, i * piece.length);
  return bytes;
}
