/**
 * obsolete-restrictions — those that Postfix 3.7 still knows and advises against
 *
 * SEE ALSO  rare-restrictions.ts
 */
import type { Proc } from '../../../os/os.ts';

import { withLateRows } from '../late-params.ts';
import type { LookupTables } from '../maps/lookup-table.ts';
import { MatchList } from '../maps/match-list.ts';

import { isAuthorizedDestination } from './address-restrictions.ts';
import { rejectRblClient } from './dns-lists.ts';
import { rejectInvalidAddress } from './helo-name.ts';
import type { Session } from './session.ts';
import { ok, reject, renamed, type Check, type Verdict } from './verdict.ts';

/** reject_maps_rbl: the lists of maps_rbl_domains */
export function* rejectMapsRbl(check: Check): Proc<Verdict> {
  const { session } = check;
  warnOfRemoval(session, 'reject_maps_rbl', 'reject_rbl_client domain-name');
  for (const list of withLateRows(session.service.parameters).list('maps_rbl_domains')) {
    const verdict = yield* rejectRblClient(check, list);
    if (verdict !== 'dunno') return verdict;
  }
  return 'dunno';
}

/** check_relay_domains: clients and recipients in relay_domains. @param next the word behind it */
export function* checkRelayDomains(check: Check, next: string | undefined): Proc<Verdict> {
  const { session } = check;
  const name = 'check_relay_domains';
  const verdict = session.recipient === null ? 'dunno' : yield* checkRelaying(check, session.recipient);
  const isSilent = next === undefined || session.checks.warnIfReject > 0;
  if (!isSilent) session.warn(`restriction \`${next}' after \`${name}' is ignored`);
  return verdict;
}

function* checkRelaying(check: Check, recipient: string): Proc<Verdict> {
  const { session } = check;
  const { instance, parameters } = session.service;
  warnOfRemoval(session, 'check_relay_domains', 'reject_unauth_destination');
  const named = renamed(check, recipient, 'Recipient address');
  const parentMatches = parameters.list('parent_domain_matches_subdomains').includes('relay_domains');
  const open = (title: string): LookupTables => instance.tables(title);
  const domains = new MatchList(parameters.list('relay_domains'), { open, parentMatches });
  const isRelayClient =
    (yield* domains.matches(session.os, session.client.name.toLowerCase())).kind === 'yes';
  const authorized = isRelayClient ? 'yes' : yield* isAuthorizedDestination(session, recipient);
  if (authorized === 'yes') return ok(named, 'check_relay_domains');
  if (authorized === 'reject') return 'reject';
  const text = `<${recipient}>: Recipient address rejected: Relay access denied`;
  return reject(session, parameters.number('relay_domains_reject_code'), '5.7.1', text);
}

// Once in the life of a process.
function warnOfRemoval(session: Session, name: string, instead: string): void {
  const { toldOf, mail_name } = session.config;
  if (toldOf.has(name)) return;
  toldOf.add(name);
  session.warn(
    `support for restriction "${name}" will be removed from ${mail_name}; use "${instead}" instead`,
  );
}

/** permit_naked_ip_address: HELO with an address that is not in brackets */
export function permitNakedIpAddress(check: Check): Verdict {
  const { session } = check;
  const name = 'permit_naked_ip_address';
  session.warn(
    `restriction ${name} is deprecated. Use permit_mynetworks or permit_sasl_authenticated instead`,
  );
  const { helo } = session;
  if (helo === null || !/^[\d.:]+$/.test(helo)) return 'dunno';
  const verdict = rejectInvalidAddress(session, helo);
  return verdict === 'dunno' ? ok(renamed(check, helo, 'Helo command'), name) : verdict;
}
