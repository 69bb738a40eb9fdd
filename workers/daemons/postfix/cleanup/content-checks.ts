/**
 * content-checks — header_checks and body_checks: look at each header field and body line, act on what
 * matches
 *
 * SIMPLIFIED: MIME structure is not parsed: mime_header_checks and nested_header_checks see nothing, part
 * headers are body lines. The default of both is $header_checks, so a learner who filters attachment names
 * sees them pass.
 *
 * SEE ALSO  header_checks(5)
 */
import * as utf8 from '../../../bytes/utf8.ts';

import type { Os, Proc } from '../../../os/os.ts';

import type { LookupTables } from '../maps/lookup-table.ts';

import { fieldText, type HeaderLine, type ScannedMessage } from './header-work.ts';
import { emptyVerdict, type Verdict } from './verdict.ts';

export interface CheckContext {
  /** null = there are none */
  header: LookupTables | null;
  body: LookupTables | null;
  /** body_checks_size_limit */
  bodyBytesMax: number;
  /** writes "QID: reject: header Subject: … from …: text" */
  log: (action: string, where: 'header' | 'body', line: string, text: string) => void;
}

/** Checks header and body until something ends the search. */
export function* checkContent(os: Os, context: CheckContext, message: ScannedMessage): Proc<Verdict> {
  const verdict = emptyVerdict();
  if (context.header !== null) {
    for (const field of message.fields) {
      const text = fieldText(message, field);
      const answer = yield* context.header.lookup(os, text);
      if (answer.kind === 'try-again') verdict.failed = true;
      if (answer.kind === 'found')
        act(context, verdict, { where: 'header', line: text, action: answer.value, field });
      if (verdict.failed || verdict.reject !== '' || verdict.discard) return verdict;
    }
  }
  if (context.body !== null) yield* checkBody(os, { ...context, body: context.body }, message, verdict);
  return verdict;
}

function* checkBody(
  os: Os,
  context: CheckContext & { body: LookupTables },
  message: ScannedMessage,
  verdict: Verdict,
): Proc<void> {
  let bytes = 0;
  for (const piece of message.body) {
    const part = piece.subarray(0, Math.max(0, context.bodyBytesMax - bytes));
    bytes += part.length;
    for (const line of utf8.decode(part).split(/\r?\n/)) {
      if (line === '') continue;
      const answer = yield* context.body.lookup(os, line);
      if (answer.kind === 'try-again') verdict.failed = true;
      if (answer.kind === 'found')
        act(context, verdict, { where: 'body', line, action: answer.value, field: null });
      if (verdict.failed || verdict.reject !== '' || verdict.discard) return;
    }
    if (bytes >= context.bodyBytesMax) return;
  }
}

function act(
  context: CheckContext,
  verdict: Verdict,
  match: { where: 'header' | 'body'; line: string; action: string; field: HeaderLine | null },
): void {
  const { where, line, field } = match;
  const [, command, rest] = /^(\S+)\s*([\s\S]*)$/.exec(match.action) ?? [];
  const text = rest ?? '';
  switch ((command ?? '').toUpperCase()) {
    case 'REJECT':
      verdict.reject = /^5\.\d+\.\d+\s/.test(text)
        ? text
        : `5.7.1 ${text === '' ? 'message content rejected' : text}`;
      return context.log('reject', where, line, verdict.reject);
    case 'DISCARD':
      verdict.discard = true;
      return context.log('discard', where, line, text);
    case 'HOLD':
      verdict.hold = true;
      return context.log('hold', where, line, text);
    case 'FILTER':
      verdict.filter = text;
      return context.log('filter', where, line, text);
    case 'REDIRECT':
      verdict.redirect = text;
      return context.log('redirect', where, line, text);
    case 'BCC':
      verdict.bcc.push(text);
      return context.log('bcc', where, line, text);
    case 'WARN':
      return context.log('warning', where, line, text);
    case 'INFO':
      return context.log('info', where, line, text);
    case 'IGNORE':
      if (field !== null) verdict.edits.set(field, '');
      return;
    case 'STRIP':
      if (field !== null) verdict.edits.set(field, '');
      return context.log('strip', where, line, text);
    case 'REPLACE':
      if (field !== null) verdict.edits.set(field, `${text.replace(/\n/g, '\r\n')}\r\n`);
      return context.log('replace', where, line, text);
    case 'PREPEND':
      if (field !== null) verdict.edits.set(field, `${text}\r\n${line.replace(/\n/g, '\r\n')}\r\n`);
      return context.log('prepend', where, line, text);
    default: // OK, DUNNO
  }
}
