/**
 * restriction-table — the restrictions by their names in postconf(5): whether a word follows, what is asked
 *
 * SIMPLIFIED: no policy service and no client certificates; check_policy_service answers 451 4.3.5, as the
 * real smtpd(8) does for a name that it does not know.
 *
 * SEE ALSO  rare-restrictions.ts, postconf(5) smtpd_recipient_restrictions
 */
import type { Proc } from '../../../os/os.ts';

import { lateCode } from '../late.ts';

import { rejectNonFqdnAddress, rejectUnauthDestination, rejectUnlisted } from './address-restrictions.ts';
import { rejectInvalidHelo } from './helo-name.ts';
import { okForClient, reject, renamed, type Answer, type Check, type Verdict } from './verdict.ts';

export interface Restriction {
  /** the word behind its name is its own: a table, the domain of a DNS list */
  readonly takesWord: boolean;
  /** @param next the word behind its name; undefined at the end of the list */
  readonly run: (check: Check, next: string | undefined) => Answer;
}

/** One word of a list of restrictions. */
export interface RestrictionItem {
  readonly word: string;
  /** lower case */
  readonly name: string;
  readonly isTable: boolean;
  /** null = permit, defer or reject */
  readonly restriction: Restriction | null;
}

/** Takes a list apart, once. */
export function parseRestrictions(words: readonly string[]): RestrictionItem[] {
  return words.map((word) => {
    const name = word.toLowerCase();
    return { word, name, isTable: word.includes(':'), restriction: findRestriction(name) };
  });
}

/** @param name lower case. @returns null for permit, defer and reject themselves */
export function findRestriction(name: string): Restriction | null {
  if (name === 'permit' || name === 'defer' || name === 'reject') return null;
  return restrictions.get(name) ?? rare(name);
}

const restrictions: ReadonlyMap<string, Restriction> = new Map([
  ['reject_unauth_pipelining', plain(rejectUnauthPipelining)],
  ['permit_mynetworks', plain(permitMynetworks)],
  ['permit_sasl_authenticated', plain(permitSaslAuthenticated)],
  ['reject_invalid_helo_hostname', plain(rejectInvalidHelo)],
  ['reject_invalid_hostname', plain(rejectInvalidHelo)],
  ['reject_unlisted_sender', ofSender(rejectUnlisted)],
  ['reject_non_fqdn_sender', ofSender(rejectNonFqdnAddress)],
  ['reject_non_fqdn_recipient', ofRecipient(rejectNonFqdnAddress)],
  [
    'reject_unauth_destination',
    ofRecipient((check, recipient) => rejectUnauthDestination(check, recipient, 0)),
  ],
  [
    'defer_unauth_destination',
    ofRecipient((check, recipient) => rejectUnauthDestination(check, recipient, 100)),
  ],
  ['reject_unlisted_recipient', ofRecipient(rejectUnlisted)],
  ['check_recipient_maps', ofRecipient(rejectUnlisted)],
]);

function plain(run: (check: Check) => Answer): Restriction {
  return { takesWord: false, run };
}
/** One whose code comes late, if there is one of this name. */
function rare(name: string): Restriction {
  return {
    takesWord: /^(check_.*_access|sleep|check_policy_service|(reject_r|permit_).*[bw]l(_.*)?)$/.test(name),
    *run(check, next): Proc<Verdict> {
      const { runRare } = yield* lateCode(check.session.os);
      const answer = runRare(name, check, next);
      return typeof answer === 'string' ? answer : yield* answer;
    },
  };
}
function ofSender(run: (check: Check, address: string) => Answer): Restriction {
  return plain(askedOfSender(run));
}
function ofRecipient(run: (check: Check, address: string) => Answer): Restriction {
  return plain(askedOfRecipient(run));
}

/** Asked of the sender when there is one that is not <>. */
export function askedOfSender(run: (check: Check, address: string) => Answer): (check: Check) => Answer {
  return (check) => {
    const { sender } = check.session;
    if (sender === null || sender === '') return 'dunno';
    return run(renamed(check, sender, 'Sender address'), sender);
  };
}

/** Asked of the recipient when there is one. */
export function askedOfRecipient(run: (check: Check, address: string) => Answer): (check: Check) => Answer {
  return (check) => {
    const { recipient } = check.session;
    if (recipient === null || recipient === '') return 'dunno';
    return run(renamed(check, recipient, 'Recipient address'), recipient);
  };
}

function rejectUnauthPipelining({ session, replyName, replyClass }: Check): Verdict {
  if (!session.illegalPipelining) return 'dunno';
  const text = `<${replyName}>: ${replyClass} rejected: Improper use of SMTP command pipelining`;
  return reject(session, 503, '5.5.0', text);
}

function permitMynetworks(check: Check): Answer {
  const { session } = check;
  const inside = session.config.mynetworks.decides(session);
  if (inside === null) return permitListed(check);
  return inside ? okForClient(check, 'permit_mynetworks') : 'dunno';
}

function* permitListed(check: Check): Proc<Verdict> {
  const inside = yield* check.session.config.mynetworks.includes(check.session);
  return inside ? okForClient(check, 'permit_mynetworks') : 'dunno';
}

function permitSaslAuthenticated(check: Check): Verdict {
  const { login, config } = check.session;
  return config.sasl_auth_enable && login !== null
    ? okForClient(check, 'permit_sasl_authenticated')
    : 'dunno';
}
