/**
 * rare-restrictions — the restrictions that few configurations name, by their names in postconf(5)
 *
 * SEE ALSO  restriction-table.ts, postconf(5) smtpd_recipient_restrictions
 */
import { printable } from '../../../protocols/smtp/reply.ts';

import { SECOND, type Proc } from '../../../os/os.ts';

import { withLateRows } from '../late-params.ts';

import { checkAddressAccess, checkClientAccess, checkHostAccess } from './access.ts';
import { isAuthorizedDestination } from './address-restrictions.ts';
import { findSubject, type SubjectName } from './check-subject.ts';
import { permitDnswl, permitRhswl, rejectRblClient, rejectRhsbl } from './dns-lists.ts';
import {
  rejectNonFqdnHelo,
  rejectUnknownClient,
  rejectUnknownHelo,
  rejectUnknownReverseClient,
} from './host-restrictions.ts';
import { rejectLoginMismatch, rejectNotLoggedIn, rejectUnknownAddress } from './rare-address-restrictions.ts';
import { checkRelayDomains, permitNakedIpAddress, rejectMapsRbl } from './obsolete-restrictions.ts';
import { permitMxBackup } from './mx-backup.ts';
import { askedOfRecipient, askedOfSender } from './restriction-table.ts';
import { checkServerAccess, forbidOk, type ServerType } from './server-access.ts';
import { rejectUnverified } from './unverified.ts';
import {
  deferIfPermit, deferIfReject, ok, okForClient, reject, rejectServerError, renamed,
  type Answer, type Check, type Verdict,
} from './verdict.ts'; // prettier-ignore

/**
 * Runs one of them, or a class of the site's.
 * @param next the word behind it; undefined at the end of the list
 */
export function runRare(name: string, check: Check, next: string | undefined): Answer {
  const run = restrictions.get(name);
  if (run !== undefined) return run(check, next);
  const table = tables.get(name);
  if (table !== undefined) return runWithTable(check, { name, run: table }, next);
  const list = lists.get(name);
  return list === undefined ? evaluateClass(check, name) : runWithList(check, { name, run: list }, next);
}

type WithTable = (check: Check, title: string, name: string) => Answer;
type WithList = (check: Check, list: string, name: string) => Answer;

function runWithTable(
  check: Check,
  { name, run }: { name: string; run: WithTable },
  title: string | undefined,
): Answer {
  if (title?.includes(':') === true) return run(check, title, name);
  check.session.warn(`restriction ${name}: bad argument "${title ?? name}": need maptype:mapname`);
  return rejectServerError(check.session);
}

function runWithList(
  check: Check,
  { name, run }: { name: string; run: WithList },
  list: string | undefined,
): Answer {
  if (list !== undefined) return run(check, list, name);
  check.session.warn(`restriction ${name} requires domain name argument`);
  return 'dunno';
}

function evaluateClass(check: Check, name: string): Answer {
  const { session } = check;
  const { parameters } = session.service;
  const isClass = parameters.list('smtpd_restriction_classes').some((word) => word.toLowerCase() === name);
  if (isClass && parameters.has(name)) return check.evaluate(check, parameters.list(name));
  session.warn(
    isClass
      ? `restriction class \`${name}' needs a definition`
      : `unknown smtpd restriction: "${printable(name, '?')}"`,
  );
  return rejectServerError(session);
}

/** Those that no word belongs to, and sleep. */
const restrictions: ReadonlyMap<string, (check: Check, next: string | undefined) => Answer> = new Map<
  string,
  (check: Check, next: string | undefined) => Answer
