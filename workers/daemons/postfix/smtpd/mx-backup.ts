/**
 * mx-backup — permit_mx_backup: mail for a domain whose MX records name this host, but not as the best
 *
 * With permit_mx_backup_networks every address of the best hosts must be in one of these networks, so that
 * not anybody can make this host his relay by a record in the DNS.
 *
 * SEE ALSO  postconf(5) permit_mx_backup
 */
import { domainOf } from '../../../protocols/smtp/address.ts';

import type { Proc } from '../../../os/os.ts';

import { gaiStrerror, hstrerror, lookupAddresses, lookupMx } from '../../clients/dns.ts';
import { withLateRows } from '../late-params.ts';
import { ownAddresses } from '../trivial-rewrite/resolve.ts';

import { resolveAddress } from './address-restrictions.ts';
import { NameAddressList } from './name-address-list.ts';
import { deferIfReject, rejectTemporarily, type Check, type Verdict } from './verdict.ts';

/** @returns 'ok' for what everybody's mail is accepted for, and for what this host is backup of */
export function* permitMxBackup(check: Check, recipient: string): Proc<Verdict> {
  const { session } = check;
  const resolution = yield* resolveAddress(session, recipient);
  if (resolution.kind === 'try-again') return rejectTemporarily(session, recipient);
  if (resolution.kind === 'bad-address') return 'dunno';
  if (!resolution.recipient.includes('@')) return 'ok';
  if (resolution.routed && !session.service.parameters.bool('allow_untrusted_routing')) return 'dunno';
  if (resolution.addressClass !== 'default') return 'ok';
  const domain = domainOf(resolution.recipient);
  if (domain.startsWith('[') && domain.endsWith(']')) return 'dunno';
  const answer = yield* lookupMx(session.os, domain);
  if (answer.kind === 'try-again')
    defer(check, `Unable to look up mail exchanger information: ${hstrerror(answer.kind)}`);
  if (answer.kind !== 'found') return 'dunno';
  if (answer.exchanges.every(({ exchange }) => /^\.?$/.test(exchange))) return 'dunno'; // RFC 7505 §3
  const exchanges = [...answer.exchanges].sort((a, b) => a.preference - b.preference);
  const best = exchanges.filter(({ preference }) => preference === exchanges[0]!.preference);
  const others = exchanges.slice(best.length);
  if ((yield* isOneOfUs(check, best)) || !(yield* isOneOfUs(check, others))) return 'dunno';
  return (yield* areInNetworks(check, best)) ? 'ok' : 'dunno';
}

type Exchanges = readonly { exchange: string }[];

// By name first, then by address.
function* isOneOfUs(check: Check, exchanges: Exchanges): Proc<boolean> {
  const { session } = check;
  for (const { exchange } of exchanges) {
    const resolution = yield* resolveAddress(session, `postmaster@${exchange}`);
    if (resolution.kind === 'resolved' && resolution.addressClass === 'local') return true;
  }
  const own = ownAddresses(session.service.parameters, session.os.addresses);
  for (const { exchange } of exchanges) {
    const answer = yield* lookupAddresses(session.os, exchange);
    if (answer.kind !== 'found')
      defer(check, `Unable to look up mail exchanger host ${exchange}: ${gaiStrerror(answer.kind)}`);
    else if (answer.addresses.some((address) => own.includes(address))) return true;
  }
  return false;
}

function* areInNetworks(check: Check, exchanges: Exchanges): Proc<boolean> {
  const { session } = check;
  const networks = withLateRows(session.service.parameters).list('permit_mx_backup_networks');
  if (networks.length === 0) return true;
  const list = new NameAddressList(networks);
  for (const { exchange } of exchanges) {
    const answer = yield* lookupAddresses(session.os, exchange);
    if (answer.kind !== 'found') {
      defer(check, `Unable to look up host ${exchange} as mail exchanger: ${hstrerror(answer.kind)}`);
      return false;
    }
    for (const address of answer.addresses)
      if (!(yield* list.includes(session, { name: exchange, address }))) return false;
  }
  return true;
}

function defer({ session, replyName, replyClass }: Check, why: string): void {
  const text = `<${replyName}>: ${replyClass} rejected: ${why}`;
  deferIfReject(session, { code: 450, status: '4.4.4', text });
}
