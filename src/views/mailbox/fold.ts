/**
 * fold — what the user agents of a world know: what they were asked for, handed in, listed and fetched, and what failed
 *
 * Each errand is a process of its own: its facts carry that process. A user agent knows no more than its own servers
 * told it; so does this model.
 */
import type { EventId, TraceEvent, TraceKind, VirtualTime } from '../../../workers/api.ts';

import type { Names } from '../../decode/names.ts';
import type { Fold, FoldContext } from '../../sim/fold.ts';

/** How an errand ended. */
export interface Outcome {
  at: VirtualTime;
  event: EventId;
  failed: boolean;
  /** the words of a failure */
  text: string;
}

/** A server the errand turned to. */
export interface Server {
  at: VirtualTime;
  /** the event the connection began with */
  opening: EventId;
  name: string;
}

/** Something a person asked the user agent to do. */
export interface Errand {
  number: number;
  kind: 'send' | 'list' | 'open';
  user: string;
  hostIndex: number;
  at: VirtualTime;
  event: EventId;
  servers: Server[];
  outcomes: Outcome[];
  /** of a letter to send */
  to: string;
  subject: string;
  /** of a letter to open */
  uid: number;
}

/** A letter the user agent has fetched. Its content is in the event. */
export interface Fetched {
  user: string;
  uid: number;
  at: VirtualTime;
  event: EventId;
}

export interface Listing {
  user: string;
  errand: number;
  messages: number;
  at: VirtualTime;
  event: EventId;
}

const errandsMax = 2000;

/** What each mail program knows: its list of letters, the letters opened, and what it sent. */
export class MailboxFold implements Fold {
  readonly kinds: ReadonlySet<TraceKind> = new Set<TraceKind>([
    'input.accepted',
    'process.started',
    'host.crashed',
    'host.stopped',
    'tcp.state-changed',
    'mua.message-submitted',
    'mua.message-fetched',
    'mua.mailbox-listed',
    'mua.failed',
  ]);
  readonly errands: Errand[] = [];
  readonly fetched: Fetched[] = [];
  readonly listings: Listing[] = [];

  readonly #names: Names;
  readonly #asked = new Map<EventId, Errand>();
  /** by host and process */
  readonly #busy = new Map<string, Errand>();

  constructor(context: FoldContext) {
    this.#names = context.names;
  }

  add(event: TraceEvent): void {
    if (event.kind === 'input.accepted') return this.#ask(event.text, event);
    if (event.kind === 'process.started') return this.#start(event.pid, event);
    if (event.kind === 'host.crashed' || event.kind === 'host.stopped') return this.#switchOff(event);
    const errand = this.#busy.get(processOf(event.hostIndex, event.proc));
    if (errand === undefined) return;
    const { at, id } = event;
    switch (event.kind) {
      case 'tcp.state-changed':
        if (event.role !== 'client' || event.state !== 'syn-sent') return;
        errand.servers.push({ at, opening: id, name: this.#names.ofAddress(event.remote, event.hostIndex) });
        return;
      case 'mua.message-submitted':
        errand.outcomes.push({ at, event: id, failed: false, text: '' });
        return;
      case 'mua.mailbox-listed':
        this.listings.push({
          user: errand.user,
          errand: errand.number,
          messages: event.messages,
          at,
          event: id,
        });
        if (errand.kind === 'list') errand.outcomes.push({ at, event: id, failed: false, text: '' });
        return;
      case 'mua.message-fetched':
        this.fetched.push({ user: errand.user, uid: event.uid, at, event: id });
        errand.outcomes.push({ at, event: id, failed: false, text: '' });
        return;
      case 'mua.failed':
        errand.outcomes.push({ at, event: id, failed: true, text: event.text });
        return;
      default:
    }
  }

  #ask(text: string, { at, id, hostIndex }: TraceEvent): void {
    const command = parseCommand(text);
    if (command === null || this.errands.length >= errandsMax) return;
    const { user, to = '', subject = '', uid = 0 } = command;
    const kind = command.kind === 'mua.send' ? 'send' : uid === 0 ? 'list' : 'open';
    const errand: Errand = {
      number: this.errands.length,
      kind,
      user,
      hostIndex,
      at,
      event: id,
      servers: [],
      outcomes: [],
      to,
      subject,
      uid,
    };
    this.errands.push(errand);
    this.#asked.set(id, errand);
  }

  #start(pid: number, event: TraceEvent): void {
    const errand = this.#asked.get(event.cause);
    if (errand !== undefined) this.#busy.set(processOf(event.hostIndex, pid), errand);
  }

  /** A user agent whose computer goes off in the middle has nothing more to say. */
  #switchOff({ hostIndex, at, id }: TraceEvent): void {
    for (const errand of this.errands)
      if (errand.hostIndex === hostIndex && errand.outcomes.length === 0)
        errand.outcomes.push({ at, event: id, failed: true, text: 'The computer was switched off.' });
  }
}

function processOf(hostIndex: number, pid: number): string {
  return `${hostIndex}:${pid}`;
}

interface MuaCommand {
  kind: 'mua.send' | 'mua.fetch';
  user: string;
  to?: string;
  subject?: string;
  uid?: number;
}

/** The text of input.accepted, if it is an errand for a user agent. */
function parseCommand(text: string): MuaCommand | null {
  if (!text.includes('"mua.')) return null;
  try {
    const command = JSON.parse(text) as MuaCommand;
    return command.kind === 'mua.send' || command.kind === 'mua.fetch' ? command : null;
  } catch {
    return null;
  }
}
