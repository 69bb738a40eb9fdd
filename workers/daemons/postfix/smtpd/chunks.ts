/**
 * chunks — BDAT: receives the message in pieces of a known length
 *
 * STANDARDS  RFC 3030
 * SEE ALSO   content.ts
 */
import { concat } from '../../../bytes/concat.ts';

import type { Token } from '../../../protocols/smtp/command.ts';

import type { Proc } from '../../../os/os.ts';

import { flush } from './chat.ts';
import { checkData, isProc } from './checks.ts';
import { contentFailure, crashed, finish, noRecipient, openContent } from './content.ts';
import type { MessageContent } from './message-content.ts';
import { accept, refuse, type Outcome, type Session } from './session.ts';

const chunkReadBytes = 65536;
const crlf = Uint8Array.of(13, 10);

/** BDAT count [LAST] */
export function* bdat(session: Session, tokens: readonly Token[], line: string): Proc<Outcome> {
  const { config, transaction } = session;
  if (session.discarded.has('CHUNKING')) return refuse('521 5.5.1 Error: command not implemented');
  const last = tokens.length === 3;
  const count = Number(tokens[1]?.text);
  if (
    !/^\d{1,15}$/.test(tokens[1]?.text ?? '') ||
    tokens.length > 3 ||
    (last && tokens[2]!.text.toUpperCase() !== 'LAST')
  ) {
    const shown = session.shown(line, '?').slice(0, 100);
    session.warn(`${session.queueId}: malformed BDAT command syntax from ${session.namaddr}: ${shown}`);
    return refuse('521 5.5.4 Syntax: BDAT count [LAST]');
  }
  const skip = (text: string): Proc<Outcome> => skipChunk(session, { count, last, text });
  if (count === 0 && !last) {
    session.warn(`${session.queueId}: null BDAT request from ${session.namaddr}`);
    return yield* skip('551 5.7.1 Null BDAT request');
  }
  if (session.chunksFailed) return yield* skip(`551 5.0.0 Discarded ${count} bytes after earlier error`);
  if (transaction?.chunks == null) {
    if (session.recipientCount === 0) return yield* skip(noRecipient(transaction));
    const checked = checkData(session);
    const refused = isProc(checked) ? yield* checked : checked;
    if (refused !== null) return yield* skip(refused);
  }
  const sizeBefore = transaction?.chunks?.content.size ?? 0;
  if (config.message_size_limit > 0 && sizeBefore > config.message_size_limit - count) {
    session.warn(`${session.queueId}: BDAT request from ${session.namaddr} exceeds message size limit`);
    return yield* skip('552 5.3.4 Chunk exceeds message size limit');
  }
  if (transaction === null || transaction.stream === null) return crashed;
  const chunks = (transaction.chunks ??= {
    content: openContent(session, transaction),
    rest: new Uint8Array(0),
  });
  session.where = 'BDAT content';
  const failure = yield* receiveChunk(session, chunks, count);
  if (failure !== null) return failure;
  if (!last && contentFailure(session, transaction.stream, chunks.content) !== null) {
    const refused = yield* finish(session, transaction, chunks.content);
    session.chunksFailed = true;
    return refused;
  }
  if (!last) return accept(`250 2.0.0 Ok: ${count} bytes`);
  if (chunks.rest.length > 0)
    chunks.content.addLines(concat([chunks.rest, crlf]), { dots: false, standard: true });
  session.where = 'END-OF-MESSAGE';
  return yield* finish(session, transaction, chunks.content);
}

function* receiveChunk(
  session: Session,
  chunks: { content: MessageContent; rest: Uint8Array },
  count: number,
): Proc<Outcome | null> {
  const { line_length_limit: limit } = session.config;
  const rules = lineRules(session);
  const failure = yield* readChunk(session, count, (bytes) => {
    const joined = chunks.rest.length > 0 ? concat([chunks.rest, bytes]) : bytes;
    let whole = joined.lastIndexOf(10) + 1;
    chunks.content.addLines(joined.subarray(0, whole), rules);
    // A line past the limit goes on in pieces; its last CR may belong to the line end.
    for (let end = whole + limit; end < joined.length || (end === joined.length && joined[end - 1] !== 13);) {
      chunks.content.addLines(joined.subarray(whole, end), rules);
      whole = end;
      end += limit;
    }
    chunks.rest = joined.subarray(whole);
  });
  if (failure !== null) session.contentBytes = chunks.content.size + chunks.rest.length;
  return failure;
}

function* readChunk(
  session: Session,
  count: number,
  take: (bytes: Uint8Array) => void,
): Proc<Outcome | null> {
  const { os, conn, config } = session;
  if (count > conn.buffered && !(yield* flush(session))) return { kind: 'ended', reason: 'lost connection' };
  for (let left = count; left > 0;) {
    const bytes = yield* conn.read({
      deadline: os.now() + config.timeout,
      bytesMax: Math.min(left, chunkReadBytes),
    });
    if (typeof bytes === 'string')
      return { kind: 'ended', reason: bytes === 'timeout' ? 'timeout' : 'lost connection' };
    take(bytes);
    left -= bytes.length;
  }
  return null;
}

// RFC 3030 §4.1: a refused chunk is still read; the following ones are refused up to LAST or RSET.
function* skipChunk(
  session: Session,
  { count, last, text }: { count: number; last: boolean; text: string },
): Proc<Outcome> {
  const failure = yield* readChunk(session, count, () => undefined);
  if (failure !== null) return failure;
  if (last) session.abandonMail();
  else session.chunksFailed = true;
  return refuse(text);
}

function lineRules(session: Session): { dots: boolean; standard: boolean } {
  return { dots: false, standard: session.config.forbid_bare_newline !== 'no' };
}
