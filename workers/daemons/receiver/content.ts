/**
 * content — reads a message after DATA, up to the line with the dot
 *
 * STANDARDS  RFC 5321 §4.5.2 (transparency), §2.3.8 (a line ends with CRLF, the last too)
 */
import * as ascii from '../../bytes/ascii.ts';
import { concat } from '../../bytes/concat.ts';

import { SECOND, type Connection, type Os, type Proc, type ReadFailure } from '../../os/os.ts';

const dot = 0x2e;
const readMax = 65_536;
const dataTimeoutUs = 300 * SECOND; // Postfix's smtpd_timeout
const crlf = ascii.encode('\r\n');

/** A message as it was sent, without the dots of transparency; lines end with CRLF. */
export interface Content {
  readonly bytes: Uint8Array;
  /** how many lines ended with LF alone */
  readonly bareLfs: number;
  /** octets of the longest line, without its end */
  readonly longestLine: number;
  /** longer than permitted: the bytes are not kept */
  readonly isTooLong: boolean;
}

/** Reads it. @param bytesMax 0: no limit */
export function* readContent(os: Os, conn: Connection, bytesMax: number): Proc<Content | ReadFailure> {
  let pieces: Uint8Array[] = [];
  let [bytes, bareLfs, longestLine, lineBytes] = [0, 0, 0, 0];
  for (;;) {
    const line = yield* conn.readLine({ bytesMax: readMax, deadline: os.now() + dataTimeoutUs });
    if (typeof line === 'string') return line;
    const starts = lineBytes === 0;
    if (starts && line.ending === 'crlf' && line.bytes.length === 1 && line.bytes[0] === dot) break;
    const text = starts && line.bytes[0] === dot ? line.bytes.subarray(1) : line.bytes;
    lineBytes += text.length;
    longestLine = Math.max(longestLine, lineBytes);
    bytes += text.length + 2;
    const isTooLong = bytesMax > 0 && bytes > bytesMax;
    if (isTooLong) pieces = [];
    else pieces.push(text);
    if (line.ending === 'none') continue;
    lineBytes = 0;
    if (line.ending === 'lf') bareLfs++;
    if (!isTooLong) pieces.push(crlf);
  }
  const isTooLong = bytesMax > 0 && bytes > bytesMax;
  return { bytes: concat(pieces), bareLfs, longestLine, isTooLong };
}
