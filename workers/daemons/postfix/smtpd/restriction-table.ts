/**
 * restriction-table — every restriction by its name in postconf(5): what argument it takes and what it asks
 *
 * SIMPLIFIED: no DNS lists, no policy service, no check_…_{ns,mx,a}_access, no address verification, no
 * certificates; a list that names one of these answers 451 4.3.5, as the real smtpd(8) does for names it does
 * not know.
 *
 * SEE ALSO  postconf(5) smtpd_recipient_restrictions
 */
import type { Proc } from '../../../os/os.ts';

import { checkAddressAccess, checkClientAccess, checkHostAccess } from './access.ts';
import {
  isAuthorizedDestination,
  rejectLoginMismatch,
  rejectNonFqdnAddress,
  rejectNotLoggedIn,
  rejectUnauthDestination,
  rejectUnknownAddress,
  rejectUnlisted,
} from './address-restrictions.ts';
import {
  rejectInvalidHelo,
  rejectNonFqdnHelo,
  rejectUnknownClient,
  rejectUnknownHelo,
  rejectUnknownReverseClient,
} from './host-restrictions.ts';
import {
  deferIfPermit, deferIfReject, ok, okForClient, reject, renamed, type Answer, type Check, type Verdict,
} from './verdict.ts'; // prettier-ignore

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

const restrictions: ReadonlyMap<string, Restriction> = new Map([
  ['reject_unauth_pipelining', plain(rejectUnauthPipelining)],
  ['defer_if_permit', plain(deferIfPermitRequested)],
  ['defer_if_reject', plain(deferIfRejectRequested)],
  ['reject_plaintext_session', plain(rejectPlaintextSession)],

  ['reject_unknown_client_hostname', plain(rejectUnknownClient)],
  ['reject_unknown_client', plain(rejectUnknownClient)],
  ['reject_unknown_reverse_client_hostname', plain(rejectUnknownReverseClient)],
  ['permit_inet_interfaces', plain(permitInetInterfaces)],
  ['permit_mynetworks', plain(permitMynetworks)],
  ['permit_sasl_authenticated', plain(permitSaslAuthenticated)],
  // Clients show no certificates: see ../tls/server-tls.ts.
  ['permit_tls_clientcerts', plain(dunno)],
  ['permit_tls_all_clientcerts', plain(dunno)],
  ['check_ccert_access', table(dunno)],
  ['check_client_access', table(checkClientAccess)],
  ['check_reverse_client_hostname_access', table(checkReverseClientAccess)],
  ['check_sasl_access', table(checkSaslAccess)],

  ['check_helo_access', table(checkHeloAccess)],
  ['reject_invalid_helo_hostname', plain(rejectInvalidHelo)],
  ['reject_invalid_hostname', plain(rejectInvalidHelo)],
  ['reject_non_fqdn_helo_hostname', plain(rejectNonFqdnHelo)],
  ['reject_non_fqdn_hostname', plain(rejectNonFqdnHelo)],
  ['reject_unknown_helo_hostname', plain(rejectUnknownHelo)],
  ['reject_unknown_hostname', plain(rejectUnknownHelo)],

  ['check_sender_access', table(checkSenderAccess)],
  ['reject_unknown_sender_domain', ofSender(rejectUnknownAddress)],
  ['reject_unknown_address', ofSender(rejectUnknownAddress)],
  ['reject_non_fqdn_sender', ofSender(rejectNonFqdnAddress)],
  ['reject_unlisted_sender', ofSender(rejectUnlisted)],
  ['reject_sender_login_mismatch', ofSender(rejectAnyMismatch)],
  [
    'reject_authenticated_sender_login_mismatch',
    ofSender((check, sender) => rejectLoginMismatch(check, sender, false)),
  ],
  ['reject_known_sender_login_mismatch', ofSender(rejectKnownMismatch)],
  ['reject_unauthenticated_sender_login_mismatch', ofSender(rejectNotLoggedIn)],

  ['check_recipient_access', table(checkRecipientAccess)],
  ['permit_auth_destination', plain(permitAuthDestination)],
  [
    'reject_unauth_destination',
    ofRecipient((check, recipient) => rejectUnauthDestination(check, recipient, 0)),
  ],
  [
    'defer_unauth_destination',
    ofRecipient((check, recipient) => rejectUnauthDestination(check, recipient, 100)),
  ],
  ['reject_unknown_recipient_domain', ofRecipient(rejectUnknownAddress)],
  ['reject_non_fqdn_recipient', ofRecipient(rejectNonFqdnAddress)],
  ['reject_unlisted_recipient', ofRecipient(rejectUnlisted)],
  ['check_recipient_maps', ofRecipient(rejectUnlisted)],
  ['reject_multi_recipient_bounce', plain(rejectMultiRecipientBounce)],

  ['check_etrn_access', table(checkEtrnAccess)],
]);

