/**
 * reinject — gives a message back to Postfix, on the port after the one it came in by
 *
 * What Postfix answers decides what the filter answers: with all recipients taken its queue id is named, a
 * temporary failure is 4xx, a refusal 5xx.
 *
 * STANDARDS  RFC 5321; XFORWARD_README of Postfix
 */
import { SECOND, type Os, type Proc } from '../../os/os.ts';

import {
  isSent,
  openSession,
  quitSession,
  sendTransaction,
  standardTimeouts,
  type Outcome,
} from '../clients/smtp.ts';

import type { FilteredMessage } from './filter.ts';
import type { AmavisSession } from './session.ts';
import { xforwardNames } from './texts.ts';

const host = '127.0.0.1';
const port = 10025; // $forward_method = 'smtp:[127.0.0.1]:10025'
const connectUs = 35 * SECOND;

export interface Reinjected {
  ok: boolean;
  temporary: boolean;
  /** to the client of the filter */
  reply: string;
  /** in the FWD line */
  logged: string;
  /** "BODY=7BIT " in the FWD line when Postfix was told */
  bodySaid: string;
  queuedAs: string;
}

/** Sends the message; nothing is kept here whatever happens. */
export function* reinject(os: Os, session: AmavisSession, message: FilteredMessage): Proc<Reinjected> {
  const conn = yield* os.connect({ to: { address: host, port }, deadline: os.now() + connectUs });
  if (typeof conn === 'string') {
    const target = `[${host}]:${port}`;
    const reason = `Can't connect to socket ${target} using module IO::Socket::IP: ${conn}`;
    os.log('amavis', `(${session.taskId}) (!)connect to ${target} failed, attempt #1: ${reason}`);
    return failed(session, `during fwd-connect (All attempts (1) failed connecting to smtp:${target})`);
  }
  const smtp = yield* openSession(os, conn, {
    protocol: 'smtp',
    hello: 'localhost',
    timeouts: standardTimeouts,
  });
  if ('failure' in smtp) return failed(session, `during fwd-connect (${describe(smtp.failure)})`);
  const result = yield* sendTransaction(os, smtp, {
    sender: message.sender,
    recipients: message.recipients.map(addressed),
    content: message.content,
    size: message.size,
    body: message.body,
    xforward: inOrder(session.xforward),
  });
  if (result.open) yield* quitSession(os, smtp);
  const bodySaid = smtp.capabilities.has('8BITMIME') ? `BODY=${message.body} ` : '';
  return judge(session, result.outcomes, bodySaid);
}

function addressed(address: string): { address: string } {
  return { address };
}

function inOrder(xforward: ReadonlyMap<string, string>): [string, string][] {
  const pairs: [string, string][] = [];
  for (const name of xforwardNames) {
    const value = xforward.get(name);
    if (value !== undefined) pairs.push([name, value]);
  }
  return pairs;
}

// One refusal among several: those taken are answered for, the others are counted (amavisd: "but 1 REJECT").
function judge(session: AmavisSession, outcomes: readonly Outcome[], bodySaid: string): Reinjected {
  let sent = 0;
  let first = outcomes[0]!;
  for (const outcome of outcomes) if (isSent(outcome) && ++sent === 1) first = outcome;
  if (first.kind !== 'reply') return { ...failed(session, `during fwd-data (${describe(first)})`), bodySaid };
  const { code, enhanced, text } = first.reply;
  const relayed = `from MTA(smtp:[${host}]:${port}): ${text}`;
  const from = `${code} ${enhanced} ${relayed}`;
  if (sent === 0) {
    const temporary = code < 500;
    const failure = `id=${session.taskId} - Temporary MTA failure on relaying, ${relayed}`;
    const reply = temporary ? `${code} ${enhanced} ${failure}` : from;
    return { ok: false, temporary, reply, logged: from, bodySaid, queuedAs: '' };
  }
  const queuedAs = /queued as (\S+)/.exec(text)?.[1] ?? '';
  const others = outcomes.length - sent;
  const reply = others === 0 ? from : `${from}, but ${others} REJECT`;
  return { ok: true, temporary: false, reply, logged: from, bodySaid, queuedAs };
}

function failed(session: AmavisSession, what: string): Reinjected {
  const text = `From MTA() ${what}: id=${session.taskId}`;
  const reply = `451 4.5.0 id=${session.taskId} - Temporary MTA failure on relaying, ${text}`;
  return { ok: false, temporary: true, reply, logged: ` 451 4.5.0 ${text}`, bodySaid: '', queuedAs: '' };
}

function describe(outcome: Outcome): string {
  if (outcome.kind === 'reply') return outcome.reply.text;
  return outcome.kind === 'unwilling' ? outcome.text : `${outcome.kind} while ${outcome.doing}`;
}
