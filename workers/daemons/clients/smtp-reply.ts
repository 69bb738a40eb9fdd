/**
 * smtp-reply — read one server reply, of one or many lines
 *
 * What is too long is cut, what is no reply is skipped or refused; both as Postfix's smtp_chat_resp() does.
 *
 * STANDARDS  RFC 5321 §4.2 (replies); RFC 2034, RFC 3463 (enhanced status codes)
 */
import * as ascii from '../../bytes/ascii.ts';

import type { Connection, Proc, ReadFailure, VirtualTime } from '../../os/os.ts';

export interface SmtpReply {
  /** three digits; 0 when the client itself refuses to go on */
  code: number;
  /** "2.1.5"; when the server sent none, or one of another class, "X.0.0" with the class of the code */
  enhanced: string;
  /** all lines with their codes, joined by one space, as Postfix logs them: "250 2.0.0 Ok: queued as 4ABC" */
  text: string;
  /** the lines, without line ends */
  lines: string[];
}

export type ReadReplyFailure = ReadFailure | 'garbled';

/**
 * Reads a reply.
 * @param strict with PIPELINING: a line that is no reply line would shift the replies, so it is 'garbled';
 * otherwise skipped
 */
export function* readReply(
  conn: Connection,
  options: { deadline: VirtualTime; strict: boolean },
): Proc<SmtpReply | ReadReplyFailure> {
  const lines: string[] = [];
  let kept = 0;
  for (let count = 0; count < replyLinesMax; count++) {
    const line = yield* conn.readLine({ bytesMax: lineBytesMax, deadline: options.deadline });
    if (typeof line === 'string') return line;
    const text = ascii.decode(line.bytes).replace(/[^\x20-\x7e\x80-\xff]/g, '?');
    if (line.ending === 'none' && !(yield* skipRest(conn, options.deadline))) return 'garbled';
    const isReply = /^[0-9]{3}(?:[ -]|$)/.test(text);
    if (!isReply) {
      if (options.strict) return 'garbled';
      continue;
    }
    if (kept + text.length <= replyBytesMax) lines.push(text);
    kept += text.length;
    if (text[3] !== '-') return makeReply(Number(text.slice(0, 3)), lines);
  }
  return 'garbled';
}

const lineBytesMax = 2048; // Postfix: line_length_limit
const replyBytesMax = 8192;
const replyLinesMax = 1000;
const skippedPiecesMax = 500;

function* skipRest(conn: Connection, deadline: VirtualTime): Proc<boolean> {
  for (let i = 0; i < skippedPiecesMax; i++) {
    const more = yield* conn.readLine({ bytesMax: lineBytesMax, deadline });
    if (typeof more === 'string') return false;
    if (more.ending !== 'none') return true;
  }
  return false;
}

function makeReply(code: number, lines: string[]): SmtpReply {
  const status = /^[0-9]{3}[ -]([245]\.[0-9]{1,3}\.[0-9]{1,3})(?: |$)/.exec(lines[lines.length - 1] ?? '');
  const digit = Math.floor(code / 100);
  const enhanced = status !== null && status[1]!.startsWith(String(digit)) ? status[1]! : `${digit}.0.0`;
  return { code, enhanced, text: lines.join(' '), lines };
}
