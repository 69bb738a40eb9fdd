/** story — the last letter of a run as the start page tells of it: sent, under way, waiting, arrived, read */
import type { EventId, VirtualTime } from '../../../workers/api.ts';

import type { Mail, Step } from '../../views/mails/mail.ts';

export interface Story {
  mail: Mail;
  sentAt: VirtualTime;
  /** what happened to it so far, in order; each can be asked why */
  steps: Step[];
  /** it lies in the recipient's mailbox */
  arrived: { at: VirtualTime; event: EventId } | null;
  /** the recipient's mail program shows it */
  read: { at: VirtualTime; event: EventId } | null;
  /** where it lies in a queue */
  queueFile: { hostIndex: number; queueId: string } | null;
  /** it lies in the mailbox of somebody else: whose */
  elsewhere: string | null;
  /** it will not arrive: in about four words */
  failed: string | null;
}

export interface Cast {
  /** the sender's address */
  from: string;
  /** the recipient's address, and the host of his mail program */
  to: string;
  toHost: number;
}

/** @returns null before anything was sent */
export function storyAt(mails: readonly Mail[], at: VirtualTime, cast: Cast): Story | null {
  const mail = mails.findLast((one) => one.firstSeen <= at && one.sender === cast.from);
  if (mail === undefined) return null;
  const stays = mail.stays.filter((stay) => stay.from <= at);
  const mailbox = stays.find((stay) => stay.kind === 'mailbox' && stay.whose.startsWith(cast.to));
  const shown = stays.find((stay) => stay.kind === 'user-agent' && stay.hostIndex === cast.toHost);
  const file = stays.findLast((stay) => stay.kind === 'queue' && at < stay.until);
  const steps = mail.steps.filter((step) => step.at <= at);
  const last = steps.at(-1);
  return {
    mail,
    sentAt: mail.firstSeen,
    steps,
    arrived: mailbox === undefined ? null : { at: mailbox.from, event: mailbox.event },
    read: shown === undefined ? null : { at: shown.from, event: shown.event },
    queueFile: file === undefined ? null : { hostIndex: file.hostIndex, queueId: file.queueId },
    elsewhere:
      mailbox !== undefined ? null : (stays.findLast((stay) => stay.kind === 'mailbox')?.whose ?? null),
    failed: last?.tone === 'fail' && file === undefined ? last.text : null,
  };
}

export interface Earlier {
  number: number;
  subject: string;
  isRead: boolean;
}

const earlierMax = 3;

/** Letters that came to the recipient before the one the story tells of, newest first. */
export function earlierAt(
  mails: readonly Mail[],
  at: VirtualTime,
  { to, toHost }: Cast,
  story: Story,
): Earlier[] {
  const earlier = mails.filter(
    (mail) =>
      mail.firstSeen < story.sentAt &&
      mail.stays.some((stay) => stay.kind === 'mailbox' && stay.whose.startsWith(to) && stay.from <= at),
  );
  return earlier
    .slice(-earlierMax)
    .reverse()
    .map(({ number, subject, stays }) => ({
      number,
      subject,
      isRead: stays.some(
        (stay, i) => i > 0 && stay.kind === 'user-agent' && stay.hostIndex === toHost && stay.from <= at,
      ),
    }));
}