function plain(run: (check: Check) => Answer): Restriction {
  return { argument: 'none', run };
}
function table(run: (check: Check, argument: string) => Answer): Restriction {
  return { argument: 'table', run };
}
/** Asked of the sender when there is one that is not <>. */
function ofSender(run: (check: Check, address: string) => Answer): Restriction {
  return plain((check) => {
    const { sender } = check.session;
    if (sender === null || sender === '') return 'dunno';
    return run(renamed(check, sender, 'Sender address'), sender);
  });
}
function ofRecipient(run: (check: Check, address: string) => Answer): Restriction {
  return plain((check) => {
    const { recipient } = check.session;
    if (recipient === null || recipient === '') return 'dunno';
    return run(renamed(check, recipient, 'Recipient address'), recipient);
  });
}

function dunno(): Verdict {
  return 'dunno';
}

function rejectUnauthPipelining({ session, replyName, replyClass }: Check): Verdict {
  if (!session.illegalPipelining) return 'dunno';
  const text = `<${replyName}>: ${replyClass} rejected: Improper use of SMTP command pipelining`;
  return reject(session, 503, '5.5.0', text);
}

function deferIfPermitRequested({ session, replyName, replyClass }: Check): Verdict {
  const text = `<${replyName}>: ${replyClass} rejected: defer_if_permit requested`;
  return deferIfPermit(session, { code: 450, status: '4.7.0', text });
}

function deferIfRejectRequested({ session, replyName, replyClass }: Check): Verdict {
  deferIfReject(session, {
    code: 450,
    status: '4.7.0',
    text: `<${replyName}>: ${replyClass} rejected: defer_if_reject requested`,
  });
  return 'dunno';
}

function rejectPlaintextSession({ session }: Check): Verdict {
  if (session.tls !== null) return 'dunno';
  return reject(
    session,
    session.service.parameters.number('plaintext_reject_code'),
    '4.7.1',
    'Session encryption is required',
  );
}

function permitInetInterfaces(check: Check): Verdict {
  const { os, conn } = check.session;
  const own = [...os.addresses, conn.local.address, '127.0.0.1'];
  return own.includes(check.session.client.address) ? okForClient(check, 'permit_inet_interfaces') : 'dunno';
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

function* checkReverseClientAccess(check: Check, title: string): Proc<Verdict> {
  const { client } = check.session;
  const named = renamed(check, client.reverseName, 'Unverified Client host');
  const verdict = yield* checkHostAccess(named, title, client.reverseName, client.address);
  return verdict === 'ok' ? 'dunno' : verdict; // a name that anybody can claim must not permit
}

function* checkSaslAccess(check: Check, title: string): Proc<Verdict> {
  const { login, config } = check.session;
  if (!config.sasl_auth_enable || login === null || login.user === '') return 'dunno';
  return yield* checkHostAccess(renamed(check, login.user, 'Client host'), title, login.user, null);
}

function* checkHeloAccess(check: Check, title: string): Proc<Verdict> {
  const { helo } = check.session;
  if (helo === null) return 'dunno';
  return yield* checkHostAccess(renamed(check, helo, 'Helo command'), title, helo, null);
}

function* checkSenderAccess(check: Check, title: string): Proc<Verdict> {
  const { sender } = check.session;
  if (sender === null) return 'dunno';
  return yield* checkAddressAccess(renamed(check, sender, 'Sender address'), title, sender);
}

function* checkRecipientAccess(check: Check, title: string): Proc<Verdict> {
  const { recipient } = check.session;
  if (recipient === null) return 'dunno';
  return yield* checkAddressAccess(renamed(check, recipient, 'Recipient address'), title, recipient);
}

function* checkEtrnAccess(check: Check, title: string): Proc<Verdict> {
  const domain = check.session.etrnDomain;
  if (domain === null) return 'dunno';
  return yield* checkHostAccess(renamed(check, domain, 'Etrn command'), title, domain, null);
}

function* rejectAnyMismatch(check: Check, sender: string): Proc<Verdict> {
  const verdict = yield* rejectLoginMismatch(check, sender, false);
  return verdict === 'dunno' ? yield* rejectNotLoggedIn(check, sender) : verdict;
}

function* rejectKnownMismatch(check: Check, sender: string): Proc<Verdict> {
  const loggedIn = check.session.login !== null;
  return loggedIn ? yield* rejectLoginMismatch(check, sender, true) : yield* rejectNotLoggedIn(check, sender);
}

function* permitAuthDestination(check: Check): Proc<Verdict> {
  const { recipient } = check.session;
  if (recipient === null) return 'dunno';
  const authorized = yield* isAuthorizedDestination(check.session, recipient);
  if (authorized === 'yes')
    return ok(renamed(check, recipient, 'Recipient address'), 'permit_auth_destination');
  return authorized === 'no' ? 'dunno' : authorized;
}

function rejectMultiRecipientBounce({ session, replyName, replyClass }: Check): Verdict {
  const { sender, where, recipientCount: count } = session;
  if (sender !== '' || count <= (where === 'RCPT' ? 0 : 1)) return 'dunno';
  const code = session.service.parameters.number('multi_recipient_bounce_reject_code');
  return reject(session, code, '5.5.3', `<${replyName}>: ${replyClass} rejected: Multi-recipient bounce`);
}
