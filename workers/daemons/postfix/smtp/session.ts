/**
 * session — one delivery session with one host: hello, transaction, and what its replies mean for each
 * recipient
 *
 * SEE ALSO  ../../clients/smtp.ts (the dialogue), agent.ts (which host comes next), smtp_proto(3),
 *           smtp_trouble(3)
 */
import { findHeaderEnd } from '../../../protocols/message/header.ts';

import { SECOND, type Connection, type Os, type Proc } from '../../../os/os.ts';

import {
  isSent,
  openSession,
  quitSession,
  replyClass,
  sendTransaction,
  type Outcome,
  type SmtpSession,
  type Transaction,
  type TransactionRecipient,
} from '../../clients/smtp.ts';
import { encodeOriginalRecipient, xtext } from '../../clients/smtp-envelope.ts';
import { recordDeferred, recordSent } from '../delivery/record.ts';
import type { RequestRecipient } from '../delivery/request.ts';
import type { DeliveryTimes } from '../delivery/status-line.ts';
import { lateCode } from '../late.ts';

import { foldLines } from './fold-lines.ts';
import {
  formatHost,
  formatRelay,
  isPermanent,
  ownReason,
  reasonOf,
  softened,
  type Reason,
  type RemoteHost,
} from './reasons.ts';
import type { CachedSession } from '../scache/scache.ts';
import type { HostTls } from '../tls/tls-services.ts';

import { isWornOut, onlyOnce, putBack, usableUntil } from './reuse.ts';
import { refuse, timesOf, type DeliveryState, type SmtpConfig } from './state.ts';

export interface HostResult {
  /** the last reason why a recipient is left; null = nobody is */
  reason: Reason | null;
  /** the session got past EHLO */
  greeted: boolean;
  /** TLS failed: the same host is to be tried without it */
  again: boolean;
}

/**
 * Opens a session with a host and delivers what is left of the request.
 * @param final no other host will be tried: soft failures defer instead of leaving the recipient to the next
 * host
 * @param tls null = without TLS
 */
export function* deliverToHost(
  os: Os,
  config: SmtpConfig,
  state: DeliveryState,
  {
    host,
    connection,
    final,
    tls,
  }: { host: RemoteHost; connection: Connection; final: boolean; tls: HostTls | null },
): Proc<HostResult> {
  const openedAt = os.now();
  const options = { protocol: config.protocol, hello: config.helo_name, timeouts: config.timeouts };
  const session = yield* openSession(
    os,
    connection,
    tls === null || tls.start === null
      ? options
      : { ...options, tls: { start: tls.start, wrapped: tls.wrapped } },
  );
  if ('failure' in session) {
    const outcome = session.failure;
    const again = outcome.kind === 'unwilling' && outcome.optional && mayGoPlain(config, state);
    const reason = refuseAll(os, config, state, { outcome, host, final: final && !again });
    return { reason, greeted: false, again };
  }
  const { capabilities } = session;
  if (capabilities.has('SMTPUTF8') && !capabilities.has('8BITMIME'))
    (yield* lateCode(os)).assumeEightBit(os, config.agent.ident, session, host);
  const until = usableUntil(config, state, { connection, session, at: openedAt });
  const used = { session, host, reuseCount: 0, usableUntil: until };
  const reason = yield* deliverInSession(os, config, state, { used, final });
  return { reason, greeted: true, again: false };
}

/**
 * Delivers what is left of the request in an open session, which ends, or waits in the connection cache.
 * @returns the last reason why a recipient is left; null = nobody is
 */
