/**
 * address-restrictions — what is asked of the sender and recipient address
 *
 * SEE ALSO  rare-address-restrictions.ts; ADDRESS_CLASS_README (who lists the recipients of which domain)
 */
import { domainOf } from '../../../protocols/smtp/address.ts';
import { isHostName, isUtf8HostName } from '../../../protocols/smtp/host-name.ts';
import { splitStatus } from '../../../protocols/smtp/reply.ts';

import type { Proc } from '../../../os/os.ts';

import type { AddressClass, Resolution } from '../trivial-rewrite/route.ts';

import type { Session } from './session.ts';
import { fixStatus, reject, rejectTemporarily, type Check, type Verdict } from './verdict.ts';

const resolutionsMax = 100;

/** Asks trivial-rewrite(8), once per address and message. */
export function* resolveAddress(session: Session, address: string): Proc<Resolution> {
  const known = resolvedAddress(session, address);
  if (known !== null) return known;
  const resolution = yield* session.service.instance.resolve(session.os, address, session.sender ?? '');
  return remember(session, address, resolution);
}

/** What trivial-rewrite(8) said of the address before; null = it must be asked. */
export function resolvedAddress(session: Session, address: string): Resolution | null {
  for (const known of session.resolutions) if (known.address === address) return known.resolution;
  const resolution = session.service.instance.resolved(session.os, address, session.sender ?? '');
  return resolution === null ? null : remember(session, address, resolution);
}

function remember({ resolutions }: Session, address: string, resolution: Resolution): Resolution {
  if (resolutions.length >= resolutionsMax) resolutions.length = 0;
  resolutions.push({ address, resolution });
  return resolution;
}

/**
 * Whether mail for the recipient may come from anybody. 'reject' = a table did not answer; the reply is set.
 */
export function* isAuthorizedDestination(session: Session, recipient: string): Proc<'yes' | 'no' | 'reject'> {
  const resolution = yield* resolveAddress(session, recipient);
  if (resolution.kind === 'try-again') {
    rejectTemporarily(session, recipient);
    return 'reject';
  }
  if (resolution.kind === 'bad-address') return 'no';
  if (!resolution.recipient.includes('@')) return 'yes';
  if (resolution.routed && !session.service.parameters.bool('allow_untrusted_routing')) return 'no';
  return resolution.addressClass === 'default' ? 'no' : 'yes';
}

/** reject_unauth_destination, and defer_unauth_destination with 100 off the code. */
export function* rejectUnauthDestination(
  { session }: Check,
  recipient: string,
  less: 0 | 100,
): Proc<Verdict> {
  const authorized = yield* isAuthorizedDestination(session, recipient);
  if (authorized !== 'no') return authorized === 'yes' ? 'dunno' : authorized;
  const code = session.service.parameters.number('relay_domains_reject_code') - less;
  return reject(session, code, `${less === 0 ? 5 : 4}.7.1`, `<${recipient}>: Relay access denied`);
}

/** reject_non_fqdn_sender, reject_non_fqdn_recipient */
export function rejectNonFqdnAddress({ session, replyClass }: Check, address: string): Verdict {
  const domain = domainOf(address);
  if (domain.startsWith('[') && domain.endsWith(']')) return 'dunno';
  const name = domain.length > 1 && domain.endsWith('.') ? domain.slice(0, -1) : domain;
  if ((session.smtpUtf8 ? isUtf8HostName(name) : isHostName(name)) && name.includes('.')) return 'dunno';
  const code = session.service.parameters.number('non_fqdn_reject_code');
  return reject(session, code, '4.5.2', `<${address}>: ${replyClass} rejected: need fully-qualified address`);
}

