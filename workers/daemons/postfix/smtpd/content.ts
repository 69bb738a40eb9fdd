/**
 * content — DATA and BDAT: receives the message, gives it to cleanup(8), answers for it
 *
 * Memory is bounded by message_size_limit: what comes after it is read and thrown away.
 *
 * STANDARDS  RFC 5321 §4.1.1.4 (DATA), RFC 3030 (BDAT)
 */
import { concat } from '../../../bytes/concat.ts';
import * as utf8 from '../../../bytes/utf8.ts';

import { assert } from '../../../bytes/assert.ts';

import type { Token } from '../../../protocols/smtp/command.ts';

import type { Proc } from '../../../os/os.ts';

import type { MailStream } from '../cleanup/mail-stream.ts';

import { flush, saidAtOnce, say, send } from './chat.ts';
import { checkData, checkEndOfData, isProc } from './checks.ts';
import { DataFramer, MessageContent } from './message-content.ts';
import { formatReceived } from './received.ts';
import { accept, refuse, type Outcome, type Session, type Transaction } from './session.ts';

const frameBytesMax = 1 << 20;
const chunkReadBytes = 65536;

const crlf = Uint8Array.of(13, 10);

/** DATA */
export function* data(session: Session, tokens: readonly Token[]): Proc<Outcome> {
  const { transaction } = session;
  if (session.chunksFailed || transaction?.chunks != null) return refuse('503 5.5.1 Error: DATA after BDAT');
  if (session.recipientCount === 0) return refuse(noRecipient(transaction));
  if (tokens.length !== 1) return refuse('501 5.5.4 Syntax: DATA');
  const checked = checkData(session);
  const refused = isProc(checked) ? yield* checked : checked;
  if (refused !== null) return refuse(refused);
  if (transaction === null || transaction.stream === null) return crashed;
  const content = openContent(session, transaction);
  const ready = '354 End data with <CR><LF>.<CR><LF>';
  if (!saidAtOnce(session, ready)) yield* say(session, ready);
  if (session.pending !== '' && (yield* send(session)) !== 'ok')
    return { kind: 'ended', reason: 'lost connection' };
  session.where = 'DATA content';
  const failure = yield* receiveLines(session, content);
  if (failure !== null) return failure;
  session.where = 'END-OF-MESSAGE';
  return yield* finish(session, transaction, content);
}

function* receiveLines(session: Session, content: MessageContent): Proc<Outcome | null> {
  const { os, conn, config } = session;
  const standard = config.forbid_bare_newline !== 'no';
  // SIMPLIFIED: no line is longer than half of what is read at once, whatever line_length_limit says.
  const lineBytesMax = Math.min(config.line_length_limit, frameBytesMax / 2);
  const framer = new DataFramer(lineBytesMax, standard);
  while (!framer.ended) {
    const deadline = os.now() + config.timeout;
    const bytes = yield* conn.readFrame({ framer: framer.frame, deadline, bytesMax: frameBytesMax });
    if (typeof bytes === 'string') {
      assert(bytes !== 'malformed', 'more than a receive window without a frame');
      session.contentBytes = content.size + conn.buffered;
      return { kind: 'ended', reason: bytes === 'timeout' ? 'timeout' : 'lost connection' };
    }
    const lines = framer.ended ? bytes.subarray(0, bytes.length - framer.endBytes) : bytes;
    if (!framer.isPlain || !content.addPlain(lines)) content.addLines(lines, { dots: true, standard });
  }
  return null;
}

function noRecipient(transaction: Transaction | null): string {
  return transaction === null ? '503 5.5.1 Error: need RCPT command' : '554 5.5.1 Error: no valid recipients';
}

// The recipients of a refused last chunk are still counted, but there is no stream to cleanup(8) any more.
// SIMPLIFIED: the smtpd(8) of 3.7.11 dies of it (signal 11), and master(8) starts none for 60 s.
const crashed: Outcome = Object.freeze({ kind: 'ended', reason: 'quiet' });

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

function openContent(session: Session, transaction: Transaction): MessageContent {
  const { stream } = transaction;
  assert(stream !== null, 'content without a recipient');
  const received = formatReceived(session, transaction, stream.queueId);
  return new MessageContent(utf8.encode(received), session.config.message_size_limit);
}

function lineRules(session: Session): { dots: boolean; standard: boolean } {
  return { dots: false, standard: session.config.forbid_bare_newline !== 'no' };
}

// What is wrong with the content as far as it came.
function contentFailure(session: Session, stream: MailStream, content: MessageContent): string | null {
  const { config } = session;
  if (content.bareLf && config.forbid_bare_newline === 'reject') {
    session.logWhatsup('reject', 'bare <LF> received');
    const code = session.service.parameters.number('smtpd_forbid_bare_newline_reject_code');
    return `${code} 5.5.2 ${config.myhostname} Error: bare <LF> received`;
  }
  if (!content.tooBig) return null;
  session.warn(`${stream.queueId}: queue file size limit exceeded`);
  return '552 5.3.4 Error: message file too big';
}

function* finish(session: Session, transaction: Transaction, content: MessageContent): Proc<Outcome> {
  const { stream, envelope } = transaction;
  assert(stream !== null && envelope !== null, 'the end of a message without a recipient');
  const { queueId } = stream;
  let failure = contentFailure(session, stream, content);
  if (failure === null) {
    const checked = checkEndOfData(session);
    failure = isProc(checked) ? yield* checked : checked;
  }
  if (failure !== null) {
    session.endTransaction();
    return refuse(failure);
  }
  const { actions } = session;
  if (actions.filter !== '') envelope.filter = actions.filter;
  envelope.redirect = actions.redirect;
  envelope.hold = actions.hold;
  envelope.discard = actions.discard;
  for (const address of actions.bcc)
    stream.addRecipient({ address, originalAddress: address, dsnOriginalRecipient: '', notify: 'NEVER' });
  const result = yield* stream.finish(content.pieces);
  const chunked = transaction.chunks !== null;
  session.resetMail();
  session.resetRecipients();
  if (result.kind === 'refused') return refuse(`${result.code} ${result.dsn} ${result.text}`);
  session.errorCount = 0;
  session.junkCommands = 0;
  return accept(`250 2.0.0 Ok: ${chunked ? `${content.size} bytes ` : ''}queued as ${queueId}`);
}
