/**
 * check-subject — whom a restriction is about, by the part of its name that says so: client, helo, sender
 */
import type { Session } from './session.ts';
import type { ReplyClass } from './verdict.ts';

/** What is looked up, and how replies name it. */
export interface Subject {
  /** a host name, or an address with its domain */
  readonly what: string;
  readonly replyName: string;
  readonly replyClass: ReplyClass;
}

export type SubjectName = 'client' | 'reverse_client' | 'helo' | 'sender' | 'recipient';

/** @returns null when there is none to ask about: no name of the client, no HELO, no or the null sender */
export function findSubject(session: Session, name: SubjectName): Subject | null {
  const { client, namaddr, helo, sender, recipient } = session;
  switch (name) {
    case 'client':
      return subject(known(client.name), 'Client host', namaddr);
    case 'reverse_client':
      return subject(known(client.reverseName), 'Unverified Client host');
    case 'helo':
      return subject(helo, 'Helo command');
    case 'sender':
      return subject(sender, 'Sender address');
    case 'recipient':
      return subject(recipient, 'Recipient address');
  }
}

function subject(what: string | null, replyClass: ReplyClass, replyName = what ?? ''): Subject | null {
  return what === null || what === '' ? null : { what, replyName, replyClass };
}

function known(name: string): string | null {
  return name.toLowerCase() === 'unknown' ? null : name;
}