/** reject_unlisted_sender, reject_unlisted_recipient: an address of ours that no table lists. */
export function* rejectUnlisted(check: Check, address: string): Proc<Verdict> {
  const { session, replyClass } = check;
  const { checks, config } = session;
  if (config.override.includes('no_unknown_recipient_checks')) return 'dunno';
  const seen = replyClass === 'Sender address' ? 'senderListed' : 'recipientListed';
  if (checks[seen]) return 'dunno';
  if (checks.warnIfReject === 0) checks[seen] = true;
  const resolution = resolvedAddress(session, address) ?? (yield* resolveAddress(session, address));
  if (resolution.kind === 'try-again') return rejectTemporarily(session, address);
  if (resolution.kind === 'bad-address') return 'dunno';
  const { recipient, transport, nexthop, addressClass } = resolution;
  const mapped = yield* isListed(session, mappingTables(replyClass), recipient);
  if (mapped !== 'no') return mapped === 'yes' ? 'dunno' : rejectTemporarily(session, address);
  const unknown = replyClass === 'Sender address' ? '1.0' : '1.1';
  if (transport === 'error' || transport === 'retry') {
    const first = transport === 'error' ? 5 : 4;
    const { status, text } = splitStatus(nexthop, `${first}.${unknown}`);
    const ofAlias = addressClass === 'virtual-alias' && first === 5;
    const code = ofAlias
      ? session.service.parameters.number('unknown_virtual_alias_reject_code')
      : first === 5
        ? 550
        : 450;
    return reject(
      session,
      code,
      fixStatus(session, status, replyClass),
      `<${address}>: ${replyClass} rejected: ${text}`,
    );
  }
  const owner = recipientTables.get(addressClass);
  if (owner === undefined || isReserved(session, addressClass, recipient)) return 'dunno';
  if (session.service.parameters.text(owner.maps) === '') return 'dunno';
  const listed = yield* isListed(session, [owner.maps], recipient);
  if (listed !== 'no') return listed === 'yes' ? 'dunno' : rejectTemporarily(session, address);
  const table = session.service.parameters.bool('show_user_unknown_table_name') ? ` in ${owner.title}` : '';
  const code = session.service.parameters.number(owner.code);
  return reject(session, code, `5.${unknown}`, `<${address}>: ${replyClass} rejected: User unknown${table}`);
}

function mappingTables(replyClass: Check['replyClass']): string[] {
  const ofSender = replyClass === 'Sender address' ? ['sender_canonical_maps'] : [];
  return ['recipient_canonical_maps', ...ofSender, 'canonical_maps', 'virtual_alias_maps'];
}

function* isListed(
  session: Session,
  names: readonly string[],
  address: string,
): Proc<'yes' | 'no' | 'try-again'> {
  for (const name of names) {
    const value = session.service.parameters.text(name);
    if (value === '') continue;
    const answer = yield* session.service.instance.tables(value).lookupAddress(session.os, address);
    if (answer.kind !== 'not-found') return answer.kind === 'found' ? 'yes' : 'try-again';
  }
  return 'no';
}

// Addresses of the local class that exist everywhere.
function isReserved(session: Session, addressClass: AddressClass, recipient: string): boolean {
  if (addressClass !== 'local') return false;
  const local = recipient.slice(0, recipient.lastIndexOf('@')).toLowerCase();
  const doubleBounce = session.service.parameters.text('double_bounce_sender').toLowerCase();
  return local === doubleBounce || local === 'postmaster' || local === 'mailer-daemon';
}

const recipientTables: ReadonlyMap<AddressClass, { maps: string; code: string; title: string }> = new Map([
  [
    'local',
    {
      maps: 'local_recipient_maps',
      code: 'unknown_local_recipient_reject_code',
      title: 'local recipient table',
    },
  ],
  [
    'virtual-mailbox',
    {
      maps: 'virtual_mailbox_maps',
      code: 'unknown_virtual_mailbox_reject_code',
      title: 'virtual mailbox table',
    },
  ],
  [
    'relay',
    {
      maps: 'relay_recipient_maps',
      code: 'unknown_relay_recipient_reject_code',
      title: 'relay recipient table',
    },
  ],
]);
