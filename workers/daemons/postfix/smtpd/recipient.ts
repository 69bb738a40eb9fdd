/**
 * recipient — RCPT TO; the first accepted recipient opens the stream to cleanup(8), which allots the queue id
 *
 * STANDARDS  RFC 5321 §4.1.1.3; RFC 3461 §4.1, §4.2 (NOTIFY, ORCPT)
 */
import { isKeyword, type Token } from '../../../protocols/smtp/command.ts';
import { parseNotify, parseOriginalRecipient } from '../../../protocols/smtp/esmtp-parameters.ts';

import type { Proc } from '../../../os/os.ts';

import type { MailEnvelope, MailStream } from '../cleanup/mail-stream.ts';
import type { OriginalClient } from '../delivery/request.ts';
import { lateCode } from '../late.ts';

import { resolveAddress, resolvedAddress } from './address-restrictions.ts';
import { checkRecipient } from './checks.ts';
import { addressIn, isBadAddress, warnIllegal } from './mail.ts';
import { accept, refuse, type Outcome, type Session, type Transaction } from './session.ts';

interface RecipientOptions {
  notify: string;
  originalRecipient: string;
}

/** RCPT TO:<address> [parameters] */
export function* rcpt(session: Session, tokens: readonly Token[]): Proc<Outcome> {
  const { config, transaction } = session;
  if (transaction === null) return refuse('503 5.5.1 Error: need MAIL command');
  if (session.chunksFailed || transaction.chunks !== null) return refuse('503 5.5.1 Error: RCPT after BDAT');
  const path = tokens[2];
  if (path === undefined || !isKeyword(tokens[1]!.text, 'TO:'))
    return refuse('501 5.5.4 Syntax: RCPT TO:<address>');
  const tooMany = config.client_recipient_rate_limit === 0 ? null : yield* countRecipient(session);
  if (tooMany !== null) return tooMany;
  if (path.malformed) return refuse(badRecipient);
  const address = addressIn(session, path, 'RCPT', config.strict_rfc821_envelopes);
  const resolution =
    address === null
      ? null
      : (resolvedAddress(session, address) ?? (yield* resolveAddress(session, address)));
  if (address === null || isBadAddress(session, address, resolution)) {
    warnIllegal(session, path, 'RCPT');
    return refuse(badRecipient);
  }
  const options: RecipientOptions = { notify: '', originalRecipient: '' };
  for (let i = 3; i < tokens.length; i++) {
    const refused = takeParameter(session, tokens[i]!.text, options);
    if (refused !== null) return refuse(refused);
  }
  if (config.recipient_limit > 0 && session.recipientCount >= config.recipient_limit) {
    const borne = session.recipientOvershoot++ < config.recipient_overshoot_limit;
    const text = '452 4.5.3 Error: too many recipients';
    return borne ? accept(text) : refuse(text);
  }
  const mayBeProbe = config.probeSender !== '' && beginsWith(address, config.probeSender);
  // Who asks about the sender of our own probes must not wait for what our probes find out.
  const isProbe =
    mayBeProbe && (yield* lateCode(session.os)).isProbeSender(session.os, session.service.instance, address);
  const refused = isProbe ? null : yield* checkRecipient(session, address);
  if (refused !== null) return refuse(refused);
  transaction.stream ??= openStream(session, transaction);
  session.recipientCount++;
  session.firstRecipient ??= address;
  transaction.stream.addRecipient({
    address,
    originalAddress: address,
    // RFC 3461 §5.2.1: without ORCPT, the address as the client wrote it
    dsnOriginalRecipient:
      options.originalRecipient === '' ? `rfc822;${withoutBrackets(path.text)}` : options.originalRecipient,
    notify: options.notify,
  });
  return accept('250 2.1.5 Ok');
}

function beginsWith(address: string, start: string): boolean {
  return address.length > start.length && address.slice(0, start.length).toLowerCase() === start;
}

/** What is said of an address that is none. */
export const badRecipient = '501 5.1.3 Bad recipient address syntax';

