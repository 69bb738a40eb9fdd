/** track — one conversation as it grows: its two streams put together, its states, its lines within bounds */
import type { EventId, TraceEvent, VirtualTime } from '../../workers/api.ts';

import type { ConnectionState, Conversation, Piece, Side, WireLine } from './conversation.ts';
import type { Dialogue, Said, Talk } from './dialogue.ts';
import { DnsDialogue } from './dns-dialogue.ts';
import type { DnsExchanges, LdapExchanges } from './exchanges.ts';
import { ImapDialogue } from './imap-dialogue.ts';
import { LdapDialogue } from './ldap-dialogue.ts';
import { LineReader, type Found, type ReadMode } from './line-reader.ts';
import { SmtpDialogue } from './smtp-dialogue.ts';

/** Lines one conversation keeps; beyond, its older half becomes a count. */
const linesMax = 4000;
const piecesMax = 2000;
const submissionsPort = 465; // RFC 8314 §3.3

type Segment = Extract<TraceEvent, { kind: 'tcp.segment-sent' }>;
type Datagram = Extract<TraceEvent, { kind: 'udp.datagram-sent' }>;
type Stamp = { id: EventId; at: VirtualTime };

interface Stream {
  reader: LineReader;
  /** the next sequence number not yet seen; -1 before the SYN */
  next: number;
  /** the body that is open */
  body: WireLine | null;
  reset: boolean;
}

const states = {
  'syn-sent': 'opening',
  established: 'open',
  closed: 'closed',
  refused: 'refused',
  'timed-out': 'timed-out',
  reset: 'reset',
  unreachable: 'unreachable',
} as const satisfies Record<string, ConnectionState>;

/** What connect(2), read(2) and write(2) say, as in the log. */
const reasons = {
  refused: 'Connection refused',
  'timed-out': 'Connection timed out',
  unreachable: 'No route to host',
};

/** One connection while it is followed: both directions, in order. */
export class Track implements Talk {
  readonly conversation: Conversation;
  /** lines there ever were, less those dropped */
  get lineCount(): number {
    return this.conversation.lines.length;
  }
  readonly #dialogue: Dialogue | null;
  readonly #streams: Record<Side, Stream>;
  #stamp: Stamp = { id: 0, at: 0 };

  constructor(conversation: Conversation, exchanges: { dns: DnsExchanges; ldap: LdapExchanges }) {
    this.conversation = conversation;
    this.#dialogue = dialogueOf(conversation, exchanges);
    const stream = (): Stream => {
      const reader = new LineReader();
      reader.mode = this.#dialogue?.firstMode() ?? { kind: 'opaque' };
      return { reader, next: -1, body: null, reset: false };
    };
    this.#streams = { client: stream(), server: stream() };
  }

  /** The SYN of a side. */
  begins(side: Side, sequence: number): void {
    this.#streams[side].next = (sequence + 1) >>> 0;
  }
  /** The RST of a side. */
  resets(side: Side): void {
    this.#streams[side].reset = true;
  }

  segment(side: Side, event: Segment): void {
    const stream = this.#streams[side];
    this.#stamp = event;
    if (stream.next < 0) stream.next = event.seq;
    // Signed distance of sequence numbers (RFC 9293 §3.4): above zero what is before `seq` was not in the trace.
    const ahead = (event.seq - stream.next) | 0;
    const known = ahead < 0 ? Math.min(-ahead, event.payload.length) : 0;
    if (known > 0) {
      const octets = known === 1 ? '1 octet' : `${known} octets`;
      this.#remark(side, { text: `${octets} sent again`, role: 'resent', tone: 'wait' }, event);
    }
    if (known === event.payload.length) return;
    stream.next = (event.seq + event.payload.length) >>> 0;
    stream.reader.read(
      event.payload,
      { event: event.id, at: event.at },
      (found) => this.#found(side, found),
      known,
    );
  }

