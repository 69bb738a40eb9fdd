/**
 * submit — sends what the user wrote: to the submission server, with a password
 *
 * The words of what goes wrong are those of Thunderbird.
 *
 * STANDARDS  RFC 6409 (submission), RFC 4954 (AUTH)
 */
import {
  call,
  SECOND,
  type Connection,
  type InputCommand,
  type Os,
  type Proc,
  type Random,
} from '../../os/os.ts';

import { lookupAddresses } from '../clients/dns.ts';
import {
  isSent,
  openSession,
  quitSession,
  sendTransaction,
  standardTimeouts,
  type Outcome,
} from '../clients/smtp.ts';

import { findAccount, type Account, type Server } from './accounts.ts';
import { compose, parseRecipients, type Address } from './compose.ts';
import type { Threads } from './threads.ts';

type SendCommand = Extract<InputCommand, { kind: 'mua.send' }>;

const connectUs = 30 * SECOND;

/** Composes and submits; ends in mua.message-submitted or mua.failed. */
export function* submit(os: Os, command: SendCommand, threads: Threads): Proc<void> {
  const fail = (text: string): void =>
    void os.trace({ kind: 'mua.failed', user: command.user, action: 'send', text });
  const account = findAccount(os, command.user);
  if (account === null) return fail(`There is no account ${command.user} on this computer.`);
  const to = parseRecipients(command.to);
  if (typeof to === 'string')
    return fail(
      `${to} is not a valid email address because it is not of the form user@host. ` +
        'You must correct it before sending.',
    );
  if (to.length === 0)
    return fail('No recipients were specified. Please enter a recipient in the addressing area.');
  const conn = yield* connectTo(os, account.submission);
  if (conn === null) return fail(cannotConnect(account.submission));
  const text = yield* call(submitOver(os, conn, { account, to, command, threads }));
  if (text !== null) fail(text);
}

/** Connects to the first address of a server that answers. */
export function* connectTo(os: Os, server: Server): Proc<Connection | null> {
  const found = yield* lookupAddresses(os, server.host, os.now() + connectUs);
  if (found.kind !== 'found') return null;
  for (const address of found.addresses) {
    const conn = yield* os.connect({ to: { address, port: server.port }, deadline: os.now() + connectUs });
    if (typeof conn !== 'string') return conn;
  }
  return null;
}

interface Sending {
  account: Account;
  to: readonly Address[];
  command: SendCommand;
  threads: Threads;
}

/** @returns the words of a failure, null when all is well */
function* submitOver(
  os: Os,
  conn: Connection,
  { account, to, command, threads }: Sending,
): Proc<string | null> {
  const auth = { user: account.address, password: account.password };
  // RFC 5321 §4.1.3: who has no name of its own gives its address.
  const hello = `[${conn.local.address}]`;
  const session = yield* openSession(os, conn, { protocol: 'smtp', hello, timeouts: standardTimeouts, auth });
  if ('failure' in session) return handshakeFailed(session.failure, account.submission);
  const inReplyTo = command.inReplyTo ?? '';
  const messageId = makeMessageId(os, account.address);
  const message = compose(
    {
      from: { name: account.name, address: account.address },
      to,
      subject: command.subject,
      text: command.text,
      messageId,
      date: os.epochUs(),
      inReplyTo,
      references: threads.referencesOf(inReplyTo),
    },
    session.capabilities.has('8BITMIME'),
  );
  const result = yield* sendTransaction(os, session, {
    sender: account.address,
    recipients: to.map(({ address }) => ({ address })),
    content: message.pieces,
    size: message.pieces[0].length + message.pieces[1].length,
    body: message.body,
  });
  if (result.open) yield* quitSession(os, session);
  // What begins a thread has nothing to be remembered.
  if (inReplyTo !== '') threads.remember(messageId, [...threads.referencesOf(inReplyTo), inReplyTo]);
  const accepted = to.filter((_, i) => isSent(result.outcomes[i]!));
  if (accepted.length > 0) {
    os.trace({
      kind: 'mua.message-submitted',
      user: command.user,
      messageId,
      to: accepted.map(({ address }) => address).join('\n'),
      subject: command.subject,
    });
  }
  const refused = result.outcomes.findIndex((outcome) => !isSent(outcome));
  return refused === -1
    ? null
    : sendFailed(result.outcomes[refused]!, to[refused]!.address, account.submission);
}

function handshakeFailed(outcome: Outcome, server: Server): string {
  if (outcome.kind !== 'reply') return connectionLost(outcome, server);
  const said = `The server responded: ${outcome.reply.text}`;
  if (outcome.command !== 'AUTH command')
    return `An error occurred while sending mail: Outgoing server (SMTP) error. ${said}.`;
  if (outcome.reply.code === 0)
    return `The ${nameOf(server)} does not support the selected authentication method.`;
  const advice = 'Please check the password and verify the account settings.';
  return `Unable to authenticate to ${nameOf(server)}. ${advice} ${said}`;
}

function sendFailed(outcome: Outcome, recipient: string, server: Server): string {
  if (outcome.kind !== 'reply') return connectionLost(outcome, server);
  const said = `An error occurred while sending mail. The mail server responded: ${outcome.reply.text}.`;
  if (outcome.command === 'RCPT TO command')
    return `${said} Please check the message recipient "${recipient}" and try again.`;
  if (outcome.command === 'MAIL FROM command')
    return `${said} Please verify that your email address is correct in your account settings and try again.`;
  return `${said} Please check the message and try again.`;
}

function connectionLost(outcome: Outcome, server: Server): string {
  const how = outcome.kind === 'timeout' ? 'timed out' : 'was lost in the middle of the transaction';
  return `The message could not be sent because the connection to ${nameOf(server)} ${how}. Try again.`;
}

function cannotConnect(server: Server): string {
  return (
    `The message could not be sent because connecting to ${nameOf(server)} failed. ` +
    'The server may be unavailable or is refusing SMTP connections. ' +
    'Please verify that your Outgoing server (SMTP) settings are correct and try again.'
  );
}

function nameOf(server: Server): string {
  return `Outgoing server (SMTP) ${server.host}`;
}

/** RFC 5322 §3.6.4: unique for ever. A random UUID (RFC 9562 §5.4) at the sender's domain. */
function makeMessageId({ random }: Os, address: string): string {
  const first = hexOf(randomWord(random));
  const second = hexOf((randomWord(random) & 0xffff0fff) | 0x4000);
  const third = hexOf((randomWord(random) & 0x3fffffff) | 0x80000000);
  const fourth = hexOf(randomWord(random));
  const middle = `${second.slice(0, 4)}-${second.slice(4)}-${third.slice(0, 4)}`;
  const uuid = `${first}-${middle}-${third.slice(4)}${fourth}`;
  return `<${uuid}@${address.slice(address.lastIndexOf('@') + 1)}>`;
}

/** Four random bytes, each of a draw of its own. */
function randomWord(random: Random): number {
  let word = 0;
  for (let i = 0; i < 4; i++) word = (word << 8) | (random.u32() & 0xff);
  return word;
}

function hexOf(word: number): string {
  return (
    hexPairs[word >>> 24]! +
    hexPairs[(word >>> 16) & 0xff]! +
    hexPairs[(word >>> 8) & 0xff]! +
    hexPairs[word & 0xff]!
  );
}

// A number is written in another base than ten at the cost of a microsecond.
const hexPairs = Object.freeze(Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0')));
