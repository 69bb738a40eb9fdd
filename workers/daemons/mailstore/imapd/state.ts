/**
 * state — what an IMAP session knows, and how it speaks
 *
 * Answers are collected and written together: one segment for a small command, as Dovecot's output buffer
 * does.
 */
import { concat } from '../../../bytes/concat.ts';
import * as ascii from '../../../bytes/ascii.ts';

import type { Connection, Os, Proc } from '../../../os/os.ts';

import type { Mailstore } from '../mailstore.ts';
import type { Mailbox, StoredMessage } from '../store/mailbox.ts';

/** A mailbox as one session sees it: message n is view[n - 1]. */
export interface Selected {
  readonly mailbox: Mailbox;
  readonly readOnly: boolean;
  view: StoredMessage[];
  /** Mailbox.changes up to which the client was told */
  told: number;
  /** changes of this session itself, told already: by message, the message's stamp */
  readonly own: Map<StoredMessage, number>;
  readonly recent: Set<StoredMessage>;
}

export interface ImapSession {
  readonly mailstore: Mailstore;
  readonly conn: Connection;
  /** Dovecot's session id, in its logs */
  readonly id: string;
  /** the mailbox's owner; '' before login */
  user: string;
  selected: Selected | null;
  badCommands: number;
  output: Uint8Array[];
  outputBytes: number;
  bytesIn: number;
  bytesOut: number;
  bodies: number;
  bodyBytes: number;
  expunged: number;
}

/** How a command ended. */
export interface Completion {
  status: 'OK' | 'NO' | 'BAD';
  /** with a response code in front, without the time it took */
  text: string;
}

export function ok(text: string): Completion {
  return { status: 'OK', text };
}
/** The command was understood, but cannot be done. */
export function no(text: string): Completion {
  return { status: 'NO', text };
}
/** The command was not understood; Dovecot counts these. */
export function bad(text: string): Completion {
  return { status: 'BAD', text };
}

/** Queues one line. @param line one character per byte, literals included */
export function put(session: ImapSession, line: string): void {
  putBytes(session, ascii.encode(`${line}\r\n`));
}

/** Queues bytes, which must not be changed afterwards. */
export function putBytes(session: ImapSession, bytes: Uint8Array): void {
  session.output.push(bytes);
  session.outputBytes += bytes.length;
}

/** Writes what is queued. @returns false when the connection is gone */
export function* flush(os: Os, session: ImapSession): Proc<boolean> {
  if (session.output.length === 0) return true;
  const bytes = concat(session.output);
  session.output = [];
  session.outputBytes = 0;
  session.bytesOut += bytes.length;
  return (yield* session.conn.write(bytes, { deadline: os.now() + writeUs })) === 'ok';
}

/** Queued output beyond this is written before more is made. */
export const outputBytesMax = 65_536;

const writeUs = 30 * 60 * 1_000_000; // a client that reads nothing for half an hour is gone
