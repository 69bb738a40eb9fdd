/**
 * forwarding — XFORWARD: a trusted client tells who the client of the upstream MTA was, for the log after a
 * content filter
 *
 * SEE ALSO  xclient.ts, XFORWARD_README
 */
import * as utf8 from '../../../bytes/utf8.ts';

import type { Token } from '../../../protocols/smtp/command.ts';
import { decodeXtext } from '../../../protocols/smtp/esmtp-parameters.ts';
import { isHostName, isMailHostAddress } from '../../../protocols/smtp/host-name.ts';

import { neuter } from './hello.ts';
import { accept, refuse, type Outcome, type Session } from './session.ts';

/** The longest value of an attribute. */
export const valueBytesMax = 255;
const protocolBytesMax = 64;
/** The value that says that there is none. */
export const unavailable = '[UNAVAILABLE]';

/** XFORWARD attribute=value… */
export function xforward(session: Session, tokens: readonly Token[]): Outcome {
  const refused = refuseUnauthorized(session, tokens, 'XFORWARD');
  if (refused !== null) return refused;
  // Once something was told, the attributes before a bad one count.
  const forwarded = session.forwarded ?? new Map<string, string>();
  for (const { text } of tokens.slice(1)) {
    const attribute = readAttribute(session, text);
    if ('kind' in attribute) return attribute;
    const { name } = attribute;
    const value = isNeutered(name) ? neuter(session, attribute.value) : attribute.value;
    const outcome = forwardedValue(session, name, value);
    if (outcome === 'unknown') return refuse(`501 5.5.4 Bad XFORWARD attribute name: ${name}`);
    if (outcome === 'bad') return refuse(`501 5.5.4 Bad ${name.toUpperCase()} syntax: ${value}`);
    forwarded.set(name.toUpperCase(), outcome.text);
  }
  if (forwarded.size > 0) session.forwarded = forwarded;
  return accept('250 2.0.0 Ok');
}

/** Whether the client may not give the command now. @returns how it is refused; null = it is not */
export function refuseUnauthorized(
  session: Session,
  tokens: readonly Token[],
  verb: 'XCLIENT' | 'XFORWARD',
): Outcome | null {
  if (session.transaction !== null) return refuse('503 5.5.1 Error: MAIL transaction in progress');
  if (tokens.length < 2) return refuse(`501 5.5.4 Syntax: ${verb} attribute=value...`);
  const allowed = verb === 'XCLIENT' ? session.xclientAllowed : session.xforwardAllowed;
  return allowed ? null : refuse('550 5.7.0 Error: insufficient authorization');
}

/** Takes "name=value" apart. @returns how it is refused when it is none */
export function readAttribute(session: Session, text: string): { name: string; value: string } | Outcome {
  const equals = text.indexOf('=');
  const raw = text.slice(equals + 1);
  if (equals === -1 || raw === '') return refuse('501 5.5.4 Error: attribute=value expected');
  if (utf8.encode(raw).length > valueBytesMax) return refuse('501 5.5.4 Error: attribute value too long');
  return { name: text.slice(0, equals), value: session.shown(decodeXtext(raw) ?? raw, '?') };
}

/**
 * An address of an attribute in the form of the log: without "IPv6:"; IPv4 in IPv6 as IPv4.
 * @returns null when it is none, or of a protocol that inet_protocols leaves out
 */
export function forwardedAddress(session: Session, text: string): string | null {
  if (!isMailHostAddress(text)) return null;
  const bare = text.replace(/^ipv6:/i, '');
  if (bare === text) return bare;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare);
  if (mapped !== null) return mapped[1]!;
  const protocols = session.service.parameters.list('inet_protocols');
  return protocols.includes('all') || protocols.includes('ipv6') ? bare : null;
}

// Attributes that could harm a header or a log line.
function isNeutered(name: string): boolean {
  return /^(NAME|ADDR|HELO|IDENT)$/i.test(name);
}

// @param value without harmful characters
function forwardedValue(session: Session, name: string, value: string): { text: string } | 'unknown' | 'bad' {
  const absent = value.toUpperCase() === unavailable;
  const when = (valid: boolean, text: string): { text: string } | 'bad' => (valid ? { text } : 'bad');
  switch (name.toUpperCase()) {
    case 'NAME':
      return absent ? { text: 'unknown' } : when(isHostName(value), value);
    case 'ADDR': {
      const address = absent ? '' : forwardedAddress(session, value);
      return when(address !== null, address ?? '');
    }
    case 'PORT':
      return absent ? { text: '' } : when(/^\d{1,5}$/.test(value), value);
    case 'HELO':
    case 'IDENT':
      return { text: absent ? '' : value };
    case 'PROTO':
      return absent ? { text: '' } : when(value.length <= protocolBytesMax, neuter(session, value));
    case 'SOURCE':
      return absent ? { text: 'LOCAL' } : when(/^(LOCAL|REMOTE)$/i.test(value), value.toUpperCase());
    default:
      return 'unknown';
  }
}
