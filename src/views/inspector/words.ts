/** words — where a letter is and why it waits, in sentences */
import type { VirtualTime } from '../../../workers/api.ts';
import { unreachable } from '../../../workers/bytes/assert.ts';

import { span, type Clock } from '../../decode/clock.ts';
import type { Names } from '../../decode/names.ts';
import type { Wait } from '../../time/coming.ts';
import type { Stay } from '../mails/mail.ts';

/** Where a letter lies, after "it is". */
export function placeWords(stay: Stay, names: Names): string {
  const host = names.short(stay.hostIndex);
  switch (stay.kind) {
    case 'queue':
      return `in ${stay.queue} on ${host}, as ${stay.queueId}`;
    case 'mailbox':
      return `in the mailbox of ${stay.whose} on ${host}`;
    case 'user-agent':
      return `in the mail program on ${host}`;
    case 'filter':
      return `being judged by the filter on ${host}`;
    default:
      return unreachable(stay.kind);
  }
}

/**
 * The cause of a wait: how old the mail was at its last try, and what follows from that.
 * @param next when it is tried; null = that has passed while the host was down
 */
export function waitWords(
  wait: Wait,
  next: VirtualTime | null,
  now: { age: VirtualTime; at: VirtualTime; clock: Clock },
): string {
  const ageThen = span(Math.max(0, now.age - (now.at - wait.from)));
  const rule = `At its last try it was ${ageThen} old: it rests about that long, but not less than the minimal backoff time, and is tried at the next look through the queue`;
  if (next === null) return `${rule}.`;
  return `Next try ${now.clock.time(next)}, in ${span(Math.max(0, next - now.at))}. ${rule}.`;
}

/** Names with how often each occurs, in the order first seen: "smtpd ×3". */
export function counted(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count > 1 ? `${name} ×${count}` : name));
}

/** What a machine of a kind is for, in one plain sentence; '' when there is nothing to explain. */
export function kindWords(kind: string): string {
  return kinds.get(kind) ?? '';
}

const kinds: ReadonlyMap<string, string> = new Map([
  ['workstation', 'A person’s computer: its mail program writes, sends and reads letters.'],
  ['mta', 'A mail server: it takes letters in, keeps them in queues, and passes them on to the next server.'],
  ['mail-host', 'A mail server and the mailboxes of its people on one machine.'],
  ['mailstore', 'Holds the mailboxes: letters are put into them by LMTP and read from them by IMAP.'],
  ['directory', 'The directory (LDAP) knows who works here, and where each one’s mail goes.'],
  [
    'resolver',
    'Answers questions about names for the machines around it: it asks the DNS servers, and remembers.',
  ],
  ['dns-server', 'A DNS server: it knows a part of all names for sure, and says who knows the rest.'],
  ['receiver', 'A mail server of somebody else: it takes letters in its own way, and may refuse them.'],
  ['filter', 'Looks at letters for spam and viruses before they are passed on.'],
]);
