/**
 * session — one delivery session with one host: hello, transaction, and what its replies mean for each
 * recipient
 *
 * SEE ALSO  ../../clients/smtp.ts (the dialogue), agent.ts (which host comes next), smtp_proto(3),
 *           smtp_trouble(3)
 */
import { findHeaderEnd } from '../../../protocols/message/header.ts';

import type { Connection, Os, Proc } from '../../../os/os.ts';

import {
  isSent,
  openSession,
  quitSession,
  sendTransaction,
  type Outcome,
  type SmtpSession,
  type Transaction,
} from '../../clients/smtp.ts';
import { xtext } from '../../clients/smtp-envelope.ts';
import { recordBounced, recordDeferred, recordSent } from '../delivery/record.ts';
import type { RequestRecipient } from '../delivery/request.ts';

import { downgradeTo7Bit } from './downgrade.ts';
import { foldLines } from './fold-lines.ts';
import {
  formatRelay,
  isPermanent,
  ownReason,
  reasonOf,
  softened,
  type Reason,
  type RemoteHost,
} from './reasons.ts';
import { timesOf, type DeliveryState, type SmtpConfig } from './state.ts';

export interface HostResult {
  /** the last reason why a recipient is left; null = nobody is */
  reason: Reason | null;
  /** the session got past EHLO */
  greeted: boolean;
}

/**
 * Delivers what is left of the request to one host.
 * @param final no other host will be tried: soft failures defer instead of leaving the recipient to the next
 * host
 */
export function* deliverToHost(
  os: Os,
  config: SmtpConfig,
  state: DeliveryState,
  { host, connection, final }: { host: RemoteHost; connection: Connection; final: boolean },
): Proc<HostResult> {
  const session = yield* openSession(os, connection, {
    protocol: config.protocol,
    hello: config.helo_name,
    timeouts: config.timeouts,
  });
  if ('failure' in session) {
    return {
      reason: refuseAll(os, config, state, { outcome: session.failure, host, final }),
      greeted: false,
    };
  }
  const connected = os.now();
  if (requiresUtf8(state) && !session.capabilities.has('SMTPUTF8'))
    return yield* refuseUtf8(os, config, state, { session, host });
  const recipients = state.left;
  const result = yield* sendTransaction(os, session, transactionOf(config, state, session));
  const because = os.cause;
  state.left = [];
  let reason: Reason | null = null;
  // Refusals at RCPT are logged before what the end of data gave, as they came.
  const decided = result.outcomes.map((outcome, index) => ({ outcome, recipient: recipients[index]! }));
  for (const { outcome, recipient } of decided.sort((a, b) => a.outcome.at - b.outcome.at)) {
    os.because(outcome.cause);
    reason = judge(os, config, state, { outcome, recipient, host, final, connected }) ?? reason;
  }
  os.because(because);
  return { reason, greeted: true };
}

function transactionOf(config: SmtpConfig, state: DeliveryState, session: SmtpSession): Transaction {
  const { request } = state;
  const isEightBit = request.encoding.toLowerCase() === '8bit';
  const mustDowngrade =
    isEightBit && !session.capabilities.has('8BITMIME') && !config.disable_mime_output_conversion;
  const content = mustDowngrade ? downgradeTo7Bit(request.readContent()) : request.readContent();
  return {
    sender: request.sender,
    recipients: state.left.map((recipient) => ({
      address: recipient.address,
      notify: recipient.notify,
      originalRecipient: xtext(recipient.dsnOriginalRecipient),
    })),
    content: foldLines(content, config.line_length_limit),
    size: request.size,
    body: request.encoding === '' ? '' : isEightBit ? '8BITMIME' : '7BIT',
    returnContent: request.returnContent,
    smtpUtf8: request.smtpUtf8,
    envelopeId: xtext(request.envelopeId),
    last: true,
    ...(config.send_xforward_command && session.capabilities.has('XFORWARD')
      ? { xforward: xforwardOf(state) }
      : {}),
  };
}

// RFC 6531 §3.2: what needs the extension must not go without it; it may have been asked for in vain.
function requiresUtf8({ request, left }: DeliveryState): boolean {
  if (!request.smtpUtf8) return false;
  const addresses = [request.sender, ...left.map(({ address }) => address)];
  if (addresses.some((address) => /[^\0-\x7f]/.test(address))) return true;
  const [first] = request.readContent();
  return first?.subarray(0, findHeaderEnd(first)).some((byte) => byte >= 0x80) === true;
}

function* refuseUtf8(
  os: Os,
  config: SmtpConfig,
  state: DeliveryState,
  { session, host }: { session: SmtpSession; host: RemoteHost },
): Proc<HostResult> {
  const where = `${host.name}[${host.address}]`;
  const reason = ownReason('5.6.7', `SMTPUTF8 is required, but was not offered by host ${where}`);
  const times = timesOf(state, { connected: os.now(), ended: os.now() });
  for (const recipient of state.left)
    recordBounced(os, config.agent, state.request, { recipient, relay: formatRelay(host), times, ...reason });
  state.left = [];
  yield* quitSession(os, session);
  return { reason: null, greeted: true };
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
    final: boolean;
    connected: number;
  },
): Reason | null {
  const { outcome, recipient, host } = what;
  const times = timesOf(state, { connected: what.connected, ended: outcome.at });
  const base = { recipient, relay: formatRelay(host), times };
  if (outcome.kind === 'reply' && isSent(outcome)) {
    const { reply } = outcome;
    const attempt = {
      ...base,
      dsn: reply.enhanced,
      text: reply.text,
      remoteMta: host.name,
      diagnostic: reply.text,
    };
    recordSent(
      os,
      config.agent,
      state.request,
      attempt,
      config.protocol === 'lmtp' ? 'delivered' : 'relayed',
    );
    return null;
  }
  const reason = reasonOf(outcome, host);
  if (isPermanent(outcome)) {
    recordBounced(os, config.agent, state.request, { ...base, ...reason });
    return null;
  }
  if (what.final) {
    state.deferred = true;
    state.reason = reason.text;
    recordDeferred(os, config.agent, state.request, { ...base, ...reason });
    return null;
  }
  os.log(config.agent.ident, `${state.request.queueId}: ${reason.text}`);
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
  const permanent = isPermanent(outcome) && !(isGreeting && config.skip_5xx_greeting);
  const reason = permanent ? reasonOf(outcome, host) : softened(reasonOf(outcome, host));
  if (!permanent && !final) {
    os.log(config.agent.ident, `${state.request.queueId}: ${reason.text}`);
    return reason;
  }
  const times = timesOf(state, { connected: outcome.at, ended: outcome.at });
  for (const recipient of state.left) {
    const attempt = { recipient, relay: formatRelay(host), times, ...reason };
    if (permanent) recordBounced(os, config.agent, state.request, attempt);
    else recordDeferred(os, config.agent, state.request, attempt);
  }
  if (!permanent) {
    state.deferred = true;
    state.reason = reason.text;
  }
  state.trouble = reason;
  state.left = [];
  return null;
}
