/**
 * restriction-table — every restriction by its name in postconf(5): what argument it takes and what it asks
 *
 * SIMPLIFIED: no DNS lists, no policy service, no check_…_{ns,mx,a}_access, no address verification, no
 * certificates; a list that names one of these answers 451 4.3.5, as the real smtpd(8) does for names it does
 * not know.
 *
 * SEE ALSO  rare-restrictions.ts, postconf(5) smtpd_recipient_restrictions
 */
import type { Proc } from '../../../os/os.ts';

import { lateCode } from '../late.ts';

import { rejectNonFqdnAddress, rejectUnauthDestination, rejectUnlisted } from './address-restrictions.ts';
import { rejectInvalidHelo } from './helo-name.ts';
import { okForClient, reject, renamed, type Answer, type Check, type Verdict } from './verdict.ts';

export interface Restriction {
  readonly argument: 'none' | 'table';
  readonly run: (check: Check, argument: string) => Answer;
}

/** One word of a list of restrictions. */
export interface RestrictionItem {
  readonly word: string;
  /** lower case */
  readonly name: string;
  readonly isTable: boolean;
  /** null when no restriction has this name */
  readonly restriction: Restriction | null;
}

/** Takes a list apart, once. */
export function parseRestrictions(words: readonly string[]): RestrictionItem[] {
  return words.map((word) => {
    const name = word.toLowerCase();
    return { word, name, isTable: word.includes(':'), restriction: findRestriction(name) };
  });
}

/** @returns null when no restriction has this name (lower case) */
export function findRestriction(name: string): Restriction | null {
  return restrictions.get(name) ?? null;
}

/** Those of rare-restrictions.ts. */
const rareNames =
  'defer_if_permit defer_if_reject reject_plaintext_session reject_unknown_client_hostname ' +
  'reject_unknown_client reject_unknown_reverse_client_hostname permit_inet_interfaces ' +
  'permit_tls_clientcerts permit_tls_all_clientcerts check_ccert_access check_client_access ' +
  'check_reverse_client_hostname_access check_sasl_access check_helo_access ' +
  'reject_non_fqdn_helo_hostname ' +
  'reject_non_fqdn_hostname reject_unknown_helo_hostname reject_unknown_hostname ' +
  'check_sender_access reject_unknown_sender_domain reject_unknown_address ' +
  'reject_sender_login_mismatch reject_authenticated_sender_login_mismatch ' +
  'reject_known_sender_login_mismatch reject_unauthenticated_sender_login_mismatch ' +
  'check_recipient_access permit_auth_destination reject_unknown_recipient_domain ' +
  'reject_multi_recipient_bounce check_etrn_access';

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
  ...rareNames.split(' ').map((name) => [name, rare(name)] as const),
]);

function plain(run: (check: Check) => Answer): Restriction {
  return { argument: 'none', run };
}
/** One whose code comes late. */
function rare(name: string): Restriction {
  return {
    argument: name.startsWith('check_') ? 'table' : 'none',
    *run(check, argument): Proc<Verdict> {
      const { runRare } = yield* lateCode(check.session.os);
      const answer = runRare(name, check, argument);
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
