/**
 * fetch — looks into the user's mailbox, and reads a message of it
 *
 * LOGIN, LIST, SELECT INBOX, UID FETCH of the last headers or of one message, LOGOUT. The words of what goes
 * wrong are those of Thunderbird.
 *
 * STANDARDS  RFC 3501
 */
import * as ascii from '../../bytes/ascii.ts';

import { textOf } from '../../protocols/imap/command.ts';
import { fetchItems, type Response } from '../../protocols/imap/response.ts';
import { getField, parseHeader } from '../../protocols/message/header.ts';

import { MINUTE, type InputCommand, type Os, type Proc } from '../../os/os.ts';

import {
  imapCommand,
  logoutImap,
  openImap,
  quoteImap,
  type ImapAnswer,
  type ImapSession,
} from '../clients/imap.ts';

import { findAccount, type Account } from './accounts.ts';
import { connectTo } from './submit.ts';
import type { Threads } from './threads.ts';

type FetchCommand = Extract<InputCommand, { kind: 'mua.fetch' }>;

const folder = 'INBOX';
const listedMax = 50; // as many as a window shows
const commandUs = 5 * MINUTE;
const serverSaid = 'The server responded:';
const headerItems = '(FLAGS BODY.PEEK[HEADER.FIELDS (DATE FROM SUBJECT MESSAGE-ID REFERENCES)])';

/** Lists the mailbox, and shows a message when one is named; ends in mua facts. */
export function* fetchMail(os: Os, command: FetchCommand, threads: Threads): Proc<void> {
  const fail = (text: string): void =>
    void os.trace({ kind: 'mua.failed', user: command.user, action: 'fetch', text });
  const account = findAccount(os, command.user);
  if (account === null) return fail(`There is no account ${command.user} on this computer.`);
  const { host } = account.imap;
  const conn = yield* connectTo(os, account.imap);
  if (conn === null)
    return fail(`Could not connect to mail server ${host}; the connection was refused or timed out.`);
  const session = yield* openImap(os, conn, os.now() + commandUs);
  const text =
    'failure' in session ? lostWords(host) : yield* readMailbox(os, session, { account, command, threads });
  if (text !== null) fail(text);
  if (!('failure' in session)) yield* logoutImap(os, session, os.now() + commandUs);
}

interface Reading {
  account: Account;
  command: FetchCommand;
  threads: Threads;
}

/** @returns the words of a failure, null when all is well */
function* readMailbox(
  os: Os,
  session: ImapSession,
  { account, command, threads }: Reading,
): Proc<string | null> {
  const { host } = account.imap;
  const ask = (line: string): Proc<ImapAnswer | string> => askServer(os, session, { line, host });
  const login = yield* ask(`LOGIN ${quoteImap(account.address)} ${quoteImap(account.password)}`);
  if (typeof login === 'string') return login;
  if (login.status !== 'OK')
    return `Login to server ${host} with username ${account.address} failed. ${serverSaid} ${login.text}`;
  const list = yield* ask('LIST "" "*"');
  if (typeof list === 'string') return list;
  const select = yield* ask(`SELECT ${folder}`);
  if (typeof select === 'string') return select;
  if (select.status !== 'OK') return refusedWords(account, select);
  const messages = countOf(select.untagged);
  os.trace({ kind: 'mua.mailbox-listed', user: command.user, folder, messages });
  if (command.uid === 0) {
    const first = Math.max(1, uidNextOf(select.untagged) - listedMax);
    const headers = messages === 0 ? null : yield* ask(`UID FETCH ${first}:* ${headerItems}`);
    return typeof headers === 'string' ? headers : null;
  }
  const answer = yield* ask(`UID FETCH ${command.uid} (UID FLAGS BODY[])`);
  if (typeof answer === 'string') return answer;
  if (answer.status !== 'OK') return refusedWords(account, answer);
  const body = answer.untagged
    .map((response) => textOf(fetchItems(response).get('BODY[]')))
    .find((text) => text !== null);
  if (body === undefined || body === null)
    return `The message ${command.uid} is no longer in the folder ${folder} on server ${host}.`;
  const content = ascii.encode(body);
  rememberThread(threads, content);
  os.trace({ kind: 'mua.message-fetched', user: command.user, folder, uid: command.uid, content });
  return null;
}

function* askServer(
  os: Os,
  session: ImapSession,
  { line, host }: { line: string; host: string },
): Proc<ImapAnswer | string> {
  const answer = yield* imapCommand(os, session, line, os.now() + commandUs);
  return 'failure' in answer ? lostWords(host) : answer;
}

/** For a later reply: its References go on with those of what it answers (RFC 5322 §3.6.4). */
function rememberThread(threads: Threads, content: Uint8Array): void {
  const header = parseHeader(content);
  const messageId = getField(header, 'message-id');
  if (messageId === null) return;
  const thread = getField(header, 'references') ?? getField(header, 'in-reply-to') ?? '';
  threads.remember(messageId, thread.match(/<[^<>\s]+>/g) ?? []);
}

function countOf(untagged: readonly Response[]): number {
  const exists = untagged.find((response) => response.kind === 'untagged' && response.name === 'EXISTS');
  return exists?.kind === 'untagged' ? (exists.number ?? 0) : 0;
}

function uidNextOf(untagged: readonly Response[]): number {
  for (const response of untagged) {
    const match = response.kind === 'status' ? /^UIDNEXT (\d{1,10})$/i.exec(response.code) : null;
    if (match !== null) return Number(match[1]);
  }
  return 1;
}

function lostWords(host: string): string {
  return `Server ${host} has disconnected. The server may have gone down or there may be a network problem.`;
}

function refusedWords({ address, imap }: Account, answer: ImapAnswer): string {
  const server = `The mail server for account ${address} (${imap.host}) responded: ${answer.text}`;
  return `The current command did not succeed. ${server}`;
}
