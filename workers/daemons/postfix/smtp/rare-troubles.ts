/**
 * rare-troubles — what seldom stands in the way of a delivery: hosts of the configuration that cannot be
 * found, addresses asked of getaddrinfo(3), a host that offers SMTPUTF8 without 8BITMIME
 *
 * SEE ALSO  agent.ts, find-hosts.ts, session.ts; postconf(5) "smtp_host_lookup"
 */
import type { Os } from '../../../os/os.ts';

import type { SmtpSession } from '../../clients/smtp.ts';

import { formatRelay, ownReason, type Reason, type RemoteHost } from './reasons.ts';

/**
 * A host named by the configuration that cannot be found is the configuration's fault: the mail waits.
 * @param parameter that names it
 */
export function excused(os: Os, ident: string, reason: Reason, parameter: string): Reason {
  os.log(ident, `warning: ${parameter} configuration problem`);
  return { ...reason, dsn: '4.3.5' };
}

// the words of gai_strerror(3)
const nativeErrors = Object.freeze({
  'no-such-name': ['5.4.4', 'Name or service not known'],
  'no-data': ['5.3.0', 'No address associated with hostname'],
  'try-again': ['4.4.4', 'Temporary failure in name resolution'],
} as const);

/** Why getaddrinfo(3) has no address for a name. */
export function nativeFailure(name: string, kind: 'no-such-name' | 'no-data' | 'try-again'): Reason {
  const [dsn, text] = nativeErrors[kind];
  return ownReason(dsn, `unable to look up host ${name}: ${text}`);
}

/** RFC 6531 §3.1 wants both extensions; to deliver the mail comes first. */
export function assumeEightBit(os: Os, ident: string, { capabilities }: SmtpSession, host: RemoteHost): void {
  os.log(ident, `host ${formatRelay(host)} offers SMTPUTF8 support, but not 8BITMIME`);
  capabilities.add('8BITMIME', '');
}
