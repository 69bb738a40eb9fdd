/** layout — what a person sees in the user agent at an instant */
import type { VirtualTime } from '../../../workers/api.ts';

import type { Errand, Fetched, MailboxFold } from './fold.ts';

export interface InboxRow {
  uid: number;
  /** null = on the server, not opened yet */
  fetched: Fetched | null;
}

export interface MailboxView {
  /** newest first; null = never looked */
  rows: InboxRow[] | null;
  /** when the list was fetched */
  listedAt: VirtualTime | null;
  /** under way or failed, the last of each kind */
  looking: Errand | null;
  sent: Errand[];
}

/** What the user agent of `user` shows at `at`. */
export function mailboxAt(fold: MailboxFold, user: string, at: VirtualTime): MailboxView {
  const errands = fold.errands.filter((errand) => errand.user === user && errand.at <= at);
  const fetched = new Map<number, Fetched>();
  for (const one of fold.fetched) if (one.user === user && one.at <= at) fetched.set(one.uid, one);
  const listing = fold.listings.findLast((one) => one.user === user && one.at <= at) ?? null;
  const uids = new Set<number>(fetched.keys());
  for (let uid = 1; uid <= (listing?.messages ?? 0); uid++) uids.add(uid);
  const rows = [...uids]
    .sort((a, b) => b - a)
    .map((uid): InboxRow => ({ uid, fetched: fetched.get(uid) ?? null }));
  return {
    rows: listing === null && fetched.size === 0 ? null : rows,
    listedAt: listing?.at ?? null,
    looking: errands.findLast(({ kind }) => kind !== 'send') ?? null,
    sent: errands.filter(({ kind }) => kind === 'send').reverse(),
  };
}

export interface StatusWords {
  tone: 'wait' | 'ok' | 'fail';
  says: string;
}

/** How an errand stands at `at`, in words. @param name of the person, for whose server it is */
export function statusAt(errand: Errand, at: VirtualTime, name: string): StatusWords {
  const outcome = errand.outcomes.find((one) => one.at <= at);
  const server = errand.servers.findLast((one) => one.at <= at)?.name ?? null;
  if (outcome?.failed === true) return { tone: 'fail', says: outcome.text };
  if (errand.kind === 'send') {
    if (outcome !== undefined)
      return { tone: 'ok', says: server === null ? 'handed in' : `handed in to ${server}` };
    return { tone: 'wait', says: server === null ? 'looking for the server' : `handing it in to ${server}` };
  }
  if (outcome === undefined)
    return { tone: 'wait', says: server === null ? `asking ${name}’s server` : `${server} is looking` };
  return { tone: 'ok', says: errand.kind === 'list' ? 'the list is here' : 'the letter is here' };
}

/** "Re: …", once. */
export function replySubject(subject: string): string {
  return /^re:/i.test(subject) ? subject : `Re: ${subject}`;
}

/** The lines of a letter as a reply quotes them. */
export function quoted(text: string, from: string): string {
  const lines = text.trimEnd().split('\n').slice(0, 40);
  return `\n\n${from} wrote:\n${lines.map((line) => `> ${line}`).join('\n')}\n`;
}
