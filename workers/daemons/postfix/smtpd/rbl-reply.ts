/**
 * rbl-reply — the reply to who is in a DNS list: default_rbl_reply, or the list's own in rbl_reply_maps
 *
 * $rbl_code, $rbl_domain, $rbl_reason (the list's words), $rbl_txt (the same), $rbl_what, $rbl_class, and
 * those of smtpd_reject_footer, with ${name?text} and ${name:text}.
 *
 * SEE ALSO  dns-lists.ts, postconf(5) default_rbl_reply
 */
import { splitStatus } from '../../../protocols/smtp/reply.ts';

import type { Proc } from '../../../os/os.ts';

import { expandValue } from '../expand.ts';
import { withLateRows } from '../late-params.ts';

import type { ListEntry } from './dns-lists.ts';
import { sessionValue } from './reject-footer.ts';
import type { Session } from './session.ts';
import {
  fixStatus,
  reject,
  rejectServerError,
  type Check,
  type ReplyClass,
  type Verdict,
} from './verdict.ts';

/** Who is listed, and as what. */
interface Listed {
  readonly what: string;
  readonly replyClass: ReplyClass;
}

/** Refuses who is in the list. @param list as main.cf names it, with the pattern of its answers */
export function* rejectListed(check: Check, list: string, entry: ListEntry, listed: Listed): Proc<Verdict> {
  const { session } = check;
  const own = yield* templateOf(session, list);
  if (own === 'try-again') return rejectServerError(session);
  const values = valuesOf(session, list, entry, listed);
  let reply = own === null ? null : expanded(session, own.text, values);
  if (own !== null && reply === null)
    session.warn(`rbl_reject_reply: bad rbl reply template for domain ${list}: ${own.text}`);
  // SIMPLIFIED: the real smtpd(8) ends when default_rbl_reply has a name that it does not know; here it
  // stands for ''.
  reply ??=
    expanded(session, withLateRows(session.service.parameters).text('default_rbl_reply'), values) ?? '';
  if (!/^[45]\d\d /.test(reply)) {
    session.warn(`rbl response code configuration error: ${reply}`);
    return reject(session, 450, '4.7.1', 'Service unavailable');
  }
  const { status, text } = splitStatus(reply.slice(4), '4.7.1');
  return reject(
    session,
    Number(reply.slice(0, 3)),
    fixStatus(session, status, listed.replyClass),
    text === '' ? 'Service unavailable' : text,
  );
}

function* templateOf(session: Session, list: string): Proc<{ text: string } | null | 'try-again'> {
  const maps = withLateRows(session.service.parameters).text('rbl_reply_maps');
  if (maps === '') return null;
  const answer = yield* session.service.instance.tables(maps).lookup(session.os, list);
  if (answer.kind === 'try-again') return 'try-again';
  return answer.kind === 'found' ? { text: answer.value } : null;
}

function valuesOf(
  session: Session,
  list: string,
  { text }: ListEntry,
  { what, replyClass }: Listed,
): ReadonlyMap<string, string> {
  return new Map([
    ['rbl_code', String(withLateRows(session.service.parameters).number('maps_rbl_reject_code'))],
    ['rbl_domain', list.split('=')[0]!],
    ['rbl_reason', text],
    ['rbl_txt', text],
    ['rbl_what', what],
    ['rbl_class', replyClass],
  ]);
}

/** @returns null when the template has a name that stands for nothing */
function expanded(session: Session, template: string, values: ReadonlyMap<string, string>): string | null {
  const allowed = unescape(withLateRows(session.service.parameters).text('smtpd_expansion_filter'));
  let isKnown = true;
  const text = expandValue(template, (name) => {
    const value = values.get(name) ?? sessionValue(name, session);
    if (value === null) {
      isKnown = false;
      session.warn(`unknown macro name "${name}" in expansion request`);
    }
    return value === null ? '' : filtered(value, allowed).replaceAll('$', '$$$$');
  });
  return isKnown ? text : null;
}

// What is not allowed is shown as "_".
function filtered(value: string, allowed: string): string {
  let text = '';
  for (const character of value) text += allowed.includes(character) ? character : '_';
  return text;
}

// unescape(3): "\t", "\40", "\\"
function unescape(text: string): string {
  return text.replace(/\\(?:([0-7]{1,3})|(.))/gs, (_, octal?: string, letter?: string) => {
    if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8));
    const at = 'abfnrtv'.indexOf(letter!);
    return at === -1 ? letter! : '\x07\b\f\n\r\t\v'[at]!;
  });
}