export function* deliverInSession(
  os: Os,
  config: SmtpConfig,
  state: DeliveryState,
  { used, final }: { used: CachedSession; final: boolean },
): Proc<Reason | null> {
  const { session, host, reuseCount } = used;
  const { cache } = config;
  const connected = os.now();
  const unfit = unfitFor(state, session, host);
  if (unfit !== null) {
    bounceAll(os, config, state, { host, reason: unfit });
    // The real one says QUIT to a host without SMTPUTF8, and hangs up on one that takes no more than so much.
    if (used.usableUntil === onlyOnce && unfit.dsn === tooBig) session.conn.close();
    else yield* putBack(os, cache, state, used);
    state.destination = null;
    return null;
  }
  const recipients = state.left;
  let content = state.request.readContent();
  const isDowngraded = mustDowngrade(config, state, session);
  if (isDowngraded) content = (yield* lateCode(os)).downgradeTo7Bit(content);
  const last = isWornOut(cache, used, os.now());
  content = folded(os, config, state, content);
  const transaction = transactionOf(config, state, session, { content, last });
  if (isDowngraded) transaction.size = 0; // its size is another one now
  state.left = [];
  let reason: Reason | null = null;
  const relay = formatRelay(host);
  const reportsItself = session.capabilities.has('DSN');
  transaction.decided = (index, outcome) => {
    const times = timesOf(state, { connected, ended: outcome.at });
    const recipient = recipients[index]!;
    const how = { host, relay, final, times, reuseCount, reportsItself };
    const left = judge(os, config, state, { outcome, recipient, ...how });
    if (left !== null) reason = left;
  };
  const { outcomes, open } = yield* sendTransaction(os, session, transaction);
  if (open && outcomes.some(isOutOfStep)) yield* quitSession(os, session);
  else if (open) yield* putBack(os, cache, state, used);
  if (!outcomes.some(({ kind }) => kind !== 'reply')) state.destination = null;
  return reason;
}

// Replies that say that client and server do not understand each other: the session is not used again.
function isOutOfStep(outcome: Outcome): boolean {
  if (outcome.kind !== 'reply' || isSent(outcome)) return false;
  const { code } = outcome.reply;
  return code < 400 || code > 599 || code === 555 || (code >= 500 && code < 510);
}

// Mail that has waited long enough, in whole seconds of the clock: its first attempt is for TLS alone.
function mayGoPlain(config: SmtpConfig, { request }: DeliveryState): boolean {
  const waited = Math.floor(request.active / SECOND) - Math.floor(request.arrived / SECOND);
  return waited * SECOND >= config.plainAfter;
}

function isEightBit({ request }: DeliveryState): boolean {
  return request.encoding.toLowerCase() === '8bit';
}

// RFC 6152 §3; a client that said nothing may have sent anything.
function mustDowngrade(config: SmtpConfig, state: DeliveryState, { capabilities }: SmtpSession): boolean {
  if (config.disable_mime_output_conversion || capabilities.has('8BITMIME')) return false;
  return state.request.encoding.toLowerCase() !== '7bit';
}

function folded(
  os: Os,
  { agent, line_length_limit: limit }: SmtpConfig,
  { request }: DeliveryState,
  content: readonly Uint8Array[],
): readonly Uint8Array[] {
  const lines = foldLines(content, limit);
  if (lines !== content)
    os.log(agent.ident, `${request.queueId}: breaking line > ${limit} bytes with <CR><LF>SPACE`);
  return lines;
}

function transactionOf(
  config: SmtpConfig,
  state: DeliveryState,
  session: SmtpSession,
  { content, last }: { content: readonly Uint8Array[]; last: boolean },
): Transaction {
  const { request, left } = state;
  const offers = session.capabilities;
  const withDsn = offers.has('DSN');
  const recipients: TransactionRecipient[] = [];
  for (let i = 0; i < left.length; i++) {
    const { address, notify, dsnOriginalRecipient } = left[i]!;
    recipients.push({
      address,
      notify,
      originalRecipient: withDsn ? encodeOriginalRecipient(dsnOriginalRecipient) : '',
    });
  }
  return {
    sender: request.sender,
    recipients,
    content,
    size: request.size,
    body: request.encoding === '' ? '' : isEightBit(state) ? '8BITMIME' : '7BIT',
    returnContent: request.returnContent,
    smtpUtf8: request.smtpUtf8,
    envelopeId: withDsn ? xtext(request.envelopeId) : '',
    last,
    ...(request.isProbe === true ? { probe: true } : {}),
    xforward: config.send_xforward_command && offers.has('XFORWARD') ? xforwardOf(state) : noAttributes,
  };
}

const noAttributes: readonly [string, string][] = Object.freeze([]) as readonly [string, string][];

// RFC 6531 §3.2: what needs the extension must not go without it; it may have been asked for in vain.
function requiresUtf8({ request, left }: DeliveryState): boolean {
  if (!request.smtpUtf8) return false;
  const addresses = [request.sender, ...left.map(({ address }) => address)];
  if (addresses.some((address) => /[^\0-\x7f]/.test(address))) return true;
  const [first] = request.readContent();
  return first?.subarray(0, findHeaderEnd(first)).some((byte) => byte >= 0x80) === true;
}

