/**
 * verdict — how a restriction answers, and the log line and reply of a rejection
 *
 * STANDARDS  RFC 3463 (an address status says whether sender or recipient is meant)
 */

import type { Proc } from '../../../os/os.ts';

import type { Deferral, Session } from './session.ts';

/** dunno = ask the next restriction; reject = the reply is in session.checks.rejection. */
export type Verdict = 'dunno' | 'ok' | 'reject';

/** A verdict, or the proc that finds it: most restrictions need not wait for anything. */
export type Answer = Verdict | Proc<Verdict>;

/** What is being checked, as replies name it. */
export interface Check {
  readonly session: Session;
  /** "x@y", "DATA" */
  readonly replyName: string;
  /** "Recipient address", "Data command" */
  readonly replyClass: ReplyClass;
  /** the check_…_access that a bare table in the list stands for; null = none may stand there */
  readonly defaultTable: string | null;
  /**
   * evaluates a further list in the place of this restriction (a restriction class, the answer of a table)
   */
  readonly evaluate: (check: Check, words: readonly string[]) => Answer;
}

export type ReplyClass =
  | 'Client host'
  | 'Unverified Client host'
  | 'Helo command'
  | 'Sender address'
  | 'Recipient address'
  | 'SASL login name'
  | 'Etrn command'
  | 'Data command'
  | 'End-of-data';

const replyBytesMax = 510; // RFC 5321 §4.5.3.1.5 without CRLF

/** Refuses, or only warns when warn_if_reject said so. */
export function reject(session: Session, code: number, status: string, text: string): Verdict {
  const { checks, config } = session;
  const warning = checks.warnIfReject > 0;
  return refuse(session, { code, status, text }, warning, config.soft_bounce);
}

/** A table or server that did not answer: 451 4.3.0, whatever warn_if_reject says. */
export function rejectTemporarily(session: Session, replyName: string): Verdict {
  const deferral = { code: 451, status: '4.3.0', text: `<${replyName}>: Temporary lookup failure` };
  return refuse(session, deferral, false, session.config.soft_bounce);
}

/** A mistake in the configuration: 451 4.3.5. */
export function rejectServerError(session: Session): Verdict {
  const deferral = { code: 451, status: '4.3.5', text: 'Server configuration error' };
  return refuse(session, deferral, false, session.config.soft_bounce);
}

/** Changes a later permission into this deferral; the first reason stays. */
export function deferIfPermit(session: Session, deferral: Deferral): Verdict {
  if (session.checks.warnIfReject > 0) return reject(session, deferral.code, deferral.status, deferral.text);
  session.checks.deferIfPermit ??= deferral;
  return 'dunno';
}

/** Changes a later rejection into this deferral. */
export function deferIfReject(session: Session, deferral: Deferral): void {
  session.checks.deferIfReject ??= deferral;
}

/** Permits; logged when smtpd_log_access_permit_actions names the action. */
export function ok(check: Check, action: string, from = ''): Verdict {
  if (isLogged(check.session, action))
    check.session.logWhatsup(
      'permit',
      `action=${action} for ${check.replyClass}=${check.replyName} ${from === '' ? '' : `from ${from}`}`,
    );
  return 'ok';
}

/** Permits what the client asks for. */
export function okForClient(check: Check, action: string): Verdict {
  return isLogged(check.session, action) ? ok(asClient(check), action) : 'ok';
}

function isLogged(session: Session, action: string): boolean {
  const { log_access_permit_actions: logged } = session.config;
  if (logged.length === 0 || session.checks.deferIfPermit !== null) return false;
  return logged.some((word) => word === 'static:all' || word.toLowerCase() === action.toLowerCase());
}

/** The same check as said of another name. */
export function renamed(check: Check, replyName: string, replyClass: ReplyClass): Check {
  if (check.replyName === replyName && check.replyClass === replyClass) return check;
  const { session, defaultTable, evaluate } = check;
  return { session, replyName, replyClass, defaultTable, evaluate };
}

/** The check as said of the client. */
export function asClient(check: Check): Check {
  return renamed(check, check.session.namaddr, 'Client host');
}

/** The status as it fits what is refused: 5.1.1 of a recipient is 5.1.0 of a sender. */
export function fixStatus(session: Session, status: string, replyClass: ReplyClass): string {
  if (!/^\d\.1\./.test(status)) return status;
  const [sender, recipient] = addressStatus.get(status.slice(4)) ?? ['1.0', '1.0'];
  const detail =
    replyClass === 'Sender address' ? sender : replyClass === 'Recipient address' ? recipient : '0.0';
  if (detail !== status.slice(2))
    session.log(`mapping DSN status ${status} into ${replyClass} status ${status[0]!}.${detail}`);
  return `${status[0]!}.${detail}`;
}

const addressStatus: ReadonlyMap<string, readonly [sender: string, recipient: string]> = new Map([
  ['1', ['1.7', '1.1']],
  ['2', ['1.8', '1.2']],
  ['3', ['1.7', '1.3']],
  ['4', ['1.7', '1.4']],
  ['5', ['1.0', '1.5']],
  ['6', ['1.7', '1.6']],
  ['7', ['1.7', '1.3']],
  ['8', ['1.8', '1.2']],
]);

function refuse(session: Session, deferral: Deferral, warning: boolean, softBounce: boolean): Verdict {
  const { checks } = session;
  let { code, status, text } = deferral;
  if (code < 400 || code > 599) {
    session.warn(`SMTP reply code configuration error: ${code} ${status} ${text}`);
    [code, status, text] = [450, '4.7.1', 'Service unavailable'];
  }
  const earlier = checks.deferIfReject;
  if (!warning && earlier !== null && code >= 500) {
    checks.warnIfReject = 0;
    checks.deferIfReject = null;
    return refuse(session, earlier, false, softBounce);
  }
  const first = softBounce && code >= 500 ? '4' : String(code)[0]!;
  const reply = session.shown(
    `${first}${String(code).slice(1)} ${first}${status.slice(1)} ${text}`.slice(0, replyBytesMax),
    ' ',
  );
  session.logWhatsup(warning ? 'reject_warning' : 'reject', reply);
  if (warning) return 'dunno';
  checks.rejection = reply;
  return 'reject';
}
