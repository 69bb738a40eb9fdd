/**
 * checks — which restriction lists apply to which command
 *
 * With smtpd_delay_reject the client, HELO and sender lists wait for RCPT (or ETRN), where the recipient is
 * known and clients understand a refusal.
 */
import type { Proc } from '../../../os/os.ts';

import { rejectUnlisted } from './address-restrictions.ts';
import type { RestrictionItem } from './restriction-table.ts';
import { evaluate, evaluateWords, resetChecks } from './restrictions.ts';
import type { Session, SmtpdPart } from './session.ts';
import { reject, type Answer, type Check, type ReplyClass, type Verdict } from './verdict.ts';

/** The reply of a rejection, or null. */
export type Refusal = string | null;
/** A refusal, or the proc that finds out: most checks need not wait for anything. See isProc(). */
export type Checked = Refusal | Proc<Refusal>;

/** Whether a check has to wait. */
export function isProc(checked: Checked): checked is Proc<Refusal> {
  return typeof checked === 'object' && checked !== null;
}

/** Applies to a connection. */
export function checkClient(session: Session): Checked {
  session.checks.deferIfPermit = null;
  const answer = run(session, 'client', session.namaddr, 'Client host', 'check_client_access');
  return concluded(session, answer, 'afterClient');
}

/** Applies to HELO and EHLO, with session.helo set. */
export function checkHelo(session: Session): Checked {
  const { checks, helo } = session;
  if (helo === null) return null;
  checks.deferIfPermit = checks.afterClient;
  return concluded(session, run(session, 'helo', helo, 'Helo command', 'check_helo_access'), 'afterHelo');
}

/** Applies to MAIL. */
export function checkMail(session: Session): Checked {
  const { checks, sender } = session;
  if (sender === null) return null;
  checks.deferIfPermit = checks.afterClient ?? checks.afterHelo;
  checks.senderListed = false;
  const answer = run(session, 'sender', sender, 'Sender address', 'check_sender_access');
  if (session.config.reject_unlisted_sender) return checkListed(session, sender, answer);
  return concluded(session, answer, 'afterSender');
}

function* checkListed(session: Session, sender: string, answer: Answer): Proc<Refusal> {
  let verdict = typeof answer === 'string' ? answer : yield* answer;
  session.checks.afterSender = session.checks.deferIfPermit;
  if (verdict !== 'reject' && !session.actions.discard && sender !== '')
    verdict = yield* rejectUnlisted(checkOf(session, sender, 'Sender address', null), sender);
  return refusal(session, verdict);
}

/** Applies to RCPT and VRFY. */
export function* checkRecipient(session: Session, recipient: string): Proc<Refusal> {
  const { checks, config } = session;
  // RFC 5321 §4.5.1: postmaster without a domain is accepted from everybody.
  if (recipient.length === 10 && recipient.toLowerCase() === 'postmaster') return null;
  session.checkedRecipient = recipient;
  checks.recipientListed = false;
  let refused = config.delay_reject ? yield* firstRefusal(session, putOffToRecipient) : null;
  if (refused === null) {
    const answer = checkRecipientLists(session, recipient);
    refused = refusal(session, typeof answer === 'string' ? answer : yield* answer);
  }
  session.checkedRecipient = null;
  return refused;
}

function checkRecipientLists(session: Session, recipient: string): Answer {
  const { checks, config } = session;
  checks.deferIfPermit = checks.afterSender;
  resetChecks(session);
  const { relay, recipient: own } = config.restrictions;
  const relayFirst = config.relay_before_recipient_restrictions;
  const check = checkOf(session, recipient, 'Recipient address', 'check_recipient_access');
  const first = evaluate(check, relayFirst ? relay : own);
  const second = relayFirst ? own : relay;
  if (typeof first !== 'string') return checkRecipientLater(check, first, second);
  if (first === 'reject') return 'reject';
  const answer = evaluate(check, second);
  if (typeof answer !== 'string') return checkRecipientLater(check, answer, null);
  return answer === 'reject' ? 'reject' : checkUnlisted(check);
}

