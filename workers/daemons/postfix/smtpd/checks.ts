/**
 * checks — which restriction lists apply to which command
 *
 * With smtpd_delay_reject the client, HELO and sender lists wait for RCPT (or ETRN), where the recipient is
 * known and clients understand a refusal.
 */
import type { Proc } from '../../../os/os.ts';

import { rejectUnlisted } from './address-restrictions.ts';
import { evaluate, evaluateWords, resetChecks } from './restrictions.ts';
import type { Session, SmtpdPart } from './session.ts';
import { reject, type Check, type ReplyClass, type Verdict } from './verdict.ts';

/** Each returns the reply of a rejection, or null. */
type Refusal = string | null;

/** Applies to a connection. */
export function* checkClient(session: Session): Proc<Refusal> {
  const { checks } = session;
  checks.deferIfPermit = null;
  const verdict = yield* run(session, 'client', session.namaddr, 'Client host', 'check_client_access');
  checks.afterClient = checks.deferIfPermit;
  return refusal(session, verdict);
}

/** Applies to HELO and EHLO, with session.helo set. */
export function* checkHelo(session: Session): Proc<Refusal> {
  const { checks, helo } = session;
  if (helo === null) return null;
  checks.deferIfPermit = checks.afterClient;
  const verdict = yield* run(session, 'helo', helo, 'Helo command', 'check_helo_access');
  checks.afterHelo = checks.deferIfPermit;
  return refusal(session, verdict);
}

/** Applies to MAIL. */
export function* checkMail(session: Session): Proc<Refusal> {
  const { checks, sender } = session;
  if (sender === null) return null;
  checks.deferIfPermit = checks.afterClient ?? checks.afterHelo;
  checks.senderListed = false;
  let verdict = yield* run(session, 'sender', sender, 'Sender address', 'check_sender_access');
  checks.afterSender = checks.deferIfPermit;
  if (
    session.config.reject_unlisted_sender &&
    verdict !== 'reject' &&
    !session.actions.discard &&
    sender !== ''
  )
    verdict = yield* rejectUnlisted(checkOf(session, sender, 'Sender address', null), sender);
  return refusal(session, verdict);
}

/** Applies to RCPT and VRFY. */
export function* checkRecipient(session: Session, recipient: string): Proc<Refusal> {
  const { checks, config } = session;
  // RFC 5321 §4.5.1: postmaster without a domain is accepted from everybody.
  if (recipient.toLowerCase() === 'postmaster') return null;
  session.checkedRecipient = recipient;
  checks.recipientListed = false;
  let refused: Refusal = null;
  if (config.delay_reject)
    refused = (yield* checkClient(session)) ?? (yield* checkHelo(session)) ?? (yield* checkMail(session));
  if (refused === null) refused = refusal(session, yield* checkRecipientLists(session, recipient));
  session.checkedRecipient = null;
  return refused;
}

function* checkRecipientLists(session: Session, recipient: string): Proc<Verdict> {
  const { checks, config } = session;
  checks.deferIfPermit = checks.afterSender;
  resetChecks(session);
  const { relay, recipient: own } = config.restrictions;
  const relayFirst = config.relay_before_recipient_restrictions;
  const check = checkOf(session, recipient, 'Recipient address', 'check_recipient_access');
  if ((yield* evaluate(check, relayFirst ? relay : own)) === 'reject') return 'reject';
  if ((yield* evaluate(check, relayFirst ? own : relay)) === 'reject') return 'reject';
  if (deferred(session) === 'reject') return 'reject';
  if (!config.reject_unlisted_recipient || checks.recipientListed || session.actions.discard) return 'dunno';
  return yield* rejectUnlisted(check, recipient);
}

/** Applies to ETRN. */
export function* checkEtrn(session: Session, domain: string): Proc<Refusal> {
  const { checks, config } = session;
  session.etrnDomain = domain;
  let refused: Refusal = null;
  if (config.delay_reject) refused = (yield* checkClient(session)) ?? (yield* checkHelo(session));
  checks.deferIfPermit = checks.afterClient ?? checks.afterHelo;
  refused ??= refusal(session, yield* run(session, 'etrn', domain, 'Etrn command', 'check_etrn_access'));
  if (refused === null) refused = refusal(session, deferred(session));
  session.etrnDomain = null;
  return refused;
}

/** Applies to DATA and to the first BDAT. */
export function* checkData(session: Session): Proc<Refusal> {
  return yield* checkMessage(session, 'data', 'DATA', 'Data command');
}

/** Applies to the end of the message. */
export function* checkEndOfData(session: Session): Proc<Refusal> {
  return yield* checkMessage(session, 'end_of_data', 'END-OF-MESSAGE', 'End-of-data');
}

/** SIZE= of MAIL against message_size_limit (RFC 1870 §6.1). */
export function checkSize(session: Session): Refusal {
  const { message_size_limit } = session.config;
  if (message_size_limit === 0 || session.declaredSize <= message_size_limit) return null;
  resetChecks(session);
  return refusal(session, reject(session, 552, '5.3.4', 'Message size exceeds fixed limit'));
}

function* checkMessage(
  session: Session,
  part: SmtpdPart,
  name: string,
  replyClass: ReplyClass,
): Proc<Refusal> {
  const { transaction, checks } = session;
  // With several recipients none is named: the check concerns all alike.
  const first = transaction?.recipient ?? null;
  if (transaction !== null && transaction.recipientCount > 1) transaction.recipient = null;
  checks.deferIfPermit = null;
  const verdict = yield* run(session, part, name, replyClass, null);
  const refused = refusal(session, verdict) ?? refusal(session, deferred(session));
  if (transaction !== null) transaction.recipient = first;
  return refused;
}

// A permission turns into the deferral that was kept.
function deferred(session: Session): Verdict {
  const deferral = session.checks.deferIfPermit;
  return deferral === null ? 'dunno' : reject(session, deferral.code, deferral.status, deferral.text);
}

function* run(
  session: Session,
  part: SmtpdPart,
  name: string,
  replyClass: ReplyClass,
  table: string | null,
): Proc<Verdict> {
  resetChecks(session);
  const list = session.config.restrictions[part];
  return list.length === 0 ? 'dunno' : yield* evaluate(checkOf(session, name, replyClass, table), list);
}

function checkOf(
  session: Session,
  replyName: string,
  replyClass: ReplyClass,
  defaultTable: string | null,
): Check {
  return { session, replyName, replyClass, defaultTable, evaluate: evaluateWords };
}

function refusal(session: Session, verdict: Verdict): Refusal {
  return verdict === 'reject' ? session.checks.rejection : null;
}
