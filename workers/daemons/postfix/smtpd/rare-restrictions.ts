/**
 * rare-restrictions — the restrictions that few configurations name, by their names in postconf(5)
 *
 * SEE ALSO  restriction-table.ts, postconf(5) smtpd_recipient_restrictions
 */
import { assert } from '../../../bytes/assert.ts';

import type { Proc } from '../../../os/os.ts';

import { checkAddressAccess, checkClientAccess, checkHostAccess } from './access.ts';
import { isAuthorizedDestination } from './address-restrictions.ts';
import {
  rejectNonFqdnHelo,
  rejectUnknownClient,
  rejectUnknownHelo,
  rejectUnknownReverseClient,
} from './host-restrictions.ts';
import { rejectLoginMismatch, rejectNotLoggedIn, rejectUnknownAddress } from './rare-address-restrictions.ts';
import { askedOfRecipient, askedOfSender } from './restriction-table.ts';
import {
  deferIfPermit, deferIfReject, ok, okForClient, reject, renamed, type Answer, type Check, type Verdict,
} from './verdict.ts'; // prettier-ignore

/** Runs one of them. */
export function runRare(name: string, check: Check, argument: string): Answer {
  const run = restrictions.get(name);
  assert(run !== undefined, `no code for restriction ${name}`);
  return run(check, argument);
}

type Run = (check: Check, argument: string) => Answer;

const restrictions: ReadonlyMap<string, Run> = new Map<string, Run>([
  ['defer_if_permit', deferIfPermitRequested],
  ['defer_if_reject', deferIfRejectRequested],
  ['reject_plaintext_session', rejectPlaintextSession],

  ['reject_unknown_client_hostname', rejectUnknownClient],
  ['reject_unknown_client', rejectUnknownClient],
  ['reject_unknown_reverse_client_hostname', rejectUnknownReverseClient],
  ['permit_inet_interfaces', permitInetInterfaces],
  // Clients show no certificates: see ../tls/server-tls.ts.
  ['permit_tls_clientcerts', dunno],
  ['permit_tls_all_clientcerts', dunno],
  ['check_ccert_access', dunno],
  ['check_client_access', checkClientAccess],
  ['check_reverse_client_hostname_access', checkReverseClientAccess],
  ['check_sasl_access', checkSaslAccess],

  ['check_helo_access', checkHeloAccess],
  ['reject_non_fqdn_helo_hostname', rejectNonFqdnHelo],
  ['reject_non_fqdn_hostname', rejectNonFqdnHelo],
  ['reject_unknown_helo_hostname', rejectUnknownHelo],
  ['reject_unknown_hostname', rejectUnknownHelo],

  ['check_sender_access', checkSenderAccess],
  ['reject_unknown_sender_domain', askedOfSender(rejectUnknownAddress)],
  ['reject_unknown_address', askedOfSender(rejectUnknownAddress)],
  ['reject_sender_login_mismatch', askedOfSender(rejectAnyMismatch)],
  [
    'reject_authenticated_sender_login_mismatch',
    askedOfSender((check, sender) => rejectLoginMismatch(check, sender, false)),
  ],
  ['reject_known_sender_login_mismatch', askedOfSender(rejectKnownMismatch)],
  ['reject_unauthenticated_sender_login_mismatch', askedOfSender(rejectNotLoggedIn)],

  ['check_recipient_access', checkRecipientAccess],
  ['permit_auth_destination', permitAuthDestination],
  ['reject_unknown_recipient_domain', askedOfRecipient(rejectUnknownAddress)],
  ['reject_multi_recipient_bounce', rejectMultiRecipientBounce],

  ['check_etrn_access', checkEtrnAccess],
]);

function dunno(): Verdict {
  return 'dunno';
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

function* checkReverseClientAccess(check: Check, title: string): Proc<Verdict> {
  const { client } = check.session;
  const named = renamed(check, client.reverseName, 'Unverified Client host');
  const verdict = yield* checkHostAccess(named, title, client.reverseName, client.address);
  return verdict === 'ok' ? 'dunno' : verdict; // a name that anybody can claim must not permit
}

function* checkSaslAccess(check: Check, title: string): Proc<Verdict> {
  const { login, config } = check.session;
  if (!config.sasl_auth_enable || login === null || login.user === '') return 'dunno';
  return yield* checkHostAccess(renamed(check, login.user, 'SASL login name'), title, login.user, null);
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
