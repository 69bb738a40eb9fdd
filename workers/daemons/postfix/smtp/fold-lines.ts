/**
 * fold-lines — breaks the lines of a message that no SMTP server need take
 *
 * A line longer than smtp_line_length_limit is broken there, and goes on after a blank in the next line, be
 * it in a header or in the body. Content without such lines is passed on as it is: it is looked at once per
 * limit, not per byte.
 *
 * STANDARDS  RFC 5321 §4.5.3.1.6 (text lines of at most 998 octets)
 * SEE ALSO   postconf(5): smtp_line_length_limit
 */

/**
 * @param pieces lines ended by CRLF; a line may go on in the next piece
 * @param limit octets of a line without its CRLF; 0 = no limit
 */
export function foldLines(pieces: readonly Uint8Array[], limit: number): readonly Uint8Array[] {
  if (limit === 0) return pieces;
  const columnsMax = Math.max(2, limit); // a broken line has its blank and at least one octet
  const output: Uint8Array[] = [];
  let column = 0; // octets of the line so far
  for (const piece of pieces) {
    let from = 0;
    for (let at = 0; at < piece.length;) {
      const room = Math.max(0, columnsMax - column);
      const horizon = Math.min(piece.length, at + room + crlf.length);
      const lineFeed = piece.lastIndexOf(lf, horizon - 1);
      if (lineFeed >= at) {
        at = lineFeed + 1;
        column = 0;
      } else if (horizon - at <= room) {
        column += horizon - at; // the line goes on in the next piece
        at = horizon;
      } else {
        at += room;
        output.push(piece.subarray(from, at), lineBreak);
        from = at;
        column = 1;
      }
    }
    output.push(from === 0 ? piece : piece.subarray(from));
  }
  return output.length === pieces.length ? pieces : output;
}

const lf = 0x0a;
const crlf = new Uint8Array([0x0d, 0x0a]);
const lineBreak = new Uint8Array([0x0d, 0x0a, 0x20]);
