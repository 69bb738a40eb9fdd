/**
 * host-restrictions — what is asked of the client's host name and of its HELO name
 */
import { isHostName, isUtf8HostName } from '../../../protocols/smtp/host-name.ts';

import type { Proc } from '../../../os/os.ts';

import { lookup, lookupMx, type LookupResult, type MxResult } from '../../clients/dns.ts';

import { rejectHelo, rejectInvalidAddress, withoutDot } from './helo-name.ts';
import type { Session } from './session.ts';
import { deferIfPermit, reject, type Check, type Verdict } from './verdict.ts';

/** reject_unknown_client_hostname: no name, or one that does not lead back. RFC 7372 §3.3 */
export function rejectUnknownClient({ session }: Check): Verdict {
  const { nameStatus, address } = session.client;
  if (nameStatus === 'ok') return 'dunno';
  const code =
    nameStatus === 'temporary' ? 450 : session.service.parameters.number('unknown_client_reject_code');
  return reject(session, code, '4.7.25', `Client host rejected: cannot find your hostname, [${address}]`);
}

/** reject_unknown_reverse_client_hostname: no name at all. */
export function rejectUnknownReverseClient({ session }: Check): Verdict {
  const { reverseNameStatus, address } = session.client;
  if (reverseNameStatus === 'ok') return 'dunno';
  const code =
    reverseNameStatus === 'none' ? session.service.parameters.number('unknown_client_reject_code') : 450;
  return reject(
    session,
    code,
    '4.7.1',
    `Client host rejected: cannot find your reverse hostname, [${address}]`,
  );
}

/** reject_non_fqdn_helo_hostname */
export function rejectNonFqdnHelo({ session }: Check): Verdict {
  const { helo } = session;
  if (helo === null) return 'dunno';
  if (helo.startsWith('[')) return rejectInvalidAddress(session, helo);
  const name = withoutDot(helo);
  const valid = session.smtpUtf8 ? isUtf8HostName(name) : isHostName(name);
  if (valid && name.includes('.')) return 'dunno';
  return rejectHelo(session, 'non_fqdn_reject_code', '5.5.2', 'need fully-qualified hostname');
}

/** reject_unknown_helo_hostname: neither address nor MX records */
export function* rejectUnknownHelo({ session }: Check): Proc<Verdict> {
  const { helo } = session;
  if (helo === null) return 'dunno';
  if (helo.startsWith('[')) return rejectInvalidAddress(session, helo);
  const status = yield* findAny(session, helo, ['A', 'AAAA', 'MX']);
  if (status === 'found' || status === 'null-mx') return 'dunno';
  const text = `<${helo}>: Helo command rejected: Host not found`;
  if (status === 'none')
    return rejectHelo(session, 'unknown_hostname_reject_code', '4.7.1', 'Host not found');
  if (session.service.parameters.text('unknown_helo_hostname_tempfail_action') === 'defer_if_permit')
    return deferIfPermit(session, { code: 450, status: '4.7.1', text });
  return reject(session, 450, '4.7.1', text);
}

/** Looks for records of these types in turn. 'null-mx' = the domain says that it takes no mail (RFC 7505). */
export function* findAny(
  session: Session,
  name: string,
  types: readonly ('A' | 'AAAA' | 'MX')[],
): Proc<'found' | 'null-mx' | 'none' | 'try-again'> {
  if (!isUtf8HostName(name)) return 'none'; // the resolver is not asked for what is no host name
  let tryAgain = false;
  for (const type of types) {
    const result: LookupResult | MxResult =
      type === 'MX' ? yield* lookupMx(session.os, name) : yield* lookup(session.os, { name, type });
    if (result.kind === 'found')
      return 'exchanges' in result && isNullMx(result.exchanges) ? 'null-mx' : 'found';
    if (result.kind === 'try-again') tryAgain = true;
    if (result.kind === 'no-such-name') return tryAgain ? 'try-again' : 'none';
  }
  return tryAgain ? 'try-again' : 'none';
}

function isNullMx(exchanges: readonly { exchange: string }[]): boolean {
  return exchanges.length === 1 && /^\.?$/.test(exchanges[0]!.exchange);
}
