/**
 * rare-address-restrictions — what else is asked of an address: whether its domain is there, who owns it
 *
 * SEE ALSO  address-restrictions.ts, BACKSCATTER_README
 */
import { domainOf } from '../../../protocols/smtp/address.ts';

import type { Proc } from '../../../os/os.ts';

import type { AddressClass } from '../trivial-rewrite/route.ts';

import { resolveAddress } from './address-restrictions.ts';
import { findAny } from './host-restrictions.ts';
import type { Session } from './session.ts';
import { deferIfPermit, reject, rejectTemporarily, type Check, type Verdict } from './verdict.ts';

/** reject_unknown_sender_domain, reject_unknown_recipient_domain: no MX and no address, or a null MX. */
export function* rejectUnknownAddress({ session, replyClass }: Check, address: string): Proc<Verdict> {
  const resolution = yield* resolveAddress(session, address);
  if (resolution.kind === 'try-again') return rejectTemporarily(session, address);
  if (resolution.kind === 'bad-address' || isFinal(resolution.addressClass)) return 'dunno';
  const domain = domainOf(resolution.recipient);
  if (domain === '' || (domain.startsWith('[') && domain.endsWith(']'))) return 'dunno';
  const ofSender = replyClass === 'Sender address';
  const status = yield* findAny(session, domain, ['MX', 'A', 'AAAA']);
  if (status === 'found') return 'dunno';
  const name = `<${address}>: ${replyClass} rejected`;
  if (status === 'null-mx') {
    const text = `${name}: Domain ${domain} does not accept mail (nullMX)`;
    return ofSender ? reject(session, 550, '4.7.27', text) : reject(session, 556, '4.1.10', text);
  }
  const { parameters } = session.service;
  const refusal = { code: 450, status: ofSender ? '4.1.8' : '4.1.2', text: `${name}: Domain not found` };
  if (status === 'none')
    return reject(session, parameters.number('unknown_address_reject_code'), refusal.status, refusal.text);
  if (parameters.text('unknown_address_tempfail_action') === 'defer_if_permit')
    return deferIfPermit(session, refusal);
  return reject(session, refusal.code, refusal.status, refusal.text);
}

/** The login does not own the sender. @param allowUnknown a sender that nobody owns passes */
export function* rejectLoginMismatch(
  { session }: Check,
  sender: string,
  allowUnknown: boolean,
): Proc<Verdict> {
  const { login } = session;
  const maps = session.service.parameters.text('smtpd_sender_login_maps');
  if (login === null || maps === '') return 'dunno';
  const owners = yield* senderOwners(session, maps, sender);
  if (owners === 'try-again') return rejectTemporarily(session, sender);
  if (owners === null && allowUnknown) return 'dunno';
  if (owners?.some((owner) => owner.toLowerCase() === login.user.toLowerCase()) === true) return 'dunno';
  return reject(
    session,
    553,
    '5.7.1',
    `<${sender}>: Sender address rejected: not owned by user ${login.user}`,
  );
}

/** The sender belongs to somebody, and the client did not log in. */
export function* rejectNotLoggedIn({ session }: Check, sender: string): Proc<Verdict> {
  const maps = session.service.parameters.text('smtpd_sender_login_maps');
  if (session.login !== null || maps === '') return 'dunno';
  const owners = yield* senderOwners(session, maps, sender);
  if (owners === 'try-again') return rejectTemporarily(session, sender);
  if (owners === null) return 'dunno';
  return reject(session, 553, '5.7.1', `<${sender}>: Sender address rejected: not logged in`);
}

function* senderOwners(session: Session, maps: string, sender: string): Proc<string[] | null | 'try-again'> {
  const resolution = yield* resolveAddress(session, sender);
  if (resolution.kind !== 'resolved') return resolution.kind === 'try-again' ? 'try-again' : null;
  const answer = yield* session.service.instance.tables(maps).lookupAddress(session.os, resolution.recipient);
  if (answer.kind === 'found') return answer.value.split(/[\s,]+/).filter((owner) => owner !== '');
  return answer.kind === 'try-again' ? 'try-again' : null;
}

function isFinal(addressClass: AddressClass): boolean {
  return addressClass !== 'default' && addressClass !== 'relay';
}
