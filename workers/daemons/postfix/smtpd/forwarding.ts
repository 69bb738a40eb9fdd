/**
 * forwarding — XFORWARD and XCLIENT: a trusted client speaks for another
 *
 * XFORWARD tells who the client of the upstream MTA was, for the log after a content filter; XCLIENT makes
 * this session that of the other client, access checks included.
 *
 * SEE ALSO  XFORWARD_README, XCLIENT_README
 */
import type { Token } from '../../../protocols/smtp/command.ts';
import { decodeXtext } from '../../../protocols/smtp/esmtp-parameters.ts';
import { isHostName, isIpv4, isIpv6, isMailHostAddress } from '../../../protocols/smtp/host-name.ts';

import { neuter } from './hello.ts';
import type { NameStatus } from './peer.ts';
import { accept, refuse, type Outcome, type Session } from './session.ts';

const valueBytesMax = 255;
const protocolBytesMax = 64;
const unavailable = '[UNAVAILABLE]';
const temporarilyUnavailable = '[TEMPUNAVAIL]';

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

/** XCLIENT attribute=value… */
export function xclient(session: Session, tokens: readonly Token[]): Outcome {
  const attributes = readAttributes(session, tokens, { verb: 'XCLIENT', allowed: session.xclientAllowed });
  if (!Array.isArray(attributes)) return attributes;
  const client = { ...session.client };
  let helo: string | null = null;
  let protocol: 'SMTP' | 'ESMTP' = 'SMTP';
  let login: Session['login'] = null;
  for (const { name, value } of attributes) {
    const keyword = name.toUpperCase();
    const absent = value.toUpperCase() === unavailable;
    const bad = refuse(`501 5.5.4 Bad ${keyword} syntax: ${value}`);
    if (keyword === 'NAME' || keyword === 'REVERSE_NAME') {
      const status: NameStatus = absent
        ? 'none'
        : value.toUpperCase() === temporarilyUnavailable
          ? 'temporary'
          : 'ok';
      if (status === 'ok' && !isHostName(value)) return bad;
      const text = status === 'ok' ? value : 'unknown';
      if (keyword === 'NAME') [client.name, client.nameStatus] = [text, status];
      if (keyword === 'REVERSE_NAME' || status === 'ok')
        [client.reverseName, client.reverseNameStatus] = [text, status];
    } else if (keyword === 'ADDR' || keyword === 'DESTADDR') {
      if (!absent && !isMailHostAddress(value)) return bad;
      if (keyword === 'ADDR') client.address = absent ? 'unknown' : value.replace(/^ipv6:/i, '');
    } else if (keyword === 'PORT' || keyword === 'DESTPORT') {
      if (!absent && !/^\d{1,5}$/.test(value)) return bad;
      if (keyword === 'PORT') client.port = absent ? 'unknown' : value;
    } else if (keyword === 'HELO') {
      if (value.length > valueBytesMax) return bad;
      helo = absent ? null : neuter(session, value);
    } else if (keyword === 'PROTO') {
      if (!/^E?SMTP$/i.test(value)) return bad;
      protocol = value.toUpperCase() === 'ESMTP' ? 'ESMTP' : 'SMTP';
    } else if (keyword === 'LOGIN') login = absent ? null : { user: value, method: 'XCLIENT' };
    else return refuse(`501 5.5.4 Bad XCLIENT attribute name: ${name}`);
  }
  session.endTransaction();
  session.setClient(client);
  session.helo = helo;
  session.protocol = protocol;
  session.login = login;
  return { kind: 'greet-again' };
}

function readAttributes(
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

function forwardedValue(session: Session, name: string, value: string): { text: string } | 'unknown' | 'bad' {
  const absent = value.toUpperCase() === unavailable;
  const when = (valid: boolean, text: string): { text: string } | 'bad' => (valid ? { text } : 'bad');
  switch (name.toUpperCase()) {
    case 'NAME':
      return absent ? { text: 'unknown' } : when(isHostName(neuter(session, value)), neuter(session, value));
    case 'ADDR': {
      const bare = value.replace(/^ipv6:/i, '');
      return absent ? { text: '' } : when(isIpv4(bare) || isIpv6(bare), bare);
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
