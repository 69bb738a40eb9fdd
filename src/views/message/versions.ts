/**
 * versions — a letter as it was at each stop: on the wire between two hosts, in a mailbox, on a screen
 *
 * Every stop writes something on top, so the letter is not the same twice. Content comes from the packets that carried
 * it or from the event that says where it was put; the envelope only exists while it is carried.
 */
import type { EventId, TraceEvent, VirtualTime } from '../../../workers/api.ts';

import type { Conversation, WireLine } from '../../decode/conversation.ts';
import type { Names } from '../../decode/names.ts';
import type { Carriage, Mail } from '../mails/mail.ts';

export interface EnvelopeLine {
  text: string;
  event: EventId;
}

export interface Version {
  /** same key = same content */
  key: string;
  at: VirtualTime;
  /** "on the wire, mx to mta1 (SMTP)" */
  where: string;
  /** what to select to see it elsewhere */
  event: EventId;
  /** MAIL and RCPT as they were said; null = it lies without an envelope */
  envelope: EnvelopeLine[] | null;
  /** false while it is still arriving */
  whole: boolean;
  /** null = its bytes are no longer in memory */
  content: Uint8Array | null;
}

export interface VersionSource {
  at: VirtualTime;
  names: Names;
  byId(id: EventId): TraceEvent | null;
  /** the conversation of a packet; null when it is none */
  conversationOf(packet: TraceEvent): Conversation | null;
  /** where the mail's copies were put or shown, in order of time */
  copies: readonly Copy[];
}

/** A whole copy of a letter: appended to a mailbox, or fetched by a user agent. */
export interface Copy {
  messageId: string;
  at: VirtualTime;
  event: EventId;
  hostIndex: number;
  kind: 'mailbox' | 'user-agent';
  whose: string;
}

/** All versions of a mail there are at the cursor, in order of time. */
export function versionsOf(mail: Mail, source: VersionSource): Version[] {
  const carried = mail.carriages.flatMap((carriage) => carriedVersion(carriage, source) ?? []);
  const copied = source.copies
    .filter((copy) => copy.messageId === mail.messageId && mail.messageId !== '' && copy.at <= source.at)
    .map((copy) => copiedVersion(copy, source));
  return [...carried, ...copied].sort((a, b) => a.at - b.at);
}

function carriedVersion(carriage: Carriage, source: VersionSource): Version | null {
  if (carriage.from > source.at || carriage.protocol === 'imap') return null;
  const packet = source.byId(carriage.event);
  const conversation = packet === null ? null : source.conversationOf(packet);
  const index = conversation?.lines.findIndex((line) => isBodyFrom(line, carriage.event)) ?? -1;
  if (conversation === null || index < 0) return null;
  const line = conversation.lines[index]!;
  const pieces = line.pieces.filter((piece) => piece.at <= source.at);
  const from = source.names.short(carriage.fromHost);
  const to = source.names.short(carriage.toHost);
  const way =
    carriage.fromHost === carriage.toHost
      ? `inside ${to}, port ${conversation.server.port}`
      : `${from} to ${to}`;
  return {
    key: `${line.event}/${pieces.length}`,
    at: carriage.from,
    where: `${carriage.until <= source.at ? 'carried' : 'on the way'}, ${way} (${carriage.protocol.toUpperCase()})`,
    event: carriage.event,
    envelope: envelopeBefore(conversation.lines, index),
    whole: carriage.until <= source.at && !carriage.lost,
    content: unstuffed(pieces, source),
  };
}

function isBodyFrom(line: WireLine, packet: EventId): boolean {
  return line.kind === 'body' && line.side === 'client' && line.pieces.some(({ event }) => event === packet);
}

function copiedVersion(copy: Copy, source: VersionSource): Version {
  const event = source.byId(copy.event);
  const content =
    event?.kind === 'mailbox.message-appended' || event?.kind === 'mua.message-fetched'
      ? event.content
      : null;
  const host = source.names.short(copy.hostIndex);
  return {
    key: String(copy.event),
    at: copy.at,
    where:
      copy.kind === 'mailbox'
        ? `in ${copy.whose}’s mailbox on ${host}`
        : `fetched by ${copy.whose} on ${host}`,
    event: copy.event,
    envelope: null,
    whole: true,
    content,
  };
}

/** MAIL and the RCPTs of the transaction whose body stands at `index`. */
function envelopeBefore(lines: readonly WireLine[], index: number): EnvelopeLine[] {
  const envelope: EnvelopeLine[] = [];
  for (let i = index - 1; i >= 0; i--) {
    const { kind, side, text, event } = lines[i]!;
    if (kind === 'body') break;
    if (side !== 'client' || !/^(MAIL FROM|RCPT TO):/i.test(text)) continue;
    envelope.unshift({ text, event });
    if (/^MAIL/i.test(text)) break;
  }
  return envelope;
}

const CR = 13;
const LF = 10;
const DOT = 46;

/** RFC 5321 §4.5.2: a dot in front of a line that began with one was put there for the journey. */
function unstuffed(
  pieces: readonly { event: EventId; start: number; end: number }[],
  source: VersionSource,
): Uint8Array | null {
  const total = pieces.reduce((sum, { start, end }) => sum + end - start, 0);
  const bytes = new Uint8Array(total);
  let length = 0;
  let lineStart = true;
  for (const { event: id, start, end } of pieces) {
    const event = source.byId(id);
    if (event?.kind !== 'tcp.segment-sent' || event.payload.length < end) return null;
    for (let i = start; i < end; i++) {
      const byte = event.payload[i]!;
      const wasStart = lineStart;
      lineStart = byte === LF || (lineStart && byte === CR);
      if (wasStart && byte === DOT) continue;
      bytes[length++] = byte;
    }
  }
  return bytes.slice(0, length);
}