>([
  ['defer_if_permit', deferIfPermitRequested],
  ['defer_if_reject', deferIfRejectRequested],
  ['reject_plaintext_session', rejectPlaintextSession],

  ['reject_unknown_client_hostname', rejectUnknownClient],
  ['reject_unknown_client', rejectUnknownClient],
  ['reject_unknown_reverse_client_hostname', rejectUnknownReverseClient],
  ['permit_inet_interfaces', permitInetInterfaces],
  ['permit_tls_clientcerts', permitCertificate('permit_tls_clientcerts')],
  ['permit_tls_all_clientcerts', permitCertificate('permit_tls_all_clientcerts')],
  ['permit_naked_ip_address', permitNakedIpAddress],
  ['reject_maps_rbl', rejectMapsRbl],
  ['reject_non_fqdn_helo_hostname', rejectNonFqdnHelo],
  ['reject_non_fqdn_hostname', rejectNonFqdnHelo],
  ['reject_unknown_helo_hostname', rejectUnknownHelo],
  ['reject_unknown_hostname', rejectUnknownHelo],

  ['reject_unknown_sender_domain', askedOfSender(rejectUnknownAddress)],
  ['reject_unknown_address', askedOfSender(rejectUnknownAddress)],
  ['reject_sender_login_mismatch', rejectAnyMismatch],
  ['reject_authenticated_sender_login_mismatch', rejectMismatch],
  ['reject_known_sender_login_mismatch', rejectKnownMismatch],
  ['reject_unauthenticated_sender_login_mismatch', rejectUnauthenticated],

  ['permit_auth_destination', permitAuthDestination],
  ['reject_unknown_recipient_domain', askedOfRecipient(rejectUnknownAddress)],
  ['permit_mx_backup', permitBackup],
  ['check_relay_domains', checkRelayDomains],
  ['reject_unverified_sender', askedOfSender((check, address) => rejectUnverified(check, address, 'sender'))],
  [
    'reject_unverified_recipient',
    askedOfRecipient((check, address) => rejectUnverified(check, address, 'recipient')),
  ],
  ['reject_multi_recipient_bounce', rejectMultiRecipientBounce],
  ['sleep', sleep],
]);

/** Those with a table. */
const tables: ReadonlyMap<string, WithTable> = new Map<string, WithTable>([
  ['check_client_access', checkClientAccess],
  ['check_reverse_client_hostname_access', checkReverseClientAccess],
  ['check_ccert_access', checkCertificateAccess],
  ['check_sasl_access', checkSaslAccess],
  ['check_helo_access', checkHeloAccess],
  ['check_sender_access', checkSenderAccess],
  ['check_recipient_access', checkRecipientAccess],
  ['check_etrn_access', checkEtrnAccess],
  ...serverChecks(),
]);

/** Those with the domain of a DNS list. */
const lists: ReadonlyMap<string, WithList> = new Map<string, WithList>([
  ['reject_rbl', rejectRblClient],
  ['reject_rbl_client', rejectRblClient],
  ['permit_dnswl_client', permitDnswlClient],
  ['permit_rhswl_client', permitRhswlClient],
  ...(['client', 'reverse_client', 'helo', 'sender', 'recipient'] as const).map(
    (name) => [`reject_rhsbl_${name}`, rhsblCheck(name)] as const,
  ),
]);

// check_client_mx_access and its kin.
function serverChecks(): [string, WithTable][] {
  const whose: readonly (readonly [string, SubjectName])[] = [
    ['client', 'client'],
    ['reverse_client_hostname', 'reverse_client'],
    ['helo', 'helo'],
    ['sender', 'sender'],
    ['recipient', 'recipient'],
  ];
  return whose.flatMap(([part, subject]) =>
    (['MX', 'NS', 'A'] as const).map((type): [string, WithTable] => [
      `check_${part}_${type.toLowerCase()}_access`,
      serverCheck(type, subject),
    ]),
  );
}

function serverCheck(type: ServerType, whose: SubjectName): WithTable {
  return function* (check, title, name) {
    const subject = findSubject(check.session, whose);
    if (subject === null) return 'dunno';
    const verdict = yield* checkServerAccess(check, title, type, subject);
    return forbidOk(check, verdict, { name, what: subject.what });
  };
}

function rhsblCheck(whose: SubjectName): WithList {
  return (check, list) => {
    const subject = findSubject(check.session, whose);
    return subject === null ? 'dunno' : rejectRhsbl(check, list, subject);
  };
}

// SIMPLIFIED: clients show no certificates, see ../tls/server-tls.ts: nobody is permitted or refused by one.
function permitCertificate(name: string): (check: Check) => Verdict {
  return (check) => (check.session.tls === null ? 'dunno' : withoutCertificate(check, name));
}

function checkCertificateAccess(check: Check): Verdict {
  return withoutCertificate(check, 'check_ccert_access');
}

