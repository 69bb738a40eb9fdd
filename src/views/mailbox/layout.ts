/** layout — what a person sees in the user agent at an instant */
import type { VirtualTime } from '../../../workers/api.ts';

import type { Mail } from '../mails/mail.ts';

import type { Errand, Fetched, MailboxFold } from './fold.ts';
import type { Head } from './listed.ts';

export interface InboxRow {
  uid: number;
  /** what the list told of it; null = nothing yet */
  head: Head | null;
  /** null = on the server, not opened yet */
  fetched: Fetched | null;
}

export interface MailboxView {
  /** newest first; null = never looked */
  rows: InboxRow[] | null;
  messages: number;
  /** when the mailbox was last looked at */
  listedAt: VirtualTime | null;
  /** the last look into the mailbox */
  looking: Errand | null;
  /** newest first */
  sent: Errand[];
}

/**
 * What the user agent of `user` shows at `at`.
 * @param headsOf the heads that an errand has brought by then
 */
export function mailboxAt(
  fold: MailboxFold,
  { user, at, headsOf }: { user: string; at: VirtualTime; headsOf: (errand: Errand) => Head[] },
): MailboxView {
  const errands = fold.errands.filter((errand) => errand.user === user && errand.at <= at);
  const rows = new Map<number, InboxRow>();
  for (const errand of errands.filter(({ kind }) => kind === 'list'))
    for (const head of headsOf(errand)) rows.set(head.uid, { uid: head.uid, head, fetched: null });
  for (const fetched of fold.fetched) {
    if (fetched.user !== user || fetched.at > at) continue;
    rows.set(fetched.uid, { uid: fetched.uid, head: rows.get(fetched.uid)?.head ?? null, fetched });
  }
  const listing = fold.listings.findLast((one) => one.user === user && one.at <= at) ?? null;
  return {
    rows: listing === null ? null : [...rows.values()].sort((a, b) => b.uid - a.uid),
    messages: listing?.messages ?? 0,
    listedAt: listing?.at ?? null,
    looking: errands.findLast(({ kind }) => kind !== 'send') ?? null,
    sent: errands.filter(({ kind }) => kind === 'send').reverse(),
  };
}

export interface StatusWords {
  /** plain: done as far as the user agent goes, which is not the end of it */
  tone: 'wait' | 'ok' | 'fail' | 'plain';
  says: string;
}

/** When a letter came back: the notification about it lies in its sender's mailbox. @returns null while it does not */
export function cameBackAt(errand: Errand, at: VirtualTime, mails: readonly Mail[]): VirtualTime | null {
  const mail = mails.find(({ firstEvent }) => firstEvent === errand.event);
  const report = mail === undefined ? undefined : mails.find(({ reportsOn }) => reportsOn === mail.number);
  const stay = report?.stays.find((one) => one.kind === 'mailbox' && one.from <= at);
  return stay?.from ?? null;
}

/** How an errand stands at `at`, in words. @param name the person whose errand it is */
export function statusAt(errand: Errand, at: VirtualTime, name: string): StatusWords {
  const outcomes = errand.outcomes.filter((one) => one.at <= at);
  const failed = outcomes.find((one) => one.failed);
  const server = errand.servers.findLast((one) => one.at <= at)?.name ?? null;
  if (failed !== undefined) return { tone: 'fail', says: failed.text };
  if (errand.kind === 'send') {
    if (outcomes.length > 0) return { tone: 'plain', says: `handed in to ${server ?? 'the server'}` };
    return { tone: 'wait', says: server === null ? 'looking for the server' : `handing it in to ${server}` };
  }
  if (outcomes.length === 0)
    return { tone: 'wait', says: server === null ? `looking for ${name}’s server` : `asking ${server}` };
  return { tone: 'ok', says: errand.kind === 'list' ? 'the list is here' : 'the letter is here' };
}

/** "Re: …", once. */
export function replySubject(subject: string): string {
  return /^re:/i.test(subject) ? subject : `Re: ${subject}`;
}

const quotedLinesMax = 40;

/** The lines of a letter as a reply quotes them. */
export function quoted(text: string, from: string): string {
  const lines = text.trimEnd().split('\n').slice(0, quotedLinesMax);
  return `\n\n${from} wrote:\n${lines.map((line) => `> ${line}`).join('\n')}\n`;
}
