/**
 * forwarding — XFORWARD: a trusted client tells who the client of the upstream MTA was, for the log after a
 * content filter
 *
 * SEE ALSO  xclient.ts, XFORWARD_README
 */
import type { Token } from '../../../protocols/smtp/command.ts';
import { decodeXtext } from '../../../protocols/smtp/esmtp-parameters.ts';
import { isHostName, isIpv4, isIpv6 } from '../../../protocols/smtp/host-name.ts';

import { neuter } from './hello.ts';
import { accept, refuse, type Outcome, type Session } from './session.ts';

/** The longest value of an attribute. */
export const valueBytesMax = 255;
const protocolBytesMax = 64;
/** The value that says that there is none. */
export const unavailable = '[UNAVAILABLE]';

/** XFORWARD attribute=value… */
export function xforward(session: Session, tokens: readonly Token[]): Outcome {
  const attributes = readAttributes(session, tokens, { verb: 'XFORWARD', allowed: session.xforwardAllowed });
  if (!Array.isArray(attributes)) return attributes;
  const forwarded = session.forwarded === null ? new Map<string, string>() : new Map(session.forwarded);
  for (const { name, value } of attributes) {
    const outcome = forwardedValue(session, name, value);
    if (outcome === 'unknown') return refuse(`501 5.5.4 Bad XFORWARD attribute name: ${name}`);
    if (outcome === 'bad') return refuse(`501 5.5.4 Bad ${name.toUpperCase()} syntax: ${value}`);
    forwarded.set(name.toUpperCase(), outcome.text);
  }
  if (forwarded.size > 0) session.forwarded = forwarded;
  return accept('250 2.0.0 Ok');
}

/** Takes the command apart. @returns its attributes, or how it is refused */
export function readAttributes(
  session: Session,
  tokens: readonly Token[],
  { verb, allowed }: { verb: string; allowed: boolean },
): { name: string; value: string }[] | Outcome {
  if (session.transaction !== null) return refuse('503 5.5.1 Error: MAIL transaction in progress');
  if (tokens.length < 2) return refuse(`501 5.5.4 Syntax: ${verb} attribute=value...`);
  if (!allowed) return refuse('550 5.7.0 Error: insufficient authorization');
  const attributes: { name: string; value: string }[] = [];
  for (const { text } of tokens.slice(1)) {
    const equals = text.indexOf('=');
    const raw = text.slice(equals + 1);
    if (equals === -1 || raw === '') return refuse('501 5.5.4 Error: attribute=value expected');
    if (raw.length > valueBytesMax) return refuse('501 5.5.4 Error: attribute value too long');
    attributes.push({ name: text.slice(0, equals), value: session.shown(decodeXtext(raw) ?? raw, '?') });
  }
  return attributes;
}

function hasIpv6(session: Session): boolean {
  const protocols = session.service.parameters.list('inet_protocols');
  return protocols.includes('all') || protocols.includes('ipv6');
}

function forwardedValue(session: Session, name: string, value: string): { text: string } | 'unknown' | 'bad' {
  const absent = value.toUpperCase() === unavailable;
  const when = (valid: boolean, text: string): { text: string } | 'bad' => (valid ? { text } : 'bad');
  switch (name.toUpperCase()) {
    case 'NAME':
      return absent ? { text: 'unknown' } : when(isHostName(neuter(session, value)), neuter(session, value));
    case 'ADDR': {
      const bare = value.replace(/^ipv6:/i, '');
      return absent ? { text: '' } : when(isIpv4(bare) || (isIpv6(bare) && hasIpv6(session)), bare);
    }
    case 'PORT':
      return absent ? { text: '' } : when(/^\d{1,5}$/.test(value), value);
    case 'HELO':
    case 'IDENT':
      return { text: absent ? '' : neuter(session, value) };
    case 'PROTO':
      return absent ? { text: '' } : when(value.length <= protocolBytesMax, neuter(session, value));
    case 'SOURCE':
      return absent ? { text: 'LOCAL' } : when(/^(LOCAL|REMOTE)$/i.test(value), value.toUpperCase());
    default:
      return 'unknown';
  }
}
