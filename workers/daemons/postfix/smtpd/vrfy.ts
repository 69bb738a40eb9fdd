/**
 * vrfy — VRFY: whether mail for an address would be accepted
 *
 * STANDARDS  RFC 5321 §3.5.3 (the answer is 252)
 */
import type { Token } from '../../../protocols/smtp/command.ts';

import type { Proc } from '../../../os/os.ts';

import { resolveAddress } from './address-restrictions.ts';
import { checkRecipient } from './checks.ts';
import { addressIn, isBadAddress, warnIllegal } from './mail.ts';
import { badRecipient, countRecipient } from './recipient.ts';
import { accept, refuse, type Outcome, type Session } from './session.ts';

/** VRFY address */
export function* vrfy(session: Session, tokens: readonly Token[]): Proc<Outcome> {
  const { config } = session;
  if (config.disable_vrfy_command) return refuse('502 5.5.1 VRFY command is disabled');
  const words = tokens.slice(1);
  const utf8Offered = config.smtputf8_enable && !session.discarded.has('SMTPUTF8');
  const utf8 = utf8Offered && words.length > 0 && words[words.length - 1]!.text.toUpperCase() === 'SMTPUTF8';
  if (utf8) words.pop();
  if (words.length === 0)
    return refuse(`501 5.5.4 Syntax: VRFY address${config.smtputf8_enable ? ' [SMTPUTF8]' : ''}`);
  const tooMany = config.client_recipient_rate_limit === 0 ? null : yield* countRecipient(session);
  if (tooMany !== null) return tooMany;
  const text = words.map((word) => word.text).join(' ');
  const before = session.smtpUtf8;
  session.smtpUtf8 ||= utf8;
  const argument = { text, malformed: false };
  const address = addressIn(session, argument, 'VRFY', false);
  let refused: string | null = badRecipient;
  if (address !== null && !isBadAddress(session, address, yield* resolveAddress(session, address)))
    refused = yield* checkRecipient(session, address);
  else warnIllegal(session, argument, 'VRFY');
  session.smtpUtf8 = before;
  return refused === null ? accept(`252 2.0.0 ${text}`) : refuse(refused);
}