const tooBig = '5.3.4';

// Why this host cannot take the message at all, by what it offers.
function unfitFor(state: DeliveryState, { capabilities }: SmtpSession, host: RemoteHost): Reason | null {
  const { size } = state.request;
  const sizeLimit = Number(capabilities.get('SIZE') ?? 0); // RFC 1870 §4: 0 or none = unknown
  if (sizeLimit > 0 && size > sizeLimit)
    return ownReason(
      tooBig,
      `message size ${size} exceeds size limit ${sizeLimit} of server ${formatHost(host)}`,
    );
  if (requiresUtf8(state) && !capabilities.has('SMTPUTF8'))
    return ownReason('5.6.7', `SMTPUTF8 is required, but was not offered by host ${formatHost(host)}`);
  return null;
}

function bounceAll(
  os: Os,
  config: SmtpConfig,
  state: DeliveryState,
  { host, reason }: { host: RemoteHost; reason: Reason },
): void {
  const times = timesOf(state, { connected: os.now(), ended: os.now() });
  for (const recipient of state.left)
    refuse(os, config, state, { recipient, relay: formatRelay(host), times, ...reason });
  state.left = [];
}

function xforwardOf(state: DeliveryState): [string, string][] {
  const { client } = state.request;
  return [
    ['NAME', client.name],
    ['ADDR', client.address],
    ['PORT', client.port],
    ['PROTO', client.protocol],
    ['HELO', client.helo],
    ['IDENT', client.ident],
    ['SOURCE', client.source],
  ];
}

/** One recipient's outcome. @returns the reason when the recipient is left to the next host */
function judge(
  os: Os,
  config: SmtpConfig,
  state: DeliveryState,
  what: {
    outcome: Outcome;
    recipient: RequestRecipient;
    host: RemoteHost;
    relay: string;
    final: boolean;
    times: DeliveryTimes;
    reuseCount: number;
    /** the host offers DSN: whether and when to report success is its business */
    reportsItself: boolean;
  },
): Reason | null {
  const { outcome, recipient, host, relay, times, reuseCount } = what;
  const { agent } = config;
  if (outcome.kind === 'reply' && isSent(outcome)) {
    const { enhanced: dsn, text } = outcome.reply;
    const remote = { remoteMta: host.name, diagnostic: text };
    const attempt = { recipient, relay, times, reuseCount, dsn, text, ...remote };
    const action = config.protocol === 'lmtp' ? 'delivered' : 'relayed';
    recordSent(os, agent, state.request, attempt, what.reportsItself ? null : action);
    return null;
  }
  const reason = reasonOf(outcome, host);
  if (isPermanent(outcome)) {
    refuse(os, config, state, { recipient, relay, times, reuseCount, ...reason });
    return null;
  }
  if (what.final) {
    state.deferred = true;
    state.reason = reason.text;
    recordDeferred(os, agent, state.request, { recipient, relay, times, reuseCount, ...reason });
    return null;
  }
  os.log(agent.ident, `${state.request.queueId}: ${reason.text}`);
  state.left.push(recipient);
  return reason;
}

/** The handshake failed. @returns the reason when the recipients are left to the next host */
function refuseAll(
  os: Os,
  config: SmtpConfig,
  state: DeliveryState,
  { outcome, host, final }: { outcome: Outcome; host: RemoteHost; final: boolean },
): Reason | null {
  const isGreeting = outcome.kind === 'reply' && outcome.command === 'initial greeting';
  const isSkipped = isGreeting && config.skip_5xx_greeting && replyClass(outcome.reply) === 5;
  const permanent = isPermanent(outcome) && !isSkipped;
  const reason = permanent ? reasonOf(outcome, host) : softened(reasonOf(outcome, host));
  if (!permanent && !final) {
    os.log(config.agent.ident, `${state.request.queueId}: ${reason.text}`);
    return reason;
  }
  const times = timesOf(state, { connected: outcome.at, ended: outcome.at });
  for (const recipient of state.left) {
    const attempt = { recipient, relay: formatRelay(host), times, ...reason };
    if (permanent) refuse(os, config, state, attempt);
    else recordDeferred(os, config.agent, state.request, attempt);
  }
  if (!permanent) {
    state.deferred = true;
    state.reason = reason.text;
  }
  state.trouble = outcome.kind === 'unwilling' && outcome.optional ? null : reason;
  state.left = [];
  return null;
}
