/** dialogue — how a protocol turns what was cut from its two streams into lines, and steers the cutting */
import type { Conversation, Piece, Side, WireLine } from './conversation.ts';
import type { Found, ReadMode } from './line-reader.ts';

/** What a dialogue may do to the conversation it reads. */
export interface Talk {
  readonly conversation: Conversation;
  /** How the next bytes of a side are to be cut. */
  cut(side: Side, mode: ReadMode): void;
  say(side: Side, what: Said, pieces: Piece[]): WireLine;
  /** Begins a body, or lets the one that is open on this side grow. */
  body(side: Side, found: Extract<Found, { kind: 'body' }>, role: string): void;
  opaque(side: Side, piece: Piece): void;
}

export interface Said {
  kind?: WireLine['kind'];
  text: string;
  role: string;
  about?: string;
  tone?: WireLine['tone'];
}

/** One protocol at work on one connection. */
export interface Dialogue {
  /** How the streams are cut at first. */
  readonly firstMode: () => ReadMode;
  read(side: Side, found: Found, talk: Talk): void;
}