function takeParameter(session: Session, word: string, options: RecipientOptions): string | null {
  const keyword = word.slice(0, word.indexOf('=') + 1);
  const value = word.slice(keyword.length);
  const isOriginal = isKeyword(keyword, 'ORCPT=');
  if (!isOriginal && !isKeyword(keyword, 'NOTIFY=')) return `555 5.5.4 Unsupported option: ${word}`;
  if (session.discarded.has('DSN')) return '501 5.7.1 DSN support is disabled';
  if (isOriginal) {
    const original = options.originalRecipient === '' ? parseOriginalRecipient(value) : null;
    if (original === null) return '501 5.5.4 Error: Bad ORCPT parameter syntax';
    options.originalRecipient = original;
    return null;
  }
  const parsed = options.notify === '' ? parseNotify(value) : null;
  if (parsed !== null && 'unknown' in parsed)
    session.warn(`unknown DSN NOTIFY command value "${parsed.unknown}" in "${value}"`);
  if (parsed === null || 'unknown' in parsed) return '501 5.5.4 Error: Bad NOTIFY parameter syntax';
  options.notify = parsed.notify;
  return null;
}

/** smtpd_client_recipient_rate_limit */
export function* countRecipient(session: Session): Proc<Outcome | null> {
  const { client_recipient_rate_limit: limit, client_event_limit_exceptions } = session.config;
  if (session.anvil === null || session.xclientAllowed) return null;
  if (yield* client_event_limit_exceptions.includes(session)) return null;
  const { address } = session.client;
  const rate = session.anvil.count(session.clientAtService, 'recipient', session.os.now());
  if (rate <= limit) return null;
  const who = `${session.namaddr} for service ${session.serviceName}`;
  session.warn(`Recipient address rate limit exceeded: ${rate} from ${who}`);
  return refuse(`450 4.7.1 Error: too many recipients from ${address}`);
}

function openStream(session: Session, transaction: Transaction): MailStream {
  const { config, service } = session;
  const envelope: MailEnvelope = {
    sender: transaction.sender,
    arrived: transaction.arrived,
    encoding: transaction.encoding,
    envelopeId: transaction.envelopeId,
    returnContent: transaction.returnContent,
    client: originalClient(session),
    server: `${session.conn.local.address}:${session.conn.local.port}`,
    smtpUtf8: transaction.smtpUtf8,
    noHeaderBodyChecks: config.override.includes('no_header_body_checks'),
    noAddressMappings: config.override.includes('no_address_mappings'),
    noCopies: false,
    filter: config.content_filter,
    hold: false,
    redirect: '',
    discard: false,
  };
  transaction.envelope = envelope;
  const stream = service.instance.openCleanup(session.os, envelope);
  // A message is known by the first queue id that it had (smtpd(8): FORWARD_IDENT).
  if (session.forwarded?.has('IDENT') !== true)
    envelope.client = { ...envelope.client, ident: stream.queueId };
  logOrigin(session, stream.queueId);
  return stream;
}

// What the upstream MTA told by XFORWARD counts as the client from here on.
function originalClient({ client, forwarded, helo, protocol, localRewrite }: Session): OriginalClient {
  if (forwarded === null)
    return {
      name: client.name,
      address: client.address,
      port: client.port,
      protocol,
      helo: helo ?? '',
      ident: '',
      source: localRewrite ? 'LOCAL' : 'REMOTE',
    };
  const value = (name: string): string => forwarded.get(name) ?? '';
  return {
    name: forwarded.get('NAME') ?? 'unknown',
    address: value('ADDR'),
    port: value('PORT'),
    protocol: value('PROTO'),
    helo: value('HELO'),
    ident: value('IDENT'),
    source: forwarded.get('SOURCE') === 'REMOTE' ? 'REMOTE' : 'LOCAL',
  };
}

function logOrigin(session: Session, queueId: string): void {
  const { forwarded, login, namaddr, saslSender } = session;
  const ident = forwarded?.get('IDENT') ?? '';
  let text = `${queueId}: client=${namaddr}`;
  if (login !== null) text += `, sasl_method=${login.method}, sasl_username=${login.user}`;
  if (saslSender !== null && saslSender !== '') text += `, sasl_sender=${saslSender}`;
  if (ident !== '') text += `, orig_queue_id=${ident}`;
  if (forwarded !== null && (forwarded.has('NAME') || forwarded.has('ADDR'))) {
    const address = forwarded.get('ADDR') ?? '';
    const name = forwarded.get('NAME') ?? 'unknown';
    text += `, orig_client=${address === '' ? name : `${name}[${address}]`}`;
  }
  session.log(text);
}

function withoutBrackets(path: string): string {
  return path.startsWith('<') && path.endsWith('>') ? path.slice(1, -1) : path;
}
