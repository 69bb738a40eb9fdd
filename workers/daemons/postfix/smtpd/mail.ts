/**
 * mail — MAIL FROM: starts a transaction
 *
 * STANDARDS  RFC 5321 §4.1.1.2; RFC 1870 (SIZE), RFC 6152 (BODY), RFC 6531 (SMTPUTF8), RFC 3461 (RET, ENVID),
 * RFC 4954 §5
 */
import { domainOf, parseEnvelopeAddress } from '../../../protocols/smtp/address.ts';
import { isKeyword, type Token } from '../../../protocols/smtp/command.ts';
import { parseEnvelopeId } from '../../../protocols/smtp/esmtp-parameters.ts';
import { printable } from '../../../protocols/smtp/reply.ts';

import type { Proc } from '../../../os/os.ts';

import type { Resolution } from '../trivial-rewrite/route.ts';

import { resolveAddress, resolvedAddress } from './address-restrictions.ts';
import { isAscii } from './chat.ts';
import { checkMail, checkSize, isProc } from './checks.ts';
import { accept, refuse, type Outcome, type Session } from './session.ts';

interface MailOptions {
  encoding: string;
  returnContent: string;
  envelopeId: string | null;
}

/** MAIL FROM:<address> [parameters] */
export function* mail(session: Session, tokens: readonly Token[]): Proc<Outcome> {
  const { config } = session;
  session.smtpUtf8 = false;
  if (config.helo_required && session.helo === null) return refuse('503 5.5.1 Error: send HELO/EHLO first');
  if (session.transaction !== null) return refuse('503 5.5.1 Error: nested MAIL command');
  if (session.chunksFailed) return refuse('503 5.5.1 Error: MAIL after BDAT');
  const path = tokens[2];
  if (path === undefined || !isKeyword(tokens[1]!.text, 'FROM:'))
    return refuse('501 5.5.4 Syntax: MAIL FROM:<address>');
  const tooMuch = config.client_message_rate_limit === 0 ? null : yield* countMessage(session);
  if (tooMuch !== null) return tooMuch;
  if (path.malformed) return refuse(badSender);
  const utf8Offered = config.smtputf8_enable && !session.discarded.has('SMTPUTF8');
  session.smtpUtf8 = utf8Offered && tokens.some(({ text }, i) => i > 2 && isKeyword(text, 'SMTPUTF8'));
  const sender = addressIn(session, path, 'MAIL', config.strict_rfc821_envelopes);
  const resolution =
    sender === null || sender === ''
      ? null
      : (resolvedAddress(session, sender) ?? (yield* resolveAddress(session, sender)));
  if (sender === null || isBadAddress(session, sender, resolution)) {
    warnIllegal(session, path, 'MAIL');
    return refuse(badSender);
  }
  const options: MailOptions = { encoding: '', returnContent: '', envelopeId: null };
  for (let i = 3; i < tokens.length; i++) {
    const refused = takeParameter(session, tokens[i]!.text, { options, utf8Offered });
    if (refused !== null) return refuse(refused);
  }
  session.checkedSender = sender;
  let refused = checkSize(session);
  if (refused === null && !config.delay_reject) {
    const checked = checkMail(session);
    refused = isProc(checked) ? yield* checked : checked;
    if (refused !== null) session.resetMail();
  }
  session.checkedSender = null;
  if (refused !== null) return refuse(refused);
  session.localRewrite = isLocalClient(session) ?? (yield* isLocalByTable(session));
  session.transaction = {
    sender,
    arrived: session.os.now(),
    encoding: options.encoding,
    smtpUtf8: session.smtpUtf8,
    envelopeId: options.envelopeId ?? '',
    returnContent: options.returnContent,
    stream: null,
    envelope: null,
    chunks: null,
  };
  return accept('250 2.1.0 Ok');
}

const badSender = '501 5.1.7 Bad sender address syntax';

/**
 * The address in a MAIL, RCPT or VRFY argument, by its syntax.
 * @returns null when there is none; see warnIllegal()
 */
export function addressIn(
  session: Session,
  path: Token,
  verb: 'MAIL' | 'RCPT' | 'VRFY',
  strict: boolean,
): string | null {
  const found = parseEnvelopeAddress(path.text);
  if (verb !== 'VRFY' && !path.text.startsWith('<'))
    session.os.trace({
      kind: 'protocol.deviated',
      rule: 'RFC 5321 §4.1.2',
      detail: `${verb} address without <>: ${printable(path.text, '?').slice(0, 100)}`,
    });
  if (found === null || (strict && (!found.strict || found.address.startsWith('@')))) return null;
  return found.address === '' && verb !== 'MAIL' ? null : found.address;
}