function withoutCertificate({ session }: Check, name: string): Verdict {
  if (!withLateRows(session.service.parameters).bool('smtpd_tls_ask_ccert'))
    session.warn(`${name} is requested, but "smtpd_tls_ask_ccert = no"`);
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

function* checkReverseClientAccess(check: Check, title: string, name: string): Proc<Verdict> {
  const { client } = check.session;
  const named = renamed(check, client.reverseName, 'Unverified Client host');
  const verdict = yield* checkHostAccess(named, title, client.reverseName, client.address);
  return forbidOk(check, verdict, { name, what: client.reverseName });
}

function* checkSaslAccess(check: Check, title: string): Proc<Verdict> {
  const { login } = check.session;
  if (!hasSasl(check, 'check_sasl_access') || login === null || login.user === '') return 'dunno';
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

function rejectMismatch(check: Check): Answer {
  if (!hasSasl(check, 'reject_authenticated_sender_login_mismatch')) return 'dunno';
  return askedOfSender((named, sender) => rejectLoginMismatch(named, sender, false))(check);
}

function rejectUnauthenticated(check: Check): Answer {
  if (!hasSasl(check, 'reject_unauthenticated_sender_login_mismatch')) return 'dunno';
  return askedOfSender(rejectNotLoggedIn)(check);
}

function* rejectAnyMismatch(check: Check): Proc<Verdict> {
  for (const part of [rejectMismatch, rejectUnauthenticated]) {
    const answer = part(check);
    const verdict = typeof answer === 'string' ? answer : yield* answer;
    if (verdict !== 'dunno') return verdict;
  }
  return 'dunno';
}

function rejectKnownMismatch(check: Check): Answer {
  if (!hasSasl(check, 'reject_known_sender_login_mismatch')) return 'dunno';
  const loggedIn = check.session.login !== null;
  return askedOfSender(
    loggedIn ? (named, sender) => rejectLoginMismatch(named, sender, true) : rejectNotLoggedIn,
  )(check);
}

function hasSasl({ session }: Check, name: string): boolean {
  if (session.config.sasl_auth_enable) return true;
  session.warn(`restriction \`${name}' ignored: no SASL support`);
  return false;
}

function* permitAuthDestination(check: Check): Proc<Verdict> {
  const { recipient } = check.session;
  if (recipient === null) return 'dunno';
  const authorized = yield* isAuthorizedDestination(check.session, recipient);
  if (authorized === 'yes')
    return ok(renamed(check, recipient, 'Recipient address'), 'permit_auth_destination');
  return authorized === 'no' ? 'dunno' : authorized;
}

function* permitDnswlClient(check: Check, list: string, name: string): Proc<Verdict> {
  const verdict = yield* permitDnswl(check, list);
  return verdict === 'ok' ? okForClient(check, name) : verdict;
}

function* permitRhswlClient(check: Check, list: string, name: string): Proc<Verdict> {
  const subject = findSubject(check.session, 'client');
  const verdict = subject === null ? 'dunno' : yield* permitRhswl(check, list, subject);
  return verdict === 'ok' ? okForClient(check, name) : verdict;
}

function* permitBackup(check: Check): Proc<Verdict> {
  const { recipient } = check.session;
  if (recipient === null) return 'dunno';
  const named = renamed(check, recipient, 'Recipient address');
  const verdict = yield* permitMxBackup(named, recipient);
  return verdict === 'ok' ? ok(named, 'permit_mx_backup') : verdict;
}

function* sleep({ session }: Check, seconds: string | undefined): Proc<Verdict> {
  if (seconds === undefined || !/^\d{1,5}$/.test(seconds)) {
    session.warn('restriction sleep must be followed by number');
    return rejectServerError(session);
  }
  yield* session.os.sleepUntil(session.os.now() + Number(seconds) * SECOND);
  return 'dunno';
}

function rejectMultiRecipientBounce({ session, replyName, replyClass }: Check): Verdict {
  const { sender, where, recipientCount: count } = session;
  if (sender !== '' || count <= (where === 'RCPT' ? 0 : 1)) return 'dunno';
  const code = session.service.parameters.number('multi_recipient_bounce_reject_code');
  return reject(session, code, '5.5.3', `<${replyName}>: ${replyClass} rejected: Multi-recipient bounce`);
}
