/** listed — the heads of letters as the mailstore sent them for a list: read from the IMAP conversation itself */
import type { TraceEvent, VirtualTime } from '../../../workers/api.ts';

import type { Conversation, WireLine } from '../../decode/conversation.ts';

/** A letter in a list. */
export interface Head {
  uid: number;
  seen: boolean;
  /** the header fields that were asked for, as a message without a body */
  bytes: Uint8Array;
  /** event that brought it */
  event: number;
}

/**
 * The heads a conversation has brought by `at`.
 * @param byId events that are still in memory
 */
export function headsIn(
  conversation: Conversation,
  at: VirtualTime,
  byId: (id: number) => TraceEvent | null,
): Head[] {
  const heads: Head[] = [];
  let announced: { uid: number; seen: boolean } | null = null;
  for (const line of conversation.lines) {
    if (line.at > at) break;
    if (line.side !== 'server') continue;
    if (line.kind === 'text') announced = fetchLine(line.text);
    else if (line.kind === 'body' && announced !== null && line.pieces.every((piece) => piece.at <= at)) {
      const bytes = bytesOf(line, byId);
      if (bytes !== null) heads.push({ ...announced, bytes, event: line.event });
      announced = null;
    }
  }
  return heads;
}

/** RFC 3501 §7.4.2: "* 3 FETCH (UID 3 FLAGS (\Seen) BODY[HEADER.FIELDS (…)] {212}" */
function fetchLine(text: string): { uid: number; seen: boolean } | null {
  const match = /^\* \d+ FETCH \(.*?\bUID (\d+)\b.*\bBODY\[HEADER.*\{\d+\}$/i.exec(text);
  return match === null ? null : { uid: Number(match[1]), seen: /FLAGS \([^)]*\\Seen/i.test(text) };
}

/** What a line of the wire holds; null when a piece of it is no longer in memory. */
export function bytesOf(line: WireLine, byId: (id: number) => TraceEvent | null): Uint8Array | null {
  const parts: Uint8Array[] = [];
  for (const { event: id, start, end } of line.pieces) {
    const event = byId(id);
    if (event?.kind !== 'tcp.segment-sent' || event.payload.length < end) return null;
    parts.push(event.payload.subarray(start, end));
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