  datagram(side: Side, event: Datagram, clientPort: number): void {
    this.#stamp = event;
    const piece: Piece = { event: event.id, at: event.at, start: 0, end: event.payload.length, lines: 0 };
    if (this.#dialogue instanceof DnsDialogue)
      this.#dialogue.message({ side, bytes: event.payload, pieces: [piece], port: clientPort }, this);
    else this.opaque(side, piece);
  }

  changed(side: Side, to: keyof typeof states, event: Stamp): void {
    const { states: changes } = this.conversation;
    const state = states[to];
    const last = changes.at(-1)?.state ?? 'opening';
    if (state === last || (last !== 'opening' && last !== 'open')) return;
    changes.push({ at: event.at, state, event: event.id });
    if (state === 'reset') {
      const own = this.#streams[side].reset;
      const text = own ? 'RST: connection aborted' : 'Connection reset by peer';
      this.#remark(side, { text, role: own ? 'aborted' : 'reset', tone: 'fail' }, event);
    } else if (state === 'refused' || state === 'timed-out' || state === 'unreachable') {
      this.#remark(side, { text: reasons[state], role: state, tone: 'fail', about: last }, event);
    }
  }

  lost(side: Side, event: Stamp & { why: string }, sent: Segment | Datagram): void {
    const opens = sent.kind === 'tcp.segment-sent' && (sent.flags & 2) !== 0;
    if (!opens && sent.payload.length === 0) return;
    this.#remark(
      side,
      { text: `lost: ${event.why}`, role: opens ? 'lost-syn' : 'lost', tone: 'fail' },
      event,
    );
  }

  #found(side: Side, found: Found): void {
    if (this.#dialogue !== null) this.#dialogue.read(side, found, this);
    else if (found.kind === 'opaque') this.opaque(side, found.piece);
  }

  #remark(side: Side, said: Said, { id, at }: Stamp): void {
    this.#add({ kind: 'remark', side, about: '', tone: 'plain', ...said, event: id, at, pieces: [] });
  }

  #add(line: WireLine): WireLine {
    const { conversation } = this;
    conversation.lines.push(line);
    if (conversation.lines.length > linesMax) {
      conversation.lines.splice(0, linesMax / 2);
      conversation.dropped += linesMax / 2;
    }
    return line;
  }

  // ---- Talk ---------------------------------------------------------------------------------------------

  cut(side: Side, mode: ReadMode): void {
    this.#streams[side].reader.mode = mode;
  }

  say(side: Side, said: Said, pieces: Piece[]): WireLine {
    this.#streams[side].body = null;
    const { id, at } = this.#stamp;
    return this.#add({ kind: 'text', side, about: '', tone: 'plain', ...said, event: id, at, pieces });
  }

  body(side: Side, { text, piece, done }: Extract<Found, { kind: 'body' }>, role: string): void {
    const stream = this.#streams[side];
    if (piece === null || piece.end === piece.start) {
      if (done) stream.body = null;
      return;
    }
    if (stream.body === null) {
      stream.body = this.say(side, { kind: 'body', text, role }, []);
      this.#streams[side].body = stream.body;
    }
    grow(stream.body.pieces, piece);
    if (done) stream.body = null;
  }

  opaque(side: Side, piece: Piece): void {
    const last = this.conversation.lines.at(-1);
    if (last?.kind === 'opaque' && last.side === side && last.role === 'bytes')
      return grow(last.pieces, piece);
    this.say(side, { kind: 'opaque', text: '', role: 'bytes' }, [piece]);
  }
}

/** Beyond the bound pieces are merged into the last one: sizes stay true, the bytes of the rest are not shown. */
function grow(pieces: Piece[], piece: Piece): void {
  if (pieces.length < piecesMax) pieces.push(piece);
  else {
    const last = pieces.at(-1)!;
    last.end += piece.end - piece.start;
    last.lines += piece.lines;
  }
}

function dialogueOf(
  { protocol, server }: Conversation,
  exchanges: { dns: DnsExchanges; ldap: LdapExchanges },
): Dialogue | null {
  switch (protocol) {
    case 'smtp':
      return new SmtpDialogue({ lmtp: false, tls: server.port === submissionsPort });
    case 'lmtp':
      return new SmtpDialogue({ lmtp: true, tls: false });
    case 'imap':
      return new ImapDialogue();
    case 'ldap':
      return new LdapDialogue(exchanges.ldap);
    case 'dns':
      return new DnsDialogue(exchanges.dns);
    case 'tcp':
      return null;
  }
}
