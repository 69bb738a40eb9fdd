/**
 * conversation — what two ends said to each other, line by line, from the segments and datagrams of the trace
 *
 * A TCP connection is one conversation; DNS over UDP is one per pair of hosts. Streams are put together at the
 * sender's side, where nothing is out of order: what is at or before the sequence number already seen was sent again.
 * Lines carry the events and byte ranges they came in, never the bytes: those stay in the trace.
 * All is appended, never changed, so that a cursor in the past needs only to stop reading earlier; a body that
 * spans segments has the time of each piece.
 */
import type { EventId, VirtualTime } from '../../workers/api.ts';

import type { Protocol } from './names.ts';

export type Side = 'client' | 'server';

/** Bytes start…end of the payload of an event. */
export interface Piece {
  event: EventId;
  at: VirtualTime;
  start: number;
  end: number;
  /** line ends in it, for counting what a body holds so far */
  lines: number;
}

export interface WireLine {
  /** text: one line; body: a letter or literal, folded; message: a DNS or LDAP message; opaque: bytes we cannot read;
      remark: something that happened to the connection */
  kind: 'text' | 'body' | 'message' | 'opaque' | 'remark';
  side: Side;
  /** text without CRLF; of a body the first bytes; of a message its summary */
  text: string;
  /** the event that completed it (its time is `at`); of a body the one it began in */
  event: EventId;
  at: VirtualTime;
  /** what the line is in the dialogue, for the gloss: a verb, "250 RCPT", "auth-answer", "query"… */
  role: string;
  /** what the gloss has to know beside the text: a recipient, decoded credentials, a count; '' = nothing */
  about: string;
  /** the fault, for a remark */
  tone: 'plain' | 'wait' | 'fail';
  pieces: Piece[];
}

export interface End {
  /** -1 = outside the world */
  hostIndex: number;
  address: string;
  port: number;
}

export type ConnectionState =
  'opening' | 'open' | 'closed' | 'refused' | 'timed-out' | 'reset' | 'unreachable';

export interface Conversation {
  number: number;
  protocol: Protocol;
  transport: 'tcp' | 'udp';
  client: End;
  server: End;
  openedAt: VirtualTime;
  opening: EventId;
  states: { at: VirtualTime; state: ConnectionState; event: EventId }[];
  lines: WireLine[];
  /** lines that came before `lines` and were dropped to bound memory */
  dropped: number;
}

/** The state of the conversation as of the cursor. */
export function stateAt(conversation: Conversation, cursor: VirtualTime): ConnectionState {
  let state: ConnectionState = 'opening';
  for (const change of conversation.states) {
    if (change.at > cursor) break;
    state = change.state;
  }
  return state;
}

/** How many of the lines were there at the cursor. */
export function linesAt(conversation: Conversation, cursor: VirtualTime): number {
  return countUntil(conversation.lines, cursor);
}

/** Of rows in order of time, how many are at or before the cursor. */
export function countUntil(rows: readonly { at: VirtualTime }[], cursor: VirtualTime): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle]!.at <= cursor) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Lines and octets a body holds at the cursor. */
export function bodySize(line: WireLine, cursor: VirtualTime): { lines: number; bytes: number } {
  let lines = 0;
  let bytes = 0;
  for (const piece of line.pieces) {
    if (piece.at > cursor) break;
    lines += piece.lines;
    bytes += piece.end - piece.start;
  }
  return { lines, bytes };
}
