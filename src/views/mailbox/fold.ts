/**
 * fold — what the user agents of a world know: what they were asked for, handed in, listed and fetched, and what failed
 *
 * A user agent knows no more than its own servers told it; so does this model.
 */
import type { EventId, TraceEvent, TraceKind, VirtualTime } from '../../../workers/api.ts';
import { getField, parseHeader } from '../../../workers/protocols/message/header.ts';

import type { Names } from '../../decode/names.ts';
import type { Fold, FoldContext } from '../../sim/fold.ts';

/** How an errand stands: under way, done, failed. */
export interface Outcome {
  at: VirtualTime;
  event: EventId;
  failed: boolean;
  /** the Message-ID of what was handed in; the words of a failure */
  text: string;
}

/** Something a person asked the user agent to do. */
export interface Errand {
  number: number;
  kind: 'send' | 'list' | 'open';
  user: string;
  at: VirtualTime;
  event: EventId;
  /** the server it talks to, once connected: "mx" */
  servers: { at: VirtualTime; name: string }[];
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
  folder: string;
  uid: number;
  at: VirtualTime;
  event: EventId;
  messageId: string;
}

export interface Listing {
  user: string;
  folder: string;
  messages: number;
  at: VirtualTime;
  event: EventId;
}

const errandsKeptMax = 2000;

export class MailboxFold implements Fold {
  readonly kinds: ReadonlySet<TraceKind> = new Set<TraceKind>([
    'input.accepted',
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

  constructor(context: FoldContext) {
    this.#names = context.names;
  }

  add(event: TraceEvent): void {
    switch (event.kind) {
      case 'input.accepted':
        return this.#asked(event.text, event);
      case 'tcp.state-changed':
        if (event.role === 'client' && event.state === 'established')
          this.#connected(
            event.hostIndex,
            event.remotePort,
            this.#names.ofAddress(event.remote, event.hostIndex),
            event.at,
          );
        return;
      case 'mua.message-submitted':
        return this.#ended('send', event.user, { ...stamp(event), failed: false, text: event.messageId });
      case 'mua.mailbox-listed': {
        const { user, folder, messages } = event;
        this.listings.push({ user, folder, messages, at: event.at, event: event.id });
        return this.#ended('list', user, { ...stamp(event), failed: false, text: '' });
      }
      case 'mua.message-fetched': {
        const { user, folder, uid, content } = event;
        const messageId = getField(parseHeader(content), 'Message-ID')?.trim() ?? '';
        this.fetched.push({ user, folder, uid, at: event.at, event: event.id, messageId });
        return this.#ended('open', user, { ...stamp(event), failed: false, text: '' });
      }
      case 'mua.failed':
        return this.#failed(event.user, { ...stamp(event), failed: true, text: event.text }, event.action);
      default:
    }
  }

  #asked(text: string, event: TraceEvent): void {
    const command = parseCommand(text);
    if (command === null || this.errands.length >= errandsKeptMax) return;
    const kind = command.kind === 'mua.send' ? 'send' : command.uid === 0 ? 'list' : 'open';
    this.errands.push({
      number: this.errands.length,
      kind,
      user: command.user,
      ...stamp(event),
      servers: [],
      outcomes: [],
      to: command.to ?? '',
      subject: command.subject ?? '',
      uid: command.uid ?? 0,
    });
  }

  #connected(hostIndex: number, port: number, name: string, at: VirtualTime): void {
    const kinds = submissionPorts.includes(port) ? ['send'] : port === imapPort ? ['list', 'open'] : [];
    const hostOf = (event: EventId) => Math.floor(event / hostFactor);
    const errand = this.errands.find(
      (one) => kinds.includes(one.kind) && one.outcomes.length === 0 && hostOf(one.event) === hostIndex,
    );
    errand?.servers.push({ at, name });
  }

  /** A user agent does one errand after the other: an outcome belongs to the oldest of its kind that has none. */
  #ended(kind: Errand['kind'], user: string, outcome: Outcome): void {
    this.errands
      .find((one) => one.kind === kind && one.user === user && one.outcomes.length === 0)
      ?.outcomes.push(outcome);
  }

  #failed(user: string, outcome: Outcome, action: string): void {
    const isSend = /send|submi/i.test(action);
    const open = this.errands.filter((one) => one.user === user && one.outcomes.length === 0);
    open.find((one) => (one.kind === 'send') === isSend)?.outcomes.push(outcome);
  }
}

const submissionPorts: readonly number[] = [25, 465, 587];
const imapPort = 143;
const hostFactor = 0x100000000;

function stamp(event: TraceEvent): { at: VirtualTime; event: EventId } {
  return { at: event.at, event: event.id };
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
