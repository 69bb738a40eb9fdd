/**
 * smtp-content — a message as it goes after DATA: dots doubled, ended by a line with a dot alone
 *
 * A small message becomes one piece, copied once; big pieces without a line that starts with a dot are passed
 * on without copying.
 *
 * STANDARDS  RFC 5321 §4.5.2 (transparency)
 */
import { concat } from '../../bytes/concat.ts';

import { findDotLine } from '../../protocols/smtp/dot-line.ts';
import { arePlainLines } from '../../protocols/smtp/plain-lines.ts';

/**
 * Dot-stuffs the pieces and appends `end`.
 * @param pieces lines ended by CRLF; a line may go on in the next piece
 * @param end ".\r\n", or with what is pipelined after it
 * @returns what to write, in order; small messages in one piece
 */
export function encodeContent(pieces: readonly Uint8Array[], end: Uint8Array): Uint8Array[] {
  const output: Uint8Array[] = [];
  let last = lf; // the byte before the piece: the content starts a line
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i]!;
    if (piece.length === 0) continue;
    if (last === lf && arePlainLines(piece, piece.length)) output.push(piece);
    else stuff(piece, last, output);
    last = piece[piece.length - 1]!;
  }
  if (last !== lf) output.push(crlf);
  output.push(end);
  let total = 0;
  for (let i = 0; i < output.length; i++) total += output[i]!.length;
  return total <= joinBytesMax ? [concat(output)] : output;
}

const lf = 0x0a;
const dot = 0x2e;
const joinBytesMax = 16_384;
const crlf = new Uint8Array([0x0d, 0x0a]);

function stuff(piece: Uint8Array, before: number, output: Uint8Array[]): void {
  let from = 0;
  let at = piece[0] === dot && before === lf ? 0 : findDotLine(piece, 1);
  while (at !== -1) {
    output.push(piece.subarray(from, at + 1)); // up to and with the dot, which then comes again
    from = at;
    at = findDotLine(piece, at + 1);
  }
  output.push(from === 0 ? piece : piece.subarray(from));
}