// Goes on when the answer of a list is there. @param then the list behind it
function* checkRecipientLater(
  check: Check,
  answer: Proc<Verdict>,
  then: readonly RestrictionItem[] | null,
): Proc<Verdict> {
  if ((yield* answer) === 'reject') return 'reject';
  if (then !== null) {
    const next = evaluate(check, then);
    if ((typeof next === 'string' ? next : yield* next) === 'reject') return 'reject';
  }
  const listed = checkUnlisted(check);
  return typeof listed === 'string' ? listed : yield* listed;
}

function checkUnlisted(check: Check): Answer {
  const { session } = check;
  if (deferred(session) === 'reject') return 'reject';
  if (!session.config.reject_unlisted_recipient) return 'dunno';
  if (session.checks.recipientListed || session.actions.discard) return 'dunno';
  return rejectUnlisted(check, check.replyName);
}

const putOffToRecipient = Object.freeze([checkClient, checkHelo, checkMail]);

/** What smtpd_delay_reject has put off, in order. */
export function* firstRefusal(
  session: Session,
  checks: readonly ((session: Session) => Checked)[],
): Proc<Refusal> {
  for (const check of checks) {
    const checked = check(session);
    const refused = isProc(checked) ? yield* checked : checked;
    if (refused !== null) return refused;
  }
  return null;
}

/** Applies to DATA and to the first BDAT. */
export function checkData(session: Session): Checked {
  return checkMessage(session, 'data', 'DATA', 'Data command');
}

/** Applies to the end of the message. */
export function checkEndOfData(session: Session): Checked {
  return checkMessage(session, 'end_of_data', 'END-OF-MESSAGE', 'End-of-data');
}

/** SIZE= of MAIL against message_size_limit (RFC 1870 §6.1). */
export function checkSize(session: Session): Refusal {
  const { message_size_limit } = session.config;
  if (message_size_limit === 0 || session.declaredSize <= message_size_limit) return null;
  resetChecks(session);
  return refusal(session, reject(session, 552, '5.3.4', 'Message size exceeds fixed limit'));
}

function checkMessage(session: Session, part: SmtpdPart, name: string, replyClass: ReplyClass): Checked {
  session.checks.deferIfPermit = null;
  resetChecks(session);
  const list = session.config.restrictions[part];
  return list.length === 0 ? null : checkMessageList(session, list, { name, replyClass });
}

function* checkMessageList(
  session: Session,
  list: readonly RestrictionItem[],
  { name, replyClass }: { name: string; replyClass: ReplyClass },
): Proc<Refusal> {
  // With several recipients none is named: the check concerns all alike.
  const first = session.firstRecipient;
  if (session.recipientCount > 1) session.firstRecipient = null;
  const answer = evaluate(checkOf(session, name, replyClass, null), list);
  const verdict = typeof answer === 'string' ? answer : yield* answer;
  const refused = refusal(session, verdict) ?? refusal(session, deferred(session));
  session.firstRecipient = first;
  return refused;
}

/** A permission turns into the deferral that was kept. */
export function deferred(session: Session): Verdict {
  const deferral = session.checks.deferIfPermit;
  return deferral === null ? 'dunno' : reject(session, deferral.code, deferral.status, deferral.text);
}

/** Runs the list of a part of the dialogue. */
export function run(
  session: Session,
  part: SmtpdPart,
  name: string,
  replyClass: ReplyClass,
  table: string | null,
): Answer {
  resetChecks(session);
  const list = session.config.restrictions[part];
  return list.length === 0 ? 'dunno' : evaluate(checkOf(session, name, replyClass, table), list);
}

// Notes what the list left to defer, for the lists that come after it.
function concluded(session: Session, answer: Answer, after: After): Checked {
  if (typeof answer !== 'string') return concludedLater(session, answer, after);
  session.checks[after] = session.checks.deferIfPermit;
  return refusal(session, answer);
}

function* concludedLater(session: Session, answer: Proc<Verdict>, after: After): Proc<Refusal> {
  const verdict = yield* answer;
  session.checks[after] = session.checks.deferIfPermit;
  return refusal(session, verdict);
}

type After = 'afterClient' | 'afterHelo' | 'afterSender';

function checkOf(
  session: Session,
  replyName: string,
  replyClass: ReplyClass,
  defaultTable: string | null,
): Check {
  return { session, replyName, replyClass, defaultTable, evaluate: evaluateWords };
}

/** The reply to a verdict, when it is a rejection. */
export function refusal(session: Session, verdict: Verdict): Refusal {
  return verdict === 'reject' ? session.checks.rejection : null;
}
