/** said — a sentence about an event, with its sign and how much it matters */
import type { Protocol } from './names.ts';

export type Tone = 'plain' | 'you' | 'ok' | 'wait' | 'fail';
/** What an event is about, for its sign: a protocol, or a part of a host. */
export type Topic =
  Protocol | 'you' | 'queue' | 'log' | 'host' | 'link' | 'filter' | 'mail' | 'clock' | 'process';

export interface Said {
  text: string;
  tone: Tone;
  topic: Topic;
  weight: 1 | 2 | 3;
}

/** A sentence; plain unless told otherwise. */
const textMax = 300;

/** A sentence about an event; a text that is too long is cut. */
export function said(text: string, topic: Topic, weight: Said['weight'], tone: Tone = 'plain'): Said {
  return { text: shortened(text, textMax), tone, topic, weight };
}

/** Cut to a length, with … where something is missing. */
export function shortened(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${text.slice(0, charsMax - 1)}…`;
}
