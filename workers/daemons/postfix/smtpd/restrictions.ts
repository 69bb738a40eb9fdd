/**
 * restrictions — evaluates a list of restrictions from left to right until one says ok or reject
 *
 * A temporary error does not decide by itself: "defer if permit" turns a later permission into a deferral,
 * "defer if reject" a later rejection. Each restriction is one entry of restriction-table.ts.
 *
 * SEE ALSO  SMTPD_ACCESS_README; checks.ts (which lists apply when), access.ts (tables)
 */
import type { Proc } from '../../../os/os.ts';

import { findRestriction, parseRestrictions, type RestrictionItem } from './restriction-table.ts';
import type { Session } from './session.ts';
import { ok, reject, rejectServerError, type Answer, type Check, type Verdict } from './verdict.ts';

const recursionMax = 100;

/** Runs one list: at once as far as nothing has to be waited for. */
export function evaluate(check: Check, list: readonly RestrictionItem[]): Answer {
  const { session } = check;
  const depth = session.checks.recursion++;
  if (depth > recursionMax) return leave(session, depth, rejectServerError(session));
  return evaluateFrom(check, list, 0, depth);
}

/** The same for a list that was not taken apart before. */
export function evaluateWords(check: Check, words: readonly string[]): Answer {
  return evaluate(check, parseRestrictions(words));
}

function leave({ checks }: Session, depth: number, verdict: Verdict): Verdict {
  checks.recursion = depth;
  if (checks.warnIfReject >= depth) checks.warnIfReject = 0;
  return verdict;
}

function evaluateFrom(check: Check, list: readonly RestrictionItem[], from: number, depth: number): Answer {
  const { session } = check;
  const { checks } = session;
  for (let i = from; i < list.length; i++) {
    if (session.actions.discard) break;
    const { word, isTable } = list[i]!;
    let { name, restriction } = list[i]!;
    if (name === 'warn_if_reject') {
      if (checks.warnIfReject === 0) checks.warnIfReject = checks.recursion;
      continue;
    }
    if (isTable) {
      if (check.defaultTable === null) {
        session.warn(
          `specify one of (${tableRestrictions}) before ${check.replyClass} restriction "${word}"`,
        );
        return leave(session, depth, rejectServerError(session));
      }
      name = check.defaultTable; // the short form: a table where a restriction stands
      restriction = findRestriction(name);
      i--;
    }
    const next = list[i + 1]?.word;
    const answer = restriction === null ? evaluateOwn(check, name, next) : restriction.run(check, next);
    if (restriction?.takesWord === true) i++;
    if (typeof answer !== 'string') return evaluateLater(check, list, { i, depth, answer });
    if (isDecided(session, answer)) return leave(session, depth, answer);
  }
  return leave(session, depth, 'dunno');
}

// Goes on when the answer of list[i] is there.
function* evaluateLater(
  check: Check,
  list: readonly RestrictionItem[],
  { i, depth, answer }: { i: number; depth: number; answer: Proc<Verdict> },
): Proc<Verdict> {
  const { session } = check;
  const verdict = yield* answer;
  if (isDecided(session, verdict)) return leave(session, depth, verdict);
  const rest = evaluateFrom(check, list, i + 1, depth);
  return typeof rest === 'string' ? rest : yield* rest;
}

// Whether nothing behind a restriction matters any more.
function isDecided({ checks }: Session, verdict: Verdict): boolean {
  if (checks.warnIfReject >= checks.recursion) checks.warnIfReject = 0;
  return verdict !== 'dunno' || (checks.deferIfPermit !== null && checks.deferIfReject !== null);
}

// permit, defer and reject themselves.
function evaluateOwn(check: Check, name: string, next: string | undefined): Verdict {
  const { session, replyName, replyClass } = check;
  const isSilent = next === undefined || session.checks.warnIfReject > 0;
  const verdict = name === 'permit' ? ok(check, name) : refuse();
  if (!isSilent) session.warn(`restriction \`${next}' after \`${name}' is ignored`);
  return verdict;

  function refuse(): Verdict {
    const code = session.service.parameters.number(`${name}_code`);
    const [status, reason] = name === 'defer' ? ['4.3.2', 'Try again later'] : ['5.7.1', 'Access denied'];
    return reject(session, code, status!, `<${replyName}>: ${replyClass} rejected: ${reason}`);
  }
}

const tableRestrictions =
  'check_client_access, check_reverse_client_hostname_access, check_helo_access, check_sender_access, ' +
  'check_recipient_access, check_etrn_access';

/** SMTPD_CHECK_RESET: what does not outlive one list. */
export function resetChecks(session: Session): void {
  const { checks } = session;
  checks.recursion = 0;
  checks.warnIfReject = 0;
  checks.deferIfReject = null;
}
