/**
 * helo-name — whether the name that a client gives at HELO can be one
 *
 * SEE ALSO  host-restrictions.ts
 */
import { isHostName, isIpv4, isIpv6, isMailHostAddress } from '../../../protocols/smtp/host-name.ts';

import type { Session } from './session.ts';
import { reject, type Check, type Verdict } from './verdict.ts';

/** reject_invalid_helo_hostname */
export function rejectInvalidHelo({ session }: Check): Verdict {
  const { helo } = session;
  if (helo === null) return 'dunno';
  if (helo.startsWith('[')) return rejectInvalidAddress(session, helo);
  const name = withoutDot(helo);
  if (isHostName(name) || isIpv4(name) || isIpv6(name)) return 'dunno';
  return rejectHelo(session, 'invalid_hostname_reject_code', '5.5.2', 'Invalid name');
}

/** Of a name in brackets. */
export function rejectInvalidAddress(session: Session, literal: string): Verdict {
  const inner = literal.length > 2 && literal.endsWith(']') ? literal.slice(1, -1) : literal;
  if (isMailHostAddress(inner)) return 'dunno';
  return rejectHelo(session, 'invalid_hostname_reject_code', '5.5.2', 'invalid ip address');
}

/** Refuses the name, with the code of a parameter. */
export function rejectHelo(session: Session, codeName: string, status: string, why: string): Verdict {
  const code = session.service.parameters.number(codeName);
  return reject(session, code, status, `<${session.helo ?? ''}>: Helo command rejected: ${why}`);
}

/** The name without the dot that may end it. */
export function withoutDot(name: string): string {
  return name.length > 1 && name.endsWith('.') ? name.slice(0, -1) : name;
}
