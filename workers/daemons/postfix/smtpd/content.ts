/**
 * content — DATA: receives the message, gives it to cleanup(8), answers for it
 *
 * Memory is bounded by message_size_limit: what comes after it is read and thrown away.
 *
 * STANDARDS  RFC 5321 §4.1.1.4 (DATA)
 * SEE ALSO   chunks.ts (BDAT)
 */
import * as utf8 from '../../../bytes/utf8.ts';

import { assert } from '../../../bytes/assert.ts';

import type { Token } from '../../../protocols/smtp/command.ts';

import type { Proc } from '../../../os/os.ts';

import type { MailStream } from '../cleanup/mail-stream.ts';

import { saidAtOnce, say, send } from './chat.ts';
import { checkData, checkEndOfData, isProc } from './checks.ts';
import { DataFramer, MessageContent } from './message-content.ts';
import { formatReceived } from './received.ts';
import { accept, refuse, type Outcome, type Session, type Transaction } from './session.ts';

const frameBytesMax = 1 << 20;

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

/** Why there can be no message. */
export function noRecipient(transaction: Transaction | null): string {
  return transaction === null ? '503 5.5.1 Error: need RCPT command' : '554 5.5.1 Error: no valid recipients';
}

/**
 * The recipients of a refused last chunk are still counted, but there is no stream to cleanup(8) any more.
 * SIMPLIFIED: the smtpd(8) of 3.7.11 dies of it (signal 11), and master(8) starts none for 60 s.
 */
export const crashed: Outcome = Object.freeze({ kind: 'ended', reason: 'quiet' });

/** Begins a message, with its Received field. */
export function openContent(session: Session, transaction: Transaction): MessageContent {
  const { stream } = transaction;
  assert(stream !== null, 'content without a recipient');
  const received = formatReceived(session, transaction, stream.queueId);
  return new MessageContent(utf8.encode(received), session.config.message_size_limit);
}

/** What is wrong with the content as far as it came. */
export function contentFailure(session: Session, stream: MailStream, content: MessageContent): string | null {
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

// A restriction refuses the content, not the transaction: sender and recipients still count.
function refuseContent(transaction: Transaction, reply: string): Outcome {
  transaction.stream!.abandon();
  transaction.stream = null;
  transaction.envelope = null;
  return refuse(reply);
}

/** The end of the message: gives it to cleanup(8). */
export function* finish(session: Session, transaction: Transaction, content: MessageContent): Proc<Outcome> {
  const { stream, envelope } = transaction;
  assert(stream !== null && envelope !== null, 'the end of a message without a recipient');
  const { queueId } = stream;
  const failure = contentFailure(session, stream, content);
  if (failure !== null) {
    session.endTransaction();
    return refuse(failure);
  }
  const checked = checkEndOfData(session);
  const refused = isProc(checked) ? yield* checked : checked;
  if (refused !== null) return refuseContent(transaction, refused);
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
