/**
 * read-command — one command of a client, with the literals it announces
 *
 * Each literal is asked for with "+ OK" unless the client does not wait. Lines and literals are bounded as
 * Dovecot bounds them; memory is taken as bytes come, never as they are announced.
 *
 * STANDARDS  RFC 3501 §2.2.1, §4.3; RFC 7888
 */
import { concat } from '../../../bytes/concat.ts';
import * as ascii from '../../../bytes/ascii.ts';

import { literalAtEnd } from '../../../protocols/imap/command.ts';

import type { Os, Proc, ReadFailure } from '../../../os/os.ts';

import { flush, put, type ImapSession } from './state.ts';

export interface ReadLimits {
  lineBytesMax: number;
  /** of a literal; of APPEND's message there is messageBytesMax */
  literalBytesMax: number;
  messageBytesMax: number;
  idleUs: number;
}

export type ReadCommand =
  | { kind: 'command'; bytes: Uint8Array }
  | { kind: 'line-too-long'; start: Uint8Array }
  | { kind: 'literal-too-big' }
  | { kind: 'ended'; how: ReadFailure };

const piecesMax = 200;

/** Reads up to the line end that is not a literal's. */
export function* readCommand(os: Os, session: ImapSession, limits: ReadLimits): Proc<ReadCommand> {
  const { conn } = session;
  const pieces: Uint8Array[] = [];
  for (let count = 0; count < piecesMax; count++) {
    const line = yield* conn.readLine({ bytesMax: limits.lineBytesMax, deadline: os.now() + limits.idleUs });
    if (typeof line === 'string') return { kind: 'ended', how: line };
    if (line.ending === 'none') return { kind: 'line-too-long', start: pieces[0] ?? line.bytes };
    session.bytesIn += line.bytes.length + 2;
    pieces.push(line.bytes);
    const literal = literalAtEnd(line.bytes);
    if (literal === null) return { kind: 'command', bytes: concat(pieces) };
    const isAppend =
      session.user !== '' &&
      /^[^ ]+ APPEND /i.test(ascii.decode(pieces[0]!, 0, Math.min(pieces[0]!.length, 200)));
    if (literal.bytes > (isAppend ? limits.messageBytesMax : limits.literalBytesMax))
      return { kind: 'literal-too-big' };
    if (!literal.unasked) {
      put(session, '+ OK');
      if (!(yield* flush(os, session))) return { kind: 'ended', how: 'reset' };
    }
    pieces.push(crlf);
    const failure = yield* readLiteral(os, session, { pieces, bytes: literal.bytes, idleUs: limits.idleUs });
    if (failure !== null) return { kind: 'ended', how: failure };
  }
  return { kind: 'literal-too-big' };
}

/** Reads and throws away up to the next line end. */
export function* skipLine(os: Os, session: ImapSession, limits: ReadLimits): Proc<boolean> {
  for (;;) {
    const line = yield* session.conn.readLine({
      bytesMax: limits.lineBytesMax,
      deadline: os.now() + limits.idleUs,
    });
    if (typeof line === 'string') return false;
    if (line.ending !== 'none') return true;
  }
}

const crlf = new Uint8Array([0x0d, 0x0a]);

function* readLiteral(
  os: Os,
  session: ImapSession,
  options: { pieces: Uint8Array[]; bytes: number; idleUs: number },
): Proc<ReadFailure | null> {
  for (let left = options.bytes; left > 0;) {
    const piece = yield* session.conn.read({ deadline: os.now() + options.idleUs, bytesMax: left });
    if (typeof piece === 'string') return piece;
    options.pieces.push(piece);
    left -= piece.length;
    session.bytesIn += piece.length;
  }
  return null;
}