/** Whether trivial-rewrite(8) does not take the address for one. @param resolution null = not asked */
export function isBadAddress(session: Session, address: string, resolution: Resolution | null): boolean {
  if (resolution === null) return false;
  if (resolution.kind === 'bad-address') return true;
  if (session.smtpUtf8) return false;
  return !isAscii(domainOf(resolution.kind === 'resolved' ? resolution.recipient : address));
}

/** Logs an argument that is no address. */
export function warnIllegal(session: Session, path: Token, verb: 'MAIL' | 'RCPT' | 'VRFY'): void {
  const shown = session.shown(path.text, '?');
  session.warn(`Illegal address syntax from ${session.namaddr} in ${verb} command: ${shown}`);
}

// smtpd_client_message_rate_limit
function* countMessage(session: Session): Proc<Outcome | null> {
  const { client_message_rate_limit: limit, client_event_limit_exceptions } = session.config;
  if (session.anvil === null || session.xclientAllowed) return null;
  if (yield* client_event_limit_exceptions.includes(session)) return null;
  const { address } = session.client;
  const rate = session.anvil.count(session.clientAtService, 'message', session.os.now());
  if (rate <= limit) return null;
  const who = `${session.namaddr} for service ${session.serviceName}`;
  session.warn(`Message delivery request rate limit exceeded: ${rate} from ${who}`);
  return refuse(`450 4.7.1 Error: too much mail from ${address}`);
}

// @returns the reply when the parameter is refused
function takeParameter(
  session: Session,
  word: string,
  { options, utf8Offered }: { options: MailOptions; utf8Offered: boolean },
): string | null {
  const equals = word.indexOf('=');
  if (equals === -1)
    return utf8Offered && isKeyword(word, 'SMTPUTF8') ? null : `555 5.5.4 Unsupported option: ${word}`;
  const keyword = word.slice(0, equals);
  const value = word.slice(equals + 1);
  if (isKeyword(keyword, 'SIZE')) return takeSize(session, value);
  if (isKeyword(keyword, 'BODY') && (isKeyword(value, '8BITMIME') || isKeyword(value, '7BIT'))) {
    options.encoding = value.length === 4 ? '7bit' : '8bit';
    return null;
  }
  if (isKeyword(keyword, 'AUTH')) {
    if (session.saslSender !== null) return '503 5.5.4 Error: multiple AUTH= options';
    if (value !== '<>') session.saslSender = session.shown(value, '?');
    return null;
  }
  const isRet = isKeyword(keyword, 'RET');
  if (isRet || isKeyword(keyword, 'ENVID')) {
    if (session.discarded.has('DSN')) return '501 5.7.1 DSN support is disabled';
    if (isRet) {
      if (options.returnContent !== '' || !/^(FULL|HDRS)$/i.test(value))
        return '501 5.5.4 Bad RET parameter syntax';
      options.returnContent = value.toUpperCase();
    } else {
      const id = parseEnvelopeId(value);
      if (options.envelopeId !== null || id === null) return '501 5.5.4 Bad ENVID parameter syntax';
      options.envelopeId = id;
    }
    return null;
  }
  return `555 5.5.4 Unsupported option: ${word}`;
}

const sizeMax = '9223372036854775807'; // off_t

function takeSize(session: Session, value: string): string | null {
  if (!/^\d+$/.test(value)) return '501 5.5.4 Bad message size syntax';
  const digits = value.replace(/^0+/, '');
  if (digits.length > sizeMax.length || (digits.length === sizeMax.length && digits > sizeMax))
    return '552 5.3.4 Message size exceeds file system imposed limit';
  session.declaredSize = Number(value);
  return null;
}

// local_header_rewrite_clients; null = a table of mynetworks decides
function isLocalClient(
  session: Session,
  inside = session.config.mynetworks.decides(session),
): boolean | null {
  const { os, client, config, login } = session;
  for (const name of config.local_header_rewrite_clients) {
    if (name === 'permit_inet_interfaces') {
      if (client.address === '127.0.0.1' || os.addresses.includes(client.address)) return true;
    } else if (name === 'permit_mynetworks') {
      if (inside !== false) return inside;
    } else if (name === 'permit_sasl_authenticated' && login !== null) return true;
  }
  return false;
}

function* isLocalByTable(session: Session): Proc<boolean> {
  return isLocalClient(session, yield* session.config.mynetworks.includes(session)) === true;
}
